/**
 * What the API promises for contacts that share a fingerprint, one thing after another: the steps that a history has to be
 * explained by.
 */
import type { Ask, Call, Commit, Content, History } from "./History.ts"
import * as Linearizability from "./Linearizability.ts"

interface Row {
  readonly fingerprint: string
  readonly nick: string | null
  readonly isVerified: boolean
}

/** The contacts there are, by id. */
type State = Readonly<Record<string, Row>>

type Step = Linearizability.Step<State>

const holder = (state: State, fingerprint: string): string | undefined =>
  Object.keys(state).find((id) => state[id]?.fingerprint === fingerprint)

const toRow = (fingerprint: string, content: Content, isVerified: boolean): Row => ({
  fingerprint,
  nick: content.nick,
  isVerified
})

/** The state with a new contact, if its fingerprint is free. */
const inserted = (state: State, id: string, row: Row): ReadonlyArray<State> =>
  holder(state, row.fingerprint) === undefined ? [{ ...state, [id]: row }] : []

/** The state with a contact changed, if there is one and nothing else has its new fingerprint. */
const updated = (state: State, { fingerprint, id, nick }: Extract<Ask, { kind: "update" }>): ReadonlyArray<State> => {
  const row = state[id]
  if (row === undefined) return []
  const taken = fingerprint === undefined ? undefined : holder(state, fingerprint)
  if (taken !== undefined && taken !== id) return []
  return [{ ...state, [id]: { ...row, nick, fingerprint: fingerprint ?? row.fingerprint } }]
}

const without = (state: State, id: string): ReadonlyArray<State> => {
  if (state[id] === undefined) return []
  const { [id]: _, ...rest } = state
  return [rest]
}

/** The fingerprint of a create or ensure; that of its contact where it has none of the caller's. */
export const fingerprintOf = (history: History, call: Call): string | undefined => {
  const { ask } = call
  if (ask.kind !== "create" && ask.kind !== "ensure") return undefined
  return ask.fingerprint ?? history.madeBy(call)[0]?.fingerprint ?? `none of call ${call.number}`
}

/** What a call did when it took effect. */
const effect = (call: Call, fingerprint: string, id: string): ((state: State) => ReadonlyArray<State>) => {
  const { ask } = call
  switch (ask.kind) {
    case "create":
      return (state) => inserted(state, id, toRow(fingerprint, ask.content, ask.content.verifiedAt !== undefined))
    case "ensure":
      return (state) => inserted(state, id, toRow(fingerprint, ask.content, true))
    case "update":
      return (state) => updated(state, ask)
    case "delete":
      return (state) => without(state, ask.id)
    default:
      return (state) => [state]
  }
}

const succeeded = (
  call: Call,
  fingerprint: string,
  end: { readonly id: string; readonly nick?: string }
): ((state: State) => ReadonlyArray<State>) => {
  const { ask } = call
  const act = effect(call, fingerprint, end.id)
  switch (ask.kind) {
    case "create":
      return (state) => {
        // As documented: an equal contact that another program makes meanwhile, after an answer was lost, is not told apart.
        const isEqual = holder(state, fingerprint) === end.id && state[end.id]?.nick === ask.content.nick
        return isEqual && call.sent.length > 1 ? [state] : act(state)
      }
    case "ensure":
      return (state) => {
        const found = holder(state, fingerprint)
        if (found === undefined) return act(state)
        return found === end.id && state[found]?.isVerified === true ? [state] : []
      }
    case "delete":
      // As documented: once an answer was lost, that the contact is gone is all there is to know.
      return (state) => (state[ask.id] === undefined && call.sent.length > 1 ? [state] : act(state))
    case "fetch":
      return (state) => (state[ask.id] !== undefined && state[ask.id]?.nick === end.nick ? [state] : [])
    default:
      return act
  }
}

/** What a refusal says of the state it was given in. */
const refused = (
  call: Call,
  fingerprint: string,
  status: number | undefined
): ((state: State) => ReadonlyArray<State>) => {
  const { ask } = call
  if (status === 404 && "id" in ask) return (state) => (state[ask.id] === undefined ? [state] : [])
  if (status === 409 && ask.kind === "create") {
    return (state) => (holder(state, fingerprint) === undefined ? [] : [state])
  }
  return (state) => [state]
}

const stepsOf = (history: History, call: Call, mayRepeat: boolean): ReadonlyArray<Step> => {
  const { ask, began, end } = call
  const fingerprint = fingerprintOf(history, call) ?? ""
  const commits = history.madeBy(call)
  const made = commits.map(({ id }) => id)
  const name = `call ${call.number}`
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const certain = { name, began, ended, optional: false }
  const late = { name: `${name}, again`, began, ended: Number.POSITIVE_INFINITY, optional: true }
  /** The effect of a request that arrived again. Each contact can have a fingerprint that the server generated. */
  const repeat = (id: string): Step => ({
    ...late,
    apply: effect(call, commits.find((commit) => commit.id === id)?.fingerprint ?? fingerprint, id)
  })
  const changes = history.changedBy(call).length
  /** The other effects of requests that arrived several times. */
  const more = (main: string | undefined): ReadonlyArray<Step> =>
    ask.kind === "create" || ask.kind === "ensure"
      ? made.filter((id) => id !== main).map(repeat)
      : Array.from({ length: main === undefined ? changes : changes - 1 }, () => repeat(""))
  if (end?.kind === "ok") {
    const own = commits.find(({ id }) => id === end.id)?.fingerprint ?? fingerprint
    return [{ ...certain, apply: succeeded(call, own, end) }, ...more(end.id)]
  }
  if (end?.kind === "failed" && end.error.outcome !== "unknown") {
    const isRefused = end.error.outcome === "rejected"
    const apply = isRefused ? refused(call, fingerprint, end.error.status) : (state: State) => [state]
    return [{ ...certain, apply }, ...(mayRepeat ? more(undefined) : [])]
  }
  // The outcome is unknown: it may have had an effect or not.
  const id = made[0] ?? `of call ${call.number}`
  return [{ ...late, name, apply: effect(call, fingerprint, id) }, ...more(id)]
}

/** Fingerprints that have to be looked at together, as a contact went from one to the other. */
class Groups {
  readonly #parents = new Map<string, string>()

  of(fingerprint: string): string {
    const parent = this.#parents.get(fingerprint)
    return parent === undefined || parent === fingerprint ? fingerprint : this.of(parent)
  }

  join(left: string, right: string): void {
    this.#parents.set(this.of(left), this.of(right))
  }
}

const toState = (rows: Iterable<Commit>): State =>
  Object.fromEntries(
    Array.from(rows, ({ fingerprint, id, isVerified, nick }) => [id, { fingerprint, nick, isVerified }])
  )

const key = (state: State): string =>
  Object.keys(state)
    .toSorted()
    .map((id) => `${id} ${state[id]?.fingerprint} ${state[id]?.nick}`)
    .join()

export interface Finding {
  readonly verdict: Linearizability.Verdict
  readonly fingerprint: string
  readonly calls: ReadonlyArray<number>
}

/** Looks at the calls of an account, fingerprint by fingerprint. `mayRepeat` says which refusals may have an effect. */
export const check = (
  history: History,
  account: string,
  mayRepeat: (call: Call) => boolean
): ReadonlyArray<Finding> => {
  const commits = history.commits.filter((commit) => commit.account === account)
  const bornAs = new Map<string, string>()
  const final = new Map<string, Commit>()
  const groups = new Groups()
  for (const commit of commits) {
    if (commit.kind === "insert") bornAs.set(commit.id, commit.fingerprint)
    if (commit.kind === "delete") final.delete(commit.id)
    else final.set(commit.id, commit)
  }
  const calls = history.calls.filter((call) => call.account === account && call.ask.kind !== "list")
  const own = new Map<Call, string>()
  for (const call of calls) {
    const { ask } = call
    const fingerprint = "id" in ask ? bornAs.get(ask.id) : fingerprintOf(history, call)
    if (fingerprint === undefined) continue
    own.set(call, fingerprint)
    if (ask.kind === "update" && ask.fingerprint !== undefined) groups.join(fingerprint, ask.fingerprint)
    for (const made of history.madeBy(call)) groups.join(fingerprint, made.fingerprint)
  }
  const byGroup = Map.groupBy(own.keys(), (call) => groups.of(own.get(call) ?? ""))
  return Array.from(byGroup, ([group, members]): Finding => {
    const isOwn = ({ id }: Commit): boolean => groups.of(bornAs.get(id) ?? "") === group
    const expected = key(toState([...final.values()].filter(isOwn)))
    const end = Number.MAX_SAFE_INTEGER
    const last: Step = {
      name: "the end",
      began: end,
      ended: end,
      optional: false,
      apply: (state) => (key(state) === expected ? [state] : [])
    }
    const steps = [...members.flatMap((call) => stepsOf(history, call, mayRepeat(call))), last]
    const initial = toState(commits.filter((commit) => commit.call === -1 && isOwn(commit)))
    return {
      verdict: Linearizability.check(steps, initial, key),
      fingerprint: group,
      calls: members.map(({ number }) => number)
    }
  })
}

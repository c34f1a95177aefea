/**
 * A model of the API for contacts that share a fingerprint. A history is correct if the steps of its calls, one after
 * another, explain it.
 */
import { type Call, type Commit, type Content, type History, isAction, isListing, type Operation } from "./History.ts"
import * as Linearizability from "./Linearizability.ts"

interface Row {
  readonly fingerprint: string
  readonly nick: string | null
  readonly isVerified: boolean
}

/** The existing contacts, by id. */
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
const updated = (
  state: State,
  { fingerprint, id, nick }: Extract<Operation, { kind: "update" }>
): ReadonlyArray<State> => {
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

/** The fingerprint of a create or ensure. If the caller gave none, it is that of the contact that was made. */
export const fingerprintOf = (history: History, call: Call): string | undefined => {
  const { operation } = call
  if (operation.kind !== "create" && operation.kind !== "ensure") return undefined
  return operation.fingerprint ?? history.madeBy(call)[0]?.fingerprint ?? `none of call ${call.number}`
}

/** The effect of a call on the state. */
const effect = (call: Call, fingerprint: string, id: string): ((state: State) => ReadonlyArray<State>) => {
  const { operation } = call
  switch (operation.kind) {
    case "create":
      return (state) =>
        inserted(state, id, toRow(fingerprint, operation.content, operation.content.verifiedAt !== undefined))
    case "ensure":
      return (state) => inserted(state, id, toRow(fingerprint, operation.content, true))
    case "update":
      return (state) => updated(state, operation)
    case "delete":
      return (state) => without(state, operation.id)
    default:
      return (state) => [state]
  }
}

const succeeded = (
  call: Call,
  fingerprint: string,
  end: { readonly id: string; readonly nick?: string }
): ((state: State) => ReadonlyArray<State>) => {
  const { operation } = call
  const act = effect(call, fingerprint, end.id)
  switch (operation.kind) {
    case "create":
      return (state) => {
        // As documented, after a lost answer an equal contact of another program is taken for the call's own.
        const isEqual = holder(state, fingerprint) === end.id && state[end.id]?.nick === operation.content.nick
        return isEqual && call.sent.length > 1 ? [state] : act(state)
      }
    case "ensure":
      return (state) => {
        const found = holder(state, fingerprint)
        if (found === undefined) return act(state)
        return found === end.id && state[found]?.isVerified === true ? [state] : []
      }
    case "delete":
      // As documented, after a lost answer a delete succeeds if the contact is gone.
      return (state) => (state[operation.id] === undefined && call.sent.length > 1 ? [state] : act(state))
    case "fetch":
      return (state) => (state[operation.id] !== undefined && state[operation.id]?.nick === end.nick ? [state] : [])
    default:
      return act
  }
}

/** The states in which the server refuses a call with this status. */
const refused = (
  call: Call,
  fingerprint: string,
  status: number | undefined
): ((state: State) => ReadonlyArray<State>) => {
  const { operation } = call
  if (status === 404 && "id" in operation) return (state) => (state[operation.id] === undefined ? [state] : [])
  if (status === 409 && operation.kind === "create") {
    return (state) => (holder(state, fingerprint) === undefined ? [] : [state])
  }
  return (state) => [state]
}

const stepsOf = (history: History, call: Call, mayRepeat: boolean): ReadonlyArray<Step> => {
  const { began, end, operation } = call
  const fingerprint = fingerprintOf(history, call) ?? ""
  const commits = history.madeBy(call)
  const made = commits.map(({ id }) => id)
  const name = `call ${call.number}`
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const certain = { name, began, ended, optional: false }
  const late = { name: `${name}, again`, began, ended: Number.POSITIVE_INFINITY, optional: true }
  /** The effect of a repeated request. Each of its contacts may have a fingerprint that the server generated. */
  const repeat = (id: string): Step => ({
    ...late,
    apply: effect(call, commits.find((commit) => commit.id === id)?.fingerprint ?? fingerprint, id)
  })
  const changes = history.changedBy(call).length
  /** The further effects of requests that arrived several times. */
  const more = (main: string | undefined): ReadonlyArray<Step> =>
    operation.kind === "create" || operation.kind === "ensure"
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
  // The outcome is unknown: the call may have had an effect or not.
  const id = made[0] ?? `of call ${call.number}`
  return [{ ...late, name, apply: effect(call, fingerprint, id) }, ...more(id)]
}

/** Groups of fingerprints that are checked together, because a contact changed from one to another. */
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

/** The verdict on the calls with one group of fingerprints. */
export interface Finding {
  readonly verdict: Linearizability.Verdict
  readonly fingerprint: string
  readonly calls: ReadonlyArray<number>
}

/** Checks the calls of an account, by groups of fingerprints. `mayRepeat` is true of refusals that had an effect. */
export const check = (
  history: History,
  account: string,
  mayRepeat: (call: Call) => boolean
): ReadonlyArray<Finding> => {
  const commits = history.commits.filter((commit) => commit.account === account)
  const firstFingerprints = new Map<string, string>()
  const final = new Map<string, Commit>()
  const groups = new Groups()
  for (const commit of commits) {
    if (commit.kind === "insert") firstFingerprints.set(commit.id, commit.fingerprint)
    if (commit.kind === "delete") final.delete(commit.id)
    else final.set(commit.id, commit)
  }
  const calls = history.calls.filter(
    (call) => call.account === account && !isListing(call.operation) && !isAction(call.operation)
  )
  const own = new Map<Call, string>()
  for (const call of calls) {
    const { operation } = call
    const fingerprint = "id" in operation ? firstFingerprints.get(operation.id) : fingerprintOf(history, call)
    if (fingerprint === undefined) continue
    own.set(call, fingerprint)
    if (operation.kind === "update" && operation.fingerprint !== undefined)
      groups.join(fingerprint, operation.fingerprint)
    for (const made of history.madeBy(call)) groups.join(fingerprint, made.fingerprint)
  }
  const byGroup = Map.groupBy(own.keys(), (call) => groups.of(own.get(call) ?? ""))
  return Array.from(byGroup, ([group, members]): Finding => {
    const isOwn = ({ id }: Commit): boolean => groups.of(firstFingerprints.get(id) ?? "") === group
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

/** The interesting states that a simulated world was in. A simulation that never reaches one does not test it. */
import * as Effect from "effect/Effect"
import * as Faults from "./Faults.ts"
import type { Call, Commit, History, ListAsk, Sent } from "./History.ts"
import { callHeader } from "./Server.ts"
import type { World } from "./World.ts"

const tenMinutes = 600_000

const kindOf = ({ ask }: Call): "write" | "fetch" | "list" =>
  ask.kind === "list" || ask.kind === "fetch" ? ask.kind : "write"

/** How a call ended; of what only reads, whether the server acted does not matter. */
const outcomeOf = ({ ask, end }: Call): string => {
  if (end === undefined) return "none"
  if (end.kind === "failed") return ask.kind === "list" || ask.kind === "fetch" ? "failed" : end.error.outcome
  return end.kind === "crashed" ? "crashed" : "done"
}

/** Each fault injected into a call, the phase of the call, and its outcome. */
const faultStates = (world: World): ReadonlyArray<string> => {
  const { faults, log } = world.server.state
  const origins = new Map(
    log.list().map(({ attempt, headers, operation }) => [`${operation} ${attempt}`, Number(headers[callHeader])])
  )
  return Effect.runSync(faults.injected).flatMap(({ attempt, fault, operation }) => {
    const call = world.history.calls[origins.get(`${operation} ${attempt}`) ?? -1]
    if (call === undefined) return []
    const isAtPageEnd =
      (fault._tag === "CutAfter" && typeof fault.at === "object" && fault.at.lines > 0 && fault.at.lines % 100 === 0) ||
      (fault._tag === "DropPage" && fault.index > 0)
    return [
      `${Faults.named(fault)}, ${kindOf(call)}: ${outcomeOf(call)}`,
      ...(isAtPageEnd && call.delivered.length > 100 ? ["a cut just at the end of a page"] : [])
    ]
  })
}

const isLookup = ({ path }: Sent): boolean => path.endsWith("/contact/list") || path.endsWith("/graphql")

const hasAnswer = ({ answered }: Sent): boolean => answered !== undefined

/** Whether a commit came after a later request of the same call had been answered. */
const isAfterRetry = (call: Call, commit: Commit): boolean =>
  call.sent.some(({ answered }, index) => index > commit.request && answered !== undefined && answered < commit.at)

const ofCreates = (history: History, call: Call, skew: number): ReadonlyArray<readonly [string, boolean]> => {
  const { end, sent } = call
  const made = history.madeBy(call)
  const first = sent.find((request) => !isLookup(request))
  const outcome = outcomeOf(call)
  const conflict = sent.findIndex(({ status }) => status === 409)
  const isLost = made.some(({ request }) => request < conflict)
  const looksUp = sent.some(isLookup)
  const refusedFingerprint = sent.findIndex(({ status }) => status === 400)
  return [
    [`a conflict after a lost answer: ${outcome}`, isLost],
    ["a first 409 to a request that made the contact", first?.status === 409 && made[0]?.request === 0],
    ["a first 409 to a request that made nothing", first?.status === 409 && made.length === 0],
    ["a lookup with a server more than ten minutes behind", looksUp && skew < -tenMinutes],
    ["a lookup with a server more than ten minutes ahead", looksUp && skew > tenMinutes],
    [`a lookup: ${outcome}`, looksUp],
    ["a lookup answered without a date", looksUp && call.troubles.has("undated")],
    ["a lookup in a call during which the clock was set", looksUp && call.troubles.has("clock jumped")],
    ["a lookup is sent again", sent.filter(isLookup).length > 1],
    [
      "a contact found that another program made just like it",
      end?.kind === "ok" && !made.some(({ id }) => id === end.id)
    ],
    ["a contact made again after the first was gone", call.isGuarded && made.length > 1],
    ["an unknown create that made a contact", outcome === "unknown" && made.length > 0],
    ["an unknown create that made none", outcome === "unknown" && made.length === 0],
    ["a token that may not use fingerprints", refusedFingerprint !== -1 && outcome === "done"],
    [
      "a fingerprint refused after an attempt without an answer",
      refusedFingerprint > 0 && sent.slice(0, refusedFingerprint).some((request) => !hasAnswer(request))
    ]
  ]
}

/** Whether the cursor of a request is a contact that does not match the filter of the list any more. */
const stoppedMatching = (history: History, ask: ListAsk, { at, query }: Sent): boolean => {
  const cursor = new URLSearchParams(query).get("cursor")
  const last = history.commits.findLast((commit) => commit.id === cursor && commit.at < at)
  return last !== undefined && last.kind !== "delete" && last.tier !== ask.tier
}

const ofLists = (history: History, call: Call): ReadonlyArray<readonly [string, boolean]> => {
  const { ask, delivered, end, sent } = call
  if (ask.kind !== "list") return []
  const outcome = outcomeOf(call)
  const before = (at: number) => delivered.filter((item) => item.at < at)
  const again = sent.filter((request) => request.isStream && before(request.at).length > 0)
  const isAtStart = ({ query }: Sent): boolean => !query.includes("cursor=")
  const isGone = (id: string, at: number): boolean =>
    history.commits.some((commit) => commit.id === id && commit.kind === "delete" && commit.at < at)
  const during = history.commits.filter(({ at }) => at > call.began && at < (call.ended ?? 0))
  return [
    ["a list resumed at an anchor", again.some((request) => !isAtStart(request))],
    ["a list begun again from the beginning", again.some(isAtStart)],
    [
      "a list begun again as all that had come was deleted",
      again.some((request) => isAtStart(request) && before(request.at).every(({ id }) => isGone(id, request.at)))
    ],
    ["a list of several pages", outcome === "done" && delivered.length > 100],
    ["a list that fails after some contacts", end?.kind === "failed" && delivered.length > 0],
    ["a list that fails before any", end?.kind === "failed" && delivered.length === 0],
    ["a list that took as many as it was to take", outcome === "done" && delivered.length === ask.take],
    ["a list with a cursor", outcome === "done" && ask.cursor !== undefined && delivered.length > 0],
    ["a list with a cursor that is gone", end?.kind === "failed" && end.error._tag === "InvalidRequest"],
    [
      "a list with a filter resumed at a contact that has stopped matching",
      ask.tier !== undefined && again.some((request) => stoppedMatching(history, ask, request))
    ],
    ["a list with a filter", outcome === "done" && ask.tier !== undefined && delivered.length > 0],
    ["a contact made during a list", during.some(({ kind }) => kind === "insert")],
    ["a contact deleted during a list", during.some(({ kind }) => kind === "delete")]
  ]
}

const ofCalls = (history: History, call: Call): ReadonlyArray<readonly [string, boolean]> => {
  const { ask, end, sent } = call
  const outcome = outcomeOf(call)
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const last = sent.at(-1)
  const changes = history.changedBy(call)
  const error = end?.kind === "failed" ? end.error : undefined
  const isFollowed = (is: (request: Sent) => boolean) =>
    sent.some((request, index) => is(request) && index < sent.length - 1)
  return [
    [`${ask.kind}: ${outcome}`, true],
    ["a retry after a request that was not sent", isFollowed(({ isRefused }) => isRefused)],
    ["a retry after 429", isFollowed(({ status }) => status === 429)],
    [
      "an ensure that lost a race",
      ask.kind === "ensure" && outcome === "done" && sent.some(({ status }) => status === 409)
    ],
    ["a delete whose retry was answered 404", ask.kind === "delete" && outcome === "done" && last?.status === 404],
    ["a commit after the client gave up", outcome !== "crashed" && changes.some(({ at }) => at > ended)],
    ["a commit after the retry was answered", changes.some((commit) => isAfterRetry(call, commit))],
    ["a commit after the client crashed", outcome === "crashed" && changes.some(({ at }) => at > ended)],
    ["a call during which the clock was set", call.troubles.has("clock jumped")],
    ["a crash with a request under way", outcome === "crashed" && last !== undefined && !hasAnswer(last)],
    ["a crash before any request", outcome === "crashed" && sent.length === 0],
    ["a request that arrived twice", sent.some(({ arrived }) => arrived > 1)],
    ["a write done twice", changes.length > 1],
    ["a token that is no longer accepted", sent.some(({ status }) => status === 401)],
    ["a secret that could not be had", error?._tag === "Unauthorized" && error.status === undefined],
    ["refused before it was sent", error?.outcome === "not-sent" && sent.length === 0],
    [`a timeout: ${error?._tag === "Timeout" ? error.phase : ""}`, error?._tag === "Timeout"],
    ["a conflict", error?._tag === "Conflict"],
    ["no such contact", error?._tag === "NotFound"],
    [`a failure: ${error?._tag}`, error !== undefined]
  ]
}

const overlap = (history: History): boolean =>
  history.calls.some((call) =>
    history.calls.some(
      (other) =>
        call !== other &&
        "fingerprint" in call.ask &&
        "fingerprint" in other.ask &&
        call.account === other.account &&
        call.ask.fingerprint !== undefined &&
        call.ask.fingerprint === other.ask.fingerprint &&
        other.began > call.began &&
        other.began < (call.ended ?? 0)
    )
  )

/** The states that a world was in, each once. */
export const reachedIn = (world: World): ReadonlySet<string> => {
  const { history, scenario } = world
  const reached = new Set(faultStates(world))
  if (overlap(history)) reached.add("calls on one fingerprint at the same time")
  for (const call of history.calls) {
    const client = scenario.clients.find(({ name }) => name === call.who)
    if (client === undefined) continue
    const states = [
      ...ofCalls(history, call),
      ...(call.ask.kind === "create" ? ofCreates(history, call, scenario.serverOffset - client.offset()) : []),
      ...ofLists(history, call)
    ]
    for (const [name, isReached] of states) if (isReached) reached.add(name)
  }
  return reached
}

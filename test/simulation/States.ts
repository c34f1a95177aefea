/** The states that a simulated world reached, by which the coverage of the simulation is measured. */
import * as Effect from "effect/Effect"
import * as Faults from "./Faults.ts"
import * as ContactDataStates from "./ContactDataStates.ts"
import {
  type Call,
  type Commit,
  type History,
  isAction,
  isListing,
  type ListOperation,
  type Operation,
  type SentRequest
} from "./History.ts"
import { callHeader } from "./Server.ts"
import type { World } from "./World.ts"

const tenMinutes = 600_000

/** True if a call changes nothing. */
const isRead = (operation: Operation): boolean =>
  operation.kind === "fetch" || operation.kind === "verify" || isListing(operation)

const kindOf = ({ operation }: Call): string => {
  if (isAction(operation)) return "action"
  return isListing(operation) || operation.kind === "fetch" ? operation.kind : "write"
}

/** The outcome of a call. A read that fails has no further outcome, since it changes nothing. */
const outcomeOf = ({ end, operation }: Call): string => {
  if (end === undefined) return "none"
  if (end.kind === "failed") return isRead(operation) ? "failed" : end.error.outcome
  return end.kind === "crashed" ? "crashed" : "done"
}

/** The faults injected into calls, each with the kind and the outcome of its call. */
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
      `${Faults.nameOf(fault)}, ${kindOf(call)}: ${outcomeOf(call)}`,
      ...(isAtPageEnd && call.delivered.length > 100 ? ["a cut exactly at the end of a page"] : [])
    ]
  })
}

const isLookup = ({ path }: SentRequest): boolean => path.endsWith("/contact/list") || path.endsWith("/graphql")

const hasAnswer = ({ answered }: SentRequest): boolean => answered !== undefined

/** True if a change was made after a later request of the same call had been answered. */
const isAfterRetry = (call: Call, commit: Commit): boolean =>
  call.sent.some(({ answered }, index) => index > commit.request && answered !== undefined && answered < commit.at)

const ofCreates = (history: History, call: Call, skew: number): ReadonlyArray<readonly [string, boolean]> => {
  const { end, sent } = call
  const made = history.madeBy(call)
  const first = sent.find((request) => !isLookup(request))
  const outcome = outcomeOf(call)
  const conflict = sent.findIndex(({ status }) => status === 409)
  const followsLostAnswer = made.some(({ request }) => request < conflict)
  const looksUp = sent.some(isLookup)
  const refusedFingerprint = sent.findIndex(({ status }) => status === 400)
  return [
    [`a conflict after a lost answer: ${outcome}`, followsLostAnswer],
    ["a first 409 to a request that made the contact", first?.status === 409 && made[0]?.request === 0],
    ["a first 409 to a request that made nothing", first?.status === 409 && made.length === 0],
    ["a lookup with a server more than ten minutes behind", looksUp && skew < -tenMinutes],
    ["a lookup with a server more than ten minutes ahead", looksUp && skew > tenMinutes],
    [`a lookup: ${outcome}`, looksUp],
    ["a lookup answered without a date", looksUp && call.incidents.has("undated")],
    ["a lookup in a call during which the clock changed", looksUp && call.incidents.has("clock jumped")],
    ["a lookup that is retried", sent.filter(isLookup).length > 1],
    ["an equal contact of another program found", end?.kind === "ok" && !made.some(({ id }) => id === end.id)],
    ["a contact created again after the first was deleted", call.exactlyOnce && made.length > 1],
    ["a create with unknown outcome that made a contact", outcome === "unknown" && made.length > 0],
    ["a create with unknown outcome that made none", outcome === "unknown" && made.length === 0],
    ["a token that may not use fingerprints", refusedFingerprint !== -1 && outcome === "done"],
    [
      "a fingerprint refused after an attempt without an answer",
      refusedFingerprint > 0 && sent.slice(0, refusedFingerprint).some((request) => !hasAnswer(request))
    ]
  ]
}

/** True if the cursor of a request is a contact that no longer matches the filter of the list. */
const stoppedMatching = (history: History, operation: ListOperation, { at, query }: SentRequest): boolean => {
  const cursor = new URLSearchParams(query).get("cursor")
  const last = history.commits.findLast((commit) => commit.id === cursor && commit.at < at)
  return last !== undefined && last.kind !== "delete" && last.tier !== operation.tier
}

const ofLists = (history: History, call: Call): ReadonlyArray<readonly [string, boolean]> => {
  const { delivered, end, operation, sent } = call
  if (operation.kind !== "list") return []
  const outcome = outcomeOf(call)
  const before = (at: number) => delivered.filter((item) => item.at < at)
  const resumed = sent.filter((request) => request.isStream && before(request.at).length > 0)
  const isAtStart = ({ query }: SentRequest): boolean => !query.includes("cursor=")
  const isGone = (id: string, at: number): boolean =>
    history.commits.some((commit) => commit.id === id && commit.kind === "delete" && commit.at < at)
  const during = history.commits.filter(({ at }) => at > call.began && at < (call.ended ?? 0))
  return [
    ["a list resumed after a delivered contact", resumed.some((request) => !isAtStart(request))],
    ["a list restarted from the beginning", resumed.some(isAtStart)],
    [
      "a list restarted because all delivered contacts were deleted",
      resumed.some((request) => isAtStart(request) && before(request.at).every(({ id }) => isGone(id, request.at)))
    ],
    ["a list of several pages", outcome === "done" && delivered.length > 100],
    ["a list that fails after some contacts", end?.kind === "failed" && delivered.length > 0],
    ["a list that fails before the first contact", end?.kind === "failed" && delivered.length === 0],
    ["a list that ended at take", outcome === "done" && delivered.length === operation.take],
    ["a list with a cursor", outcome === "done" && operation.cursor !== undefined && delivered.length > 0],
    ["a list with a deleted cursor", end?.kind === "failed" && end.error._tag === "InvalidRequest"],
    [
      "a list with a filter resumed after a contact that no longer matches",
      operation.tier !== undefined && resumed.some((request) => stoppedMatching(history, operation, request))
    ],
    ["a list with a filter", outcome === "done" && operation.tier !== undefined && delivered.length > 0],
    ["a contact made during a list", during.some(({ kind }) => kind === "insert")],
    ["a contact deleted during a list", during.some(({ kind }) => kind === "delete")]
  ]
}

const ofCalls = (history: History, call: Call): ReadonlyArray<readonly [string, boolean]> => {
  const { end, operation, sent } = call
  const outcome = outcomeOf(call)
  const ended = call.ended ?? Number.POSITIVE_INFINITY
  const last = sent.at(-1)
  const changes = history.changedBy(call)
  const error = end?.kind === "failed" ? end.error : undefined
  const isFollowed = (is: (request: SentRequest) => boolean) =>
    sent.some((request, index) => is(request) && index < sent.length - 1)
  return [
    [`${operation.kind}: ${outcome}`, true],
    ["a retry after a request that was not sent", isFollowed(({ isRefused }) => isRefused)],
    ["a retry after 429", isFollowed(({ status }) => status === 429)],
    [
      "an ensure that lost a race",
      operation.kind === "ensure" && outcome === "done" && sent.some(({ status }) => status === 409)
    ],
    [
      "a delete whose retry was answered 404",
      operation.kind === "delete" && outcome === "done" && last?.status === 404
    ],
    ["a commit after the client gave up", outcome !== "crashed" && changes.some(({ at }) => at > ended)],
    ["a commit after the retry was answered", changes.some((commit) => isAfterRetry(call, commit))],
    ["a commit after the client crashed", outcome === "crashed" && changes.some(({ at }) => at > ended)],
    ["a call during which the clock changed", call.incidents.has("clock jumped")],
    ["a crash with a request under way", outcome === "crashed" && last !== undefined && !hasAnswer(last)],
    ["a crash before any request", outcome === "crashed" && sent.length === 0],
    ["a request that arrived twice", sent.some(({ arrived }) => arrived > 1)],
    ["a write applied twice", changes.length > 1],
    ["a token that is no longer accepted", sent.some(({ status }) => status === 401)],
    ["a secret that could not be read", error?._tag === "Unauthorized" && error.status === undefined],
    ["refused before it was sent", error?.outcome === "not-sent" && sent.length === 0],
    [`a timeout: ${error?._tag === "Timeout" ? error.phase : ""}`, error?._tag === "Timeout"],
    ["a conflict", error?._tag === "Conflict"],
    ["no such contact", error?._tag === "NotFound"],
    [`a failure: ${error?._tag}`, error !== undefined]
  ]
}

const hasConcurrentCalls = (history: History): boolean =>
  history.calls.some((call) =>
    history.calls.some(
      (other) =>
        call !== other &&
        "fingerprint" in call.operation &&
        "fingerprint" in other.operation &&
        call.account === other.account &&
        call.operation.fingerprint !== undefined &&
        call.operation.fingerprint === other.operation.fingerprint &&
        other.began > call.began &&
        other.began < (call.ended ?? 0)
    )
  )

/** The states that a world reached. */
export const reachedIn = (world: World): ReadonlySet<string> => {
  const { history, scenario } = world
  const reached = new Set(faultStates(world))
  if (hasConcurrentCalls(history)) reached.add("concurrent calls with one fingerprint")
  for (const call of history.calls) {
    const client = scenario.clients.find(({ name }) => name === call.caller)
    if (client === undefined) continue
    const states = [
      ...ofCalls(history, call),
      ...(call.operation.kind === "create" ? ofCreates(history, call, scenario.serverOffset - client.offset()) : []),
      ...ofLists(history, call),
      ...ContactDataStates.ofCall(history, call)
    ]
    for (const [name, isReached] of states) if (isReached) reached.add(name)
  }
  return reached
}

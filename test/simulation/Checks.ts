/** The rules that every simulated world must keep. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Fake from "../support/FakeHttp.ts"
import * as FindChecks from "./FindChecks.ts"
import { type Call, type Commit, type History, isAction, isListing } from "./History.ts"
import * as ListChecks from "./ListChecks.ts"
import * as Model from "./Model.ts"
import * as SecretChecks from "./SecretChecks.ts"
import * as Scenario from "./Scenario.ts"
import type { EndedWorld } from "./World.ts"

/** A rule that was broken, by a call if there is a number. */
export interface Violation {
  readonly rule: string
  readonly call: number | undefined
  readonly text: string
}

const isOfClient = (call: Call): boolean => call.caller !== "another program"

/** True if the server generated the fingerprint. A request without one makes another contact each time it arrives. */
const isServerGenerated = ({ fingerprint }: Commit): boolean => /^c[a-z0-9]{24}$/.test(fingerprint)

/** True if the client guarantees one contact: `exactlyOnce` is on, and all requests had a fingerprint. */
const isGuaranteed = (history: History, call: Call): boolean =>
  call.exactlyOnce && !history.madeBy(call).some(isServerGenerated)

/**
 * True if a refused call may have had an effect, because a gateway sent its request twice and the answer was that to
 * the other request. If the other came first, a client can tell by the 409 to a create with a fingerprint, and only by
 * that. If it came after the refusal, no client can tell.
 */
export const mayHaveHadEffect = (history: History, call: Call): boolean => {
  if (!call.incidents.has("doubled")) return false
  const last = call.sent.findLast(({ status }) => status !== undefined)
  const isDetectable = call.operation.kind === "create" && isGuaranteed(history, call) && last?.status === 409
  const isLate = history
    .changedBy(call)
    .every(({ at, request }) => at > (call.sent[request]?.answered ?? Number.POSITIVE_INFINITY))
  return isLate || !isDetectable
}

/** True if a call made a contact while another one that it had made still existed. */
const isMadeTwice = (history: History, call: Call): boolean => {
  const [first, ...more] = history.madeBy(call)
  return (
    first !== undefined &&
    more.some(
      (later) =>
        !history.commits.some(
          (commit) =>
            commit.id === first.id &&
            commit.at < later.at &&
            (commit.kind === "delete" || commit.fingerprint !== first.fingerprint)
        )
    )
  )
}

const ofWrites = (history: History, call: Call): ReadonlyArray<string> => {
  const { end, operation } = call
  const problems: Array<string> = []
  const isCertain = end?.kind === "failed" && end.error.outcome !== "unknown"
  if (isCertain && history.effectsOf(call) > 0 && !mayHaveHadEffect(history, call)) {
    problems.push(`outcome ${end.error.outcome}, although the call changed something`)
  }
  // The outcome of a read covers its last attempt only, since a read changes nothing.
  const isNotSent =
    end?.kind === "failed" &&
    end.error.outcome === "not-sent" &&
    operation.kind !== "fetch" &&
    operation.kind !== "verify"
  if (isNotSent && call.sent.some(({ arrived }) => arrived > 0)) {
    problems.push("outcome not-sent, although a request arrived")
  }
  const isExcused = call.incidents.has("doubled") && !isGuaranteed(history, call)
  if (operation.kind === "create" && isMadeTwice(history, call) && !isExcused)
    problems.push("two contacts for one create")
  if (end?.kind === "ok" && "id" in operation && end.id !== operation.id) problems.push("success with another id")
  if (
    operation.kind === "delete" &&
    end?.kind === "failed" &&
    end.error._tag === "NotFound" &&
    end.error.outcome === "unknown"
  ) {
    problems.push("NotFound, although the call itself may have deleted the contact")
  }
  const generated = history.madeBy(call).find((commit) => !isServerGenerated(commit))?.fingerprint
  const isUnknown = end?.kind === "failed" && end.error.outcome === "unknown"
  if (operation.kind === "create" && operation.fingerprint === undefined && isUnknown && call.exactlyOnce) {
    if (generated !== undefined && end.error.fingerprint !== generated)
      problems.push("the error has no or another fingerprint than the contact")
  }
  return problems
}

/** The number of requests of the operation itself, without lookups. */
const ownRequests = (call: Call): number =>
  isListing(call.operation) || isAction(call.operation)
    ? call.sent.length
    : call.sent.filter(({ path }) => path.endsWith(`/${call.operation.kind}`)).length

const ofErrors = (call: Call): ReadonlyArray<string> => {
  const { end } = call
  if (end?.kind !== "failed") return []
  const { error } = end
  const problems: Array<string> = []
  const sent = ownRequests(call)
  if (error.attempts !== sent) problems.push(`${error.attempts} attempts reported, ${sent} requests sent`)
  if (error.message === "") problems.push("no message")
  if (error.outcome === "unknown" && sent === 0) problems.push("outcome unknown, although nothing was sent")
  const shown = Fake.renderings(error)
  if (Scenario.canaries.some((canary) => shown.includes(canary))) problems.push("the error contains caller values")
  return problems
}

const ofListing = (history: History, call: Call, operation: Call["operation"]): ReadonlyArray<string> => {
  switch (operation.kind) {
    case "list":
    case "export":
    case "items":
      return ListChecks.check(history, call, operation)
    case "find":
      return FindChecks.check(history, call, operation)
    case "secrets":
      return SecretChecks.ofList(history, call, operation)
    default:
      return []
  }
}

/** The problems of a call in a world without faults, where no outcome may be unknown. */
const withoutFaults = ({ scenario }: EndedWorld["world"], { end, operation }: Call): ReadonlyArray<string> => {
  if (!Scenario.hasNoFaults(scenario) || end?.kind !== "failed" || end.error.outcome !== "unknown") return []
  // A client cannot exclude a gateway that sent the request twice, so the outcome of a conflict may be unknown.
  const isConflict = operation.kind === "create" && end.error._tag === "Conflict"
  const isTotal = end.error._tag === "Timeout" && end.error.phase === "total"
  // The server cannot show more than the two ends of a long list of secrets.
  const isCutOff = operation.kind === "secrets" && SecretChecks.isIncomplete(end.error)
  return isConflict || isTotal || isCutOff ? [] : ["outcome unknown, although there were no faults"]
}

/** The violations in a world that has ended. */
export const check = ({ exit, world }: EndedWorld): ReadonlyArray<Violation> => {
  const { history } = world
  const violations: Array<Violation> = []
  const add = (rule: string, call: Call | undefined, text: string) =>
    violations.push({ rule, call: call?.number, text })
  if (exit === undefined) add("no hang", undefined, "a fiber waits for ever, or the world does not end")
  else if (Exit.isFailure(exit)) add("no defect", undefined, Cause.pretty(exit.cause))
  for (const call of history.calls) {
    if (call.end === undefined) add("no hang", call, "the call has not ended")
    if (!isOfClient(call)) continue
    for (const text of withoutFaults(world, call)) add("no faults", call, text)
    for (const text of ofErrors(call)) add("errors", call, text)
    if (isListing(call.operation)) for (const text of ofListing(history, call, call.operation)) add("lists", call, text)
    else for (const text of ofWrites(history, call)) add("writes", call, text)
    if (isAction(call.operation))
      for (const text of SecretChecks.ofAction(history, call, call.operation)) add("secrets", call, text)
  }
  for (const account of ["a", "b"]) {
    for (const finding of Model.check(history, account, (call) => mayHaveHadEffect(history, call))) {
      if (finding.verdict === "linearizable") continue
      add("linearizability", undefined, `${finding.verdict}: ${finding.fingerprint}, calls ${finding.calls.join(", ")}`)
    }
  }
  return violations
}

/** What must hold in every simulated world. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Fake from "../support/FakeHttp.ts"
import type { Call, Commit, History } from "./History.ts"
import * as ListChecks from "./ListChecks.ts"
import * as Model from "./Model.ts"
import * as Scenario from "./Scenario.ts"
import type { Ended } from "./World.ts"

/** A broken promise. */
export interface Violation {
  readonly rule: string
  readonly call: number | undefined
  readonly text: string
}

const isClients = (call: Call): boolean => call.who !== "another program"

/** Whether the server generated the fingerprint: the request had none, so that a repeated request makes another contact. */
const isServers = ({ fingerprint }: Commit): boolean => /^c[a-z0-9]{24}$/.test(fingerprint)

/** Whether the client promises to make the contact once: all requests had a fingerprint, and `exactlyOnce` is on. */
const isExactlyOnce = (history: History, call: Call): boolean => call.isGuarded && !history.madeBy(call).some(isServers)

/**
 * Whether a call that was refused may have done something all the same, as a gateway sent a request twice: the first one
 * after the other had been done, which only the 409 to a create with a fingerprint gives away, or the other one after
 * the refusal, which nothing does.
 */
export const mayBeRepeated = (history: History, call: Call): boolean => {
  if (!call.troubles.has("doubled")) return false
  const last = call.sent.findLast(({ status }) => status !== undefined)
  const isGivenAway = call.ask.kind === "create" && isExactlyOnce(history, call) && last?.status === 409
  const isLate = history
    .changedBy(call)
    .every(({ at, request }) => at > (call.sent[request]?.answered ?? Number.POSITIVE_INFINITY))
  return isLate || !isGivenAway
}

/** A contact was made although the one that the same call had made before was still there. */
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
  const { ask, end } = call
  const problems: Array<string> = []
  const isSure = end?.kind === "failed" && end.error.outcome !== "unknown"
  if (isSure && history.changedBy(call).length > 0 && !mayBeRepeated(history, call)) {
    problems.push(`${end.error.outcome}, although it did something`)
  }
  // That of a read is of its last attempt only, as it changes nothing.
  const isNotSent = end?.kind === "failed" && end.error.outcome === "not-sent" && ask.kind !== "fetch"
  if (isNotSent && call.sent.some(({ arrived }) => arrived > 0)) {
    problems.push("not-sent, although a request arrived")
  }
  const isForgiven = call.troubles.has("doubled") && !isExactlyOnce(history, call)
  if (ask.kind === "create" && isMadeTwice(history, call) && !isForgiven) problems.push("two contacts for one create")
  if (end?.kind === "ok" && "id" in ask && end.id !== ask.id) problems.push("success with another id")
  if (
    ask.kind === "delete" &&
    end?.kind === "failed" &&
    end.error._tag === "NotFound" &&
    end.error.outcome === "unknown"
  ) {
    problems.push("not found, although its own request may have deleted it")
  }
  const generated = history.madeBy(call).find((commit) => !isServers(commit))?.fingerprint
  const isUnknown = end?.kind === "failed" && end.error.outcome === "unknown"
  if (ask.kind === "create" && ask.fingerprint === undefined && isUnknown && call.isGuarded) {
    if (generated !== undefined && end.error.fingerprint !== generated)
      problems.push("it does not say what to look for")
  }
  return problems
}

/** The operation's own requests, by the end of their path. */
const ownRequests = (call: Call): number =>
  call.ask.kind === "list"
    ? call.sent.length
    : call.sent.filter(({ path }) => path.endsWith(`/${call.ask.kind}`)).length

const ofErrors = (call: Call): ReadonlyArray<string> => {
  const { end } = call
  if (end?.kind !== "failed") return []
  const { error } = end
  const problems: Array<string> = []
  const sent = ownRequests(call)
  if (error.attempts !== sent) problems.push(`${error.attempts} attempts told, ${sent} requests sent`)
  if (error.message === "") problems.push("no message")
  if (error.outcome === "unknown" && sent === 0) problems.push("unknown, although nothing was sent")
  const shown = Fake.renderings(error)
  if (Scenario.canaries.some((canary) => shown.includes(canary))) problems.push("the error holds what the caller sent")
  return problems
}

/** Without faults, no outcome may be unknown. */
const withoutFaults = ({ scenario }: Ended["world"], { ask, end }: Call): ReadonlyArray<string> => {
  if (!Scenario.hasNoFaults(scenario) || end?.kind !== "failed" || end.error.outcome !== "unknown") return []
  // Nor can a client know whether a gateway has sent twice what is refused as a conflict.
  const isConflict = ask.kind === "create" && end.error._tag === "Conflict"
  const isTotal = end.error._tag === "Timeout" && end.error.phase === "total"
  return isConflict || isTotal ? [] : ["unknown, although nothing went wrong"]
}

/** Looks at a world that has come to its end. */
export const check = ({ exit, world }: Ended): ReadonlyArray<Violation> => {
  const { history } = world
  const violations: Array<Violation> = []
  const add = (rule: string, call: Call | undefined, text: string) =>
    violations.push({ rule, call: call?.number, text })
  if (exit === undefined) add("no hang", undefined, "nothing is left to run, or it goes on for ever")
  else if (Exit.isFailure(exit)) add("no defect", undefined, Cause.pretty(exit.cause))
  for (const call of history.calls) {
    if (call.end === undefined) add("no hang", call, "it has not ended")
    if (!isClients(call)) continue
    for (const text of withoutFaults(world, call)) add("no faults", call, text)
    for (const text of ofErrors(call)) add("errors", call, text)
    if (call.ask.kind === "list") for (const text of ListChecks.check(history, call, call.ask)) add("lists", call, text)
    else for (const text of ofWrites(history, call)) add("writes", call, text)
  }
  for (const account of ["a", "b"]) {
    for (const finding of Model.check(history, account, (call) => mayBeRepeated(history, call))) {
      if (finding.verdict === "linearizable") continue
      add("linearizability", undefined, `${finding.verdict}: ${finding.fingerprint}, calls ${finding.calls.join(", ")}`)
    }
  }
  return violations
}

import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { isList, isOperation, type OperationName } from "../OperationName.ts"
import type { Fault, PageFault, Rule, Status } from "./Fault.ts"

/** The headers that the transport writes. It would fail if a fault set them. */
const transportHeaders: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "connection"])

const pageFaults: ReadonlySet<string> = new Set([
  "ErrorAfter",
  "DropPage",
  "DelayPage",
  "IgnoreCursor"
] satisfies ReadonlyArray<PageFault["_tag"]>)

/** The operations of a rule; undefined if it is for every operation. */
export const operationsOf = ({ operation }: Rule): ReadonlyArray<OperationName> | undefined =>
  typeof operation === "string" ? [operation] : operation

/** True if a fault can be injected into an operation. */
const isApplicable = (fault: Fault, operation: OperationName): boolean =>
  !pageFaults.has(fault._tag) || isList(operation)

/** True if a rule applies to a request, before its probability and its number of times are considered. */
export const appliesTo = (rule: Rule, operation: OperationName, attempt: number): boolean =>
  isApplicable(rule.fault, operation) &&
  (operationsOf(rule)?.includes(operation) ?? true) &&
  includesAttempt(rule.attempt, attempt)

const includesAttempt = (wanted: Rule["attempt"], attempt: number): boolean => {
  if (wanted === undefined) return true
  if (typeof wanted === "function") return wanted(attempt)
  return typeof wanted === "number" ? wanted === attempt : wanted.includes(attempt)
}

/** The problem of a rule, beginning with the name of the field. Undefined if it has none. */
export const problem = (rule: Rule): string | undefined => {
  const { attempt, fault, probability = 1, times = 1 } = rule
  const unknown = operationsOf(rule)?.find((name) => !isOperation(name))
  if (unknown !== undefined) return `operation: there is no ${unknown}`
  const inapplicable = operationsOf(rule)?.find((name) => !isApplicable(fault, name))
  if (inapplicable !== undefined) return `operation: ${fault._tag} is for lists, which ${inapplicable} is not`
  const attempts = typeof attempt === "number" ? [attempt] : typeof attempt === "function" ? [] : (attempt ?? [])
  if (!attempts.every(isPositive)) return wrong("attempt", "a whole number from 1", attempts.join(", "))
  if (!(probability >= 0 && probability <= 1)) return wrong("probability", "from 0 to 1", probability)
  if (!isPositive(times)) return wrong("times", "a whole number from 1", times)
  return faultProblem(fault)
}

const isPositive = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

const wrong = (field: string, expected: string, actual: number | string): string =>
  `${field}: must be ${expected}, not ${actual}`

const faultProblem = (fault: Fault): string | undefined => {
  switch (fault._tag) {
    case "Status":
      return statusProblem(fault)
    case "Delay":
      return duration("duration", fault.duration)
    case "Garbage":
      return atLeast(1, "bytes", fault.bytes)
    case "ResetAfter":
    case "StallAfter":
    case "CutAfter":
      return typeof fault.at === "number" ? atLeast(0, "at", fault.at) : atLeast(0, "at.lines", fault.at.lines)
    case "Trickle":
      return atLeast(1, "bytes", fault.bytes) ?? duration("every", fault.every)
    case "Endless":
      return fault.text === "" ? "fault.text: must not be empty" : duration("every", fault.every)
    case "ErrorAfter":
      return atLeast(0, "items", fault.items)
    case "DropPage":
      return atLeast(0, "index", fault.index)
    case "DelayPage":
      return atLeast(0, "index", fault.index) ?? duration("duration", fault.duration)
    case "AfterCommit":
      return faultProblem(fault.fault)
    default:
      return undefined
  }
}

const atLeast = (minimum: number, field: string, value: number): string | undefined =>
  Number.isSafeInteger(value) && value >= minimum
    ? undefined
    : wrong(`fault.${field}`, `a whole number from ${minimum}`, value)

const duration = (field: string, input: Duration.Input): string | undefined =>
  Option.exists(Duration.fromInput(input), (given) => !Duration.isNegative(given))
    ? undefined
    : wrong(`fault.${field}`, "a duration from 0", String(input))

const finiteDuration = (field: string, input: Duration.Input): string | undefined =>
  Option.exists(Duration.fromInput(input), (given) => !Duration.isNegative(given) && Duration.isFinite(given))
    ? undefined
    : wrong(`fault.${field}`, "a finite duration from 0", String(input))

const statusProblem = ({ headers = {}, retryAfter, status }: Status): string | undefined => {
  if (!(Number.isInteger(status) && status >= 100 && status <= 599)) {
    return wrong("fault.status", "a whole number from 100 to 599", status)
  }
  const refused = Object.keys(headers).find((name) => transportHeaders.has(name.toLowerCase()))
  if (refused !== undefined) return `fault.headers: ${refused} is for the transport to write`
  return retryAfter === undefined ? undefined : finiteDuration("retryAfter", retryAfter)
}

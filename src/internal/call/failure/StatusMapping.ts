import type * as Duration from "effect/Duration"
import type * as Errors from "../../../Errors.ts"
import * as Operation from "../Operation.ts"
import type { CallerValues } from "./CallerValues.ts"
import * as Failure from "./Failure.ts"
import * as ServerMessage from "./ServerMessage.ts"

/** An answer of the server: its status, and the code and message of its error body, if it has one, unchanged. */
export interface Answer {
  readonly status: number
  readonly code?: string | undefined
  readonly message?: string | undefined
  /** A message that quotes any of these is not shown. */
  readonly callerValues: CallerValues
  readonly retryAfter?: Duration.Duration | undefined
}

const tags: Readonly<Record<number, Errors.Tag>> = {
  400: "InvalidRequest",
  401: "Unauthorized",
  402: "PaymentRequired",
  403: "Forbidden",
  404: "NotFound",
  405: "InvalidRequest",
  408: "Timeout",
  409: "Conflict",
  413: "InvalidRequest",
  422: "InvalidRequest",
  429: "RateLimited"
}

const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** The status behind each code (wire contract 6), for failures that come inside a 200. */
const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries({
    BAD_REQUEST: 400,
    NOT_AUTHENTICATED: 401,
    NO_SUBSCRIPTION: 402,
    NOT_AUTHORIZED: 403,
    NOT_FOUND: 404,
    METHOD_NOT_ALLOWED: 405,
    TIMEOUT: 408,
    CONFLICT: 409,
    CONTENT_TOO_LARGE: 413,
    UNPROCESSABLE_ENTITY: 422,
    LIMITS_REACHED: 429,
    TOO_MANY_REQUESTS: 429,
    GENERIC_ERROR: 500,
    INTERNAL_SERVER_ERROR: 500,
    NOT_IMPLEMENTED: 501,
    BAD_GATEWAY: 502,
    SERVICE_UNAVAILABLE: 503,
    GATEWAY_TIMEOUT: 504
  })
)

/** The messages of 500s that are refusals: a retry gets the same answer (wire contract 3.4 and 8). */
const permanentMessage = /^(?:Contact is (?:not )?verified|fingerprint is too short)$/

const tagOf = (status: number): Errors.Tag =>
  tags[status] ?? (status >= 500 && status <= 599 ? "ServerError" : "UnexpectedResponse")

const describe = (tag: Errors.Tag, answer: Answer): string => {
  const message = ServerMessage.shown(answer.message ?? "", answer.callerValues)
  if (message !== undefined) return message
  if (answer.status === 0 || (answer.status >= 300 && answer.status < 400)) return "Redirects are not followed"
  return Failure.descriptions[tag] ?? tag
}

/** The redirects that a server may send after it has acted. A browser shows any redirect as status 0. */
const unknownStatuses: ReadonlySet<number> = new Set([0, 301, 302, 303])

const outcomeOf = (tag: Errors.Tag, status: number, permanent: boolean): Errors.Outcome => {
  if (permanent || status === 501) return "rejected"
  if (tag === "ServerError" || tag === "Timeout") return "unknown"
  return status >= 300 && !unknownStatuses.has(status) ? "rejected" : "unknown"
}

/** The failure of an answer that is not a success. Pure, and defined for every status. */
export const toFailure = (operation: Operation.Any, answer: Answer): Failure.Failure => {
  // An error body inside a 200 is the failure that its code names.
  const status = answer.status === 200 && answer.code !== undefined ? (statuses.get(answer.code) ?? 500) : answer.status
  const permanent = status === 500 && permanentMessage.test(answer.message ?? "")
  const mapped = tagOf(status)
  const tag = Operation.canFailWith(operation, mapped) ? mapped : "UnexpectedResponse"
  return {
    tag,
    description: describe(tag, answer),
    outcome: outcomeOf(mapped, status, permanent),
    transient: transientStatuses.has(status) && !permanent,
    status: answer.status,
    // A code of the contract may be shown, even if the caller sent the same text.
    code: statuses.has(answer.code ?? "") ? answer.code : ServerMessage.identifier(answer.code, answer.callerValues),
    retryAfter: answer.retryAfter,
    field: answer.status === 400 ? ServerMessage.fieldOf(answer.message ?? "") : undefined,
    phase: mapped === "Timeout" ? "server" : undefined
  }
}

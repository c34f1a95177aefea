import type * as Duration from "effect/Duration"
import * as Errors from "../../../Errors.ts"
import type { CallerValues } from "./CallerValues.ts"
import { defined } from "../Defined.ts"
import * as Operation from "../Operation.ts"
import * as PathSegment from "../request/PathSegment.ts"
import * as ServerMessage from "./ServerMessage.ts"
import * as SystemError from "./SystemError.ts"
import type { AttemptState } from "../../transport/Transport.ts"

/**
 * What went wrong with one attempt, before it is known whether there will be another. Plain data: the public error is
 * made from the last one.
 */
export interface Failure {
  readonly tag: Errors.Tag
  readonly description: string
  readonly outcome: Errors.Outcome
  /** Whether the same request may fare better later. */
  readonly transient: boolean
  /** Whether it was held back by the circuit breaker, so that nothing was sent and nothing is to be tried. */
  readonly isFinal?: boolean
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfter?: Duration.Duration | undefined
  readonly phase?: Errors.TimeoutPhase | undefined
  readonly field?: string | undefined
  readonly cause?: Error | undefined
}

/** What the server said: its status, and the code and message of its error body where it had one, word for word. */
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

/** The 500s that are really refusals and come again however often one asks (wire contract 3.4 and 8). */
const permanentMessages: ReadonlySet<string> = new Set([
  "Contact is not verified",
  "Contact is verified",
  "fingerprint is too short"
])

const tagOf = (status: number): Errors.Tag =>
  tags[status] ?? (status >= 500 && status <= 599 ? "ServerError" : "UnexpectedResponse")

const descriptions: Readonly<Record<Errors.Tag, string>> = {
  InvalidRequest: "The server refused the request",
  Unauthorized: "The token is not accepted",
  PaymentRequired: "The account has no subscription",
  Forbidden: "The account may not do this",
  NotFound: "There is no such contact",
  Conflict: "Another contact has this fingerprint",
  RateLimited: "The account is over its rate limit",
  ServerError: "The server failed",
  Timeout: "The server gave up waiting",
  TransportError: "No complete answer came",
  UnexpectedResponse: "The response is none of what was promised"
}

const describe = (tag: Errors.Tag, answer: Answer): string => {
  const message = ServerMessage.shown(answer.message ?? "", answer.callerValues)
  if (message !== undefined) return message
  if (answer.status === 0 || (answer.status >= 300 && answer.status < 400)) return "Redirects are not followed"
  return descriptions[tag]
}

/** A 303 is what a server answers when it has acted, and a browser shows any redirect as status 0. */
const unknownStatuses: ReadonlySet<number> = new Set([0, 301, 302, 303])

const outcomeOf = (tag: Errors.Tag, status: number, permanent: boolean): Errors.Outcome => {
  if (permanent || status === 501) return "rejected"
  if (tag === "ServerError" || tag === "Timeout") return "unknown"
  return status >= 300 && !unknownStatuses.has(status) ? "rejected" : "unknown"
}

/** Maps an answer that is not a success. Pure, and total over every status. */
export const fromAnswer = (operation: Operation.Any, answer: Answer): Failure => {
  // An error body inside a 200 is the failure that its code names.
  const status = answer.status === 200 && answer.code !== undefined ? (statuses.get(answer.code) ?? 500) : answer.status
  const permanent = status === 500 && permanentMessages.has(answer.message ?? "")
  const mapped = tagOf(status)
  const tag = Operation.canFailWith(operation, mapped) ? mapped : "UnexpectedResponse"
  return {
    tag,
    description: describe(tag, answer),
    outcome: outcomeOf(mapped, status, permanent),
    transient: transientStatuses.has(status) && !permanent,
    status: answer.status,
    // A code of the contract is no secret, even where the caller sent the same word.
    code: statuses.has(answer.code ?? "") ? answer.code : ServerMessage.word(answer.code, answer.callerValues),
    retryAfter: answer.retryAfter,
    field: answer.status === 400 ? ServerMessage.fieldOf(answer.message ?? "") : undefined,
    phase: mapped === "Timeout" ? "server" : undefined
  }
}

/** An input that is refused before anything is sent. */
export const refused = (field: string, description: string): Failure => ({
  tag: "InvalidRequest",
  // A path into `meta` is the caller's own text.
  description: `${ServerMessage.redacted(field)}: ${description}`,
  field: ServerMessage.redacted(field),
  outcome: "not-sent",
  transient: false
})

/** A request that the transport could not even begin with. */
export const unsendable = (): Failure => ({
  tag: "TransportError",
  description: "The request could not be built",
  outcome: "not-sent",
  transient: false
})

/** A request that was held back on this side, and may be sent another time. */
export const unavailable = (description: string): Failure => ({
  tag: "TransportError",
  description,
  outcome: "not-sent",
  transient: true
})

/** The secret could not be read. `reason` is the code of the error, if it had one. */
export const noSecret = (reason: string | undefined, transient: boolean): Failure => ({
  tag: "Unauthorized",
  description: `The secret could not be read${reason === undefined ? "" : `: ${reason}`}`,
  outcome: "not-sent",
  transient,
  cause: reason === undefined ? undefined : codeOnly(reason)
})

/** An error with nothing in it but a code. */
const codeOnly = (code: string): Error => Object.assign(new Error(code), { name: "TransportCause", stack: "" })

/** A create that may have been done, and whose contact was not to be found. */
export const lost = (description: string): Failure => ({
  tag: "TransportError",
  description: `The answer was lost. ${description}`,
  outcome: "unknown",
  transient: false
})

/** A response that broke its promise in a way that only shows when its body is read. */
export const unexpected = (status: number, description: string): Failure => ({
  tag: "UnexpectedResponse",
  description,
  status,
  outcome: "unknown",
  transient: false
})

/** The server has no such endpoint at all. */
export const noEndpoint: Failure = {
  ...unexpected(404, "The server has no such endpoint: check the option baseUrl"),
  outcome: "rejected"
}

/** A response whose body ended early, although the connection did not break: the next one may be whole. */
export const cut = (status: number): Failure => ({ ...unexpected(status, "The body ended early"), transient: true })

/** Time ran out on this side. Unless its transport says so, it is unknown whether the request was sent. */
export const timeout = (
  phase: Exclude<Errors.TimeoutPhase, "server">,
  status?: number,
  state: AttemptState = "unknown"
): Failure => ({
  tag: "Timeout",
  description: timeoutDescriptions[phase],
  phase,
  outcome: state === "not-sent" ? "not-sent" : "unknown",
  transient: true,
  status
})

const timeoutDescriptions = {
  connect: "No connection within the attempt timeout",
  headers: "No response within the attempt timeout",
  body: "The body was not complete within the attempt timeout",
  idle: "No contact arrived within the idle timeout",
  total: "The call was not done within the total timeout"
}

/**
 * The transport failed. Only the code of `cause` is kept: its message and properties may hold the URL, the headers
 * or the body. Where the transport does not say whether it had sent the request, the code decides.
 */
export const transport = (cause: unknown, status?: number, state: AttemptState = "unknown"): Failure => {
  const error = SystemError.find(cause)
  if (status !== undefined && error !== undefined && /^(?:Z_|ERR__ERROR_FORMAT)/.test(error.reason)) {
    return unexpected(status, "The body cannot be decompressed")
  }
  const notSent = status === undefined && (state === "not-sent" || (state === "unknown" && error?.isNotSent === true))
  const reason = error?.reason ?? (status === undefined ? "no response" : "the body ended early")
  return {
    tag: "TransportError",
    description: `${notSent ? "Could not connect" : descriptions.TransportError}: ${reason}`,
    outcome: notSent ? "not-sent" : "unknown",
    transient: !(notSent && error?.isPermanent === true),
    status,
    cause: codeOnly(reason)
  }
}

/** What an error of one operation says, for making that of another out of it. */
export const fromError = (error: Errors.ContactError): Failure => ({
  ...error,
  cause: error.cause,
  tag: error._tag,
  transient: error.isRetryable
})

/** Where a call stands when its failure becomes the caller's. */
export interface Context {
  /** The operation's own safety, or less where the id makes it so. */
  readonly safety: Operation.Safety
  readonly attempts: number
  /** The least certain outcome of all attempts of a write; of a read, that of the last one. */
  readonly outcome: Errors.Outcome
  readonly contactId?: string | undefined
  /** The fingerprint that the client made up, while it is unknown whether there is a contact with it. */
  readonly fingerprint?: string | undefined
  readonly lastId?: string | undefined
  readonly received?: number | undefined
}

const errors = {
  InvalidRequest: Errors.InvalidRequest,
  Unauthorized: Errors.Unauthorized,
  PaymentRequired: Errors.PaymentRequired,
  Forbidden: Errors.Forbidden,
  NotFound: Errors.NotFound,
  Conflict: Errors.Conflict,
  RateLimited: Errors.RateLimited,
  ServerError: Errors.ServerError,
  Timeout: Errors.Timeout,
  TransportError: Errors.TransportError,
  UnexpectedResponse: Errors.UnexpectedResponse
}

/** An id as it may be shown: digits alone may be somebody's phone number. */
const shown = (id: unknown): string =>
  typeof id === "string" && PathSegment.isPlain(id) && /[A-Za-z]/.test(id) ? id.trim() : "(redacted)"

/** Of all that is known, an error takes what it has a field for. */
const make = (operation: Operation.Any, failure: Failure, context: Context): Errors.ContactError =>
  new errors[failure.tag](
    defined({
      ...failure,
      phase: failure.phase ?? "server",
      operation: operation.name,
      method: operation.method,
      path: operation.path,
      attempts: context.attempts,
      outcome: context.outcome,
      // The caller's next call would make up another fingerprint, and so another contact.
      isRetryable:
        failure.transient &&
        (context.outcome !== "unknown" || (context.safety !== "unsafe" && context.fingerprint === undefined)),
      contactId: shown(context.contactId),
      fingerprint: context.fingerprint,
      lastId: context.lastId,
      received: context.received ?? (operation.streams ? 0 : undefined)
    })
  )

/** Turns the failure of an attempt into the error that the operation promises. */
export const toError = <O extends Operation.Any>(
  operation: O,
  failure: Failure,
  context: Context
): Operation.Error<O> => {
  const error = make(operation, failure, context)
  return isFailureOf(operation, error) ? error : toError(operation, { ...failure, tag: "UnexpectedResponse" }, context)
}

/** Turns what kept a call from being sent at all into its error. */
export const toRefusal = <O extends Operation.Any>(
  operation: O,
  failure: Failure,
  contactId?: string
): Operation.Error<O> =>
  toError(operation, failure, { safety: operation.safety, attempts: 0, outcome: "not-sent", contactId })

const isFailureOf = <O extends Operation.Any>(operation: O, error: Errors.ContactError): error is Operation.Error<O> =>
  Operation.canFailWith(operation, error._tag)

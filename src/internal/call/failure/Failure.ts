import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type * as Errors from "../../../Errors.ts"
import type { AttemptState } from "../../transport/Transport.ts"
import * as ServerMessage from "./ServerMessage.ts"

/**
 * The failure of one attempt, as plain data: before it is known whether another attempt follows. The public error is made from
 * the last one.
 */
export interface Failure {
  readonly tag: Errors.Tag
  readonly description: string
  readonly outcome: Errors.Outcome
  /** True if the same request may succeed later. */
  readonly transient: boolean
  /** True if the circuit breaker kept the attempt from being sent, so that the call ends here. */
  readonly isCircuitBreakerOpen?: boolean
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfter?: Duration.Duration | undefined
  readonly phase?: Errors.TimeoutPhase | undefined
  readonly field?: string | undefined
  /** The URL at which the user authorizes access to a secret. */
  readonly url?: Redacted.Redacted<string> | undefined
  readonly cause?: Error | undefined
}

/** The description of a failure about which nothing more can be shown. Those of secrets come with their operations. */
export const descriptions: Readonly<Partial<Record<Errors.Tag, string>>> = {
  InvalidRequest: "The server refused the request",
  Unauthorized: "The token is not accepted",
  PaymentRequired: "The account has no subscription",
  Forbidden: "The account may not do this",
  NotFound: "There is no such contact",
  Conflict: "Another contact has this fingerprint",
  RateLimited: "The account is over its rate limit",
  ServerError: "The server failed",
  Timeout: "The server timed out",
  TransportError: "No complete answer came",
  UnexpectedResponse: "The response does not match the API"
}

/** The failure of an input that is refused before anything is sent. */
export const refused = (field: string, description: string): Failure => ({
  tag: "InvalidRequest",
  // A path into `meta` is the caller's own text.
  description: `${ServerMessage.redacted(field)}: ${description}`,
  field: ServerMessage.redacted(field),
  outcome: "not-sent",
  transient: false
})

/** The failure of a request that the transport could not build. */
export const unsendable = (): Failure => ({
  tag: "TransportError",
  description: "The request could not be built",
  outcome: "not-sent",
  transient: false
})

/** The failure of a request that the client did not send now, and may send later. */
export const unavailable = (description: string): Failure => ({
  tag: "TransportError",
  description,
  outcome: "not-sent",
  transient: true
})

/** The failure to read the secret. `reason` is the code of the error, if it had one. */
export const noSecret = (reason: string | undefined, transient: boolean): Failure => ({
  tag: "Unauthorized",
  description: `The secret could not be read${reason === undefined ? "" : `: ${reason}`}`,
  outcome: "not-sent",
  transient,
  cause: reason === undefined ? undefined : codeOnly(reason)
})

/** An error that holds nothing but a code. */
export const codeOnly = (code: string): Error => Object.assign(new Error(code), { name: "TransportCause", stack: "" })

/** The failure of a create that may have made a contact, which was not found. */
export const lost = (description: string): Failure => ({
  tag: "TransportError",
  description: `The answer was lost. ${description}`,
  outcome: "unknown",
  transient: false
})

/** The failure of a response that breaks the contract. */
export const unexpected = (status: number, description: string): Failure => ({
  tag: "UnexpectedResponse",
  description,
  status,
  outcome: "unknown",
  transient: false
})

/** The failure of a path that the server has no route for. */
export const noEndpoint: Failure = {
  ...unexpected(404, "The server has no such endpoint: check the option baseUrl"),
  outcome: "rejected"
}

/** The failure of a body that ended early although the connection did not fail. The next one may be complete. */
export const cut = (status: number): Failure => ({ ...unexpected(status, "The body ended early"), transient: true })

/** A timeout of the client. The outcome is unknown, unless the transport reports that nothing was sent. */
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
  idle: "No item arrived within the idle timeout",
  total: "The call was not done within the total timeout"
}

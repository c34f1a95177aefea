import * as Errors from "../../../Errors.ts"
import { defined } from "../Defined.ts"
import * as Operation from "../Operation.ts"
import * as PathSegment from "../request/PathSegment.ts"
import type { Failure } from "./Failure.ts"

/** The failure that an error was made from. */
export const toFailure = (error: Errors.ContactError): Failure => ({
  ...error,
  cause: error.cause,
  tag: error._tag,
  transient: error.isRetryable
})

/** The state of a call when its failure becomes an error. */
export interface Context {
  /** The operation's own safety, or less where the id makes it so. */
  readonly safety: Operation.Safety
  readonly attempts: number
  /** The least certain outcome of all attempts of a write; of a read, that of the last one. */
  readonly outcome: Errors.Outcome
  readonly contactId?: string | undefined
  /** The generated fingerprint, if a contact with it may exist. */
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

/** An id in a form that may be shown. Digits alone could be a phone number. */
const shown = (id: unknown): string =>
  typeof id === "string" && PathSegment.isPlain(id) && /[A-Za-z]/.test(id) ? id.trim() : "(redacted)"

/** Makes the error of a failure. Its class drops the fields that it does not have. */
const construct = (operation: Operation.Any, failure: Failure, context: Context): Errors.ContactError =>
  new ({ ...errors, ...operation.secretErrors }[failure.tag] ?? errors.UnexpectedResponse)(
    defined({
      ...failure,
      phase: failure.phase ?? "server",
      operation: operation.name,
      method: operation.method,
      path: operation.path,
      attempts: context.attempts,
      outcome: context.outcome,
      // The next call would generate another fingerprint, and so make another contact.
      isRetryable:
        failure.transient &&
        (context.outcome !== "unknown" || (context.safety !== "unsafe" && context.fingerprint === undefined)),
      contactId: shown(context.contactId),
      fingerprint: context.fingerprint,
      lastId: context.lastId,
      received: context.received ?? (operation.isList ? 0 : undefined)
    })
  )

/** The error of an operation for a failure. A failure that the operation does not have becomes `UnexpectedResponse`. */
export const make = <O extends Operation.Any>(operation: O, failure: Failure, context: Context): Operation.Error<O> => {
  const error = construct(operation, failure, context)
  return isErrorOf(operation, error) ? error : make(operation, { ...failure, tag: "UnexpectedResponse" }, context)
}

/** The same error with another outcome. */
export const withOutcome = <O extends Operation.Any>(
  operation: O,
  error: Errors.ContactError,
  outcome: Errors.Outcome
): Operation.Error<O> =>
  make(operation, toFailure(error), { safety: operation.safety, attempts: error.attempts, outcome })

/** The error of a call that was refused before anything was sent. */
export const refusal = <O extends Operation.Any>(
  operation: O,
  failure: Failure,
  contactId?: string
): Operation.Error<O> =>
  make(operation, failure, { safety: operation.safety, attempts: 0, outcome: "not-sent", contactId })

const isErrorOf = <O extends Operation.Any>(operation: O, error: Errors.ContactError): error is Operation.Error<O> =>
  Operation.canFailWith(operation, error._tag)

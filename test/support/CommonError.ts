import type * as Errors from "../../src/Errors.ts"

/** The failures that every operation can have. It is written out, so that the error types of operations are compared with it. */
export type CommonError =
  | Errors.InvalidRequest
  | Errors.Unauthorized
  | Errors.PaymentRequired
  | Errors.Forbidden
  | Errors.RateLimited
  | Errors.ServerError
  | Errors.Timeout
  | Errors.TransportError
  | Errors.UnexpectedResponse

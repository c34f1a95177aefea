import * as Data from "effect/Data"

/**
 * A refusal of the API, with a body of `message` and `code` (wire contract 6).
 *
 * `codeFirst` is the key order of that body: handlers write `message` first, converted exceptions `code` first.
 */
export class ApiFailure extends Data.TaggedError("ApiFailure")<{
  readonly status: number
  readonly code: string
  readonly message: string
  readonly codeFirst: boolean
}> {}

const handled = (status: number, code: string, message: string) =>
  new ApiFailure({ status, code, message, codeFirst: false })

const converted = (status: number, code: string, message: string) =>
  new ApiFailure({ status, code, message, codeFirst: true })

/** 400, by default with the text of handlers that give no reason. */
export const badRequest = (message = "Bad request"): ApiFailure => handled(400, "BAD_REQUEST", message)

/** 401: unknown, expired or malformed credentials (wire contract 7). */
export const notAuthenticated: ApiFailure = handled(401, "NOT_AUTHENTICATED", "Not authenticated")

/** 401 of an action on a secret that the user has to authorize first. The credentials of the request are good. */
export const unauthenticated = (message: string): ApiFailure => handled(401, "NOT_AUTHENTICATED", message)

/** 403: a row of another account, or a POST without credentials. */
export const notAuthorized: ApiFailure = handled(403, "NOT_AUTHORIZED", "Not authorized")

/** 404 */
export const notFound: ApiFailure = handled(404, "NOT_FOUND", "Not found")

/** 405 */
export const methodNotAllowed: ApiFailure = handled(405, "METHOD_NOT_ALLOWED", "Method not allowed")

/** 409 of the unique index on account and fingerprint. */
export const uniqueViolation: ApiFailure = converted(409, "CONFLICT", "Unique constraint violation")

/** 409 of an action that a secret does not support, with its reason. */
export const conflict = (message: string): ApiFailure => handled(409, "CONFLICT", message)

/** 429 of the poll limit (wire contract 4). */
export const limitsReached: ApiFailure = converted(
  429,
  "LIMITS_REACHED",
  "You have exceeded your allocated rate limits: rate/poll"
)

/** 500 with the text of an exception; by default with the text of any database failure. */
export const genericError = (message = "System error occurred"): ApiFailure => converted(500, "GENERIC_ERROR", message)

/** 501 of an endpoint that only the vendor's API has: never a 404, which would say that there is no such contact. */
export const notImplemented: ApiFailure = converted(501, "NOT_IMPLEMENTED", "The emulator does not have this endpoint")

/** The failures of the contract. The first one with a status or a code is used for it (wire contract 6). */
const known: ReadonlyArray<ApiFailure> = [
  badRequest(),
  notAuthenticated,
  handled(402, "NO_SUBSCRIPTION", "No subscription"),
  notAuthorized,
  notFound,
  methodNotAllowed,
  handled(408, "TIMEOUT", "Response timeout"),
  uniqueViolation,
  handled(422, "UNPROCESSABLE_ENTITY", "Unprocessable entity"),
  limitsReached,
  genericError(),
  handled(502, "BAD_GATEWAY", "Bad gateway"),
  handled(503, "SERVICE_UNAVAILABLE", "Service unavailable"),
  handled(504, "GATEWAY_TIMEOUT", "Gateway timeout")
]

/** A code and message that replace those of the contract. */
export interface Wording {
  readonly code?: string | undefined
  readonly message?: string | undefined
}

const worded = (failure: ApiFailure, { code = failure.code, message = failure.message }: Wording): ApiFailure =>
  new ApiFailure({ status: failure.status, codeFirst: failure.codeFirst, code, message })

/** The failure of the contract for a status, in these words. A status without one gets a code with its number. */
export const ofStatus = (status: number, wording: Wording): ApiFailure =>
  worded(
    known.find((failure) => failure.status === status) ?? handled(status, `ERROR_${status}`, `Error ${status}`),
    wording
  )

/** The failure of the contract for a code, in these words. A code without one gets a 500. */
export const ofCode = (wording: Wording): ApiFailure =>
  worded(known.find(({ code }) => code === wording.code) ?? genericError(), wording)

/** The error body. The origin of the failure decides the order of its keys. */
export const toJson = (failure: ApiFailure): string =>
  failure.codeFirst ? toStreamJson(failure) : toHandlerJson(failure)

/** The error body as the list and stream wrapper writes it: `code` first, always (wire contract 5). */
export const toStreamJson = ({ code, message }: ApiFailure): string => JSON.stringify({ code, message })

const toHandlerJson = ({ code, message }: ApiFailure): string => JSON.stringify({ message, code })

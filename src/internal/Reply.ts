import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Failure from "./Failure.ts"
import type * as Operation from "./Operation.ts"
import { scrub } from "./Scrub.ts"
import * as Validate from "./Validate.ts"

type Response = HttpClientResponse.HttpClientResponse

/** Everything the caller sent, token included: it must not come back out in an error. */
export type Sent = () => ReadonlyArray<string>

/** The most of a body that is not a stream. A page of 100 contacts is far below, even at the server's field limits. */
const maxBodyBytes = 32 * 1024 * 1024

/** The most of an error body: whatever is longer is no error body of the vendor's. */
const maxErrorBytes = 64 * 1024

/** The media type of a response, in lower case and without parameters. */
export const mediaType = (response: Response): string =>
  (response.headers["content-type"]?.split(";", 1)[0] ?? "").trim().toLowerCase()

/** The bytes of a body. A body that is absent is an empty one. */
export const bytes = (response: Response): Stream.Stream<Uint8Array, Failure.Failure> =>
  response.stream.pipe(
    Stream.catchIf(
      (error) => error.reason._tag === "EmptyBodyError",
      () => Stream.empty,
      (error: HttpClientError.HttpClientError) => Stream.fail(Failure.transport(error, response.status))
    )
  )

const text = Effect.fnUntraced(function* (
  response: Response,
  limit: number
): Effect.fn.Return<string, Failure.Failure> {
  const tooLong = Failure.unexpected(response.status, `The body is longer than ${limit} bytes`)
  const declared = Number(response.headers["content-length"])
  if (declared > limit) return yield* Effect.fail(tooLong)
  // With its length declared and no encoding to swell it, the transport itself bounds the body.
  if (Number.isInteger(declared) && response.headers["content-encoding"] === undefined) {
    return yield* Effect.mapError(response.text, (error) => Failure.transport(error, response.status))
  }
  const decoder = new TextDecoder()
  let read = 0
  let body = ""
  yield* Stream.runForEach(bytes(response), (chunk) => {
    read += chunk.byteLength
    if (read > limit) return Effect.fail(tooLong)
    body += decoder.decode(chunk, { stream: true })
    return Effect.void
  })
  return body + decoder.decode()
})

const parse = (body: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(body))

/** Request ids of the usual hostings. The vendor's own code sets none (wire contract 6). */
const requestIdHeaders = ["x-request-id", "x-vercel-id", "cf-ray", "x-amzn-requestid"]

const headerFacts = Effect.fnUntraced(function* (response: Response, sent: ReadonlyArray<string>) {
  const requestId = requestIdHeaders.map((name) => response.headers[name]).find((value) => value !== undefined)
  const retryAfter = Headers.parseRetryAfter(response.headers["retry-after"] ?? "")
  const now = yield* Clock.currentTimeMillis
  return {
    ...(requestId === undefined ? {} : { requestId: scrub(requestId, sent) }),
    ...(Result.isSuccess(retryAfter)
      ? { retryAfter: Duration.toMillis(Headers.retryAfterDelay(retryAfter.success, now)) }
      : {})
  }
})

/** The code and message of an error body. A code that is no identifier, or that quotes the caller, is left out. */
const errorBody = (body: unknown, sent: ReadonlyArray<string>): { code?: string; message?: string } => {
  if (!Predicate.isObject(body)) return {}
  const { code, message } = body
  return {
    ...(typeof code === "string" && /^[A-Za-z][\w.-]{0,63}$/.test(code) && scrub(code, sent) === code ? { code } : {}),
    ...(typeof message === "string" ? { message } : {})
  }
}

/** Turns a response that is not a success into a failure. Its body is read, so that the connection can be used again. */
export const failure = Effect.fnUntraced(function* (
  operation: Operation.Any,
  response: Response,
  sent: Sent
): Effect.fn.Return<Failure.Failure> {
  const quotable = sent()
  const facts = yield* headerFacts(response, quotable)
  const body = yield* Effect.orElseSucceed(text(response, maxErrorBytes), () => "")
  const parsed = parse(body)
  const plain = mediaType(response) === "text/plain" ? { message: body } : {}
  const said = Result.isSuccess(parsed) ? errorBody(parsed.success, quotable) : plain
  return Failure.fromAnswer(operation, { status: response.status, sent: quotable, ...facts, ...said })
})

/** The failure that an error body inside a 200 names (wire contract 5.1 and 5.5), if it is one. */
export const failureInside = (
  operation: Operation.Any,
  status: number,
  body: unknown,
  sent: Sent
): Failure.Failure | undefined => {
  const quotable = sent()
  const { code, message } = errorBody(body, quotable)
  return code === undefined || message === undefined
    ? undefined
    : Failure.fromAnswer(operation, { status, code, message, sent: quotable })
}

/** Reads and decodes the JSON body of a 200. */
export const json = Effect.fnUntraced(function* <A>(
  operation: Operation.Operation<A, Failure.Failure["tag"]>,
  response: Response,
  sent: Sent
): Effect.fn.Return<A, Failure.Failure> {
  if (mediaType(response) !== "application/json") {
    return yield* Effect.fail(Failure.unexpected(response.status, "The response is not application/json"))
  }
  const body = parse(yield* text(response, maxBodyBytes))
  if (Result.isFailure(body)) {
    return yield* Effect.fail(Failure.unexpected(response.status, "The body is not JSON"))
  }
  const decoded = operation.decode(body.success)
  if (Result.isSuccess(decoded)) return decoded.success
  const { field, description } = Validate.problemOf(decoded.failure, "the body")
  return yield* Effect.fail(
    failureInside(operation, response.status, body.success, sent) ??
      Failure.unexpected(response.status, `The body is not what was promised: ${field}: ${description}`)
  )
})

/** Accepts a 200 that is JSON Lines. Anything else is read for what it says. */
export const jsonLines = Effect.fnUntraced(function* (
  operation: Operation.Any,
  response: Response,
  sent: Sent
): Effect.fn.Return<Response, Failure.Failure> {
  if (mediaType(response) === "application/jsonl") return response
  const body = parse(yield* text(response, maxErrorBytes))
  const inside = Result.isSuccess(body) ? failureInside(operation, response.status, body.success, sent) : undefined
  return yield* Effect.fail(inside ?? Failure.unexpected(response.status, "The response is not application/jsonl"))
})

import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CallerValues } from "../failure/CallerValues.ts"
import * as Failure from "../failure/Failure.ts"
import * as StatusMapping from "../failure/StatusMapping.ts"
import * as ServerMessage from "../failure/ServerMessage.ts"
import * as HttpDate from "./HttpDate.ts"
import type * as Operation from "../Operation.ts"
import * as PathSegment from "../request/PathSegment.ts"
import * as ReplyBody from "./ReplyBody.ts"
import * as Validate from "../request/Validate.ts"

type Response = HttpClientResponse.HttpClientResponse

/** A response, and the caller's values that no failure may show. */
export interface ReceivedReply {
  readonly response: Response
  readonly callerValues: CallerValues
}

/** The largest body that is read as a whole: a page of 100 contacts, each made with the largest body that the server takes. */
const maxBodyBytes = 128 * 1024 * 1024

/** The largest error body that is read. The vendor's are far smaller. */
const maxErrorBytes = 64 * 1024

/** The media type of a response, in lower case and without parameters. */
export const mediaType = (response: Response): string =>
  (response.headers["content-type"]?.split(";", 1)[0] ?? "").trim().toLowerCase()

const parse = (body: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(body))

/** Request ids of the usual hostings. The vendor's own code sets none (wire contract 6). */
const requestIdHeaders = ["x-request-id", "x-vercel-id", "cf-ray", "x-amzn-requestid"]

/** Adds to a failure the request id of its response. */
export const withRequestId = (failure: Failure.Failure, { callerValues, response }: ReceivedReply): Failure.Failure => {
  const header = requestIdHeaders.map((name) => response.headers[name]).find((value) => value !== undefined)
  const requestId = ServerMessage.word(header, callerValues)
  return requestId === undefined ? failure : { ...failure, requestId }
}

/** The time that a `Retry-After` asks for, in whole seconds or as a date. */
export const retryAfter = (response: Response): Effect.Effect<{ readonly retryAfter?: Duration.Duration }> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const value = (response.headers["retry-after"] ?? "").trim()
    if (/^\d+$/.test(value)) return { retryAfter: Duration.seconds(Number(value)) }
    const date = HttpDate.parse(value)
    return date === undefined ? {} : { retryAfter: Duration.millis(Math.max(0, date - now)) }
  })

/** The code and message of an error body. */
const errorBody = (body: unknown): { readonly code?: string; readonly message?: string } => {
  if (!Predicate.isObject(body)) return {}
  const { code, message } = body
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof message === "string" ? { message } : {})
  }
}

/** The failure of a response that is not a success. Its body is read, so that the connection can be used again. */
export const failure = Effect.fnUntraced(function* (
  operation: Operation.Any,
  { callerValues, response }: ReceivedReply
): Effect.fn.Return<Failure.Failure> {
  const body = yield* Effect.orElseSucceed(ReplyBody.text(response, maxErrorBytes), () => "")
  const type = mediaType(response)
  // The page of a path that no route has (wire contract 0): it says nothing of a contact, not even to a retried delete.
  if (response.status === 404 && type === "text/html") return Failure.noEndpoint
  const parsed = parse(body)
  const plain = type === "text/plain" ? { message: body } : {}
  return StatusMapping.toFailure(operation, {
    status: response.status,
    callerValues,
    ...(yield* retryAfter(response)),
    ...(Result.isSuccess(parsed) ? errorBody(parsed.success) : plain)
  })
})

/** The failure that an error body inside a 200 names (wire contract 5.1 and 5.5), if it is one. */
export const failureInside = (
  operation: Operation.Any,
  { callerValues, response }: ReceivedReply,
  body: unknown
): Failure.Failure | undefined => {
  const { code, message } = errorBody(body)
  return code === undefined || message === undefined
    ? undefined
    : StatusMapping.toFailure(operation, { status: response.status, code, message, callerValues })
}

const isAboutAnother = (value: unknown, id: string | undefined): boolean =>
  id !== undefined && Predicate.hasProperty(value, "id") && !PathSegment.isSame(String(value.id), id)

/** Reads and decodes the JSON body of a 200. If `id` is given, the reply has to be about that contact. */
export const json = Effect.fnUntraced(function* <A>(
  operation: Operation.Operation<A, Failure.Failure["tag"]>,
  reply: ReceivedReply,
  id?: string
): Effect.fn.Return<A, Failure.Failure> {
  const { response } = reply
  const type = mediaType(response)
  const read = type === "application/json" ? JSON.parse : type === "application/jsonl" ? operation.fromLines : undefined
  if (read === undefined) {
    return yield* ReplyBody.giveUp(
      response,
      Failure.unexpected(response.status, "The response is not application/json")
    )
  }
  const content = yield* ReplyBody.text(response, maxBodyBytes)
  const body = Result.try((): unknown => read(content))
  if (Result.isFailure(body)) {
    const isCut = ReplyBody.endsEarly(
      type === "application/json" ? content : content.slice(content.lastIndexOf("\n") + 1)
    )
    return yield* Effect.fail(
      isCut ? Failure.cut(response.status) : Failure.unexpected(response.status, "The body is not JSON")
    )
  }
  const decoded = operation.decode(body.success)
  if (Result.isSuccess(decoded)) {
    return isAboutAnother(decoded.success, id)
      ? yield* Effect.fail(Failure.unexpected(response.status, "The response is about another contact"))
      : decoded.success
  }
  const { field, description } = Validate.problemOf(decoded.failure, "the body")
  return yield* Effect.fail(
    failureInside(operation, reply, body.success) ??
      Failure.unexpected(response.status, `The body is not what was promised: ${field}: ${description}`)
  )
})

/**
 * Accepts a 200 that is JSON Lines, and opens its body at once, so that the scope closes it whatever happens before it is
 * read. Any other response is read for the failure that it names.
 */
export const jsonLines = Effect.fnUntraced(function* (
  operation: Operation.Any,
  reply: ReceivedReply,
  scope: Scope.Scope
): Effect.fn.Return<ReplyBody.Chunks, Failure.Failure> {
  const { response } = reply
  if (mediaType(response) === "application/jsonl") {
    return yield* Scope.provide(Stream.toPull(ReplyBody.bytes(response)), scope)
  }
  const body = parse(yield* Effect.orElseSucceed(ReplyBody.text(response, maxErrorBytes), () => ""))
  const inside = Result.isSuccess(body) ? failureInside(operation, reply, body.success) : undefined
  return yield* Effect.fail(inside ?? Failure.unexpected(response.status, "The response is not application/jsonl"))
})

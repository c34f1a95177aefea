import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Predicate from "effect/Predicate"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CallerValues } from "./failure/CallerValues.ts"
import * as Failure from "./failure/Failure.ts"
import * as HttpDate from "./HttpDate.ts"
import type * as Operation from "./Operation.ts"
import * as PathSegment from "./PathSegment.ts"
import * as ServerMessage from "./failure/ServerMessage.ts"
import * as TransportResponse from "../transport/TransportResponse.ts"
import * as Validate from "./Validate.ts"

type Response = HttpClientResponse.HttpClientResponse

/** The most of a body that is not a stream: a page of 100 contacts, each made with the largest body the server takes. */
const maxBodyBytes = 128 * 1024 * 1024

/** The most of an error body: whatever is longer is no error body of the vendor's. */
const maxErrorBytes = 64 * 1024

/** The media type of a response, in lower case and without parameters. */
export const mediaType = (response: Response): string =>
  (response.headers["content-type"]?.split(";", 1)[0] ?? "").trim().toLowerCase()

/** The chunks of a body as they arrive. */
export type Chunks = Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, Failure.Failure>

/** The bytes of a body. A body that is absent is an empty one. */
const bytes = (response: Response): Stream.Stream<Uint8Array, Failure.Failure> =>
  response.stream.pipe(
    Stream.catchIf(
      (error) => error.reason._tag === "EmptyBodyError",
      () => Stream.empty,
      (error: HttpClientError.HttpClientError) => Stream.fail(Failure.transport(error.reason.cause, response.status))
    )
  )

/** Fails without reading the body: opening and closing it lets go of its connection. */
const giveUp = (response: Response, failure: Failure.Failure): Effect.Effect<never, Failure.Failure> =>
  withChunks(response, () => Effect.fail(failure))

/**
 * Runs something with the chunks of a body, which is let go of in the end. A stream for each short body would be costly:
 * V8 keeps what its closures hold until the next full collection.
 */
const withChunks = <A>(
  response: Response,
  use: (pull: Pull.Pull<ReadonlyArray<Uint8Array>, Failure.Failure>) => Effect.Effect<A, Failure.Failure>
): Effect.Effect<A, Failure.Failure> => {
  const body = TransportResponse.bodyOf(response)
  if (body === undefined) return Effect.scoped(Effect.flatMap(Stream.toPull(bytes(response)), use))
  const pull = Effect.mapError(body.pull, (error) =>
    Cause.isDone(error) ? error : Failure.transport(error, response.status)
  )
  return Effect.onExit(use(pull), () => body.cancel)
}

/** Reads a body of at most `limit` bytes, as the text it is. */
const text = (response: Response, limit: number): Effect.Effect<string, Failure.Failure> => {
  const tooLong = Failure.unexpected(response.status, `The body is longer than ${limit} bytes`)
  const declared = Number(response.headers["content-length"] ?? Number.NaN)
  if (declared > limit) return giveUp(response, tooLong)
  return withChunks(response, (pull) => {
    const body: Array<Uint8Array> = []
    let read = 0
    const next = Effect.flatMap(pull, (chunks) => {
      for (const chunk of chunks) {
        read += chunk.byteLength
        body.push(chunk)
      }
      return read > limit ? Effect.fail(tooLong) : Effect.void
    })
    const whole = Effect.suspend(() => Effect.fromResult(decode(response, body)))
    return Pull.catchDone(Effect.forever(next, { disableYield: true }), () => whole)
  })
}

const utf8 = () => new TextDecoder("utf-8", { fatal: true })
const decoder = utf8()

const decode = (response: Response, chunks: ReadonlyArray<Uint8Array>): Result.Result<string, Failure.Failure> =>
  Result.try({
    try: () => {
      // To make a decoder takes longer than to decode most bodies; one that reads on must be of its own.
      if (chunks.length <= 1) return decoder.decode(chunks[0])
      const own = utf8()
      return chunks.map((chunk) => own.decode(chunk, { stream: true })).join("") + own.decode()
    },
    catch: () =>
      endsInCharacter(chunks)
        ? Failure.cut(response.status)
        : Failure.unexpected(response.status, "The body is not UTF-8")
  })

/** Whether bytes that are not UTF-8 would be if a few more came. */
const endsInCharacter = (chunks: ReadonlyArray<Uint8Array>): boolean =>
  Result.isSuccess(
    Result.try(() => {
      const own = utf8()
      for (const chunk of chunks) own.decode(chunk, { stream: true })
    })
  )

/** All that JSON has outside of texts, objects and arrays. */
const outside = " \t\r\n0123456789+-.,:Eaeflnrstu"

/**
 * Whether a body that is not JSON has the look of an object or array whose end is missing. A proxy or server may end a body
 * early and yet in order, so that the transport sees nothing wrong.
 */
const endsEarly = (body: string): boolean => {
  if (!/^\s*[{[]/.test(body)) return false
  let depth = 0
  let isText = false
  for (let at = 0; at < body.length; at++) {
    const character = body.charAt(at)
    if (isText) {
      if (character === "\\") at++
      else if (character === '"') isText = false
    } else if (character === '"') isText = true
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") {
      if (--depth === 0) return false
    } else if (!outside.includes(character)) return false
  }
  return true
}

const parse = (body: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(body))

/** Request ids of the usual hostings. The vendor's own code sets none (wire contract 6). */
const requestIdHeaders = ["x-request-id", "x-vercel-id", "cf-ray", "x-amzn-requestid"]

/** Adds to a failure the request id of its response. */
export const withRequestId = (
  failure: Failure.Failure,
  headers: Headers.Headers,
  callerValues: CallerValues
): Failure.Failure => {
  const header = requestIdHeaders.map((name) => headers[name]).find((value) => value !== undefined)
  const requestId = ServerMessage.word(header, callerValues)
  return requestId === undefined ? failure : { ...failure, requestId }
}

/** Whole seconds, or a date. */
const retryAfter = (response: Response): Effect.Effect<{ readonly retryAfter?: Duration.Duration }> =>
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

/** Turns a response that is not a success into a failure. Its body is read, so that the connection can be used again. */
export const failure = Effect.fnUntraced(function* (
  operation: Operation.Any,
  response: Response,
  callerValues: CallerValues
): Effect.fn.Return<Failure.Failure> {
  const body = yield* Effect.orElseSucceed(text(response, maxErrorBytes), () => "")
  const type = mediaType(response)
  // The page of a path that no route has (wire contract 0): it says nothing of a contact, not even to a retried delete.
  if (response.status === 404 && type === "text/html") return Failure.noEndpoint
  const parsed = parse(body)
  const plain = type === "text/plain" ? { message: body } : {}
  return Failure.fromAnswer(operation, {
    status: response.status,
    callerValues,
    ...(yield* retryAfter(response)),
    ...(Result.isSuccess(parsed) ? errorBody(parsed.success) : plain)
  })
})

/** The failure that an error body inside a 200 names (wire contract 5.1 and 5.5), if it is one. */
export const failureInside = (
  operation: Operation.Any,
  status: number,
  body: unknown,
  callerValues: CallerValues
): Failure.Failure | undefined => {
  const { code, message } = errorBody(body)
  return code === undefined || message === undefined
    ? undefined
    : Failure.fromAnswer(operation, { status, code, message, callerValues })
}

const isAboutAnother = (value: unknown, id: string | undefined): boolean =>
  id !== undefined && Predicate.hasProperty(value, "id") && !PathSegment.isSame(String(value.id), id)

/** Reads and decodes the JSON body of a 200. Where the caller gave the id of a contact, that is what it has to be about. */
export const json = Effect.fnUntraced(function* <A>(
  operation: Operation.Operation<A, Failure.Failure["tag"]>,
  response: Response,
  callerValues: CallerValues,
  id?: string
): Effect.fn.Return<A, Failure.Failure> {
  const type = mediaType(response)
  const read = type === "application/json" ? JSON.parse : type === "application/jsonl" ? operation.fromLines : undefined
  if (read === undefined) {
    return yield* giveUp(response, Failure.unexpected(response.status, "The response is not application/json"))
  }
  const content = yield* text(response, maxBodyBytes)
  const body = Result.try((): unknown => read(content))
  if (Result.isFailure(body)) {
    const isCut = endsEarly(type === "application/json" ? content : content.slice(content.lastIndexOf("\n") + 1))
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
    failureInside(operation, response.status, body.success, callerValues) ??
      Failure.unexpected(response.status, `The body is not what was promised: ${field}: ${description}`)
  )
})

/**
 * Accepts a 200 that is JSON Lines, and opens its body at once, so that the scope closes it whatever happens before it is
 * read. Any other response is read for what it says.
 */
export const jsonLines = Effect.fnUntraced(function* (
  operation: Operation.Any,
  response: Response,
  callerValues: CallerValues,
  scope: Scope.Scope
): Effect.fn.Return<Chunks, Failure.Failure> {
  if (mediaType(response) === "application/jsonl") {
    return yield* Scope.provide(Stream.toPull(bytes(response)), scope)
  }
  const body = parse(yield* Effect.orElseSucceed(text(response, maxErrorBytes), () => ""))
  const inside = Result.isSuccess(body)
    ? failureInside(operation, response.status, body.success, callerValues)
    : undefined
  return yield* Effect.fail(inside ?? Failure.unexpected(response.status, "The response is not application/jsonl"))
})

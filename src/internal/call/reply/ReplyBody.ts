import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as TransportResponse from "../../transport/TransportResponse.ts"
import * as Failure from "../failure/Failure.ts"
import * as TransportFailure from "../failure/TransportFailure.ts"

type Response = HttpClientResponse.HttpClientResponse

/** The chunks of a body as they arrive. */
export type Chunks = Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, Failure.Failure>

/** The bytes of a body. A body that is absent is an empty one. */
export const bytes = (response: Response): Stream.Stream<Uint8Array, Failure.Failure> =>
  response.stream.pipe(
    Stream.catchIf(
      (error) => error.reason._tag === "EmptyBodyError",
      () => Stream.empty,
      (error: HttpClientError.HttpClientError) =>
        Stream.fail(TransportFailure.make(error.reason.cause, response.status))
    )
  )

/** Fails without reading the body. Opening and closing it frees its connection. */
export const giveUp = (response: Response, failure: Failure.Failure): Effect.Effect<never, Failure.Failure> =>
  withChunks(response, () => Effect.fail(failure))

/** Uses the chunks of a body, and closes it in the end: cheaper than a stream for each short body (see bench/profile.ts). */
const withChunks = <A>(
  response: Response,
  use: (pull: Pull.Pull<ReadonlyArray<Uint8Array>, Failure.Failure>) => Effect.Effect<A, Failure.Failure>
): Effect.Effect<A, Failure.Failure> => {
  const body = TransportResponse.bodyOf(response)
  if (body === undefined) return Effect.scoped(Effect.flatMap(Stream.toPull(bytes(response)), use))
  const pull = Effect.mapError(body.pull, (error) =>
    Cause.isDone(error) ? error : TransportFailure.make(error, response.status)
  )
  return Effect.onExit(use(pull), () => body.cancel)
}

/** Reads a body of at most `limit` bytes as text. */
export const text = (response: Response, limit: number): Effect.Effect<string, Failure.Failure> => {
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
      // Making a decoder takes longer than decoding most bodies. Several chunks need one of their own.
      if (chunks.length <= 1) return decoder.decode(chunks[0])
      const own = utf8()
      return chunks.map((chunk) => own.decode(chunk, { stream: true })).join("") + own.decode()
    },
    catch: () =>
      endsInCharacter(chunks)
        ? Failure.cut(response.status)
        : Failure.unexpected(response.status, "The body is not UTF-8")
  })

/** True if the bytes are UTF-8 but for a character that is cut at the end. */
const endsInCharacter = (chunks: ReadonlyArray<Uint8Array>): boolean =>
  Result.isSuccess(
    Result.try(() => {
      const own = utf8()
      for (const chunk of chunks) own.decode(chunk, { stream: true })
    })
  )

/** The characters of JSON outside of texts, objects and arrays. */
const outside = " \t\r\n0123456789+-.,:Eaeflnrstu"

/**
 * True if a body that is not JSON looks like an object or array whose end is missing. A proxy or server can end a body early
 * in a way that the transport takes for its end.
 */
export const endsEarly = (body: string): boolean => {
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

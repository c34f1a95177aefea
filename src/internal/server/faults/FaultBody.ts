import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Place } from "./Fault.ts"

/** The body of a response on its way out. */
export type Body = Stream.Stream<Uint8Array, unknown>

const encoder = new TextEncoder()

const newline = 0x0a

/**
 * A body up to a place, and then another one. The first is not read beyond the place. If it is shorter, nothing
 * follows.
 */
export const until = (body: Body, place: Place, rest: Body): Body => {
  const [wanted, measure] = typeof place === "number" ? [place, takeBytes] : [place.lines, takeLines]
  if (wanted === 0) return rest
  return Stream.suspend(() => {
    let reached = false
    const before = body.pipe(
      Stream.mapAccum(
        () => wanted,
        (left, chunk) => {
          const { length, taken } = measure(chunk, left)
          return [left - taken, [{ piece: chunk.subarray(0, length), last: taken === left }]]
        }
      ),
      Stream.takeUntil(({ last }) => (reached = last)),
      Stream.map(({ piece }) => piece)
    )
    return Stream.concat(
      before,
      Stream.suspend(() => (reached ? rest : Stream.empty))
    )
  })
}

/** The length of a chunk's beginning that has at most `most` units, and the number of units in it. */
type Measure = (chunk: Uint8Array, most: number) => { readonly length: number; readonly taken: number }

const takeBytes: Measure = (chunk, most) => {
  const length = Math.min(chunk.length, most)
  return { length, taken: length }
}

const takeLines: Measure = (chunk, most) => {
  let length = 0
  for (let taken = 0; taken < most; taken++) {
    const end = chunk.indexOf(newline, length)
    if (end === -1) return { length: chunk.length, taken }
    length = end + 1
  }
  return { length, taken: most }
}

/** A body in pieces of that many bytes, with a wait before each. */
export const inPieces = (body: Body, bytes: number, every: Duration.Input): Body =>
  body.pipe(
    Stream.flatMap((chunk) => Stream.fromIterable(split(chunk, bytes))),
    // One piece in each chunk: pieces of one chunk would be sent together.
    Stream.rechunk(1),
    Stream.mapEffect((piece) => after(every, piece))
  )

function* split(chunk: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes)
}

/** A text repeated for ever, with a wait before each time. */
export const endless = (text: string, every: Duration.Input): Body =>
  Stream.fromEffectRepeat(after(every, encoder.encode(text)))

/** Without a wait there is no sleep, which would take a turn of the event loop for each piece. */
const after = <A>(duration: Duration.Input, value: A): Effect.Effect<A> =>
  Duration.isZero(Duration.fromInputUnsafe(duration))
    ? Effect.succeed(value)
    : Effect.delay(Effect.succeed(value), duration)

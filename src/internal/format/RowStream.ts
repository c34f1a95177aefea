/** The rows of a stream of bytes or text, read chunk by chunk. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type LineReader, LineSplitter } from "./LineSplitter.ts"
import { TextDecoding } from "./TextDecoding.ts"

/** Reads the rows of one file from its lines. */
export interface RowReader<A, E> extends LineReader {
  /** The end of the file, after its last line. */
  readonly end: () => void
  /** The rows since the last call, or the reason why the file as a whole is refused. */
  readonly take: () => Result.Result<ReadonlyArray<A>, E>
}

/** The largest length of a row by default, in characters. */
export const maxRowLength = 1_048_576

/** Reads a file. No more is in memory than a chunk, its rows, and a row that is not complete. */
export const make = <A, E, IE, R>(
  source: Stream.Stream<Uint8Array | string, IE, R>,
  maxLength: number,
  makeReader: () => RowReader<A, E>
): Stream.Stream<A, IE | E, R> =>
  Stream.transformPull(source, (upstream) =>
    Effect.sync(() => {
      const reader = makeReader()
      const decoding = new TextDecoding()
      const splitter = new LineSplitter(reader, maxLength)
      let hasEnded = false

      const emit = (): Pull.Pull<Arr.NonEmptyReadonlyArray<A>, IE | E, void> => {
        const rows = reader.take()
        if (Result.isFailure(rows)) return Effect.fail(rows.failure)
        return Arr.isReadonlyArrayNonEmpty(rows.success) ? Effect.succeed(rows.success) : pull
      }

      const pull: Pull.Pull<Arr.NonEmptyReadonlyArray<A>, IE | E, void> = Effect.suspend(() => {
        if (hasEnded) return Cause.done()
        return Pull.matchEffect(upstream, {
          onSuccess: (chunks) => {
            for (const chunk of chunks) splitter.push(decoding.push(chunk))
            return emit()
          },
          onFailure: Effect.failCause,
          onDone: () => {
            hasEnded = true
            splitter.push(decoding.end())
            splitter.end()
            reader.end()
            return emit()
          }
        })
      })
      return pull
    })
  )

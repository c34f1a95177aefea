/** Bytes and text in chunks, as a file or a socket gives them. */
import { Stream } from "effect"

const encoder = new TextEncoder()

/** The bytes of texts and of single bytes, one after the other. */
export const bytesOf = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(typeof part === "string" ? encoder.encode(part) : part)))

/** Chunks of these sizes, in turn. */
export const cut = <A extends Uint8Array | string>(
  whole: A,
  sizes: ReadonlyArray<number>,
  slice: (start: number, end: number) => A
): ReadonlyArray<A> => {
  const chunks: Array<A> = []
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    chunks.push(slice(at, at + size))
    at += size
  }
  return chunks
}

/** A stream of bytes in chunks of these sizes, each pulled on its own. */
export const byteStream = (bytes: Uint8Array, ...sizes: ReadonlyArray<number>): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(cut(bytes, sizes, (start, end) => bytes.subarray(start, end))).pipe(Stream.rechunk(1))

/** A stream of text in chunks of these sizes, each pulled on its own. */
export const textStream = (text: string, ...sizes: ReadonlyArray<number>): Stream.Stream<string> =>
  Stream.fromIterable(cut(text, sizes, (start, end) => text.slice(start, end))).pipe(Stream.rechunk(1))

import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as PlatformError from "effect/PlatformError"
import { JournalError } from "../../Journal.ts"
import { Grouped } from "./Grouped.ts"

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder()
const lineFeed = 10
const windowBytes = 65_536

/** The failure of a journal whose file cannot be read or written. */
export const toJournalError = ({ message }: PlatformError.PlatformError): JournalError =>
  new JournalError({ description: message })

/** A file of lines, which only grows. */
export class JournalFile {
  readonly #file: FileSystem.File
  /** Runs before each write, and after it. If it fails before, nothing is written; after, the lines do not count as written. */
  readonly #guard: Effect.Effect<void, JournalError>
  readonly #lines = new Grouped((lines: ReadonlyArray<string>) => this.#write(lines))
  /** The failure of a write. It may have left a part of a line, so nothing is written any more. */
  #failure: JournalError | undefined
  /** The part of the file that was read last. */
  #window: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) }

  constructor(file: FileSystem.File, guard: Effect.Effect<void, JournalError>) {
    this.#file = file
    this.#guard = guard
  }

  /**
   * Appends a line, and ends when it is on the disk. The lines that come while others are written are then written together. It
   * cannot be interrupted.
   */
  append(line: string): Effect.Effect<void, JournalError> {
    return this.#lines.add(line)
  }

  #write(lines: ReadonlyArray<string>): Effect.Effect<void, JournalError> {
    const write = Effect.suspend(() => {
      if (this.#failure !== undefined) return Effect.fail(this.#failure)
      const bytes = encoder.encode(`${lines.join("\n")}\n`)
      const written = Effect.andThen(this.#file.writeAll(bytes), this.#file.sync)
      return this.#guard.pipe(Effect.andThen(Effect.mapError(written, toJournalError)), Effect.andThen(this.#guard))
    })
    return Effect.tapError(write, (error) => Effect.sync(() => (this.#failure = error)))
  }

  /** Reads all lines that are complete, with the offset of each. */
  readonly scan = Effect.fnUntraced(function* (
    this: JournalFile,
    onLine: (line: string, offset: number) => void
  ): Effect.fn.Return<void, JournalError> {
    let offset = 0
    while (true) {
      const bytes = yield* this.#bytesAt(offset)
      if (bytes === undefined) return
      onLine(decoder.decode(bytes), offset)
      offset += bytes.length + 1
    }
  })

  /** The line at an offset. Undefined if no complete line is there. */
  lineAt(offset: number): Effect.Effect<string | undefined, JournalError> {
    return Effect.map(this.#bytesAt(offset), (bytes) => (bytes === undefined ? undefined : decoder.decode(bytes)))
  }

  readonly #bytesAt = Effect.fnUntraced(function* (
    this: JournalFile,
    offset: number
  ): Effect.fn.Return<Uint8Array | undefined, JournalError> {
    for (let size = windowBytes; ; size *= 2) {
      const { bytes, start } = this.#window
      const from = offset - start
      const end = from >= 0 && from < bytes.length ? bytes.indexOf(lineFeed, from) : -1
      if (end !== -1) return bytes.subarray(from, end)
      const next = yield* this.#read(offset, size)
      this.#window = { start: offset, bytes: next }
      if (next.length < size && !next.includes(lineFeed)) return undefined
    }
  })

  #read(offset: number, size: number): Effect.Effect<Uint8Array, JournalError> {
    return this.#file
      .readAlloc(size, { position: BigInt(offset) })
      .pipe(Effect.map(Option.getOrElse(() => new Uint8Array(0))), Effect.mapError(toJournalError))
  }

  /**
   * Makes the file one of lines that begins with a header. False if it begins with something else.
   *
   * A part of a line at its end, which a crash has left, becomes a line that cannot be read. It is not cut off: a process that stood
   * still could cut off what another one has written meanwhile. The lines of an earlier process are flushed, since it may have been
   * killed before it could do so.
   */
  readonly begin = Effect.fnUntraced(function* (
    this: JournalFile,
    header: string
  ): Effect.fn.Return<boolean, JournalError> {
    const first = yield* this.lineAt(0)
    if (first === undefined) {
      const written = decoder.decode(yield* this.#read(0, windowBytes))
      if (!header.startsWith(written)) return false
      yield* this.append(header.slice(written.length))
      return true
    }
    if (first !== header) return false
    yield* (yield* this.#endsInPartialLine) ? this.append("") : Effect.mapError(this.#file.sync, toJournalError)
    return true
  })

  get #endsInPartialLine(): Effect.Effect<boolean, JournalError> {
    return Effect.flatMap(Effect.mapError(this.#file.stat, toJournalError), ({ size }) =>
      Effect.map(this.#read(Number(size) - 1, 1), (last) => last[0] !== lineFeed)
    )
  }
}

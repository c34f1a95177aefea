import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type { Duplex } from "node:stream"
import * as Zlib from "node:zlib"
import type { Body } from "./TransportResponse.ts"

type Chunks = Arr.NonEmptyReadonlyArray<Uint8Array>

/** Makes a decompressor, given the first bytes of the body. */
type Decompressor = (first: Uint8Array) => Duplex

/** The value of `Accept-Encoding`. */
export const accepted = "gzip, deflate, br"

const gunzip: Decompressor = () => Zlib.createGunzip()

const decompressors: ReadonlyMap<string, Decompressor> = new Map([
  ["gzip", gunzip],
  ["x-gzip", gunzip],
  // With the zlib header that RFC 9110 asks for; some servers leave it out.
  ["deflate", ([first = 0]) => ((first & 0x0f) === 0x08 ? Zlib.createInflate() : Zlib.createInflateRaw())],
  ["br", () => Zlib.createBrotliDecompress()]
])

/** A server has no reason to compress a body more often than this. */
const maxEncodings = 5

/**
 * Decompresses a body that has this `Content-Encoding`. Undefined if there is nothing to decompress, or if it has an
 * encoding that was not accepted.
 *
 * Node's streams rather than undici's interceptor: that one adds two objects to every request, compressed or not, and makes
 * Node print a warning that it is experimental.
 */
export const make = (body: Body, header: string | ReadonlyArray<string> | undefined): Body | undefined => {
  if (header === undefined) return undefined
  const encodings = String(header)
    .toLowerCase()
    .split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding !== "identity")
  const chain = encodings.map((encoding) => decompressors.get(encoding)).filter((known) => known !== undefined)
  if (chain.length === 0 || chain.length < encodings.length || chain.length > maxEncodings) return undefined
  // They are named in the order in which they were applied.
  return chain.reduceRight<Body>((source, decompressor) => new Decompressed(source, decompressor), body)
}

/**
 * A body that is decompressed as it is read: the next chunk of the source is only requested when all that the last one gave
 * has been read, so a small chunk that decompresses to gigabytes takes no more memory than any other.
 */
class Decompressed implements Body {
  readonly #source: Body
  readonly #decompressor: Decompressor
  /** Made when the first chunk arrives: many responses are never read, or have no body. */
  #stream: Duplex | undefined
  /** The number of chunks that the stream has not decompressed yet. */
  #pending = 0
  #isSourceOver = false
  #failure: Effect.Effect<never, unknown> | undefined
  /** True if something has happened in the stream since it was last read. */
  #hasChanged = false
  #reader: ((effect: Effect.Effect<void>) => void) | undefined

  constructor(source: Body, decompressor: Decompressor) {
    this.#source = source
    this.#decompressor = decompressor
  }

  readonly pull: Pull.Pull<Chunks, unknown> = Effect.suspend(
    () => this.#take() ?? Effect.flatMap(this.#needsInput() ? this.#feed : this.#change, () => this.pull)
  )

  readonly cancel: Effect.Effect<void> = Effect.suspend(() => {
    this.#stream?.destroy()
    return this.#source.cancel
  })

  #take(): Pull.Pull<Chunks, unknown> | undefined {
    this.#hasChanged = false
    if (this.#stream === undefined) return this.#isSourceOver ? Cause.done() : undefined
    const chunk: unknown = this.#stream.read()
    if (chunk instanceof Uint8Array) return Effect.succeed([chunk])
    if (this.#failure !== undefined) return this.#failure
    return this.#stream.readableEnded ? Cause.done() : undefined
  }

  #needsInput(): boolean {
    return this.#pending === 0 && !this.#isSourceOver
  }

  /** Gives the stream the next chunks of the source, or its end. */
  get #feed(): Effect.Effect<void, unknown> {
    return Pull.catchDone(
      Effect.map(this.#source.pull, (chunks) => this.#write(chunks)),
      () =>
        Effect.sync(() => {
          this.#isSourceOver = true
          this.#stream?.end()
        })
    )
  }

  /** Waits until something has happened in the stream. */
  readonly #change: Effect.Effect<void> = Effect.callback((resume) => {
    if (this.#hasChanged) return resume(Effect.void)
    this.#reader = resume
    return Effect.sync(() => {
      this.#reader = undefined
    })
  })

  #write(chunks: Chunks): void {
    const stream = (this.#stream ??= this.#open(chunks[0]))
    this.#pending += chunks.length
    for (const chunk of chunks) {
      stream.write(chunk, () => {
        this.#pending--
        this.#wake()
      })
    }
  }

  #open(first: Uint8Array): Duplex {
    const wake = () => this.#wake()
    return this.#decompressor(first)
      .on("readable", wake)
      .on("end", wake)
      .on("error", (error) => {
        this.#failure = Effect.fail(failureOf(error))
        this.#wake()
      })
  }

  #wake(): void {
    this.#hasChanged = true
    const reader = this.#reader
    this.#reader = undefined
    reader?.(Effect.void)
  }
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : undefined)

/** The failure of a decompressor. Data that end too early are a body that was cut; others are corrupt. */
const failureOf = (error: Error): Error =>
  codeOf(error) === "Z_BUF_ERROR"
    ? new Error("The compressed body ended early")
    : Object.assign(new Error("The body cannot be decompressed"), { code: "Z_DATA_ERROR" })

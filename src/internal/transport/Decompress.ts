import type { Duplex } from "node:stream"
import * as Zlib from "node:zlib"
import { type BodyPart, end, type CallbackBody } from "./CallbackTransport.ts"
import type { Chunks } from "./Transport.ts"

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
export const make = (
  body: CallbackBody,
  header: string | ReadonlyArray<string> | undefined
): CallbackBody | undefined => {
  if (header === undefined) return undefined
  const encodings = String(header)
    .toLowerCase()
    .split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding !== "identity")
  const chain = encodings.map((encoding) => decompressors.get(encoding)).filter((known) => known !== undefined)
  if (chain.length === 0 || chain.length < encodings.length || chain.length > maxEncodings) return undefined
  // `Content-Encoding` names them in the order in which they were applied.
  return chain.reduceRight<CallbackBody>((source, decompressor) => new Decompressed(source, decompressor), body)
}

/**
 * A body that is decompressed as it is read: the next chunk of the source is requested only when the output of the last one
 * has been read, so a small chunk that decompresses to gigabytes takes no more memory than any other.
 */
class Decompressed implements CallbackBody {
  readonly #source: CallbackBody
  readonly #decompressor: Decompressor
  /** Made when the first chunk arrives: many responses are never read, or have no body. */
  #stream: Duplex | undefined
  /** The number of chunks that the stream has not decompressed yet. */
  #pending = 0
  #isSourceOver = false
  /** The failure of the source, or of the stream. */
  #failure: BodyPart | undefined
  /** The reader that waits for the next chunks. */
  #reader: ((part: BodyPart) => void) | undefined

  constructor(source: CallbackBody, decompressor: Decompressor) {
    this.#source = source
    this.#decompressor = decompressor
  }

  read(onPart: (part: BodyPart) => void): void | (() => void) {
    const part = this.#take()
    if (part !== undefined) return onPart(part)
    this.#reader = onPart
    this.#readSource()
    return () => {
      this.#reader = undefined
    }
  }

  cancel(): void {
    this.#stream?.destroy()
    this.#source.cancel()
  }

  cancelWith(owner: object): void {
    this.#source.cancelWith?.(owner)
  }

  #take(): BodyPart | undefined {
    const chunk: unknown = this.#stream?.read()
    if (chunk instanceof Uint8Array) return { _tag: "Chunks", chunks: [chunk] }
    if (this.#failure !== undefined) return this.#failure
    const isOver = this.#stream === undefined ? this.#isSourceOver : this.#stream.readableEnded
    return isOver ? end : undefined
  }

  /** Gives the waiting reader the next part, or, if there is none yet, gives the stream more to decompress. */
  #wake(): void {
    const reader = this.#reader
    if (reader === undefined) return
    const part = this.#take()
    if (part === undefined) return this.#readSource()
    this.#reader = undefined
    reader(part)
  }

  /** Gives the stream the next chunks of the source, or its end, once it has decompressed the last ones. */
  #readSource(): void {
    if (this.#pending > 0 || this.#isSourceOver) return
    this.#pending = 1
    this.#source.read((part) => {
      this.#pending = 0
      if (part._tag === "Chunks") return this.#write(part.chunks)
      this.#isSourceOver = true
      if (part._tag === "End") this.#stream?.end()
      else this.#failure = part
      this.#wake()
    })
  }

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
        this.#failure = { _tag: "Failed", cause: failureOf(error) }
        this.#wake()
      })
  }
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : undefined)

/** The failure of a decompressor: the body was cut, or is corrupt. */
const failureOf = (error: Error): Error =>
  codeOf(error) === "Z_BUF_ERROR"
    ? new Error("The compressed body ended early")
    : Object.assign(new Error("The body cannot be decompressed"), { code: "Z_DATA_ERROR" })

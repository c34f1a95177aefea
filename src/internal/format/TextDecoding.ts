/** Text from chunks of bytes, which may be cut anywhere. */
import * as Result from "effect/Result"

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true })

const isUtf8 = (bytes: Uint8Array): boolean => Result.isSuccess(Result.try(() => strictDecoder.decode(bytes)))

/**
 * Stands for bytes that are not UTF-8. It is a lone surrogate, which no bytes can be: so the row that has one is not well-formed
 * Unicode.
 */
const notUtf8 = "\ud800"

/** The number of bytes of the character that begins with this byte. */
const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1)

/** The position of a character at the end that is not complete, or the number of bytes if there is none. */
const endOfCharacters = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) break
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Decodes lines that hold bytes that are not UTF-8, each on its own. */
const decodeLines = (bytes: Uint8Array): string => {
  let text = ""
  for (let start = 0; start < bytes.length;) {
    let end = start
    while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++
    const line = bytes.subarray(start, ++end)
    text += isUtf8(line) ? decoder.decode(line) : decoder.decode(line).replaceAll("\ufffd", notUtf8)
    start = end
  }
  return text
}

/** The lenient decoder is faster than the strict one, which is used only to find out if a U+FFFD was in the bytes. */
const decode = (bytes: Uint8Array): string => {
  const text = decoder.decode(bytes)
  return !text.includes("\ufffd") || isUtf8(bytes) ? text : decodeLines(bytes)
}

/** Decodes the chunks of one file. Text is passed on. */
export class TextDecoding {
  #pending = new Uint8Array(0)

  /** The text of a chunk, but for a character at its end that is not complete. */
  push(chunk: Uint8Array | string): string {
    if (typeof chunk === "string") return this.end() + chunk
    let bytes = chunk
    if (this.#pending.length > 0) {
      bytes = new Uint8Array(this.#pending.length + chunk.length)
      bytes.set(this.#pending)
      bytes.set(chunk, this.#pending.length)
    }
    const end = endOfCharacters(bytes)
    this.#pending = bytes.slice(end)
    return decode(bytes.subarray(0, end))
  }

  /** The rest, which is not UTF-8 if there is any. */
  end(): string {
    const rest = decode(this.#pending)
    this.#pending = new Uint8Array(0)
    return rest
  }
}

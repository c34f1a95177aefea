import * as Result from "effect/Result"

/** The longest line that is read, in bytes: far above any contact the server can hold. */
export const maxLineLength = 16 * 1024 * 1024

/** Some lines of a body, as far as they can be read. */
export interface Lines {
  readonly values: ReadonlyArray<unknown>
  /** The number of the line that a value came from, from 1. */
  readonly lineOf: (index: number) => number
  /** What is wrong with the line after the last value. Never its text. */
  readonly problem?: string
}

const newline = 0x0a
const byteOrderMark = [0xef, 0xbb, 0xbf]
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const parse = (text: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(text))

const decode = (bytes: Uint8Array): string | undefined =>
  Result.getOrUndefined(Result.try((): string => decoder.decode(bytes)))

/** Stands between two lines that are parsed together: what is not there afterwards was not one value to a line. */
const separator = "\u0000"
const separatorText = JSON.stringify(separator)

/**
 * Parses lines in one go, which is several times faster than one by one; undefined unless each of them is exactly one
 * value. A line cannot pass for two, or half a value for a line: there are as many separators as gaps between lines, so
 * one that is swallowed by a value is missing from its place.
 */
const parseTogether = (text: string, texts: ReadonlyArray<string>): ReadonlyArray<unknown> | undefined => {
  if (text.includes(separatorText)) return undefined
  const parsed = parse(`[${texts.join(`,${separatorText},`)}]`)
  if (Result.isFailure(parsed) || !Array.isArray(parsed.success)) return undefined
  const all: ReadonlyArray<unknown> = parsed.success
  if (all.length !== texts.length * 2 - 1) return undefined
  const values: Array<unknown> = []
  for (let index = 0; index < all.length; index += 2) {
    if (index > 0 && all[index - 1] !== separator) return undefined
    values.push(all[index])
  }
  return values
}

/**
 * Reads JSON Lines from chunks of bytes, however they are cut: in the middle of a line, a character or a CRLF. Blank
 * lines are skipped. One reader reads one body, and nothing more once there was a problem.
 */
export class Reader {
  /** The beginning of a line whose end has not come: in pieces, joined once, so that a long line costs linear time. */
  #pending: Array<Uint8Array> = []
  #pendingLength = 0
  /** The number of the next line. */
  #line = 1

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): Lines {
    const end = bytes.lastIndexOf(newline)
    const lines = end === -1 ? noLines : this.#read(this.#complete(bytes.subarray(0, end)))
    if (lines.problem !== undefined) return lines
    // A newline is never part of a character, so what is cut off here is whole lines.
    this.#pending.push(bytes.slice(end + 1))
    this.#pendingLength += bytes.length - (end + 1)
    if (this.#pendingLength <= maxLineLength) return lines
    return { ...lines, problem: `line ${this.#line} is longer than ${maxLineLength} bytes` }
  }

  /** The last line, if the body did not end in a newline. */
  end(): Lines {
    return this.#read(this.#complete(new Uint8Array()))
  }

  #complete(bytes: Uint8Array): Uint8Array {
    const pieces = [...this.#pending, bytes]
    const block = new Uint8Array(this.#pendingLength + bytes.length)
    let at = 0
    for (const piece of pieces) {
      block.set(piece, at)
      at += piece.length
    }
    this.#pending = []
    this.#pendingLength = 0
    return block
  }

  #read(block: Uint8Array): Lines {
    const first = this.#line
    const marked = first === 1 && byteOrderMark.every((byte, index) => block[index] === byte)
    const bytes = marked ? block.subarray(byteOrderMark.length) : block
    const text = decode(bytes)
    if (text === undefined) return upToUndecodable(bytes, first)
    const texts = text.split("\n")
    this.#line += texts.length
    const together = parseTogether(text, texts)
    return together === undefined ? oneByOne(texts, first) : { values: together, lineOf: (index) => first + index }
  }
}

/** Some line is not UTF-8: reads those before it. */
const upToUndecodable = (bytes: Uint8Array, first: number): Lines => {
  const texts: Array<string> = []
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(newline, start)
    const text = decode(bytes.subarray(start, end === -1 ? bytes.length : end))
    if (text === undefined) break
    texts.push(text)
    start = end + 1
  }
  // A line before it that is no JSON is the first problem.
  return { problem: `line ${first + texts.length} is not UTF-8`, ...oneByOne(texts, first) }
}

const noLines: Lines = { values: [], lineOf: () => 0 }

const oneByOne = (texts: ReadonlyArray<string>, first: number): Lines => {
  const values: Array<unknown> = []
  const numbers: Array<number> = []
  const lineOf = (index: number) => numbers[index] ?? first
  for (const [index, text] of texts.entries()) {
    if (text.trim() === "") continue
    const value = parse(text)
    if (Result.isFailure(value)) return { values, lineOf, problem: `line ${first + index} is not JSON` }
    values.push(value.success)
    numbers.push(first + index)
  }
  return { values, lineOf }
}

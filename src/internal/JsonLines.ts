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

const decode = (bytes: Uint8Array): string | undefined =>
  Result.getOrUndefined(Result.try((): string => decoder.decode(bytes)))

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
    const lines = parseLines(text, first)
    this.#line = lines.next
    return lines
  }
}

/** Some line is not UTF-8: reads those before it. */
const upToUndecodable = (bytes: Uint8Array, first: number): Lines => {
  let text = ""
  let count = 0
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(newline, start)
    const line = decode(bytes.subarray(start, end === -1 ? bytes.length : end))
    if (line === undefined) break
    text += count === 0 ? line : `\n${line}`
    count++
    start = end + 1
  }
  // A line before it that is no JSON is the first problem.
  return { problem: `line ${first + count} is not UTF-8`, ...parseLines(text, first) }
}

const noLines: Lines = { values: [], lineOf: () => 0 }

/** Parses lines one by one, which is as fast as all of them together: what takes time is the making of the values. */
const parseLines = (text: string, first: number): Lines & { readonly next: number } => {
  const values: Array<unknown> = []
  /** The values' lines, once they do not simply follow one another. */
  let numbers: Array<number> | undefined
  const lineOf = (index: number) => numbers?.[index] ?? first + index
  let line = first
  for (let start = 0; start <= text.length; line++) {
    const found = text.indexOf("\n", start)
    const end = found === -1 ? text.length : found
    const one = text.slice(start, end)
    start = end + 1
    // Only a line that may be blank is looked at before it is parsed.
    if (one.charCodeAt(0) !== openingBrace && one.trim() === "") {
      numbers ??= values.map((_, index) => first + index)
      continue
    }
    try {
      values.push(JSON.parse(one))
    } catch {
      return { values, lineOf, next: line, problem: `line ${line} is not JSON` }
    }
    numbers?.push(line)
  }
  return { values, lineOf, next: line }
}

const openingBrace = 0x7b

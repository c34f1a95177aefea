import * as Result from "effect/Result"

/** The longest line that is read, in bytes: far above any contact the server can hold. */
export const maxLineLength = 16 * 1024 * 1024

/** Some lines of a body, as far as they can be read. */
export class Lines {
  readonly values: Array<unknown> = []
  /** The problem of the line after the last value. Never its text. */
  problem: string | undefined = undefined
  readonly #first: number
  readonly #blank: Array<number> = []

  /** `first` is the number of the first line, from 1. */
  constructor(first: number) {
    this.#first = first
  }

  /** The number of the line that a value came from. */
  lineOf(index: number): number {
    return this.#blank.reduce((line, blank) => (blank <= line ? line + 1 : line), this.#first + index)
  }

  /** Passes over a line. */
  skip(line: number): void {
    this.#blank.push(line)
  }
}

const newline = 0x0a
const byteOrderMark = [0xef, 0xbb, 0xbf]
const openingBrace = 0x7b

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true })

/**
 * The text of some bytes; undefined if they are not UTF-8. The lenient decoder puts U+FFFD in place of a bad byte, and is
 * faster than the strict one. Only if there is a U+FFFD does the strict decoder check whether the server sent it.
 */
const decode = (bytes: Uint8Array): string | undefined => {
  const text = decoder.decode(bytes)
  return text.includes("\ufffd") ? Result.getOrUndefined(Result.try(() => strictDecoder.decode(bytes))) : text
}

/**
 * Reads JSON Lines from chunks of bytes, however they are cut: in the middle of a line, a character or a CRLF. Blank
 * lines are skipped. One reader reads one body, and nothing more once there was a problem.
 */
export class Reader {
  readonly #parse: (line: string) => unknown
  /** The beginning of a line whose end has not come: in pieces, joined once, so that a long line costs linear time. */
  #pending: Array<Uint8Array> = []
  #pendingLength = 0
  /** The number of the next line. */
  #line = 1

  /** `parse` makes the value of a line, and throws if it is not JSON. */
  constructor(parse: (line: string) => unknown = JSON.parse) {
    this.#parse = parse
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): Lines {
    const lines = new Lines(this.#line)
    const last = bytes.lastIndexOf(newline)
    if (last !== -1) {
      // Only a line that was cut is put together; the others are read where they are.
      const start = this.#pendingLength === 0 ? 0 : bytes.indexOf(newline) + 1
      if (start > 0) {
        this.#keep(bytes.subarray(0, start - 1))
        this.#readPending(lines)
      }
      if (start <= last) this.#read(bytes.subarray(start, last), lines)
    }
    // A newline is never part of a character, so what is cut off here is whole lines.
    this.#keep(bytes.slice(last + 1))
    if (this.#pendingLength > maxLineLength) {
      lines.problem ??= `line ${this.#line} is longer than ${maxLineLength} bytes`
    }
    return lines
  }

  /** The last line, if the body did not end in a newline. */
  end(): Lines {
    const lines = new Lines(this.#line)
    this.#readPending(lines)
    return lines
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pending.push(piece)
    this.#pendingLength += piece.length
  }

  #readPending(lines: Lines): void {
    const line = new Uint8Array(this.#pendingLength)
    let at = 0
    for (const piece of this.#pending) {
      line.set(piece, at)
      at += piece.length
    }
    this.#pending = []
    this.#pendingLength = 0
    this.#read(line, lines)
  }

  #read(block: Uint8Array, lines: Lines): void {
    const marked = this.#line === 1 && byteOrderMark.every((byte, index) => block[index] === byte)
    const bytes = marked ? block.subarray(byteOrderMark.length) : block
    const text = decode(bytes)
    if (text === undefined) this.#readUndecodable(bytes, lines)
    else this.#parseLines(text, lines)
  }

  /** Some line is not UTF-8: reads those before it. */
  #readUndecodable(bytes: Uint8Array, lines: Lines): void {
    for (let start = 0; lines.problem === undefined;) {
      const found = bytes.indexOf(newline, start)
      const text = decode(bytes.subarray(start, found === -1 ? bytes.length : found))
      if (text === undefined) lines.problem = `line ${this.#line} is not UTF-8`
      else this.#parseLines(text, lines)
      start = found + 1
    }
  }

  /** Parses lines one by one, which is as fast as all of them together: what takes time is the making of the values. */
  #parseLines(text: string, lines: Lines): void {
    if (lines.problem !== undefined) return
    for (let start = 0; start <= text.length; this.#line++) {
      const found = text.indexOf("\n", start)
      const end = found === -1 ? text.length : found
      const one = text.slice(start, end)
      start = end + 1
      // Only a line that may be blank is looked at before it is parsed.
      if (one.charCodeAt(0) !== openingBrace && one.trim() === "") {
        lines.skip(this.#line)
        continue
      }
      try {
        lines.values.push(this.#parse(one))
      } catch {
        lines.problem = `line ${this.#line} is not JSON`
        return
      }
    }
  }
}

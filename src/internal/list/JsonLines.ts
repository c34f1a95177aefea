import * as Result from "effect/Result"

/** The longest line that is read, in bytes. No item of the server is nearly as long. */
export const maxLineLength = 16 * 1024 * 1024

/** The values of some lines of a body, up to the first line that cannot be read. */
export class Lines {
  readonly values: Array<unknown> = []
  /** The problem of the line after the last value. It never shows the text of the line. */
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

  /** Records that a line is blank, and so has no value. */
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
 * The text of some bytes; undefined if they are not UTF-8. The lenient decoder replaces bad bytes by U+FFFD, and is faster than
 * the strict one. So the strict one is used only if there is a U+FFFD, to find out whether the server sent it.
 */
const decode = (bytes: Uint8Array): string | undefined => {
  const text = decoder.decode(bytes)
  return text.includes("\ufffd") ? Result.getOrUndefined(Result.try(() => strictDecoder.decode(bytes))) : text
}

/**
 * Reads JSON Lines from chunks of bytes, which may be cut anywhere: in a line, a character or a CRLF. Blank lines are skipped.
 * A reader reads one body, and nothing more of it after a problem.
 */
export class Reader {
  readonly #parse: (line: string) => unknown
  /** The beginning of a line whose end has not arrived. Its pieces are joined once, so that a long line takes linear time. */
  #pending: Array<Uint8Array> = []
  #pendingLength = 0
  /** The number of the next line. */
  #lineNumber = 1

  /** `parse` converts a line to its value, and throws if the line is not JSON. */
  constructor(parse: (line: string) => unknown = JSON.parse) {
    this.#parse = parse
  }

  /** Reads a chunk. Returns the lines that it completes. */
  push(bytes: Uint8Array): Lines {
    const lines = new Lines(this.#lineNumber)
    const last = bytes.lastIndexOf(newline)
    if (last !== -1) {
      // Only a line that was cut is copied; the others are read where they are.
      const start = this.#pendingLength === 0 ? 0 : bytes.indexOf(newline) + 1
      if (start > 0) {
        this.#keep(bytes.subarray(0, start - 1))
        this.#readPending(lines)
      }
      if (start <= last) this.#read(bytes.subarray(start, last), lines)
    }
    // In UTF-8, no other character has the byte of a newline in it, so no character is cut here.
    this.#keep(bytes.slice(last + 1))
    if (this.#pendingLength > maxLineLength) {
      lines.problem ??= `line ${this.#lineNumber} is longer than ${maxLineLength} bytes`
    }
    return lines
  }

  /** Ends the body. Returns its last line, if that had no newline. */
  end(): Lines {
    const lines = new Lines(this.#lineNumber)
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
    const hasMark = this.#lineNumber === 1 && byteOrderMark.every((byte, index) => block[index] === byte)
    const bytes = hasMark ? block.subarray(byteOrderMark.length) : block
    const text = decode(bytes)
    if (text === undefined) this.#readUndecodable(bytes, lines)
    else this.#parseLines(text, lines)
  }

  /** Reads the lines before the first that is not UTF-8. */
  #readUndecodable(bytes: Uint8Array, lines: Lines): void {
    for (let start = 0; lines.problem === undefined;) {
      const found = bytes.indexOf(newline, start)
      const text = decode(bytes.subarray(start, found === -1 ? bytes.length : found))
      if (text === undefined) lines.problem = `line ${this.#lineNumber} is not UTF-8`
      else this.#parseLines(text, lines)
      start = found + 1
    }
  }

  /** Parses lines one by one. To parse them together, as one array, is not faster. */
  #parseLines(text: string, lines: Lines): void {
    if (lines.problem !== undefined) return
    for (let start = 0; start <= text.length; this.#lineNumber++) {
      const found = text.indexOf("\n", start)
      const end = found === -1 ? text.length : found
      const line = text.slice(start, end)
      start = end + 1
      // A line that begins with a brace is not blank, and needs no check.
      if (line.charCodeAt(0) !== openingBrace && line.trim() === "") {
        lines.skip(this.#lineNumber)
        continue
      }
      try {
        lines.values.push(this.#parse(line))
      } catch {
        lines.problem = `line ${this.#lineNumber} is not JSON`
        return
      }
    }
  }
}

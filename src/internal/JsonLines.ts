import * as Result from "effect/Result"

/** The longest line that is read, in UTF-16 code units: far above any contact the server can hold. */
export const maxLineLength = 16 * 1024 * 1024

/** Some lines of a body, as far as they can be read. */
export interface Lines {
  readonly values: ReadonlyArray<unknown>
  /** The number of the line that a value came from, from 1. */
  readonly lineOf: (index: number) => number
  /** What is wrong with the line after the last value. Never its text. */
  readonly problem?: string
}

const parse = (text: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(text))

/**
 * Reads JSON Lines from chunks of bytes, however they are cut: in the middle of a line, a character or a CRLF. Blank
 * lines are skipped. One reader reads one body, and nothing more once there was a problem.
 */
export class Reader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true })
  /** The beginning of a line whose end has not come: in pieces, joined once, so that a long line costs linear time. */
  #pending: Array<string> = []
  #pendingLength = 0
  /** The number of the next line. */
  #line = 1

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): Lines {
    const decoded = this.#decode(bytes)
    if (Result.isFailure(decoded)) return this.#unreadable(decoded.failure)
    const text = decoded.success
    const end = text.lastIndexOf("\n")
    const lines =
      end === -1 ? this.#values([]) : this.#values(`${this.#takePending()}${text.slice(0, end)}`.split("\n"))
    this.#pending.push(text.slice(end + 1))
    this.#pendingLength += text.length - (end + 1)
    if (this.#pendingLength <= maxLineLength || lines.problem !== undefined) return lines
    return { ...lines, problem: `line ${this.#line} is longer than ${maxLineLength} characters` }
  }

  /** The last line, if the body did not end in a newline. */
  end(): Lines {
    const decoded = this.#decode()
    if (Result.isFailure(decoded)) return this.#unreadable(decoded.failure)
    return this.#values([`${this.#takePending()}${decoded.success}`])
  }

  #decode(bytes?: Uint8Array): Result.Result<string, string> {
    return Result.try({
      try: () => this.#decoder.decode(bytes, { stream: bytes !== undefined }),
      catch: () => "not UTF-8"
    })
  }

  #unreadable(what: string): Lines {
    return { values: [], lineOf: () => this.#line, problem: `line ${this.#line} is ${what}` }
  }

  #takePending(): string {
    const text = this.#pending.join("")
    this.#pending = []
    this.#pendingLength = 0
    return text
  }

  #values(texts: ReadonlyArray<string>): Lines {
    const first = this.#line
    this.#line += texts.length
    // One parse for all lines is several times faster than one each. It is only right if every line is one value.
    const together = parse(`[${texts.join(",")}]`)
    if (Result.isSuccess(together) && Array.isArray(together.success) && together.success.length === texts.length) {
      return { values: together.success, lineOf: (index) => first + index }
    }
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
}

/** The rows of standard input. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { jsonIn } from "../../internal/format/JsonText.ts"
import type { RowReader } from "../../internal/format/RowStream.ts"

/** A row of the input, numbered from 1: its value, or the reason why it cannot be read, which quotes nothing. */
export interface InputRow<A> {
  readonly row: number
  readonly value: Result.Result<A, string>
}

/** The longest line, and the longest text of one value over several lines, in characters. */
export const maxLength = 1_048_576

/** Numbers the rows that a reader finds. */
abstract class Rows<A> implements RowReader<InputRow<A>, never> {
  #row = 0
  #rows: Array<InputRow<A>> = []

  abstract end(): void

  line(text: string): void {
    if (text.isWellFormed()) this.read(text)
    else this.add(Result.fail("the text is not UTF-8"))
  }

  longLine(): void {
    this.add(Result.fail(`the line is longer than ${maxLength} characters`))
  }

  take(): Result.Result<ReadonlyArray<InputRow<A>>> {
    const rows = this.#rows
    this.#rows = []
    return Result.succeed(rows)
  }

  /** A line of well-formed text. */
  protected abstract read(text: string): void

  protected add(value: InputRow<A>["value"]): void {
    this.#row++
    this.#rows.push({ row: this.#row, value })
  }
}

const objectIn = (value: unknown): InputRow<object>["value"] =>
  Predicate.isObject(value) ? Result.succeed(value) : Result.fail("the row is not a JSON object")

const notJson = Result.fail("the row is not JSON")

/**
 * Objects: one a line, or one object or one array of objects over several lines. The second form begins with a line that is no JSON by
 * itself. If its lines make no JSON together either, each is a row that cannot be read.
 */
export class ObjectReader extends Rows<object> {
  #isFirst = true
  /** The lines of a value over several lines; undefined if each line is a row. */
  #lines: Array<string> | undefined
  #length = 0

  protected read(text: string): void {
    if (this.#lines !== undefined) return this.#collect(text)
    if (text.trim() === "") return
    const value = jsonIn(text)
    const isFirst = this.#isFirst
    this.#isFirst = false
    if (value === undefined && isFirst && /^\s*[[{]/.test(text)) {
      this.#lines = []
      this.#collect(text)
    } else if (isFirst && Array.isArray(value)) this.#addAll(value)
    else this.add(value === undefined ? notJson : objectIn(value))
  }

  end(): void {
    const value = this.#lines === undefined ? undefined : jsonIn(this.#lines.join("\n"))
    if (value === undefined) this.#release()
    else if (Array.isArray(value)) this.#addAll(value)
    else this.add(objectIn(value))
    this.#lines = undefined
  }

  #collect(text: string): void {
    this.#lines?.push(text)
    this.#length += text.length
    if (this.#length > maxLength) this.#release()
  }

  #addAll(values: ReadonlyArray<unknown>): void {
    for (const value of values) this.add(objectIn(value))
  }

  /** Reads the collected lines as rows. */
  #release(): void {
    const lines = this.#lines ?? []
    this.#lines = undefined
    for (const line of lines) this.read(line)
  }
}

const idOf = (value: unknown): InputRow<string>["value"] => {
  const id = Predicate.isObject(value) && Object.hasOwn(value, "id") ? value["id"] : value
  return typeof id === "string" ? Result.succeed(id) : Result.fail("the row has no id")
}

/** Ids: one a line, as plain text, as a JSON string, or as the `id` of a JSON object such as a line of `list`. */
export class IdReader extends Rows<string> {
  protected read(text: string): void {
    const trimmed = text.trim()
    if (trimmed === "") return
    const value = /^[{"]/.test(trimmed) ? jsonIn(trimmed) : trimmed
    this.add(value === undefined ? notJson : idOf(value))
  }

  end(): void {}
}

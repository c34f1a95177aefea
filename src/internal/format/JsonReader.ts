/** The rows of a file in JSON Lines. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { type ContactRow, type FieldType, fieldTypes } from "./ContactRow.ts"
import { jsonIn } from "./JsonText.ts"
import type { RowReader } from "./RowStream.ts"
import { UnreadableRow } from "./UnreadableRow.ts"

/** The options for reading JSON Lines, with their defaults. */
export interface Settings {
  readonly otherFields: "refuse" | "ignore"
  readonly maxLineLength: number
}

const expected = { text: "text", number: "a number", json: "an object" }

const hasType = ({ cleared, type }: FieldType, value: unknown): boolean => {
  if (value === null) return cleared === null
  if (type === "text") return typeof value === "string"
  return type === "number" ? typeof value === "number" : Predicate.isObject(value)
}

/** Reads the rows of a file: one for each line that is not blank. */
export class JsonReader implements RowReader<ContactRow | UnreadableRow, never> {
  readonly #settings: Settings
  /** The number of the last line. */
  #number = 0
  #rows: Array<ContactRow | UnreadableRow> = []

  constructor(settings: Settings) {
    this.#settings = settings
  }

  line(text: string): void {
    this.#number++
    if (text.trim() === "") return
    if (!text.isWellFormed()) return this.#refuse("the text is not UTF-8")
    const value = jsonIn(text)
    if (value === undefined) this.#refuse("the line is not JSON")
    else if (!Predicate.isObject(value)) this.#refuse("the line is not a JSON object")
    else this.#add(value)
  }

  longLine(): void {
    this.#number++
    this.#refuse(`the line is longer than ${this.#settings.maxLineLength} characters`)
  }

  end(): void {}

  take(): Result.Result<ReadonlyArray<ContactRow | UnreadableRow>> {
    const rows = this.#rows
    this.#rows = []
    return Result.succeed(rows)
  }

  #add(value: Record<PropertyKey, unknown>): void {
    let hasOthers = false
    for (const name of Object.keys(value)) {
      const field = fieldTypes.get(name)
      if (field === undefined) hasOthers = true
      else if (!hasType(field, value[name])) return this.#refuse(`the field ${name} is not ${expected[field.type]}`)
    }
    if (!hasOthers) this.#rows.push(value)
    else if (this.#settings.otherFields === "refuse") this.#refuse("a field is none of a contact")
    else this.#rows.push(Object.fromEntries(Object.entries(value).filter(([name]) => fieldTypes.has(name))))
  }

  #refuse(description: string): void {
    this.#rows.push(new UnreadableRow({ line: this.#number, description }))
  }
}

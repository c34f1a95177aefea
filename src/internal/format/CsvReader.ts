/** The rows of a CSV file. */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as CellGuard from "./CellGuard.ts"
import type { Column } from "./Column.ts"
import type { ContactRow } from "./ContactRow.ts"
import * as CsvHeader from "./CsvHeader.ts"
import { type CsvRecord, CsvRecords } from "./CsvRecords.ts"
import { jsonIn } from "./JsonText.ts"
import type { RowReader } from "./RowStream.ts"
import { UnreadableRow } from "./UnreadableRow.ts"

/** The options for reading CSV, with their defaults. */
export interface Settings extends CsvHeader.HeaderOptions {
  readonly delimiter: string
  readonly emptyCells: "absent" | "clear"
  readonly guardFormulas: boolean
  readonly maxRowLength: number
}

type Members = Record<string, Schema.Json>

const isMembers = (value: Schema.Json | undefined): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const decimal = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The number of a text; undefined if it has none, or would lose digits of a whole number. */
const numberIn = (text: string): number | undefined => {
  const number = decimal.test(text) ? Number(text) : NaN
  const isExact = Number.isSafeInteger(number) || !/^-?\d+$/.test(text) || String(number) === text
  return Number.isFinite(number) && isExact ? number : undefined
}

const expected = { text: "text", number: "a number", boolean: "true or false", json: "JSON" }

/** The value of a cell that is not empty; undefined if it has none of that type. */
const valueOf = (column: Column, cell: string): Schema.Json | undefined => {
  if (column.type === "text") return cell
  const text = cell.trim()
  if (column.type === "number") return numberIn(text)
  if (column.type === "boolean") {
    const word = text.toLowerCase()
    return word === "true" ? true : word === "false" ? false : undefined
  }
  const json = jsonIn(text)
  // `meta` itself is an object.
  return column.path.length > 1 || isMembers(json) ? json : undefined
}

/** Sets a member of a row, in objects that are made for it. */
const setMember = (row: Members, path: Column["path"], value: Schema.Json): void => {
  let object = row
  let key: string = path[0]
  for (const next of path.slice(1)) {
    // Columns do not overlap, so whatever is there was made here.
    const found = Object.hasOwn(object, key) ? object[key] : undefined
    const inner: Members = isMembers(found) ? found : {}
    object[key] = inner
    object = inner
    key = next
  }
  object[key] = value
}

/** Reads the rows of a file. The first record is its header. */
export class CsvReader implements RowReader<ContactRow | UnreadableRow, CsvHeader.InvalidHeader> {
  readonly #settings: Settings
  readonly #records: CsvRecords
  #columns: CsvHeader.Columns | undefined
  #hasEnded = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#records = new CsvRecords(settings.delimiter, settings.maxRowLength)
  }

  line(text: string, ending: string): void {
    this.#records.line(text, ending)
  }

  longLine(): void {
    this.#records.longLine()
  }

  end(): void {
    this.#records.end()
    this.#hasEnded = true
  }

  take(): Result.Result<ReadonlyArray<ContactRow | UnreadableRow>, CsvHeader.InvalidHeader> {
    const records = this.#records.take()
    if (this.#columns !== undefined) return Result.succeed(this.#toRows(records, this.#columns))
    const [first, ...rest] = records
    if (first === undefined) return this.#hasEnded ? CsvHeader.missing("the file is empty") : Result.succeed([])
    if (first instanceof UnreadableRow) return CsvHeader.missing(first.description)
    return Result.map(CsvHeader.read(first.cells, this.#settings), (columns) => {
      this.#columns = columns
      return this.#toRows(rest, columns)
    })
  }

  #toRows(records: ReadonlyArray<CsvRecord | UnreadableRow>, columns: CsvHeader.Columns) {
    return records.map((record) => (record instanceof UnreadableRow ? record : this.#toRow(record, columns)))
  }

  #toRow({ cells, line }: CsvRecord, columns: CsvHeader.Columns): ContactRow | UnreadableRow {
    if (cells.length !== columns.length) {
      const description = `the row has ${cells.length} cells, and the header ${columns.length}`
      return new UnreadableRow({ line, description })
    }
    const { emptyCells, guardFormulas } = this.#settings
    const row: Members = {}
    for (const [index, column] of columns.entries()) {
      const written = cells[index] ?? ""
      if (column === undefined) continue
      const cell = guardFormulas ? CellGuard.remove(written) : written
      const value = cell === "" ? (emptyCells === "clear" ? column.cleared : undefined) : valueOf(column, cell)
      if (value !== undefined) setMember(row, column.path, value)
      else if (cell !== "") {
        return new UnreadableRow({ line, description: `column ${index + 1} is not ${expected[column.type]}` })
      }
    }
    return row
  }
}

import type { Meta } from "../store/Meta.ts"
import * as JsonSafe from "./JsonSafe.ts"

/** The JSON and CSV forms of a kind of row. */
export interface RowShape<Row> {
  readonly toJson: (row: Row) => string
  readonly csv: CsvShape<Row>
}

/** The CSV form of a kind of row. */
export interface CsvShape<Row> {
  readonly columns: ReadonlyArray<string>
  /** Undefined for a row that the server fails to write. */
  readonly cells: (row: Row) => ReadonlyArray<string> | undefined
}

/** A value of a column. */
export type Value = string | number | null | Meta

/** A row whose named columns can be written. */
export type WithColumns<Column extends string> = { readonly [Key in Column]: Value } & { readonly meta: Meta | null }

/** The forms of a row that is sent with these columns, in this order. */
export const make = <Column extends string>(columns: ReadonlyArray<Column>): RowShape<WithColumns<Column>> => ({
  toJson: (row) => `{${columns.map((column) => `"${column}":${toJson(row[column])}`).join(",")}}`,
  csv: csv(columns)
})

/** The JSON of a value. */
export const toJson = (value: Value): string => {
  if (value === null) return "null"
  if (typeof value === "string") return JSON.stringify(value)
  return Number.isFinite(value) ? String(value) : JSON.stringify(JsonSafe.toSafe(value))
}

/**
 * The CSV of a list (wire contract 5.4). The text of an object is its type, and the server fails if metadata has a
 * `toString` of its own, which is no function.
 */
export const csv = <Column extends string>(columns: ReadonlyArray<Column>): CsvShape<WithColumns<Column>> => ({
  columns,
  cells: (row) => (hasOwnText(row.meta) ? undefined : columns.map((column) => toCell(row[column])))
})

/** The text of a value in a cell. */
export const toCell = (value: Value): string => {
  if (typeof value === "string" || value === null) return value ?? ""
  return typeof value === "number" ? String(JsonSafe.toSafe(value)) : "[object Object]"
}

/** The server calls the member of this name to make the CSV cell of an object. */
export const toText = "toString"

/** True if metadata has a member of its own in place of the function that makes its text. */
export const hasOwnText = (meta: Meta | null): boolean => meta !== null && Object.hasOwn(meta, toText)

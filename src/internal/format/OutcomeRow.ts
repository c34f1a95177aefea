/** The outcomes of rows, as a CSV file has them. */
import type { Column } from "./Column.ts"

/** The parts of an outcome that are written. */
export interface OutcomeRow {
  readonly row: number
  readonly outcome: string
  readonly id?: string | undefined
  readonly of?: number | undefined
  readonly field?: string | undefined
  readonly description?: string | undefined
  readonly error?: { readonly _tag: string; readonly message: string } | undefined
}

const text = (...path: Column["path"]): Pick<Column, "path" | "type"> => ({ path, type: "text" })

/** The columns of outcomes. */
export const columns = [
  ["row", text("row")],
  ["outcome", text("outcome")],
  ["id", text("id")],
  ["of", text("of")],
  ["field", text("field")],
  ["description", text("description")],
  ["error", text("error", "_tag")],
  ["message", text("error", "message")]
] as const

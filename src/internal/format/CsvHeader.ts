/** The header of a CSV file: the field of each of its columns. */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as CellGuard from "./CellGuard.ts"
import * as Column from "./Column.ts"

/**
 * The header of a CSV file is refused, or what the options say of it. No row has been read then. `columns` are the positions of the columns
 * from 1, and `names` their names. The names are redacted, since a file without a header has data in its first line.
 */
export class InvalidHeader
  extends /* @__PURE__ */ Data.TaggedError("InvalidHeader")<{
    readonly description: string
    readonly columns: ReadonlyArray<number>
    readonly names: Redacted.Redacted<ReadonlyArray<string>>
  }>
{
  override get message(): string {
    const at =
      this.columns.length === 0
        ? ""
        : ` (${this.columns.length === 1 ? "column" : "columns"} ${this.columns.join(", ")})`
    return `The header of the CSV file is refused: ${this.description}${at}`
  }
}

/** The options that say which columns a file has. */
export interface HeaderOptions {
  /**
   * The fields of columns whose names are not those of fields, by the name of the column. `false` ignores a column. The file must
   * have every column that is named.
   */
  readonly columns?: Readonly<Record<string, Column.ColumnField | false>> | undefined
  /**
   * The columns that no field has: `refuse` fails with `InvalidHeader` before any row is read, and `ignore` skips them.
   *
   * @default "refuse"
   */
  readonly otherColumns?: "refuse" | "ignore" | undefined
}

/** The columns of a file by position. A column that is ignored is undefined. */
export type Columns = ReadonlyArray<Column.Column | undefined>

/** Refuses a file for some of its columns, which are given by position, from 0. */
const refuse = (
  description: string,
  cells: ReadonlyArray<string>,
  positions: ReadonlyArray<number> = []
): Result.Result<never, InvalidHeader> =>
  Result.fail(
    new InvalidHeader({
      description,
      columns: positions.map((position) => position + 1),
      names: Redacted.make(positions.map((position) => cells[position] ?? ""))
    })
  )

/** Reads a header. Blanks around the names do not count. */
export const read = (
  header: ReadonlyArray<string>,
  { columns: mapping = {}, guardFormulas, otherColumns = "refuse" }: HeaderOptions & { readonly guardFormulas: boolean }
): Result.Result<Columns, InvalidHeader> => {
  const cells = header.map((cell) => (guardFormulas ? CellGuard.remove(cell.trim()) : cell.trim()))
  const positions = [...cells.keys()]
  const mapped = new Map(Object.entries(mapping))
  const fields = [...mapped.values()]
  if (fields.some((field) => field !== false && Option.isNone(Column.make(field)))) {
    return refuse("the option columns names a field that no contact has", cells)
  }
  if ([...mapped.keys()].some((name) => !cells.includes(name.trim()))) {
    return refuse("the option columns names a column that the file does not have", cells)
  }
  const byName = new Map([...mapped].map(([name, field]) => [name.trim(), field]))
  const columns = cells.map((cell) => {
    const field = byName.get(cell) ?? cell
    return field === false ? undefined : Option.getOrUndefined(Column.make(field))
  })
  const unknown = positions.filter((at) => columns[at] === undefined && byName.get(cells[at] ?? "") !== false)
  if (otherColumns === "refuse" && unknown.length > 0)
    return refuse("no field has the name of a column", cells, unknown)
  const overlapping = positions.filter((at) => {
    const column = columns[at]
    return (
      column !== undefined &&
      columns.some((other, position) => position !== at && other !== undefined && overlaps(column, other))
    )
  })
  if (overlapping.length > 0) return refuse("several columns are for one field", cells, overlapping)
  if (columns.every((column) => column === undefined)) return refuse("no column is for a field", cells)
  return Result.succeed(columns)
}

const overlaps = (one: Column.Column, other: Column.Column): boolean =>
  Column.overlap(one, other) || Column.overlap(other, one)

/** Refuses a file whose first record cannot be read, or that has none. */
export const missing = (description: string) => refuse(description, [])

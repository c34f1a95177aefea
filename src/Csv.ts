/**
 * Contacts in CSV (RFC 4180): a stream of bytes or text to a stream of rows, and a stream of contacts to a stream of text. Files of
 * any size are read and written in bounded memory.
 */
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Column from "./internal/format/Column.ts"
import { type ContactRow, fieldTypes } from "./internal/format/ContactRow.ts"
import type { HeaderOptions, InvalidHeader } from "./internal/format/CsvHeader.ts"
import { CsvReader } from "./internal/format/CsvReader.ts"
import * as CsvWriter from "./internal/format/CsvWriter.ts"
import * as OutcomeRow from "./internal/format/OutcomeRow.ts"
import * as RowStream from "./internal/format/RowStream.ts"
import type { UnreadableRow } from "./internal/format/UnreadableRow.ts"

export type { ColumnField } from "./internal/format/Column.ts"
export type { ContactRow } from "./internal/format/ContactRow.ts"
export { type HeaderOptions, InvalidHeader } from "./internal/format/CsvHeader.ts"
export type { OutcomeRow } from "./internal/format/OutcomeRow.ts"
export { isUnreadableRow, UnreadableRow } from "./internal/format/UnreadableRow.ts"

/** The options of all functions. */
interface FormatOptions {
  /**
   * The character between two cells: any but a quote or a line break.
   *
   * @default ","
   */
  readonly delimiter?: string | undefined
  /**
   * Guards cells that a spreadsheet would take for a formula: those that begin with `=`, `+`, `-`, `@`, a tab or a line break. They are
   * written with an apostrophe before them, which a spreadsheet shows (`'+442079460000`), and read without it. A text that
   * begins with such an apostrophe gets one more, so that every text is read as it was.
   *
   * A spreadsheet that takes another character for the delimiter can still find a formula in the middle of a cell.
   *
   * @default true
   */
  readonly guardFormulas?: boolean | undefined
}

/** The options of {@link read}. */
export interface ReadOptions extends FormatOptions, HeaderOptions {
  /**
   * The value of a field whose cell is empty: `absent` leaves the field out, and `clear` gives the value that clears it (`""` for
   * `name` and `description`, null for the others). Fields that cannot be cleared are left out.
   *
   * @default "absent"
   */
  readonly emptyCells?: "absent" | "clear" | undefined
  /**
   * The longest row that is read, in characters.
   *
   * @default 1_048_576
   */
  readonly maxRowLength?: number | undefined
}

/** The options of {@link write}. */
export interface WriteOptions extends FormatOptions {
  /**
   * The fields that are written, in this order; or the fields by the names of their columns. By default all fields of a contact, with
   * `meta` as JSON. `meta.tier` is the member `tier` of `meta`, and `meta.age:number` one that is read as a number.
   */
  readonly columns?: ReadonlyArray<Column.ColumnField> | Readonly<Record<string, Column.ColumnField>> | undefined
  /**
   * Begins with a byte order mark, without which Excel does not take the file for UTF-8.
   *
   * @default false
   */
  readonly byteOrderMark?: boolean | undefined
}

/** A contact, however it was read: any of its fields. */
export type WritableContact = { readonly [Field in keyof ContactRow]: ContactRow[Field] | null | undefined }

const isSource = (args: IArguments): boolean => Stream.isStream(args[0])

/** Throws if the options cannot hold. */
const check = ({ delimiter = ",", maxRowLength = 1 }: Pick<ReadOptions, "delimiter" | "maxRowLength">): void => {
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new Error("Csv: expected delimiter to be one character, but no quote or line break")
  }
  if (!(maxRowLength > 0)) throw new Error("Csv: expected maxRowLength to be positive")
}

/**
 * Reads contacts. The first line of the file is the header: the names of fields (`email`, `meta.tier`), or names that the option
 * `columns` maps to fields. The cells of `meta.tier` are text; `meta.age:number`, `meta.vip:boolean` and `meta.tags:json` have
 * another type, and `meta` is a JSON object. Lines may end in LF, CRLF or CR, and lines without any value are skipped.
 *
 * A row that cannot be read is an {@link UnreadableRow}, and reading goes on: one with more or fewer cells than the header, with a quote
 * out of place, with text that is not UTF-8, with a cell of another type, or longer than `maxRowLength`. After a row with a quote out of
 * place, reading goes on at the next line.
 *
 * Fails with {@link InvalidHeader} before any row if the header or the option `columns` is refused: a column that no field has (unless
 * `otherColumns` is `ignore`), a column that is missing, two columns for one field, or an empty file. Options that make no sense,
 * such as a delimiter of two characters, are a defect.
 *
 * @example
 * ```ts
 * const rows = fs.stream("crm.csv").pipe(
 *   Csv.read({ columns: { "E-Mail": "email", Tier: "meta.tier", Age: "meta.age:number", Notes: false } })
 * )
 * ```
 */
export const read: {
  (
    options?: ReadOptions
  ): <E, R>(
    source: Stream.Stream<Uint8Array | string, E, R>
  ) => Stream.Stream<ContactRow | UnreadableRow, E | InvalidHeader, R>
  <E, R>(
    source: Stream.Stream<Uint8Array | string, E, R>,
    options?: ReadOptions
  ): Stream.Stream<ContactRow | UnreadableRow, E | InvalidHeader, R>
} = /* @__PURE__ */ dual(
  isSource,
  <E, R>(
    source: Stream.Stream<Uint8Array | string, E, R>,
    options: ReadOptions = {}
  ): Stream.Stream<ContactRow | UnreadableRow, E | InvalidHeader, R> =>
    Stream.suspend(() => {
      check(options)
      const {
        delimiter = ",",
        emptyCells = "absent",
        guardFormulas = true,
        maxRowLength = RowStream.maxRowLength
      } = options
      const settings = { ...options, delimiter, emptyCells, guardFormulas, maxRowLength }
      return RowStream.make(source, maxRowLength, () => new CsvReader(settings))
    })
)

/** The columns to write, by name. Throws if there is no such field. */
const columnsOf = (columns: ReadonlyArray<string> | Readonly<Record<string, string>>) => {
  const byName: ReadonlyArray<readonly [string, string]> = Array.isArray(columns)
    ? columns.map((field) => [field, field])
    : Object.entries(columns)
  return byName.map(([name, field]) => {
    const column = Option.getOrThrowWith(Column.make(field), () => new Error("Csv: no contact has a field of columns"))
    return [name, column] as const
  })
}

/**
 * Writes contacts, after a header: those of `Contact.list`, `Contact.export` or `Contact.find`, or any with the same fields. A
 * field that is null or absent is an empty cell. A cell of a `meta.*` column has text as it is, and another value as JSON. {@link read}
 * reads the file as it is, without options, unless the columns have other names than the fields.
 *
 * Use it with `ExportFile.write` to get a file that is complete or not there.
 *
 * @example
 * ```ts
 * const text = Contact.export().pipe(Csv.write({ columns: ["id", "email", "phone", "meta.tier"] }))
 * ```
 */
export const write: {
  (options?: WriteOptions): <E, R>(contacts: Stream.Stream<WritableContact, E, R>) => Stream.Stream<string, E, R>
  <E, R>(contacts: Stream.Stream<WritableContact, E, R>, options?: WriteOptions): Stream.Stream<string, E, R>
} = /* @__PURE__ */ dual(
  isSource,
  <E, R>(contacts: Stream.Stream<WritableContact, E, R>, options: WriteOptions = {}): Stream.Stream<string, E, R> =>
    Stream.suspend(() => {
      check(options)
      const { byteOrderMark = false, columns, delimiter = ",", guardFormulas = true } = options
      const written = columnsOf(columns ?? [...fieldTypes.keys()])
      return CsvWriter.write(contacts, written, { byteOrderMark, delimiter, guardFormulas })
    })
)

/** The options of {@link writeOutcomes}. */
export interface OutcomeOptions extends FormatOptions, Pick<WriteOptions, "byteOrderMark"> {}

/**
 * Writes the outcomes of rows, after a header: `row`, `outcome`, `id`, `of` (the row of which it is a duplicate), `field`, `description`, and
 * the tag and message of a failure as `error` and `message`.
 *
 * @example
 * ```ts
 * const text = outcomes.pipe(Stream.filter(({ outcome }) => outcome === "invalid"), Csv.writeOutcomes())
 * ```
 */
export const writeOutcomes: {
  (
    options?: OutcomeOptions
  ): <E, R>(outcomes: Stream.Stream<OutcomeRow.OutcomeRow, E, R>) => Stream.Stream<string, E, R>
  <E, R>(outcomes: Stream.Stream<OutcomeRow.OutcomeRow, E, R>, options?: OutcomeOptions): Stream.Stream<string, E, R>
} = /* @__PURE__ */ dual(
  isSource,
  <E, R>(
    outcomes: Stream.Stream<OutcomeRow.OutcomeRow, E, R>,
    options: OutcomeOptions = {}
  ): Stream.Stream<string, E, R> =>
    Stream.suspend(() => {
      check(options)
      const { byteOrderMark = false, delimiter = ",", guardFormulas = true } = options
      return CsvWriter.write(outcomes, OutcomeRow.columns, { byteOrderMark, delimiter, guardFormulas })
    })
)

/** The rows of a file as they are written in it, numbered as the readers of `Csv` and `Jsonl` number them. */
import * as Result from "effect/Result"
import { CsvRecords } from "../../../internal/format/CsvRecords.ts"
import * as RowStream from "../../../internal/format/RowStream.ts"
import type * as Stream from "effect/Stream"
import type { ImportFile } from "./ImportFile.ts"

/** A row with its line end. The number of the header of CSV is 0. */
export interface RawRow {
  readonly row: number
  /** Undefined if the row is too long, or not UTF-8. */
  readonly text: string | undefined
}

const toText = (lines: ReadonlyArray<string | undefined>): string | undefined => {
  const text = lines.includes(undefined) ? undefined : lines.join("")
  if (text === undefined || !text.isWellFormed()) return undefined
  return /[\r\n]$/.test(text) ? text : `${text}\n`
}

/** A row of CSV has the lines from its first one to the one before the next row. */
class CsvRows implements RowStream.RowReader<RawRow, never> {
  readonly #records: CsvRecords
  /** The lines of the rows whose end is not known. */
  #lines: Array<string | undefined> = []
  /** The number of the first of these lines, from 1. */
  #first = 1
  #starts: Array<number> = []
  #row = 0
  #hasEnded = false

  constructor(delimiter: string) {
    this.#records = new CsvRecords(delimiter, RowStream.maxRowLength)
  }

  line(text: string, ending: string): void {
    this.#lines.push(text + ending)
    this.#records.line(text, ending)
  }

  longLine(): void {
    this.#lines.push(undefined)
    this.#records.longLine()
  }

  end(): void {
    this.#records.end()
    this.#hasEnded = true
  }

  take(): Result.Result<ReadonlyArray<RawRow>> {
    for (const { line } of this.#records.take()) this.#starts.push(line)
    const starts = this.#starts
    const complete = this.#hasEnded ? starts.length : Math.max(starts.length - 1, 0)
    const rows = starts.slice(0, complete).map((start, index): RawRow => {
      const next = starts[index + 1] ?? this.#first + this.#lines.length
      return { row: this.#row++, text: toText(this.#lines.slice(start - this.#first, next - this.#first)) }
    })
    this.#starts = starts.slice(complete)
    const [kept] = this.#starts
    if (kept !== undefined) {
      this.#lines = this.#lines.slice(kept - this.#first)
      this.#first = kept
    }
    return Result.succeed(rows)
  }
}

/** A row of JSON Lines is a line that is not blank. */
class JsonRows implements RowStream.RowReader<RawRow, never> {
  #row = 0
  #rows: Array<RawRow> = []

  line(text: string, ending: string): void {
    if (text.trim() !== "") this.#rows.push({ row: ++this.#row, text: toText([text + ending]) })
  }

  longLine(): void {
    this.#rows.push({ row: ++this.#row, text: undefined })
  }

  end(): void {}

  take(): Result.Result<ReadonlyArray<RawRow>> {
    const rows = this.#rows
    this.#rows = []
    return Result.succeed(rows)
  }
}

/** The rows of a file. */
export const read = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  { delimiter, format }: Pick<ImportFile, "delimiter" | "format">
): Stream.Stream<RawRow, E, R> =>
  RowStream.make(bytes, RowStream.maxRowLength, () => (format === "csv" ? new CsvRows(delimiter) : new JsonRows()))

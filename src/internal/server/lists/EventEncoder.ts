import * as ApiFailure from "../http/ApiFailure.ts"
import type { Format } from "../http/Negotiation.ts"
import type { CsvShape, RowShape } from "./RowShape.ts"

/** A page of items as text. */
export interface WrittenItems {
  readonly text: string
  /** True if the server fails on the next row, so that the stream ends without an error event. */
  readonly breaksOff: boolean
}

/** Writes the events of a stream as text (wire contract 5.2 to 5.4). */
export interface EventEncoder<Row> {
  /** A page of items. `first` is true if no event was sent before. */
  readonly items: (rows: ReadonlyArray<Row>, first: boolean) => WrittenItems
  readonly nop: string
  readonly error: (failure: ApiFailure.ApiFailure) => string
}

/** The encoder of each streaming format. */
export const make = <Row>(shape: RowShape<Row>): Readonly<Record<Exclude<Format, "json">, EventEncoder<Row>>> => ({
  jsonl: events(shape, (type, data) => `{"type":"${type}","data":${data}}\n`),
  sse: events(shape, (type, data) => `event: ${type}\ndata: ${data}\n\n`),
  csv: {
    items: (rows, first) => csvLines(shape.csv, rows, first),
    nop: "",
    error: () => ""
  }
})

const events = <Row>(
  { toJson }: RowShape<Row>,
  write: (type: "item" | "nop" | "error", data: string) => string
): EventEncoder<Row> => ({
  items: (rows) => ({ text: rows.map((row) => write("item", toJson(row))).join(""), breaksOff: false }),
  nop: write("nop", "{}"),
  error: (failure) => write("error", ApiFailure.toStreamJson(failure))
})

const csvLines = <Row>(shape: CsvShape<Row>, rows: ReadonlyArray<Row>, withHeader: boolean): WrittenItems => {
  let text = withHeader ? `${shape.columns.join(",")}\n` : ""
  for (const row of rows) {
    const cells = shape.cells(row)
    if (cells === undefined) return { text, breaksOff: true }
    text += `${cells.map(csvCell).join(",")}\n`
  }
  return { text, breaksOff: false }
}

const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`

import * as ApiFailure from "./ApiFailure.ts"
import type { CsvShape } from "./ContactJson.ts"
import type { Format } from "./Negotiation.ts"

/** How rows of a kind are written. */
export interface RowShape<Row> {
  readonly toJson: (row: Row) => string
  readonly csv: CsvShape<Row>
}

/** Writes the events of a stream as text (wire contract 5.2 to 5.4). */
export interface EventEncoder<Row> {
  /** A page of items; `first` says that no event went before. */
  readonly items: (rows: ReadonlyArray<Row>, first: boolean) => string
  readonly nop: string
  readonly error: (failure: ApiFailure.ApiFailure) => string
}

/** The encoder of each streaming format. */
export const make = <Row>(shape: RowShape<Row>): Readonly<Record<Exclude<Format, "json">, EventEncoder<Row>>> => ({
  jsonl: events(shape, (type, data) => `{"type":"${type}","data":${data}}\n`),
  sse: events(shape, (type, data) => `event: ${type}\ndata: ${data}\n\n`),
  csv: {
    items: (rows, first) => (first ? `${shape.csv.columns.join(",")}\n` : "") + rows.map(csvLine(shape.csv)).join(""),
    nop: "",
    error: () => ""
  }
})

const events = <Row>(
  { toJson }: RowShape<Row>,
  write: (type: "item" | "nop" | "error", data: string) => string
): EventEncoder<Row> => ({
  items: (rows) => rows.map((row) => write("item", toJson(row))).join(""),
  nop: write("nop", "{}"),
  error: (failure) => write("error", ApiFailure.toStreamJson(failure))
})

const csvLine =
  <Row>({ cells }: CsvShape<Row>) =>
  (row: Row): string =>
    `${cells(row).map(csvCell).join(",")}\n`

const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`

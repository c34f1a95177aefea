/** The records of a CSV file (RFC 4180), from its lines. */
import type { LineReader } from "./LineSplitter.ts"
import { UnreadableRow } from "./UnreadableRow.ts"

/** The cells of a record, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

interface Line {
  readonly number: number
  readonly text: string
  readonly ending: string
}

const quote = '"'

/** The cells of a record, the reason why it cannot be read, or undefined if a quote is open at its end. */
const parse = (text: string, delimiter: string): ReadonlyArray<string> | string | undefined => {
  const cells: Array<string> = []
  for (let at = 0; ;) {
    if (text[at] !== quote) {
      const found = text.indexOf(delimiter, at)
      const cell = text.slice(at, found === -1 ? text.length : found)
      if (cell.includes(quote)) return "a quote is inside of a cell that does not begin with one"
      cells.push(cell)
      if (found === -1) return cells
      at = found + 1
      continue
    }
    let cell = ""
    for (let start = at + 1; ;) {
      const end = text.indexOf(quote, start)
      if (end === -1) return undefined
      cell += text.slice(start, end)
      at = end + 1
      if (text[at] !== quote) break
      cell += quote
      start = at + 1
    }
    cells.push(cell)
    if (at === text.length) return cells
    if (text[at] !== delimiter) return "text follows a closing quote"
    at++
  }
}

const hasOddQuotes = (text: string): boolean => {
  let isOdd = false
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1)) isOdd = !isOdd
  return isOdd
}

/**
 * Reads records. Effect's decoder stops at the first record that it cannot read, and this one goes on at the next line: if
 * a quote is never closed, only the line that opens it is lost.
 *
 * An open record can be complete only at a line with an odd number of quotes. So it is parsed once, and each line at most three times.
 */
export class CsvRecords implements LineReader {
  readonly #delimiter: string
  readonly #maxLength: number
  /** The number of the last line. */
  #number = 0
  /** The lines of a record whose quote is not closed yet. */
  #open: Array<Line> = []
  #openLength = 0
  #records: Array<CsvRecord | UnreadableRow> = []

  constructor(delimiter: string, maxLength: number) {
    this.#delimiter = delimiter
    this.#maxLength = maxLength
  }

  line(text: string, ending: string): void {
    this.#read({ number: ++this.#number, text, ending })
  }

  longLine(): void {
    const number = ++this.#number
    this.end()
    this.#refuse(number, `the line is longer than ${this.#maxLength} characters`)
  }

  end(): void {
    while (this.#open.length > 0) this.#giveUp("a quote is not closed")
  }

  /** The records since the last call. */
  take(): ReadonlyArray<CsvRecord | UnreadableRow> {
    const records = this.#records
    this.#records = []
    return records
  }

  #read(line: Line): void {
    if (this.#open.length > 0) this.#extend(line)
    else if (line.text.includes(quote)) this.#readQuoted(line)
    else {
      const cells = line.text.split(this.#delimiter)
      // Spreadsheets write such lines below a table.
      if (cells.some((cell) => cell !== "")) this.#add(line.number, line.text, cells)
    }
  }

  #readQuoted(line: Line): void {
    const cells = parse(line.text, this.#delimiter)
    if (cells === undefined) this.#extend(line)
    else if (typeof cells === "string") this.#refuse(line.number, cells)
    else this.#add(line.number, line.text, cells)
  }

  #extend(line: Line): void {
    const isFirst = this.#open.length === 0
    this.#open.push(line)
    this.#openLength += line.text.length + line.ending.length
    if (this.#openLength > this.#maxLength) this.#giveUp(`a quote is not closed within ${this.#maxLength} characters`)
    else if (!isFirst && hasOddQuotes(line.text)) this.#close(line)
  }

  #close(last: Line): void {
    const open = this.#open
    const text = open.map((line) => (line === last ? line.text : line.text + line.ending)).join("")
    const cells = parse(text, this.#delimiter) ?? "a quote is not closed"
    if (typeof cells === "string") return this.#giveUp(cells)
    this.#open = []
    this.#openLength = 0
    this.#add(open[0]?.number ?? last.number, text, cells)
  }

  /** Refuses the line that opened a quote, and reads the lines after it anew. */
  #giveUp(reason: string): void {
    const [first, ...rest] = this.#open
    this.#open = []
    this.#openLength = 0
    if (first !== undefined) this.#refuse(first.number, reason)
    for (const line of rest) this.#read(line)
  }

  #add(line: number, text: string, cells: ReadonlyArray<string>): void {
    if (text.isWellFormed()) this.#records.push({ line, cells })
    else this.#refuse(line, "the text is not UTF-8")
  }

  #refuse(line: number, description: string): void {
    this.#records.push(new UnreadableRow({ line, description }))
  }
}

/** The lines of a text that arrives in chunks. A line ends with LF, CRLF or CR. */

/** Receives the lines of a file. */
export interface LineReader {
  /** `ending` is the text that ends the line: empty for a last line that has none. */
  readonly line: (text: string, ending: string) => void
  /** A line longer than the limit. Its text is dropped. */
  readonly longLine: () => void
}

/** Splits one file. A leading byte order mark is removed. */
export class LineSplitter {
  readonly #reader: LineReader
  readonly #maxLength: number
  /** The beginning of a line whose end has not arrived. Its pieces are joined once, so that a long line takes linear time. */
  #pieces: Array<string> = []
  #length = 0
  #isFirst = true
  /** A CR at the end of a chunk, which is kept back since a LF may follow. */
  #carriageReturn = ""

  constructor(reader: LineReader, maxLength: number) {
    this.#reader = reader
    this.#maxLength = maxLength
  }

  push(chunk: string): void {
    if (chunk === "") return
    let text = this.#carriageReturn + chunk
    if (this.#isFirst && text.startsWith("\ufeff")) text = text.slice(1)
    this.#isFirst = false
    this.#carriageReturn = text.endsWith("\r") ? "\r" : ""
    if (this.#carriageReturn !== "") text = text.slice(0, -1)
    let lf = text.indexOf("\n")
    let cr = text.indexOf("\r")
    let start = 0
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf
      const next = end === cr && lf === cr + 1 ? end + 2 : end + 1
      this.#complete(text.slice(start, end), text.slice(end, next))
      start = next
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start)
      if (cr !== -1 && cr < start) cr = text.indexOf("\r", start)
    }
    this.#keep(text.slice(start))
  }

  /** Ends the file. Its last line need not have an ending. */
  end(): void {
    if (this.#length > 0 || this.#carriageReturn !== "") this.#complete("", this.#carriageReturn)
  }

  #keep(piece: string): void {
    if (piece === "") return
    this.#length += piece.length
    if (this.#length > this.#maxLength) this.#pieces = []
    else this.#pieces.push(piece)
  }

  #complete(piece: string, ending: string): void {
    let text = piece
    if (this.#length > 0) {
      this.#keep(piece)
      text = this.#pieces.join("")
    } else this.#length = piece.length
    const isLong = this.#length > this.#maxLength
    this.#pieces = []
    this.#length = 0
    if (isLong) this.#reader.longLine()
    else this.#reader.line(text, ending)
  }
}

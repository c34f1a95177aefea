/** The places of records in a file, by row: 8 bytes for each row up to the last one. */
export class RowOffsets {
  #offsets = new Float64Array(1024)

  /** The offset of the last record of a row. Undefined if it has none. */
  get(row: number): number | undefined {
    const place = this.#offsets[row] ?? 0
    return place === 0 ? undefined : place - 1
  }

  set(row: number, offset: number): void {
    if (row >= this.#offsets.length) {
      const offsets = new Float64Array(2 ** Math.ceil(Math.log2(row + 1)))
      offsets.set(this.#offsets)
      this.#offsets = offsets
    }
    this.#offsets[row] = offset + 1
  }
}

/** The fields that the order depends on. Neither may change while the row is in the list. */
export interface Positioned {
  readonly id: string
  readonly createdAt: number
}

const maxBlock = 512

const compare = (left: Positioned, right: Positioned): number =>
  left.createdAt - right.createdAt || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)

/**
 * Rows in the order of `(createdAt, id)` (wire contract 4), kept as a list of blocks of at most 512 rows, each sorted
 * and none empty. A search is two binary searches; an insert or a delete moves at most the rows of one block.
 */
export class OrderedRows<Row extends Positioned> {
  readonly #blocks: Array<Array<Row>> = []

  /** Adds a row at its position. */
  insert(row: Row): void {
    const blockIndex = Math.min(this.#blockOf(row), this.#blocks.length - 1)
    const block = this.#blocks[blockIndex]
    if (block === undefined) {
      this.#blocks.push([row])
      return
    }
    block.splice(lowerBound(block, row), 0, row)
    if (block.length > maxBlock) this.#split(blockIndex, block)
  }

  /** Removes a row. */
  delete(row: Row): void {
    const blockIndex = this.#blockOf(row)
    const block = this.#blocks[blockIndex]
    if (block === undefined) return
    const index = lowerBound(block, row)
    if (block[index] !== row) return
    block.splice(index, 1)
    if (block.length === 0) this.#blocks.splice(blockIndex, 1)
  }

  /** The first row in ascending order that satisfies the predicate. */
  find(predicate: (row: Row) => boolean): Row | undefined {
    for (const block of this.#blocks) {
      const found = block.find(predicate)
      if (found !== undefined) return found
    }
    return undefined
  }

  /**
   * Visits rows in order from the position of `from` on (that position included), or from the first, until `visit`
   * says false. `from` need not be in the list.
   */
  walk(order: "asc" | "desc", from: Positioned | undefined, visit: (row: Row) => boolean): void {
    if (order === "asc") this.#ascend(from, visit)
    else this.#descend(from, visit)
  }

  #ascend(from: Positioned | undefined, visit: (row: Row) => boolean): void {
    let blockIndex = from === undefined ? 0 : this.#blockOf(from)
    let block = this.#blocks[blockIndex]
    let index = from === undefined || block === undefined ? 0 : lowerBound(block, from)
    while (block !== undefined) {
      for (; index < block.length; index++) {
        const row = block[index]
        if (row !== undefined && !visit(row)) return
      }
      block = this.#blocks[++blockIndex]
      index = 0
    }
  }

  #descend(from: Positioned | undefined, visit: (row: Row) => boolean): void {
    let blockIndex =
      from === undefined ? this.#blocks.length - 1 : Math.min(this.#blockOf(from), this.#blocks.length - 1)
    let block = this.#blocks[blockIndex]
    let index = block === undefined ? -1 : from === undefined ? block.length - 1 : lastAtOrBefore(block, from)
    while (block !== undefined) {
      for (; index >= 0; index--) {
        const row = block[index]
        if (row !== undefined && !visit(row)) return
      }
      block = this.#blocks[--blockIndex]
      index = block === undefined ? -1 : block.length - 1
    }
  }

  /** Index of the first block whose last row is not before the position; the number of blocks if there is none. */
  #blockOf(position: Positioned): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#blocks[middle]?.at(-1)
      if (last !== undefined && compare(last, position) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #split(blockIndex: number, block: Array<Row>): void {
    // Appending is the common case: a block that overflows at its end leaves a full one behind, not two halves.
    const keep = blockIndex === this.#blocks.length - 1 ? maxBlock : maxBlock >>> 1
    this.#blocks.splice(blockIndex + 1, 0, block.splice(keep))
  }
}

/** Index of the first row at or after the position. */
const lowerBound = (block: ReadonlyArray<Positioned>, position: Positioned): number => {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = block[middle]
    if (row !== undefined && compare(row, position) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const lastAtOrBefore = (block: ReadonlyArray<Positioned>, position: Positioned): number => {
  const index = lowerBound(block, position)
  const row = block[index]
  return row !== undefined && compare(row, position) === 0 ? index : index - 1
}

import { md5 } from "./Md5.ts"

/** The row that holds a key. */
export interface Holder {
  readonly row: number
  /** False if the outcome of the row is not final. */
  readonly isSettled: boolean
}

/** The words of a slot: 96 bits of the hash of a key, and the state of its row. */
const slotWords = 4
const stateWord = 3
/** The state of a slot without a key. */
const empty = 0
/** The state of a slot whose key no row holds any more. */
const free = 1

/** The state of a slot whose key a row holds. */
const stateOf = (row: number, isSettled: boolean): number => row * 2 + (isSettled ? 0 : 1)

/**
 * The keys of the rows so far, each with the first row that has it: a hash table of 16 bytes a slot, at most two thirds full. It
 * has room for 2,000,000,000 rows. 96 bits of MD5 tell keys apart unless somebody constructs two equal ones, and then both are
 * that person's own.
 */
export class RowKeys {
  #slots = new Uint32Array(1024 * slotWords)
  #used = 0

  /** The row that holds a key. If none does, `row` holds it from now on. */
  claim(key: string, row: number): Holder {
    if (this.#used * 3 >= (this.#slots.length / slotWords) * 2) this.#grow()
    const words = this.#hash(key)
    const slot = find(this.#slots, words)
    const state = this.#slots[slot + stateWord] ?? empty
    if (state > free) return { row: Math.floor(state / 2), isSettled: state % 2 === 0 }
    if (state === empty) {
      this.#used++
      this.#slots.set(words, slot)
    }
    this.#slots[slot + stateWord] = stateOf(row, true)
    return { row, isSettled: true }
  }

  /** Lets the next row have the key. */
  release(key: string): void {
    this.#set(key, free)
  }

  /** Notes that the outcome of the row that holds the key is not final. */
  markUnsettled(key: string, row: number): void {
    this.#set(key, stateOf(row, false))
  }

  #set(key: string, state: number): void {
    const slot = find(this.#slots, this.#hash(key))
    if (this.#slots[slot + stateWord] !== empty) this.#slots[slot + stateWord] = state
  }

  #hash(key: string): Uint32Array {
    return new Uint32Array(md5(key).slice().buffer, 0, stateWord)
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    for (let slot = 0; slot < this.#slots.length; slot += slotWords) {
      const words = this.#slots.subarray(slot, slot + slotWords)
      if (words[stateWord] !== empty) slots.set(words, find(slots, words))
    }
    this.#slots = slots
  }
}

/** The slot with a hash, or the empty one that it belongs in. */
const find = (slots: Uint32Array, words: Uint32Array): number => {
  const mask = slots.length / slotWords - 1
  let index = (words[0] ?? 0) & mask
  while (true) {
    const slot = index * slotWords
    const isSame = slots[slot] === words[0] && slots[slot + 1] === words[1] && slots[slot + 2] === words[2]
    if (isSame || slots[slot + stateWord] === empty) return slot
    index = (index + 1) & mask
  }
}

/** The fields by which lists are ordered. They never change (wire contract 4). */
export interface Key {
  readonly createdAt: number
  readonly id: string
}

export type Order = "asc" | "desc"

/** True if `left` comes after `right` in a list. */
export const isAfter = (order: Order, left: Key, right: Key): boolean => {
  if (left.createdAt !== right.createdAt) return (order === "asc") === left.createdAt > right.createdAt
  return left.id !== right.id && (order === "asc") === left.id > right.id
}

/** The number of keys, from the first on, that follow `previous` and one another in the order of a list. */
export const countInOrder = (order: Order, keys: ReadonlyArray<Key>, previous: Key | undefined): number => {
  let last = previous
  let count = 0
  for (const key of keys) {
    if (last !== undefined && !isAfter(order, key, last)) break
    last = key
    count++
  }
  return count
}

/** A delivered item after which the list can be resumed. */
export interface Anchor {
  readonly id: string
  /** The number of items that were delivered before it. */
  readonly index: number
}

/** The factor by which each band of anchors is further back than the one before it. */
const bandFactor = 16

/**
 * The point up to which a list was delivered: its last item and a few anchors, at growing distances before it. If the nearest
 * anchors have been deleted, the list is resumed from one further back. However long the list, only these few ids are kept.
 */
export class ResumePoint {
  readonly #order: Order
  #first: Key | undefined
  #last: Key | undefined
  #received = 0
  /** The nearest to the last item comes first. */
  #anchors: ReadonlyArray<Anchor> = []

  constructor(order: Order) {
    this.#order = order
  }

  /** The last item delivered. */
  get last(): Key | undefined {
    return this.#last
  }

  /** The number of items delivered. */
  get received(): number {
    return this.#received
  }

  /** The anchors, of which the nearest to the last item comes first. */
  get anchors(): ReadonlyArray<Anchor> {
    return this.#anchors
  }

  /** True if an item comes after the last one delivered. */
  isNew(key: Key): boolean {
    return this.#last === undefined || isAfter(this.#order, key, this.#last)
  }

  /** True if an item comes before the first one delivered. */
  isBeforeFirst(key: Key): boolean {
    return this.#first !== undefined && isAfter(this.#order, this.#first, key)
  }

  /** Moves past items that are being delivered. */
  advance(keys: ReadonlyArray<Key>): void {
    if (keys.length === 0) return
    const before = keys.at(-2) ?? this.#last
    this.#first ??= keys[0]
    this.#received += keys.length
    this.#last = keys.at(-1) ?? this.#last
    if (before !== undefined) this.#remember({ id: before.id, index: this.#received - 2 })
  }

  /** Makes an item the only anchor: of all items before the last, it is the nearest that still exists. */
  replaceAnchors(key: Key): void {
    this.#anchors = [{ id: key.id, index: this.#received - 2 }]
  }

  /** Keeps the nearest and the furthest anchor of each band. The nearest is used first, and the furthest moves into the next band. */
  #remember(anchor: Anchor): void {
    const anchors = [anchor, ...this.#anchors]
    const bands = anchors.map(({ index }) => Math.floor(Math.log(this.#received - index) / Math.log(bandFactor)))
    this.#anchors = anchors.filter((_, at) => bands[at] !== bands[at - 1] || bands[at] !== bands[at + 1])
  }
}

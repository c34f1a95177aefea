import { pageSize } from "./ListQuery.ts"
import { countInOrder, type Key, type Order, ResumePoint } from "./ResumePoint.ts"

/** The number of requests in a row that may have no new item, however few items were delivered. */
const maxRequests = 32

/**
 * The least number of delivered items that each further request gets past. It is less than a page, since items that are
 * deleted meanwhile make requests begin further back.
 */
const leastSkipped = pageSize / 2

/**
 * The largest number of items before the first one delivered that a resumed list reads from its beginning: items that
 * were made since, or that are before a deleted cursor.
 */
const maxBeforeFirst = 100_000

/** The place in a list at which a request begins. */
export interface Place {
  readonly at: "anchor" | "cursor" | "beginning"
  /** The `cursor` of the request: the id of the anchor, or the caller's cursor. */
  readonly cursor: string | undefined
  /** The number of items after the place that were delivered, and may be repeated. */
  readonly delivered: number
}

/** The progress of reading one response. */
export interface Reading {
  readonly place: Place
  /** The last item of the response so far. */
  last: Key | undefined
  /** True once the response has repeated a delivered item: so no item is missing before its new items. */
  overlaps: boolean
  /** True once the response has reached items that were not delivered before. */
  isPastRepeats: boolean
  /** The number of items that were delivered before. */
  repeated: number
}

/** The result of accepting a batch of items. */
export interface Accepted<A> {
  /** The items that were not delivered before. */
  readonly newItems: ReadonlyArray<A>
  /** Set if the rest of the response cannot be used: the list begins further back, or fails with a description. */
  readonly next?: "begin further back" | { readonly failWith: string }
}

/** The options of a list. */
export interface ListOptions {
  readonly order: Order
  /** The caller's cursor. */
  readonly cursor: string | undefined
  /** True if the list has only items that match a filter. */
  readonly isFiltered: boolean
}

/**
 * The progress of a list over all its requests: the items delivered, the place of the next request, and the number of requests
 * in a row without a new item. It sends no requests itself.
 */
export class ListProgress<A extends Key> {
  readonly #options: ListOptions
  readonly #resumePoint: ResumePoint
  /** The index of the place of the next request among all places, of which the nearest to the last item comes first. */
  #stepsBack = 0
  /** The number of requests since the last new item. */
  #requests = 0
  /** The largest number of delivered items that one of these requests may repeat. */
  #repeatable = 0
  /** The number of these requests that had only items before the first one delivered. */
  #beforeFirst = 0

  constructor(options: ListOptions) {
    this.#options = options
    this.#resumePoint = new ResumePoint(options.order)
  }

  /** The id of the last item delivered. */
  get lastId(): string | undefined {
    return this.#resumePoint.last?.id
  }

  /** The number of items delivered. */
  get received(): number {
    return this.#resumePoint.received
  }

  /** The place of the next request: an anchor, else the caller's cursor, else the beginning. */
  get place(): Place {
    const { anchors, last, received } = this.#resumePoint
    const beginning: Place = { at: "beginning", cursor: undefined, delivered: received }
    const { cursor } = this.#options
    const places: Array<Place> = cursor === undefined ? [] : [{ ...beginning, at: "cursor", cursor }]
    if (last === undefined) return places[0] ?? beginning
    places.unshift(
      ...anchors.map(({ id, index }): Place => ({ at: "anchor", cursor: id, delivered: received - index - 1 }))
    )
    return places[this.#stepsBack] ?? beginning
  }

  /**
   * Counts a request. False if too many in a row had no new item: with a correct server, fewer are needed to get past the
   * delivered items.
   */
  countRequest({ delivered }: Place): boolean {
    this.#repeatable = Math.max(this.#repeatable, delivered)
    return ++this.#requests <= maxRequests + this.#repeatable / leastSkipped
  }

  /** Begins to read the response to a request. */
  read(place: Place): Reading {
    return { place, last: undefined, overlaps: false, isPastRepeats: this.lastId === undefined, repeated: 0 }
  }

  /** Finds the new items of a batch, and counts them as delivered. All items of a response have to be in order, repeated ones too. */
  accept(reading: Reading, items: ReadonlyArray<A>): Accepted<A> {
    const inOrder = countInOrder(this.#options.order, items, reading.last)
    const isInOrder = inOrder === items.length
    const ordered = isInOrder ? items : items.slice(0, inOrder)
    reading.last = ordered.at(-1) ?? reading.last
    const newItems = reading.isPastRepeats ? ordered : this.#skipRepeats(reading, ordered)
    if (newItems.length > 0 && !reading.isPastRepeats) {
      // If the item at the place no longer matches the filter, the server leaves out the first one after it that does.
      if (this.#options.isFiltered && !reading.overlaps && reading.place.at !== "beginning") {
        this.stepBack()
        return { newItems: [], next: "begin further back" }
      }
      reading.isPastRepeats = true
    }
    this.#deliver(newItems)
    if (!isInOrder) return { newItems, next: { failWith: "The list is not in order" } }
    if (reading.repeated > reading.place.delivered + maxBeforeFirst) {
      return { newItems, next: { failWith: "The list repeats without end" } }
    }
    return { newItems }
  }

  #skipRepeats(reading: Reading, items: ReadonlyArray<A>): ReadonlyArray<A> {
    const at = items.findIndex((item) => this.#resumePoint.isNew(item))
    const newItems = at === -1 ? [] : items.slice(at)
    reading.overlaps ||= at !== 0
    reading.repeated += items.length - newItems.length
    return newItems
  }

  #deliver(newItems: ReadonlyArray<A>): void {
    if (newItems.length === 0) return
    this.#resumePoint.advance(newItems)
    this.#stepsBack = 0
    this.#requests = 0
    this.#repeatable = 0
    this.#beforeFirst = 0
  }

  /** Moves the beginning of the next request one place further back. */
  stepBack(): void {
    this.#stepsBack++
  }

  /**
   * The result of a page that was requested to confirm the end of the list. `more`: it has new items. `repeats`: it has only
   * delivered items, and the next page is needed. `end`: the list has ended. `empty`: the item at its place may be deleted.
   * A full page counts as one that has a next page.
   */
  confirm(
    place: Place,
    items: ReadonlyArray<A>,
    hasNextPage = items.length >= pageSize
  ): "more" | "repeats" | "end" | "empty" {
    if (items.some((item) => this.#resumePoint.isNew(item))) return "more"
    // Not the last item: the next page should begin with an item that was delivered.
    const anchor = items.at(-2)
    if (hasNextPage && anchor !== undefined) {
      // Up to a limit, a page before the first item delivered does not count as a request without a new item.
      const isBeforeFirst = this.#resumePoint.isBeforeFirst(anchor)
      if (isBeforeFirst && this.#beforeFirst++ < maxBeforeFirst / pageSize) this.#requests--
      this.#resumePoint.replaceAnchors(anchor)
      this.#stepsBack = 0
      return "repeats"
    }
    return items.length > 0 || place.at === "beginning" ? "end" : "empty"
  }
}

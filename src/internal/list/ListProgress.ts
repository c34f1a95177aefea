import { pageSize } from "./ListQuery.ts"
import { countInOrder, type Key, type Order, ResumePoint } from "./ResumePoint.ts"

/** The number of requests in a row that may bring nothing new, however few contacts were delivered. */
const maxRequests = 32

/**
 * The number of delivered contacts that each further request gets past, at least: nearly a page, but for contacts that are
 * deleted meanwhile, so that it has to begin further back.
 */
const leastSkipped = pageSize / 2

/**
 * The number of contacts before the first one delivered that a list gets past when it begins anew: contacts that were made
 * since, or that are before a cursor that was deleted.
 */
const maxBeforeFirst = 100_000

/** A place where a request of a list begins. */
export interface Place {
  readonly at: "anchor" | "cursor" | "beginning"
  readonly cursor: string | undefined
  /** The number of contacts that were delivered after it, and may come again. */
  readonly delivered: number
}

/** The part of one response that has been read. */
export interface Reading {
  readonly place: Place
  /** The last item of the response so far. */
  last: Key | undefined
  /** True once the response has repeated a delivered contact, which proves that nothing between them is missing. */
  overlaps: boolean
  /** True once the response has come to contacts that were not delivered. */
  isPastRepeats: boolean
  /** The number of items that were delivered before. */
  repeated: number
}

/** The outcome of a batch of items. */
export interface Accepted<A> {
  /** The items that were not delivered before. */
  readonly fresh: ReadonlyArray<A>
  /** Set if the response is of no further use: read on from a place further back, or fail with a description. */
  readonly next?: "begin further back" | { readonly failWith: string }
}

/** The options of a list that its progress depends on. */
export interface ListOptions {
  readonly order: Order
  /** The cursor of the caller. */
  readonly cursor: string | undefined
  /** True if the server leaves out what does not match a filter. */
  readonly isFiltered: boolean
}

/**
 * The progress of a list over all its requests: what was delivered, where the next request begins, and how many requests
 * in a row have brought nothing new. It sends nothing itself.
 */
export class ListProgress<A extends Key> {
  readonly #options: ListOptions
  readonly #resumePoint: ResumePoint
  /** The number of places further back than the nearest at which the next request begins. */
  #stepsBack = 0
  /** The number of requests since something new came. */
  #requests = 0
  /** The largest number of delivered contacts that one of these requests may repeat. */
  #repeatable = 0
  /** The number of these requests that only met contacts before the first one delivered. */
  #beforeFirst = 0

  constructor(options: ListOptions) {
    this.#options = options
    this.#resumePoint = new ResumePoint(options.order)
  }

  /** The id of the last contact delivered. */
  get lastId(): string | undefined {
    return this.#resumePoint.last?.id
  }

  /** The number of contacts delivered. */
  get received(): number {
    return this.#resumePoint.received
  }

  /** The place where the next request begins: an anchor, else the caller's cursor, else the very beginning. */
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
   * Counts a request that may bring nothing new. False if there were too many: a correct server
   * needs fewer to get past the contacts that were delivered.
   */
  countRequest({ delivered }: Place): boolean {
    this.#repeatable = Math.max(this.#repeatable, delivered)
    return ++this.#requests <= maxRequests + this.#repeatable / leastSkipped
  }

  /** Begins to read the response to a request. */
  read(place: Place): Reading {
    return { place, last: undefined, overlaps: false, isPastRepeats: this.lastId === undefined, repeated: 0 }
  }

  /** Takes the items of a batch that were not delivered before. Each response has to go forward, also through repeats. */
  accept(reading: Reading, items: ReadonlyArray<A>): Accepted<A> {
    const inOrder = countInOrder(this.#options.order, items, reading.last)
    const isInOrder = inOrder === items.length
    const ordered = isInOrder ? items : items.slice(0, inOrder)
    reading.last = ordered.at(-1) ?? reading.last
    const fresh = reading.isPastRepeats ? ordered : this.#skipRepeats(reading, ordered)
    if (fresh.length > 0 && !reading.isPastRepeats) {
      // After a row that has stopped matching the filter, the server leaves out the next one that does.
      if (this.#options.isFiltered && !reading.overlaps && reading.place.at !== "beginning") {
        this.stepBack()
        return { fresh: [], next: "begin further back" }
      }
      reading.isPastRepeats = true
    }
    this.#deliver(fresh)
    if (!isInOrder) return { fresh, next: { failWith: "The list goes back to what it has been past" } }
    if (reading.repeated > reading.place.delivered + maxBeforeFirst) {
      return { fresh, next: { failWith: "The list repeats without end" } }
    }
    return { fresh }
  }

  #skipRepeats(reading: Reading, items: ReadonlyArray<A>): ReadonlyArray<A> {
    const at = items.findIndex((item) => this.#resumePoint.isNew(item))
    const fresh = at === -1 ? [] : items.slice(at)
    reading.overlaps ||= at !== 0
    reading.repeated += items.length - fresh.length
    return fresh
  }

  #deliver(fresh: ReadonlyArray<A>): void {
    if (fresh.length === 0) return
    this.#resumePoint.advance(fresh)
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
   * The meaning of a page that was requested to confirm the end of the list: `more` contacts follow, the page is full of
   * `repeats` so that the next has to be looked at, it is the `end`, or it is `empty` although its place is no beginning.
   */
  confirm(place: Place, items: ReadonlyArray<A>): "more" | "repeats" | "end" | "empty" {
    if (items.some((item) => this.#resumePoint.isNew(item))) return "more"
    const anchor = items.at(-2)
    if (items.length >= pageSize && anchor !== undefined) {
      const isBeforeFirst = this.#resumePoint.isBeforeFirst(anchor)
      if (isBeforeFirst && this.#beforeFirst++ < maxBeforeFirst / pageSize) this.#requests--
      this.#resumePoint.replaceAnchors(anchor)
      this.#stepsBack = 0
      return "repeats"
    }
    return items.length > 0 || place.at === "beginning" ? "end" : "empty"
  }
}

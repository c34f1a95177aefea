import { assert, describe, it } from "@effect/vitest"
import { ListProgress } from "../../../src/internal/list/ListProgress.ts"
import type { Key } from "../../../src/internal/list/ResumePoint.ts"

const key = (index: number): Key => ({ createdAt: index, id: `c${index}` })
const keys = (from: number, to: number): ReadonlyArray<Key> =>
  Array.from({ length: to - from }, (_, index) => key(from + index))

const listed = (options: { readonly cursor?: string; readonly isFiltered?: boolean } = {}) =>
  new ListProgress<Key>({ order: "asc", cursor: options.cursor, isFiltered: options.isFiltered ?? false })

/** Delivers contacts as a first response does. */
const delivered = (count: number, options?: Parameters<typeof listed>[0]) => {
  const progress = listed(options)
  progress.accept(progress.read(progress.place), keys(0, count))
  return progress
}

describe("the place of the next request", () => {
  it("is the beginning, or the caller's cursor, before any contact has arrived", () => {
    assert.deepInclude(listed().place, { at: "beginning", cursor: undefined, delivered: 0 })
    assert.deepInclude(listed({ cursor: "c9" }).place, { at: "cursor", cursor: "c9" })
  })

  it("is the contact before the last, then anchors further back, the cursor, and the beginning", () => {
    const progress = delivered(50, { cursor: "before" })
    const places: Array<string> = []
    for (let step = 0; step < 6; step++) {
      places.push(progress.place.cursor ?? progress.place.at)
      progress.stepBack()
    }
    assert.strictEqual(places[0], "c48")
    assert.include(places, "before")
    assert.strictEqual(places.at(-1), "beginning")
    assert.strictEqual(delivered(50).place.delivered, 1)
  })

  it("is the nearest again after a new contact", () => {
    const progress = delivered(50)
    progress.stepBack()
    progress.accept(progress.read(progress.place), keys(40, 60))
    assert.strictEqual(progress.place.cursor, "c58")
  })
})

describe("a batch of items", () => {
  it("of a first response is all new", () => {
    const progress = listed()
    assert.deepStrictEqual(progress.accept(progress.read(progress.place), keys(0, 5)), { newItems: keys(0, 5) })
    assert.strictEqual(progress.received, 5)
    assert.strictEqual(progress.lastId, "c4")
  })

  it("of a resumed response has only contacts that were not delivered before", () => {
    const progress = delivered(10)
    const reading = progress.read(progress.place)
    assert.deepStrictEqual(progress.accept(reading, keys(9, 10)), { newItems: [] })
    assert.deepStrictEqual(progress.accept(reading, keys(10, 12)), { newItems: keys(10, 12) })
    assert.deepStrictEqual(progress.accept(reading, keys(12, 13)), { newItems: keys(12, 13) })
    assert.strictEqual(progress.received, 13)
  })

  it("ends the list if it is not in order, after the contacts in order", () => {
    const progress = listed()
    const { newItems, next } = progress.accept(progress.read(progress.place), [...keys(0, 3), key(1)])
    assert.deepStrictEqual(newItems, keys(0, 3))
    assert.property(next, "failWith")
  })

  it("under a filter is refused unless it repeats a contact: the server may have left one out", () => {
    const progress = delivered(10, { isFiltered: true })
    const { cursor } = progress.place
    assert.deepStrictEqual(progress.accept(progress.read(progress.place), keys(11, 13)), {
      newItems: [],
      next: "begin further back"
    })
    assert.notStrictEqual(progress.place.cursor, cursor)
    assert.strictEqual(progress.received, 10)
    // One that begins with a contact that was delivered is complete.
    assert.deepStrictEqual(progress.accept(progress.read(progress.place), keys(9, 13)), { newItems: keys(10, 13) })
  })

  it("ends the list if it repeats contacts without end", () => {
    const progress = delivered(10)
    const reading = progress.read({ at: "beginning", cursor: undefined, delivered: 10 })
    let next: unknown
    for (let round = 0; round < 1200 && next === undefined; round++) {
      const older = Array.from({ length: 100 }, (_, index) => ({
        createdAt: -200_000 + round * 100 + index,
        id: `d${round}-${index}`
      }))
      next = progress.accept(reading, older).next
    }
    assert.deepStrictEqual(next, { failWith: "The list repeats without end" })
  })
})

describe("the page that confirms the end", () => {
  it("may have new contacts, repeated ones only, or none", () => {
    const progress = delivered(10)
    assert.strictEqual(progress.confirm(progress.place, keys(9, 11)), "more")
    assert.strictEqual(progress.confirm(progress.place, keys(9, 10)), "end")
    assert.strictEqual(progress.confirm(progress.place, []), "empty")
    assert.strictEqual(progress.confirm({ ...progress.place, at: "beginning" }, []), "end")
  })

  it("of 100 repeated contacts is followed by one from its last contact but one", () => {
    const progress = delivered(500)
    assert.strictEqual(progress.confirm(progress.place, keys(100, 200)), "repeats")
    assert.strictEqual(progress.place.cursor, "c198")
  })

  it("of any number of repeated contacts is followed by another one if the server says so", () => {
    const progress = delivered(500)
    assert.strictEqual(progress.confirm(progress.place, keys(100, 110), true), "repeats")
    assert.strictEqual(progress.place.cursor, "c108")
    assert.strictEqual(progress.confirm(progress.place, keys(100, 200), false), "end")
    assert.strictEqual(progress.confirm(progress.place, [], true), "empty")
  })
})

describe("the number of requests", () => {
  it("is bounded while no contact is new, and counted from 0 again after a new one", () => {
    const progress = delivered(10)
    const most = (): number => {
      let count = 0
      while (count < 10_000 && progress.countRequest(progress.place)) count++
      return count
    }
    assert.isAtMost(most(), 40)
    progress.accept(progress.read(progress.place), keys(9, 12))
    assert.isAbove(most(), 20)
  })

  it("grows with the contacts that a request may repeat", () => {
    const progress = delivered(10)
    let count = 0
    while (count < 10_000 && progress.countRequest({ ...progress.place, delivered: 5000 })) count++
    assert.isAbove(count, 100)
    assert.isAtMost(count, 150)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { countInOrder, isAfter, type Key, type Order, ResumePoint } from "../../../src/internal/list/ResumePoint.ts"

const orders: ReadonlyArray<Order> = ["asc", "desc"]

/** Contacts in the order of a list; some share the time of their creation. */
const keys = (order: Order, count: number): ReadonlyArray<Key> => {
  const ascending = Array.from({ length: count }, (_, index) => ({
    createdAt: Math.floor(index / 3),
    id: `c${String(index).padStart(9, "0")}`
  }))
  return order === "asc" ? ascending : ascending.toReversed()
}

const deliver = (order: Order, all: ReadonlyArray<Key>, sizes: ReadonlyArray<number>): ResumePoint => {
  const point = new ResumePoint(order)
  let at = 0
  for (const size of sizes) point.advance(all.slice(at, (at += size)))
  return point
}

const sum = (sizes: ReadonlyArray<number>) => sizes.reduce((total, size) => total + size, 0)

const Sizes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })))

describe.each(orders)("a resume point of a list in order %s", (order) => {
  it.prop("resumes after any of its anchors without missing or repeating a contact", { sizes: Sizes }, ({ sizes }) => {
    const delivered = sum(sizes)
    const all = keys(order, delivered + 10)
    const point = deliver(order, all, sizes)
    assert.strictEqual(point.received, delivered)
    assert.deepStrictEqual(point.last, all[delivered - 1])
    for (const { id, index } of point.anchors) {
      // The place of an anchor is what it says.
      assert.strictEqual(all[index]?.id, id)
      const resumed = all.slice(index + 1)
      // At least one contact is repeated, which proves that nothing between is missing.
      assert.isBelow(index, delivered - 1)
      assert.deepStrictEqual(
        resumed.filter((key) => point.isNew(key)),
        all.slice(delivered)
      )
    }
  })

  it.prop("still resumes if any contacts but one anchor are deleted", { sizes: Sizes }, ({ sizes }) => {
    const delivered = sum(sizes)
    const all = keys(order, delivered + 10)
    const point = deliver(order, all, sizes)
    for (const anchor of point.anchors) {
      const left = all.filter(({ id }, index) => id === anchor.id || index >= delivered)
      assert.deepStrictEqual(
        left.slice(left.findIndex(({ id }) => id === anchor.id) + 1).filter((key) => point.isNew(key)),
        all.slice(delivered)
      )
    }
  })

  it.prop(
    "resumes after any anchor that is left, whatever else is deleted between deliveries",
    { sizes: Sizes, deleted: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 }))) },
    ({ deleted, sizes }) => {
      const all = keys(order, sum(sizes) + 10)
      const gone = new Set(deleted)
      const left = all.filter((_, index) => !gone.has(index))
      const point = new ResumePoint(order)
      let at = 0
      for (const size of sizes) {
        point.advance(all.slice(at, (at += size)))
        assert.isAtMost(point.anchors.length, 12)
        for (const anchor of point.anchors) {
          const place = left.findIndex(({ id }) => id === anchor.id)
          if (place === -1) continue
          assert.deepStrictEqual(
            left.slice(place + 1).filter((key) => point.isNew(key)),
            all.filter((_, index) => index >= at && !gone.has(index))
          )
        }
      }
    }
  )

  it("keeps a handful of anchors, the nearest first, however long the list", () => {
    const all = keys(order, 200_000)
    const point = new ResumePoint(order)
    for (let at = 0; at < all.length; at += 100) {
      point.advance(all.slice(at, at + 100))
      assert.isAtMost(point.anchors.length, 12)
    }
    const indices = point.anchors.map(({ index }) => index)
    assert.deepStrictEqual(
      indices,
      indices.toSorted((left, right) => right - left)
    )
    assert.strictEqual(indices[0], all.length - 2)
    // The furthest is far enough back to survive the deletion of the last ten thousand.
    assert.isBelow(indices.at(-1) ?? 0, all.length - 10_000)
  })

  it("tells new contacts from repeated ones, and from those before the first", () => {
    const all = keys(order, 30)
    const point = new ResumePoint(order)
    assert.isTrue(all.every((key) => point.isNew(key)))
    assert.isFalse(all.some((key) => point.isBeforeFirst(key)))
    point.advance(all.slice(10, 20))
    assert.deepStrictEqual(
      all.filter((key) => point.isNew(key)),
      all.slice(20)
    )
    assert.deepStrictEqual(
      all.filter((key) => point.isBeforeFirst(key)),
      all.slice(0, 10)
    )
  })

  it("has one anchor after the others were replaced", () => {
    const all = keys(order, 50)
    const point = deliver(order, all, [20, 20])
    const [, , survivor] = all
    if (survivor !== undefined) point.replaceAnchors(survivor)
    assert.deepStrictEqual(
      point.anchors.map(({ id }) => id),
      [survivor?.id]
    )
  })

  it.prop("counts the keys that are in order", { sizes: Sizes, swap: Schema.Boolean }, ({ sizes, swap }) => {
    const all = keys(order, sum(sizes) + 2)
    const last = all.length - 1
    const shuffled = swap ? [...all.slice(0, last - 1), ...all.slice(last - 1).toReversed()] : all
    assert.strictEqual(countInOrder(order, shuffled, undefined), swap ? last : all.length)
    assert.strictEqual(countInOrder(order, shuffled, all.at(-1)), 0)
  })
})

it("no key comes after itself", () => {
  for (const order of orders) for (const key of keys(order, 5)) assert.isFalse(isAfter(order, key, key))
})

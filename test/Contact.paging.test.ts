import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"

/** Contacts made a millisecond apart, every third of them gold. */
const seeds = (count: number): ReadonlyArray<InMemory.Seed> =>
  Array.from({ length: count }, (_, index) => ({
    name: `Contact ${index}`,
    createdAt: 1_700_000_000_000 + index,
    meta: { tier: index % 3 === 0 ? "gold" : "silver", vip: index % 2 === 0, address: { city: `city-${index % 5}` } }
  }))

const sizes = [0, 1, 99, 100, 101, 250]
const takes = [undefined, 0, 1, 99, 100, 101, 150, 200, 250, 1000]
const orders = ["asc", "desc", undefined] as const

const ids = (contacts: ReadonlyArray<Contact.Contact>) => contacts.map((contact) => contact.id)

const seeded = (count: number, order: "asc" | "desc" | undefined) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const stored = ids(yield* api.seed(seeds(count)))
    return order === "asc" ? stored : stored.toReversed()
  })

const cases = sizes.flatMap((size) => orders.map((order) => ({ size, order })))
const withOrder = (order: "asc" | "desc" | undefined) => (order === undefined ? {} : { order })
const withTake = (take: number | undefined) => (take === undefined ? {} : { take })

describe("Contact.list", () => {
  it.effect.each(cases)("$size contacts, order $order: take is exact", ({ order, size }) =>
    Effect.gen(function* () {
      const all = yield* seeded(size, order)
      for (const take of takes) {
        const listed = yield* Stream.runCollect(Contact.list({ ...withOrder(order), ...withTake(take) }))
        assert.deepStrictEqual(ids(listed), all.slice(0, take))
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(cases)("$size contacts, order $order: the list begins after the cursor", ({ order, size }) =>
    Effect.gen(function* () {
      const all = yield* seeded(size, order)
      for (const index of [0, 1, 50, 98, 99, 100, 149, 248, 249].filter((index) => index < size)) {
        const cursor = all[index] ?? ""
        const listed = yield* Stream.runCollect(Contact.list({ ...withOrder(order), cursor, take: 120 }))
        assert.deepStrictEqual(ids(listed), all.slice(index + 1, index + 121))
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("meta filters by text, boolean and nested path, together", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const stored = yield* api.seed(seeds(250))
      const expected = (keep: (index: number) => boolean) => ids(stored.filter((_, index) => keep(index)))
      const listed = (meta: Contact.ListRequest["meta"]) =>
        Effect.map(Stream.runCollect(Contact.list({ order: "asc", meta })), ids)
      assert.deepStrictEqual(
        yield* listed({ tier: "gold" }),
        expected((index) => index % 3 === 0)
      )
      assert.deepStrictEqual(
        yield* listed({ vip: true }),
        expected((index) => index % 2 === 0)
      )
      assert.deepStrictEqual(
        yield* listed({ "address.city": "city-4" }),
        expected((index) => index % 5 === 4)
      )
      assert.deepStrictEqual(
        yield* listed({ tier: "gold", vip: false }),
        expected((index) => index % 6 === 3)
      )
      assert.deepStrictEqual(yield* listed({ tier: "bronze" }), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is one request, whatever the number of contacts, and a page to confirm its end", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [, secondOldest] = yield* api.seed(seeds(250))
      yield* Stream.runDrain(Contact.list())
      assert.deepStrictEqual(
        (yield* api.requests).map(({ method, path, query }) => `${method} ${path} ${query}`),
        ["GET /v1/contact/list ", `GET /v1/contact/list cursor=${secondOldest?.id}&take=100`]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("fails after a cursor that no contact has, where the server ends the list", () =>
    Effect.gen(function* () {
      yield* seeded(3, "asc")
      const cursor = "c000000000000000000000000"
      const error = yield* Effect.flip(Stream.runDrain(Contact.list({ cursor })))
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "cursor", outcome: "rejected", received: 0 })
      assert.deepStrictEqual(yield* Contact.listPage({ cursor }), { items: [] })
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("ends after the last contact", () =>
    Effect.gen(function* () {
      const [last] = (yield* seeded(3, "asc")).slice(-1)
      assert.deepStrictEqual(yield* Stream.runCollect(Contact.list({ order: "asc", cursor: last })), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("Contact.listPage", () => {
  it.effect.each(cases)("$size contacts, order $order: pages of at most 100 follow one another", ({ order, size }) =>
    Effect.gen(function* () {
      const all = yield* seeded(size, order)
      for (const take of takes.filter((take) => take !== 0)) {
        const pageSize = Math.min(take ?? 100, 100)
        const listed: Array<string> = []
        let cursor: string | undefined
        // With a page size of 1, a few pages show as much as all.
        for (let pages = 0; pages < 5; pages++) {
          const page = yield* Contact.listPage({
            ...withOrder(order),
            ...withTake(take),
            ...(cursor === undefined ? {} : { cursor })
          })
          assert.strictEqual(page.cursor, page.items.at(-1)?.id)
          listed.push(...ids(page.items))
          if (page.items.length < pageSize) break
          cursor = page.cursor
        }
        assert.deepStrictEqual(listed, all.slice(0, pageSize * 5))
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("take: 0 is an empty page without a request", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(3, "asc")
      assert.deepStrictEqual(yield* Contact.listPage({ take: 0 }), { items: [] })
      assert.deepStrictEqual(yield* api.requests, [])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

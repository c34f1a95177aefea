import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"

/** Contacts made a millisecond apart, from the oldest to the newest. */
const seeded = (count: number, tier = "gold") =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(
      Array.from({ length: count }, (_, index) => ({
        createdAt: 1_700_000_000_000 + index,
        meta: { tier, nth: index }
      }))
    )
  )

const ids = (contacts: ReadonlyArray<Contact.Contact>) => contacts.map(({ id }) => id)

/** The number of requests for lists. */
const lists = Effect.flatMap(InMemory.InMemory, (api) =>
  Effect.map(api.requests, (requests) => requests.filter(({ operation }) => operation === "Contact.list").length)
)

const orders = ["asc", "desc"] as const

describe("a complete list, while contacts are deleted", () => {
  it.effect.each(orders)("deletes all of 1,000 contacts if each is deleted as it arrives, order %s", (order) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(1000)
      const deleted = yield* Contact.list({ order }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
      assert.strictEqual(deleted, 1000)
      assert.deepStrictEqual(yield* api.contacts(), [])
      // For each page: its end, a few anchors that were deleted too, and the beginning.
      assert.isAtMost(yield* lists, 70)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([0, 1, 99, 100, 101, 200, 250])("deletes all of %d that match a filter, and no others", (count) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const others = yield* seeded(5, "silver")
      yield* seeded(count)
      const deleted = yield* Contact.list({ order: "asc", meta: { tier: "gold" } }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
      assert.strictEqual(deleted, count)
      assert.deepStrictEqual(new Set(ids(yield* api.contacts())), new Set(ids(others)))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("has every contact even if the last row of each page is deleted, order %s", (order) =>
    Effect.gen(function* () {
      const contacts = yield* seeded(350)
      const expected = ids(order === "asc" ? contacts : contacts.toReversed())
      const seen = yield* Contact.list({ order }).pipe(
        Stream.mapEffect((contact) =>
          // Every hundredth contact is the server's cursor for the next page.
          expected.indexOf(contact.id) % 100 === 99
            ? Effect.as(Contact.delete(contact.id), contact)
            : Effect.succeed(contact)
        ),
        Stream.runCollect
      )
      assert.deepStrictEqual(ids(seen), expected)
      // For each page that ended so, a page that has more, and a request that continues. Then a page that has no more.
      assert.strictEqual(yield* lists, 8)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("resumes from the contacts that are left if most listed ones were deleted", () =>
    Effect.gen(function* () {
      const contacts = yield* seeded(500)
      const gone = new Set(ids(contacts.slice(20, 300)))
      const seen = yield* Contact.list({ order: "asc" }).pipe(
        Stream.tap(({ id }) =>
          id === contacts[299]?.id ? Effect.forEach(gone, (id) => Contact.delete(id), { discard: true }) : Effect.void
        ),
        Stream.runCollect
      )
      assert.deepStrictEqual(ids(seen), ids(contacts))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([0, 1, 99, 100, 101, 200, 250])("of %d contacts is one request, and one to confirm its end", (count) =>
    Effect.gen(function* () {
      yield* seeded(count)
      assert.strictEqual(yield* Stream.runCount(Contact.list()), count)
      assert.strictEqual(yield* lists, 2)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([1, 99, 100, 150, 200, 250])("of %d of 250 contacts is one request", (take) =>
    Effect.gen(function* () {
      yield* seeded(250)
      assert.strictEqual(yield* Stream.runCount(Contact.list({ take })), take)
      assert.strictEqual(yield* lists, 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

const { Fault } = InMemory

/** Runs a program to its end, for at most ten minutes of the test clock. */
const drive = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("a list of a server that makes no progress", () => {
  it.effect("fails if each resumed response begins anew", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(250)
      yield* api.inject(
        { operation: "Contact.list", attempt: 1, fault: Fault.resetAfter({ lines: 150 }) },
        { operation: "Contact.list", fault: Fault.ignoreCursor }
      )
      const error = yield* Effect.flip(drive(Stream.runDrain(Contact.list({ order: "asc" }))))
      // The first page is repeated: a part of it came before the cut, and the rest comes after it.
      assert.strictEqual(error._tag, "UnexpectedResponse")
      assert.strictEqual(error.received, 150)
      assert.strictEqual(error.lastId, contacts[149]?.id)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("counts all its requests", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(3)
      // The list, and three requests to confirm its end: two are answered with a 503, and the third with a 403.
      yield* api.inject(
        { operation: "Contact.list", attempt: [2, 3], fault: Fault.status(503) },
        { operation: "Contact.list", attempt: 4, fault: Fault.status(403) }
      )
      const error = yield* Effect.flip(drive(Stream.runDrain(Contact.list())))
      assert.deepInclude(error, { _tag: "Forbidden", attempts: 4, received: 3 })
      assert.strictEqual(yield* lists, 4)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a list whose caller", () => {
  it.effect("changes the request meanwhile has the contacts of the unchanged request", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(5)
      yield* seeded(5, "silver")
      yield* api.inject({ operation: "Contact.list", attempt: 1, fault: Fault.resetAfter({ lines: 2 }) })
      const request = { order: "asc" as const, meta: { tier: "gold" } }
      const seen = yield* drive(
        Contact.list(request).pipe(
          Stream.tap(() => Effect.sync(() => (request.meta.tier = "silver"))),
          Stream.runCollect
        )
      )
      assert.deepStrictEqual(
        seen.map(({ meta }) => meta?.["tier"]),
        Array.from({ length: 5 }, () => "gold")
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("gives a name as the cursor fails with InvalidRequest", () =>
    Effect.gen(function* () {
      yield* seeded(3)
      const error = yield* Effect.flip(Stream.runDrain(Contact.list({ cursor: "(Ada)" })))
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "cursor" })
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a list whose contacts are mostly deleted at its end", () => {
  it.effect.each([100, 1000, 3000, 3300, 4000])("is complete, with %d of 8,000 left", (left) =>
    Effect.gen(function* () {
      const contacts = yield* seeded(8000)
      const last = contacts.at(-1)?.id
      const seen = yield* Contact.list({ order: "asc" }).pipe(
        Stream.tap(({ id }) =>
          id === last
            ? Effect.forEach(contacts.slice(left), ({ id }) => Contact.delete(id), { discard: true })
            : Effect.void
        ),
        Stream.runCount
      )
      assert.strictEqual(seen, 8000)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a list that is cut after a line, as if it had ended", () => {
  it.effect("is resumed, wherever it was cut", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(12)
      for (let lines = 0; lines <= 12; lines++) {
        yield* api.inject({ operation: "Contact.list", times: 1, fault: Fault.cutAfter({ lines }) })
        const seen = yield* Stream.runCollect(Contact.list({ order: "asc" }))
        assert.deepStrictEqual(ids(seen), ids(contacts), `after ${lines} lines`)
        yield* api.removeFaults
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("fails if no response has a new contact", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(12)
      yield* api.inject({
        operation: "Contact.list",
        attempt: (attempt) => attempt % 2 === 1,
        fault: Fault.cutAfter({ lines: 0 })
      })
      const error = yield* Effect.flip(Stream.runDrain(Contact.list()))
      assert.deepInclude(error, { _tag: "UnexpectedResponse", received: 0 })
      assert.isAtMost(yield* lists, 40)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

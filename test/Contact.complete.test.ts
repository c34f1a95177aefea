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

/** How often lists were asked for. */
const lists = Effect.flatMap(InMemory.InMemory, (api) =>
  Effect.map(api.requests, (requests) => requests.filter(({ operation }) => operation === "Contact.list").length)
)

const orders = ["asc", "desc"] as const

describe("a complete list, while contacts vanish", () => {
  it.effect.each(orders)("listing and deleting each of 1,000 leaves none, order %s", (order) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(1000)
      const deleted = yield* Contact.list({ order }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
      assert.strictEqual(deleted, 1000)
      assert.deepStrictEqual(yield* api.contacts(), [])
      // For each page: its end, a few anchors that are gone as well, and the beginning.
      assert.isAtMost(yield* lists, 70)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([0, 1, 99, 100, 101, 200, 250])("deleting each of %d under a filter leaves the others", (count) =>
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

  it.effect.each(orders)("a row deleted as its page ends loses nothing, order %s", (order) =>
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
      // A page that finds more for each page that ended so, and goes on from there; and one that finds no more.
      assert.strictEqual(yield* lists, 8)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("most of what was listed may go, and the list goes on from what is left of it", () =>
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

  it.effect.each([0, 1, 99, 100, 101, 200, 250])(
    "%d contacts are one request, and one to be sure of the end",
    (count) =>
      Effect.gen(function* () {
        yield* seeded(count)
        assert.strictEqual(yield* Stream.runCount(Contact.list()), count)
        assert.strictEqual(yield* lists, 2)
      }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([1, 99, 100, 150, 200, 250])("%d of 250 contacts are one request", (take) =>
    Effect.gen(function* () {
      yield* seeded(250)
      assert.strictEqual(yield* Stream.runCount(Contact.list({ take })), take)
      assert.strictEqual(yield* lists, 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

const { Fault } = InMemory

/** Runs a program to its end under a clock of its own. */
const drive = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("a list of a server that does not get on", () => {
  it.effect("fails where a resumed request begins again and again", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(250)
      yield* api.inject(
        { operation: "Contact.list", attempt: 1, fault: Fault.resetAfter({ lines: 150 }) },
        { operation: "Contact.list", fault: Fault.ignoreCursor }
      )
      const error = yield* Effect.flip(drive(Stream.runDrain(Contact.list({ order: "asc" }))))
      // The first page is repeated: some of it was there before the cut, and the rest of it is behind the cut.
      assert.strictEqual(error._tag, "UnexpectedResponse")
      assert.strictEqual(error.received, 150)
      assert.strictEqual(error.lastId, contacts[149]?.id)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("counts every request it sent", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(3)
      // The stream, and its end: two failures and then an answer that is none.
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
  it.effect("changes the request meanwhile is that of the request as it was", () =>
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

  it.effect("gives a name for a cursor is told so", () =>
    Effect.gen(function* () {
      yield* seeded(3)
      const error = yield* Effect.flip(Stream.runDrain(Contact.list({ cursor: "(Ada)" })))
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "cursor" })
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a list most of which is deleted at its end", () => {
  it.effect.each([100, 1000, 3000, 3300, 4000])("is over, with %d of 8,000 left", (left) =>
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

describe("a list that is cut as if that were all", () => {
  it.effect("is taken up again, wherever that is", () =>
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

  it.effect("is a failure where it never gets on", () =>
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

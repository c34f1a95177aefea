import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import * as ServerState from "../src/internal/server/ServerState.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Fake from "./support/FakeHttp.ts"
import * as InMemoryState from "./support/InMemoryState.ts"
import { type Kind, kinds, tableOf } from "./support/ItemKinds.ts"

const contactId = "ada"
const orders = ["asc", "desc", undefined] as const
const withOrder = (order: "asc" | "desc" | undefined) => (order === undefined ? {} : { order })

const ids = (items: ReadonlyArray<{ readonly id: string }>) => items.map(({ id }) => id)

/** The ids of the items of a contact that are made a millisecond apart, in an order. Every third of them is gold. */
const seeded = ({ seed }: Kind, count: number, order: "asc" | "desc" | undefined) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.seed([{ id: contactId }, { id: "grace" }])
    yield* seed(api, "grace", [{ createdAt: 1_700_000_000_050, meta: { tier: "gold" } }])
    const items = Array.from({ length: count }, (_, index) => ({
      name: `Item ${index}`,
      createdAt: 1_700_000_000_000 + index,
      meta: index % 3 === 0 ? { tier: "gold" } : null
    }))
    const stored = ids(yield* seed(api, contactId, items))
    return order === "asc" ? stored : stored.toReversed()
  })

/** Deletes items, as other programs do. The API of contacts cannot. */
const deleteItems = (kind: Kind, deleted: ReadonlyArray<string>) =>
  Effect.map(ServerState.ServerState, (state) => {
    for (const id of deleted) tableOf(kind, state).delete(id)
  })

const { Fault } = InMemory

describe.each(kinds)("the list of $module", (kind) => {
  const { list, listPage, module } = kind

  it.effect("has each item once and in order, and not those of other contacts; take is exact", () =>
    Effect.gen(function* () {
      for (const order of orders) {
        const api = yield* InMemory.InMemory
        yield* api.clear
        const all = yield* seeded(kind, 250, order)
        for (const take of [undefined, 0, 1, 99, 100, 101, 150, 250, 1000]) {
          const request = { ...withOrder(order), ...(take === undefined ? {} : { take }) }
          assert.deepStrictEqual(ids(yield* Stream.runCollect(list(contactId, request))), all.slice(0, take))
        }
      }
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect.each([0, 1, 99, 100, 101, 200])("of %d items is one request, and one to confirm its end", (count) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(kind, count, "asc")
      assert.strictEqual(yield* Stream.runCount(list(contactId)), count)
      assert.strictEqual(yield* api.requestCount(), 2)
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("begins after the cursor, and is empty after the last item", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const all = yield* seeded(kind, 150, "desc")
      for (const index of [0, 49, 99, 100, 148]) {
        const listed = yield* Stream.runCollect(list(contactId, { cursor: all[index] }))
        assert.deepStrictEqual(ids(listed), all.slice(index + 1))
      }
      const before = yield* api.requestCount()
      assert.deepStrictEqual(yield* Stream.runCollect(list(contactId, { cursor: all[149] })), [])
      // The list, a page to confirm its end, and the search for the cursor.
      assert.strictEqual((yield* api.requestCount()) - before, 3)
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("fails after a cursor that was deleted, or belongs to no item", () =>
    Effect.gen(function* () {
      const all = yield* seeded(kind, 150, "asc")
      yield* deleteItems(kind, [all[7] ?? ""])
      for (const cursor of [all[7], "nobody"]) {
        const error = yield* Effect.flip(Stream.runCollect(list(contactId, { order: "asc", cursor })))
        assert.deepInclude(error, { _tag: "InvalidRequest", field: "cursor", received: 0, outcome: "rejected" })
      }
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("can be continued from the last id of a failure", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const all = yield* seeded(kind, 250, "asc")
      yield* api.inject({ attempt: 1, fault: Fault.resetAfter({ lines: 170 }) })
      const first: Array<string> = []
      const error = yield* Effect.flip(
        Stream.runForEach(list(contactId, { order: "asc" }), ({ id }) => Effect.sync(() => first.push(id)))
      )
      assert.deepInclude(error, { _tag: "TransportError", operation: `${module}.list`, received: 170 })
      assert.strictEqual(error.lastId, first.at(-1))
      const rest = yield* Stream.runCollect(list(contactId, { order: "asc", cursor: error.lastId }))
      assert.deepStrictEqual([...first, ...ids(rest)], all)
    }).pipe(Effect.provide(InMemoryState.layer({ retry: { retries: 0 } })))
  )

  it.effect("filters by meta", () =>
    Effect.gen(function* () {
      const all = yield* seeded(kind, 250, "asc")
      const gold = ids(yield* Stream.runCollect(list(contactId, { order: "asc", meta: { tier: "gold" } })))
      assert.deepStrictEqual(
        gold,
        all.filter((_, index) => index % 3 === 0)
      )
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("has every item that stays, even if each is deleted as it arrives", () =>
    Effect.gen(function* () {
      const all = yield* seeded(kind, 350, "asc")
      for (const order of ["asc", "desc"] as const) {
        // All but every seventh item, and in particular those at which pages end.
        const deleted = new Set(all.filter((_, index) => index % 7 !== 0))
        const listed = yield* list(contactId, { order }).pipe(
          Stream.tap(({ id }) => (deleted.has(id) ? deleteItems(kind, [id]) : Effect.void)),
          Stream.runCollect
        )
        const expected = order === "asc" ? all : all.filter((_, index) => index % 7 === 0).toReversed()
        assert.deepStrictEqual(ids(listed), expected)
      }
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("is complete through cuts, stalls and failures", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const all = yield* seeded(kind, 350, "asc")
      const faults = [
        Fault.cutAfter({ lines: 120 }),
        Fault.resetAfter({ lines: 60 }),
        Fault.stallAfter({ lines: 130 }),
        Fault.errorAfter(40),
        Fault.status(503)
      ]
      yield* api.inject(...faults.map((fault, index) => ({ operation: kind.operation, attempt: index + 1, fault })))
      const listed = yield* Fake.successOf(Stream.runCollect(list(contactId, { order: "asc" })), 1000)
      assert.deepStrictEqual(ids(listed), all)
      assert.isAtLeast((yield* api.injectedFaults).length, 5)
    }).pipe(Effect.provide(InMemoryState.layer({ timeout: { idle: "10 seconds" } })))
  )

  it.effect("fails if the contact is deleted meanwhile", () =>
    Effect.gen(function* () {
      const all = yield* seeded(kind, 250, "asc")
      const received: Array<string> = []
      const error = yield* Effect.flip(
        Stream.runForEach(list(contactId, { order: "asc" }), ({ id }) => {
          received.push(id)
          return received.length === 1 ? Contact.delete(contactId) : Effect.void
        })
      )
      assert.deepInclude(error, {
        _tag: "NotFound",
        operation: `${module}.list`,
        contactId,
        lastId: received.at(-1) ?? "none",
        received: received.length
      })
      assert.deepStrictEqual(received, all.slice(0, received.length))
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("is Forbidden for a contact of another account", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [other] = yield* api.seed([{ name: "Ada" }], "sk-other")
      const id = other?.id ?? ""
      for (const call of [Stream.runDrain(list(id)), Effect.asVoid(listPage(id))]) {
        assert.deepInclude(yield* Effect.flip(call), { _tag: "Forbidden", status: 403, code: "NOT_AUTHORIZED" })
      }
    }).pipe(Effect.provide(InMemoryState.layer()))
  )

  it.effect("comes in pages too, by the contact's id or name", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [named] = yield* api.seed([{ name: "Ada Lovelace" }])
      const items = yield* kind.seed(api, named?.id ?? "", [{ createdAt: 1 }, { createdAt: 2 }, { createdAt: 3 }])
      const first = yield* listPage("(Ada Lovelace)", { order: "asc", take: 2 })
      assert.deepStrictEqual(first, { items: items.slice(0, 2), cursor: items[1]?.id ?? "" })
      const rest = yield* listPage(named?.id ?? "", { order: "asc", cursor: first.cursor })
      assert.deepStrictEqual(rest, { items: items.slice(2), cursor: items[2]?.id ?? "" })
      assert.deepStrictEqual(yield* listPage(named?.id ?? "", { order: "asc", cursor: rest.cursor }), { items: [] })
    }).pipe(Effect.provide(InMemoryState.layer()))
  )
})

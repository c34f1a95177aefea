import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"

const { Fault } = InMemory

const ids = (contacts: ReadonlyArray<{ readonly id: string }>) => contacts.map(({ id }) => id)

const seeded = (count: number) =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(
      Array.from({ length: count }, (_, index) => ({
        createdAt: 1_700_000_000_000 + index,
        meta: index % 3 === 0 ? { tier: "gold" } : null
      }))
    )
  )

describe("an export", () => {
  it.effect("streams the export, and confirms its end by a page of the export", () =>
    Effect.gen(function* () {
      const page = Fake.json(200, { items: [Fake.contact("c2", { meta: {} })], cursor: "c2" })
      const lines = Fake.jsonLines(Fake.item("c1", { meta: {} }), Fake.item("c2", { meta: { tier: "gold" } }))
      const fake = Fake.script(lines, page)
      const contacts = yield* Fake.successOf(over(fake)(Stream.runCollect(Contact.export())))
      assert.deepStrictEqual(contacts, [
        Fake.contact("c1", { meta: {} }),
        Fake.contact("c2", { meta: { tier: "gold" } })
      ] as ReadonlyArray<unknown>)
      assert.deepStrictEqual(
        fake.sent.map(({ headers, url }) => [headers["accept"], `${url.pathname}${url.search}`]),
        [
          ["application/jsonl", "/v1/contact/export"],
          ["application/json", "/v1/contact/export?cursor=c1&take=100"]
        ]
      )
    })
  )

  it.effect("has {} for meta that is null", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(Fake.item("c1", { meta: null })))
      const contacts = yield* Fake.successOf(over(fake)(Stream.runCollect(Contact.export({ take: 1 }))))
      assert.deepStrictEqual(contacts[0]?.meta, {})
    })
  )

  it.effect("has all contacts with their fields, as the list but for meta", () =>
    Effect.gen(function* () {
      yield* seeded(250)
      const listed = yield* Stream.runCollect(Contact.list())
      const exported = yield* Stream.runCollect(Contact.export())
      assert.deepStrictEqual(
        exported,
        listed.map((contact) => ({ ...contact, meta: contact.meta ?? {} }))
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("takes the requests of the list: take is exact, and the rest follows the cursor", () =>
    Effect.gen(function* () {
      const all = ids(yield* seeded(250))
      const first = yield* Stream.runCollect(Contact.export({ order: "asc", take: 150 }))
      assert.deepStrictEqual(ids(first), all.slice(0, 150))
      const rest = yield* Stream.runCollect(Contact.export({ order: "asc", cursor: all[149] }))
      assert.deepStrictEqual(ids(rest), all.slice(150))
      const gold = yield* Stream.runCollect(Contact.export({ order: "asc", meta: { tier: "gold" } }))
      assert.deepStrictEqual(
        ids(gold),
        all.filter((_, index) => index % 3 === 0)
      )
      const none = yield* Effect.flip(Stream.runCollect(Contact.export({ cursor: "nobody" })))
      assert.deepInclude(none, { _tag: "InvalidRequest", field: "cursor", operation: "Contact.export" })
      const refused = yield* Effect.flip(Stream.runCollect(Contact.export({ meta: {} })))
      assert.deepInclude(refused, { _tag: "InvalidRequest", operation: "Contact.export", attempts: 0 })
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is complete through cuts, and if each contact is deleted as it arrives", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const all = ids(yield* seeded(250))
      yield* api.inject(
        { operation: "Contact.export", attempt: 1, fault: Fault.cutAfter({ lines: 120 }) },
        { operation: "Contact.export", attempt: 3, fault: Fault.resetAfter({ lines: 60 }) }
      )
      const deleted = yield* Contact.export({ order: "asc" }).pipe(
        Stream.tap(({ id }) => Contact.delete(id)),
        Stream.runCollect,
        Fake.successOf
      )
      assert.deepStrictEqual(ids(deleted), all)
      assert.deepStrictEqual(yield* api.contacts(), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is not held up by the server's limit on lists, also where its end is confirmed", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(250)
      for (let count = 0; count < 5; count++) assert.strictEqual(yield* Stream.runCount(Contact.export()), 250)
      assert.strictEqual(yield* api.requestCount("Contact.list"), 0)
      assert.strictEqual(yield* api.requestCount("Contact.export"), 10)
    }).pipe(Effect.provide(InMemory.layer({ rateLimit: 1 })))
  )

  it.effect("fails as the list does, under its own name", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(Fake.item("c1", { meta: {} }), Fake.item("c2", { meta: "gold" })))
      const error = yield* Fake.failureOf(over(fake)(Stream.runCollect(Contact.export())))
      assert.deepInclude(error, {
        _tag: "UnexpectedResponse",
        operation: "Contact.export",
        path: "/contact/export",
        lastId: "c1",
        received: 1
      })
      assert.include(error.description, "Line 2 is no contact: meta: ")
    })
  )
})

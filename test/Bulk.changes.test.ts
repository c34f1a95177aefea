import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Stream } from "effect"
import * as Bulk from "../src/Bulk.ts"
import * as Contact from "../src/Contact.ts"
import * as Journal from "../src/Journal.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { collect, fingerprintOf, job, names, rowsOf } from "./support/BulkWork.ts"
import * as Fake from "./support/FakeHttp.ts"
import { loadGraphql } from "./support/LoadGraphql.ts"

const { Fault } = InMemory

const layer = () => Layer.merge(InMemory.layer(), Layer.fresh(Journal.layerMemory))

const seeded = (count: number) => Effect.flatMap(InMemory.InMemory, (api) => api.seed(rowsOf(count)))

loadGraphql()

describe("rows that are contacts", () => {
  it.effect("keep nothing that only the server sets, so that an export is an input", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(2)
      yield* api.seed([{ name: "verified", fingerprint: fingerprintOf(2), verifiedAt: 1 }])
      const contacts = yield* api.contacts()
      const rows = Stream.fromIterable(contacts)
      const outcomes = {
        create: names(yield* collect(Bulk.create(rows))),
        ensure: names(yield* collect(Bulk.ensure(Stream.drop(rows, 2)))),
        upsert: names(yield* collect(Bulk.upsert(rows))),
        update: names(yield* collect(Bulk.update(rows))),
        delete: names(yield* collect(Bulk.delete(rows)))
      }
      assert.deepStrictEqual(outcomes, {
        create: ["existing", "existing", "existing"],
        ensure: ["existing"],
        upsert: ["unchanged", "unchanged", "unchanged"],
        update: ["updated", "updated", "updated"],
        delete: ["deleted", "deleted", "deleted"]
      })
      const again = yield* collect(Bulk.create(rows))
      assert.deepStrictEqual(names(again), ["created", "created", "created"])
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ fingerprint, name, verifiedAt }) => ({ fingerprint, name, verifiedAt })),
        contacts.map(({ fingerprint, name, verifiedAt }) => ({ fingerprint, name, verifiedAt }))
      )
    }).pipe(Random.withSeed("contacts as rows"), Effect.provide(InMemory.layer()))
  )
})

describe("Bulk.update", () => {
  it.effect("updates each contact once, and has an outcome for each row", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [first, second] = yield* seeded(2)
      const ids = [first?.id ?? "", second?.id ?? "", first?.id ?? "", "cmissing", ".."]
      const rows = [...ids.map((id, index) => ({ id, nick: `nick ${index}` })), { id: ids[0] ?? "", tier: 1 }]
      const outcomes = yield* collect(Bulk.update(Stream.fromIterable(rows)))
      assert.deepStrictEqual(names(outcomes), ["updated", "updated", "duplicate", "failed", "invalid", "invalid"])
      assert.deepStrictEqual(outcomes[0], { row: 1, outcome: "updated", id: ids[0] ?? "" })
      assert.deepStrictEqual(outcomes[2], { row: 3, outcome: "duplicate", of: 1 })
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ nick }) => nick),
        ["nick 0", "nick 1"]
      )
      assert.strictEqual(yield* api.requestCount(), 3)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has the contact before the update, also if the first run ended before its answer came", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [contact] = yield* seeded(1)
      const id = contact?.id ?? ""
      yield* api.inject({ operation: "Contact.update", fault: Fault.afterCommit(Fault.stall) })
      const work = Bulk.update(Stream.make({ id, nick: "ada" }), { job, beforeImages: true })
      const [unknown] = yield* collect(work)
      const before = contact ?? Fake.contact("")
      assert.deepInclude(unknown, { outcome: "unknown", before })
      yield* api.removeFaults
      assert.deepStrictEqual(yield* collect(work), [{ row: 1, outcome: "updated", id, before }])
      assert.strictEqual(yield* api.requestCount("Contact.fetch"), 1)
      const sent = yield* api.requestCount()
      assert.deepStrictEqual(names(yield* collect(work)), ["updated"])
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("in a dry run, reads each contact and sends no update", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [contact] = yield* seeded(1)
      const rows = Stream.make({ id: contact?.id ?? "", nick: "ada" }, { id: "cmissing" })
      const outcomes = yield* collect(Bulk.update(rows, { dryRun: true }))
      assert.deepStrictEqual(names(outcomes), ["updated", "failed"])
      assert.strictEqual(yield* api.requestCount(), yield* api.requestCount("Contact.fetch"))
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("Bulk.delete", () => {
  it.effect("deletes each contact, by id or as a contact, and leaves out those that are gone", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(3)
      const rows = [contacts[0]?.id ?? "", ...contacts, "cmissing"]
      const outcomes = yield* collect(Bulk.delete(Stream.fromIterable(rows)))
      assert.deepStrictEqual(names(outcomes), ["deleted", "duplicate", "deleted", "deleted", "unchanged"])
      assert.deepStrictEqual(yield* api.contacts(), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("empties a list", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(500)
      yield* api.inject({ operation: "Contact.delete", probability: 0.2, fault: Fault.delay("1 second") })
      const outcomes = yield* collect(Contact.list().pipe(Bulk.delete({ concurrency: 16, unordered: true })))
      assert.lengthOf(outcomes, 500)
      assert.deepStrictEqual(yield* api.contacts(), [])
    }).pipe(Random.withSeed("list"), Effect.provide(InMemory.layer()))
  )

  it.effect("has the contact before the deletion, also if the first run ended before its answer came", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [contact] = yield* seeded(1)
      const id = contact?.id ?? ""
      yield* api.inject({ operation: "Contact.delete", fault: Fault.afterCommit(Fault.status(503)) })
      const work = Bulk.delete(Stream.make(id, "cmissing"), { job, beforeImages: true })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown", "unchanged"])
      yield* api.removeFaults
      assert.deepStrictEqual(yield* collect(work), [
        { row: 1, outcome: "deleted", id, before: contact ?? Fake.contact("") },
        { row: 2, outcome: "unchanged", id: "cmissing" }
      ])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("refuses rows without an id", () =>
    Effect.gen(function* () {
      const hostile = Object.defineProperty({ id: "" }, "id", {
        get() {
          throw new Error("no")
        }
      })
      const rows: ReadonlyArray<Bulk.DeleteRow> = ["", " ", hostile, JSON.parse("null"), JSON.parse('{"id":1}')]
      const outcomes = yield* collect(Bulk.delete(Stream.fromIterable(rows)))
      assert.deepStrictEqual(
        names(outcomes),
        rows.map(() => "invalid")
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("Bulk.upsert", () => {
  it.effect("creates, updates the fields that differ, and leaves the rest", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([
        {
          fingerprint: fingerprintOf(0),
          name: "Ada",
          email: "ada@example.com",
          phone: "+12025550123",
          preferences: "tea",
          meta: { tier: "gold", age: 36 }
        },
        { fingerprint: fingerprintOf(1), name: "Grace", nick: "amazing" }
      ])
      const same = {
        fingerprint: fingerprintOf(0),
        name: "Ada",
        email: "ada@example.com",
        phone: "(202) 555-0123",
        preferences: "tea",
        meta: { tier: "gold", age: 36 }
      }
      const rows = [
        same,
        { fingerprint: fingerprintOf(1), name: "Grace Hopper" },
        { fingerprint: fingerprintOf(2), name: "Joan", meta: { $update: { tier: "gold" } } },
        { name: "Without a key" }
      ]
      const outcomes = yield* collect(Bulk.upsert(Stream.fromIterable(rows)))
      assert.deepStrictEqual(names(outcomes), ["unchanged", "updated", "created", "invalid"])
      assert.deepStrictEqual(outcomes[0], { row: 1, outcome: "unchanged", id: ada?.id ?? "" })
      const contacts = yield* api.contacts()
      assert.deepInclude(contacts[1], { name: "Grace Hopper", nick: "amazing" })
      assert.deepInclude(contacts[2], { name: "Joan", meta: { tier: "gold" } })
      assert.strictEqual(yield* api.requestCount("Contact.update"), 1)
      assert.strictEqual(yield* api.requestCount("Contact.find"), 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each<readonly [string, Contact.CreateRequest, InMemory.Seed]>([
    ["preferences", { preferences: "coffee" }, { preferences: "tea" }],
    ["phone", { phone: "+442071838750" }, { phone: "+12025550123" }],
    ["a phone that is cleared", { phone: null }, { phone: "+12025550123" }],
    ["email", { email: "Ada@example.com" }, { email: "ada@example.com" }],
    ["meta", { meta: { tier: "gold" } }, { meta: { tier: "gold", age: 1 } }],
    ["a key of meta", { meta: { $update: { tier: "gold" } } }, { meta: { tier: "silver" } }],
    ["meta that is cleared", { meta: null }, { meta: { tier: "gold" } }],
    ["verifiedAt", { verifiedAt: 1000 }, { verifiedAt: null }]
  ])("updates %s", ([, request, seed]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fingerprint = fingerprintOf(0)
      yield* api.seed([{ ...seed, fingerprint }])
      const work = Bulk.upsert(Stream.make({ ...request, fingerprint }))
      assert.deepStrictEqual(names(yield* collect(work)), ["updated"])
      assert.deepStrictEqual(names(yield* collect(work)), ["unchanged"])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("finds contacts by e-mail address, and refuses an address that several have", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ email: "ada@example.com" }, { email: "both@example.com" }, { email: "both@example.com" }])
      const rows = [
        { email: "ada@example.com", name: "Ada" },
        { email: "both@example.com", name: "Both" },
        { email: "new@example.com", name: "New" },
        { email: "new@example.com", name: "New again" },
        { name: "No address" }
      ]
      const work = Bulk.upsert(Stream.fromIterable(rows), { by: "email", job })
      assert.deepStrictEqual(names(yield* collect(work)), ["updated", "invalid", "created", "duplicate", "invalid"])
      assert.lengthOf(yield* api.contacts(), 4)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has the contact before an update", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [contact] = yield* seeded(1)
      yield* api.inject({ operation: "Contact.update", fault: Fault.afterCommit(Fault.stall) })
      const row = { fingerprint: fingerprintOf(0), name: "Ada" }
      const work = Bulk.upsert(Stream.make(row), { job, beforeImages: true })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      const [outcome] = yield* collect(work)
      assert.deepStrictEqual(outcome, {
        row: 1,
        outcome: "updated",
        id: contact?.id ?? "",
        before: contact ?? Fake.contact("")
      })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("in a dry run, gives the outcomes and sends only lookups", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(2)
      const rows = [
        { fingerprint: fingerprintOf(0), name: "Contact 0" },
        { fingerprint: fingerprintOf(1), name: "Another" },
        { fingerprint: fingerprintOf(2) }
      ]
      const outcomes = yield* collect(Bulk.upsert(Stream.fromIterable(rows), { dryRun: true }))
      assert.deepStrictEqual(names(outcomes), ["unchanged", "updated", "created"])
      assert.strictEqual(yield* api.requestCount(), 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

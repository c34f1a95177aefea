import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Bulk from "../src/Bulk.ts"
import * as Contact from "../src/Contact.ts"
import * as Journal from "../src/Journal.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { collect, job, names } from "./support/BulkWork.ts"
import * as Fake from "./support/FakeHttp.ts"
import { loadGraphql } from "./support/LoadGraphql.ts"

const { Fault } = InMemory
const fingerprint = "crm-0000000000000001"

const layer = () => Layer.merge(InMemory.layer(), Layer.fresh(Journal.layerMemory))

loadGraphql()

describe("Bulk.upsert by e-mail address, in a job,", () => {
  it.effect("leaves the fingerprint of a contact that is there as it is", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ email: "ada@example.com", fingerprint, name: "Ada" }])
      const rows = Stream.make({ email: "ada@example.com", name: "Ada" }, { email: "new@example.com" })
      assert.deepStrictEqual(names(yield* collect(Bulk.upsert(rows, { by: "email", job }))), ["unchanged", "created"])
      assert.strictEqual((yield* api.contacts())[0]?.fingerprint, fingerprint)
      const renamed = Stream.make({ email: "ada@example.com", name: "Ada Lovelace" })
      assert.deepStrictEqual(names(yield* collect(Bulk.upsert(renamed, { by: "email", job: "another" }))), ["updated"])
      assert.deepInclude((yield* api.contacts())[0], { fingerprint, name: "Ada Lovelace" })
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a lookup that the server refuses", () => {
  const bulks: ReadonlyArray<
    readonly [string, Bulk.Bulk<Contact.CreateRequest & { fingerprint: string }, Bulk.Options>]
  > = [
    ["ensure", Bulk.ensure],
    ["create", Bulk.create],
    ["upsert", Bulk.upsert]
  ]

  it.effect.each(bulks)("settles no row of %s", ([, bulk]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const work = bulk(Stream.make({ fingerprint }), { job })
      for (const status of [400, 403, 404, 501]) {
        yield* api.inject({ operation: "Contact.find", fault: Fault.status(status) })
        const outcomes = yield* collect(work)
        assert.deepStrictEqual(names(outcomes), ["not-sent"])
        assert.isFalse(outcomes.some(Bulk.isSettled))
        yield* api.removeFaults
      }
      assert.deepStrictEqual(names(yield* collect(work)), ["created"])
    }).pipe(Effect.provide(layer()))
  )
})

describe("a write that a gateway refuses", () => {
  it.effect.each<readonly [string, Bulk.Bulk<Bulk.EnsureRow, Bulk.Options>, InMemory.Fault.OperationName]>([
    ["create", Bulk.create, "Contact.create"],
    ["ensure", Bulk.ensure, "Contact.ensure"]
  ])("is sent again in the next run of %s", ([, bulk, operation]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const work = bulk(Stream.make({ fingerprint }), { job })
      const page = { body: "<html>No such page</html>", headers: { "content-type": "text/html" } }
      for (const fault of [Fault.status(403), Fault.status(302), Fault.status(404, page)]) {
        yield* api.inject({ operation, fault })
        const outcomes = yield* collect(work)
        assert.isFalse(outcomes.some(Bulk.isSettled), JSON.stringify(outcomes))
        yield* api.removeFaults
      }
      assert.deepStrictEqual(names(yield* collect(work)), ["created"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is final if it is about a contact, which is then of another account", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [other] = yield* api.seed([{ name: "Ada" }], "sk-another")
      const outcomes = yield* collect(Bulk.update(Stream.make({ id: other?.id ?? "", name: "Grace" }), { job }))
      assert.deepStrictEqual(names(outcomes), ["failed"])
      assert.isTrue(outcomes.every(Bulk.isSettled))
    }).pipe(Effect.provide(layer()))
  )
})

describe("a contact that is made after the lookup", () => {
  /** The outcomes of work whose contact is made by another between its lookup and its write. */
  const raced = Effect.fnUntraced(function* <E, R>(work: Stream.Stream<Bulk.Outcome, E, R>) {
    const api = yield* InMemory.InMemory
    yield* api.inject({ operation: "Contact.create", fault: Fault.delay("1 second") })
    const fiber = yield* Effect.forkChild(collect(work))
    yield* Fake.settle
    yield* api.seed([{ fingerprint, name: "Ada" }])
    return yield* Fiber.join(fiber)
  })

  const rows = Stream.make({ fingerprint, name: "Ada Lovelace" })

  it.effect("is updated by upsert", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      assert.deepStrictEqual(names(yield* raced(Bulk.upsert(rows))), ["updated"])
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ name }) => name),
        ["Ada Lovelace"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each<readonly [string, Bulk.Bulk<Contact.CreateRequest, Bulk.Options>, string]>([
    ["create", Bulk.create, "existing"],
    ["upsert", Bulk.upsert, "updated"]
  ])("is not settled by %s while it cannot be looked up", ([, bulk, expected]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.find", attempt: (attempt) => attempt > 1, fault: Fault.status(503) })
      const work = bulk(rows, { job })
      const first = yield* raced(work)
      assert.deepStrictEqual(names(first), ["failed"])
      assert.isFalse(first.some(Bulk.isSettled))
      yield* api.removeFaults
      assert.deepStrictEqual(names(yield* collect(work)), [expected])
    }).pipe(Effect.provide(layer()))
  )
})

describe("a contact that is deleted after the lookup", () => {
  it.effect.each([
    ["Contact.update", {}],
    ["Contact.fetch", { preferences: "tea" }]
  ] as const)("is created by upsert if %s does not find it", ([operation, fields]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint, name: "Ada" }])
      yield* api.inject({ operation, fault: Fault.delay("1 second") })
      const work = Bulk.upsert(Stream.make({ fingerprint, name: "Ada Lovelace", ...fields }), { job })
      const fiber = yield* Effect.forkChild(collect(work))
      yield* Fake.settle
      yield* Contact.delete(ada?.id ?? "")
      assert.deepStrictEqual(names(yield* Fiber.join(fiber)), ["created"])
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ name }) => name),
        ["Ada Lovelace"]
      )
    }).pipe(Effect.provide(layer()))
  )
})

describe("a row whose answer was lost", () => {
  it.effect.each<readonly [string, InMemory.Seed, InMemory.Fault.OperationName]>([
    ["created", { fingerprint: `${fingerprint}-of-another` }, "Contact.create"],
    ["updated", { fingerprint, name: "Ada" }, "Contact.update"]
  ])("is %s in the next run of upsert", ([expected, seed, operation]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([seed])
      yield* api.inject(
        { operation, fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.find", attempt: (attempt) => attempt > 1, fault: Fault.status(503) }
      )
      const work = Bulk.upsert(Stream.make({ fingerprint, name: "Ada Lovelace" }), { job })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      assert.deepStrictEqual(names(yield* collect(work)), [expected])
      assert.strictEqual((yield* api.contacts()).filter(({ name }) => name === "Ada Lovelace").length, 1)
    }).pipe(Effect.provide(layer()))
  )
})

describe("Bulk.ensure of a contact that is not verified", () => {
  it.effect("fails, also in a dry run", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ fingerprint }])
      const rows = Stream.make({ fingerprint })
      const [predicted] = yield* collect(Bulk.ensure(rows, { dryRun: true }))
      assert.strictEqual(yield* api.requestCount("Contact.ensure"), 0)
      const [actual] = yield* collect(Bulk.ensure(rows))
      for (const outcome of [predicted, actual]) {
        const error = outcome?.outcome === "failed" ? outcome.error : undefined
        assert.deepInclude(error, { _tag: "ServerError", description: "Contact is not verified", isRetryable: false })
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is not created if the answer is lost", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ fingerprint }])
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.reset })
      const work = Bulk.ensure(Stream.make({ fingerprint }), { job })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      assert.deepStrictEqual(names(yield* collect(work)), ["failed"])
    }).pipe(Effect.provide(layer()))
  )
})

describe("before-images", () => {
  it.effect.each([401, 429])("are read again in the next run, if the server refused the change with a %s", (status) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint, name: "Ada" }])
      const id = ada?.id ?? ""
      const work = Bulk.update(Stream.make({ id, name: "Ada Lovelace" }), { job, beforeImages: true })
      yield* api.inject({ operation: "Contact.update", fault: Fault.status(status) })
      const first = yield* collect(work)
      assert.deepStrictEqual(names(first), ["failed"])
      assert.isFalse(first.some(Bulk.isSettled))
      yield* api.removeFaults
      yield* Contact.update(id, { name: "Augusta" })
      const [outcome] = yield* collect(work)
      assert.deepInclude(outcome, { outcome: "updated" })
      assert.strictEqual(outcome?.outcome === "updated" ? outcome.before?.name : undefined, "Augusta")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("do not make a contact deleted that another deleted between two runs", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint }])
      const id = ada?.id ?? ""
      const work = Bulk.delete(Stream.make(id), { job, beforeImages: true })
      yield* api.inject({ operation: "Contact.delete", fault: Fault.status(401) })
      assert.deepStrictEqual(names(yield* collect(work)), ["failed"])
      yield* api.removeFaults
      yield* Contact.delete(id)
      assert.deepStrictEqual(yield* collect(work), [{ row: 1, outcome: "unchanged", id }])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("are not of a contact that a run without them may have updated", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint, name: "Ada" }])
      const id = ada?.id ?? ""
      const rows = Stream.make({ id, name: "Ada Lovelace" })
      yield* api.inject({ operation: "Contact.update", fault: Fault.afterCommit(Fault.reset) })
      assert.deepStrictEqual(names(yield* collect(Bulk.update(rows, { job }))), ["unknown"])
      yield* api.removeFaults
      assert.deepStrictEqual(yield* collect(Bulk.update(rows, { job, beforeImages: true })), [
        { row: 1, outcome: "updated", id }
      ])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("stay those of the first run, if the change of the first run may have happened", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint, name: "Ada" }])
      const work = Bulk.update(Stream.make({ id: ada?.id ?? "", name: "Ada Lovelace" }), { job, beforeImages: true })
      yield* api.inject({ operation: "Contact.update", fault: Fault.afterCommit(Fault.reset) })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      yield* api.inject({ operation: "Contact.update", fault: Fault.status(401) })
      assert.deepStrictEqual(names(yield* collect(work)), ["failed"])
      yield* api.removeFaults
      const [outcome] = yield* collect(work)
      assert.strictEqual(outcome?.outcome === "updated" ? outcome.before?.name : undefined, "Ada")
    }).pipe(Effect.provide(layer()))
  )
})

describe("before-images of contacts with a fingerprint that is made from the job", () => {
  it.effect("are given in the next run", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const work = Bulk.upsert(Stream.make({ name: "Ada" }), { job, beforeImages: true })
      const [made] = yield* collect(work.pipe(Stream.provide(Layer.fresh(Journal.layerMemory))))
      const id = made?.outcome === "created" ? (made.id ?? "") : ""
      yield* Contact.update(id, { name: "Augusta" })
      yield* api.inject({ operation: "Contact.update", fault: Fault.afterCommit(Fault.reset) })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      const [outcome] = yield* collect(work)
      assert.strictEqual(outcome?.outcome === "updated" ? outcome.before?.name : undefined, "Augusta")
    }).pipe(Effect.provide(layer()))
  )
})

describe("duplicates", () => {
  it.effect("go on with the earliest row, if the row before is refused while later rows are read", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const refused = yield* Deferred.make<void>()
      // The entries of the second chunk are read when the first row has been recorded, before its key is free.
      const journal = Layer.succeed(Journal.Journal, {
        open: () =>
          Effect.succeed({
            read: ([row]) => Effect.as(row === 1 ? Effect.void : Deferred.await(refused), new Map()),
            record: ({ outcome }) =>
              outcome.row === 1 ? Effect.asVoid(Deferred.succeed(refused, undefined)) : Effect.void
          })
      })
      const other = (index: number) => ({ fingerprint: `${fingerprint}-${index}` })
      const rows = Stream.make({ fingerprint, email: "no address" }, { fingerprint }).pipe(
        Stream.rechunk(2),
        Stream.concat(Stream.fromArray([other(3), other(4), other(5), { fingerprint }]))
      )
      const work = Bulk.ensure(rows, { job, concurrency: 3 }).pipe(Stream.provide(journal))
      const outcomes = yield* collect(work)
      assert.deepStrictEqual(names(outcomes), ["invalid", "created", "created", "created", "created", "duplicate"])
      assert.deepInclude(outcomes[5], { of: 2 })
      assert.lengthOf(yield* api.contacts(), 4)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a pause", () => {
  it.effect("ends when the work does", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint }])
      yield* api.inject(
        { operation: "Contact.fetch", attempt: 1, fault: Fault.delay("1 second") },
        { operation: "Contact.update", fault: Fault.status(401) }
      )
      const rows = Stream.fromIterable([ada?.id ?? "", "b", "c", "d"].map((id) => ({ id, name: "Ada" })))
      const fiber = yield* Effect.forkChild(
        Stream.runCollect(
          Bulk.update(rows, {
            beforeImages: true,
            concurrency: 2,
            unordered: true,
            pause: { failures: 1, wait: Effect.never }
          })
        )
      )
      for (let turn = 0; turn < 20; turn++) {
        yield* Fake.settle
        yield* TestClock.adjust(100)
      }
      yield* Fake.settle
      assert.isDefined(fiber.pollUnsafe())
      assert.sameMembers(names(yield* Fiber.join(fiber)), ["failed", "failed", "not-sent", "not-sent"])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a journal", () => {
  it.effect("does not give the outcomes of one operation for another", () =>
    Effect.gen(function* () {
      const rows = Stream.make({ fingerprint, name: "Ada" })
      assert.deepStrictEqual(names(yield* collect(Bulk.ensure(rows, { job }))), ["created"])
      assert.deepInclude(yield* Fake.failureOf(Stream.runDrain(Bulk.upsert(rows, { job }))), { _tag: "JournalError" })
    }).pipe(Effect.provide(layer()))
  )
})

describe("a journal of upsert", () => {
  it.effect("does not give the outcomes of rows that were found by another field", () =>
    Effect.gen(function* () {
      const rows = Stream.make({ fingerprint, email: "ada@example.com", name: "Ada" })
      assert.deepStrictEqual(names(yield* collect(Bulk.upsert(rows, { job }))), ["created"])
      const byEmail = Bulk.upsert(rows, { job, by: "email" })
      assert.deepInclude(yield* Fake.failureOf(Stream.runDrain(byEmail)), { _tag: "JournalError" })
    }).pipe(Effect.provide(layer()))
  )
})

describe("an id that may be personal data", () => {
  it.effect.each([false, true])("is in no outcome of a deletion, before-images: %o", (beforeImages) =>
    Effect.gen(function* () {
      const rows = Stream.make("ada@example.com", "Ada Lovelace", "cmissing")
      const outcomes = yield* collect(Bulk.delete(rows, { beforeImages }))
      assert.deepStrictEqual(outcomes, [
        { row: 1, outcome: "unchanged", id: "(redacted)" },
        { row: 2, outcome: "unchanged", id: "(redacted)" },
        { row: 3, outcome: "unchanged", id: "cmissing" }
      ])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

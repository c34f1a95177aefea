import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { expectTypeOf } from "vitest"
import * as Bulk from "../src/Bulk.ts"
import type * as Client from "../src/Client.ts"
import type * as Errors from "../src/Errors.ts"
import { UnreadableRow } from "../src/internal/format/UnreadableRow.ts"
import type * as Journal from "../src/Journal.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { collect, fingerprintOf, rowsOf, upTo } from "./support/BulkWork.ts"
import * as Fake from "./support/FakeHttp.ts"
import { loadGraphql } from "./support/LoadGraphql.ts"

const { Fault } = InMemory

const orders = [
  ["in order", false],
  ["unordered", true]
] as const

const byRow = (outcomes: ReadonlyArray<Bulk.Outcome>) => outcomes.toSorted((left, right) => left.row - right.row)
const rowNumbers = (outcomes: ReadonlyArray<Bulk.Outcome>) => outcomes.map(({ row }) => row)
const names = (outcomes: ReadonlyArray<Bulk.Outcome>) => byRow(outcomes).map(({ outcome }) => outcome)

loadGraphql()

const makers: ReadonlyArray<readonly ["Contact.ensure" | "Contact.create", Bulk.Bulk<Bulk.EnsureRow, Bulk.Options>]> = [
  ["Contact.ensure", Bulk.ensure],
  ["Contact.create", Bulk.create]
]

describe.each(makers)("bulk work of %s", (operation, bulk) => {
  it.effect.each(orders)("%s, has an outcome for each row, and makes each contact once", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ probability: 0.2, fault: Fault.delay("1 second") })
      const outcomes = yield* collect(bulk(Stream.fromIterable(rowsOf(1000)), { unordered }))
      if (unordered) assert.notDeepEqual(rowNumbers(outcomes), upTo(1000))
      else assert.deepStrictEqual(rowNumbers(outcomes), upTo(1000))
      const contacts = yield* api.contacts()
      const idOf = new Map(contacts.map(({ fingerprint, id }) => [fingerprint, id]))
      assert.lengthOf(contacts, 1000)
      assert.deepStrictEqual(
        byRow(outcomes),
        upTo(1000).map((row) => ({ row, outcome: "created", id: idOf.get(fingerprintOf(row - 1)) ?? "" }))
      )
      assert.strictEqual(yield* api.requestCount(operation), 1000)
      assert.strictEqual(yield* api.requestCount("Contact.find"), 10)
    }).pipe(Random.withSeed("bulk"), Effect.provide(InMemory.layer()))
  )

  it.effect("sends nothing for a contact that is there", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint: fingerprintOf(1), verifiedAt: 1 }])
      const outcomes = yield* collect(bulk(Stream.fromIterable(rowsOf(3))))
      assert.deepStrictEqual(names(outcomes), ["created", "existing", "created"])
      assert.deepInclude(outcomes[1], { id: ada?.id ?? "" })
      assert.strictEqual(yield* api.requestCount(operation), 2)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has an outcome for rows that are invalid or cannot be read, and goes on", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const rows = [
        new UnreadableRow({ line: 2, description: "a quote is not closed" }),
        { fingerprint: "short" },
        { fingerprint: fingerprintOf(1), email: "no address" },
        { fingerprint: fingerprintOf(2), tier: 1 },
        { fingerprint: fingerprintOf(3) }
      ]
      const outcomes = yield* collect(bulk(Stream.fromIterable(rows)))
      assert.deepStrictEqual(names(outcomes), ["invalid", "invalid", "invalid", "invalid", "created"])
      assert.deepStrictEqual(outcomes[0], { row: 1, outcome: "invalid", description: "a quote is not closed" })
      assert.deepInclude(outcomes[1], { field: "fingerprint" })
      assert.deepInclude(outcomes[2], { field: "email" })
      assert.deepInclude(outcomes[3], { field: "tier" })
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("%s, sends one of the rows with the same fingerprint", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ probability: 0.5, fault: Fault.delay("1 second") })
      const rows = Array.from({ length: 300 }, (_, index) => ({ fingerprint: ` ${fingerprintOf(index % 100)} ` }))
      const outcomes = byRow(yield* collect(bulk(Stream.fromIterable(rows), { unordered })))
      assert.deepStrictEqual(
        outcomes.slice(100),
        upTo(200).map((row) => ({ row: row + 100, outcome: "duplicate", of: ((row - 1) % 100) + 1 }))
      )
      assert.strictEqual(yield* api.requestCount(operation), 100)
      assert.lengthOf(yield* api.contacts(), 100)
    }).pipe(Random.withSeed("duplicates"), Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("%s, sends the next row with a fingerprint if the one before is refused", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ attempt: 1, fault: Fault.delay("1 second") })
      const rows = [{ email: "no address" }, { email: "none either" }, { name: "Ada" }, { name: "Grace" }]
      const outcomes = yield* collect(
        bulk(Stream.fromIterable(rows.map((row) => ({ ...row, fingerprint: fingerprintOf(1) }))), { unordered })
      )
      assert.deepStrictEqual(names(outcomes), ["invalid", "invalid", "created", "duplicate"])
      assert.deepInclude(byRow(outcomes)[3], { of: 3 })
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ name }) => name),
        ["Ada"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([401, 402])("ends the work with a %s: every further row is not sent", (status) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject(
        { operation, attempt: 50, fault: Fault.status(status) },
        { operation, fault: Fault.delay("1 second") }
      )
      const outcomes = yield* collect(bulk(Stream.fromIterable(rowsOf(1000)), { concurrency: 4 }))
      assert.deepStrictEqual(rowNumbers(outcomes), upTo(1000))
      const sent = yield* api.requestCount(operation)
      assert.strictEqual(sent, 50)
      const counts = Map.groupBy(outcomes, ({ outcome }) => outcome)
      assert.lengthOf(counts.get("created") ?? [], 49)
      assert.deepStrictEqual(
        counts.get("failed")?.map(({ row }) => row),
        [50]
      )
      assert.lengthOf(counts.get("not-sent") ?? [], 950)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("sends no row whose lookup fails", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.find", attempt: (attempt) => attempt <= 4, fault: Fault.status(503) })
      const outcomes = yield* collect(bulk(Stream.fromIterable(rowsOf(150))))
      assert.deepStrictEqual(names(outcomes), [
        ...upTo(100).map(() => "not-sent" as const),
        ...upTo(50).map(() => "created" as const)
      ])
      assert.isFalse(outcomes.slice(0, 100).some(Bulk.isSettled))
      assert.strictEqual(yield* api.requestCount(operation), 50)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("fails with the source, after the outcomes of the rows before", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation, fault: Fault.delay("1 second") })
      for (const unordered of [false, true]) {
        yield* api.clear
        const received: Array<Bulk.Outcome> = []
        const rows = Stream.fromIterable(rowsOf(130)).pipe(Stream.concat(Stream.fail("the file is gone" as const)))
        const all = bulk(rows, { unordered }).pipe(
          Stream.runForEach((outcome) => Effect.sync(() => received.push(outcome)))
        )
        assert.strictEqual(yield* Fake.failureOf(all, 1000), "the file is gone")
        assert.deepStrictEqual(rowNumbers(byRow(received)), upTo(130))
        assert.lengthOf(yield* api.contacts(), 130)
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(orders)("%s, sends nothing more once it is interrupted", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation, fault: Fault.delay("1 second") })
      const fiber = yield* Effect.forkChild(
        Stream.runDrain(bulk(Stream.fromIterable(rowsOf(1000)), { unordered, concurrency: 5 }))
      )
      for (let second = 0; second < 3; second++) {
        yield* Fake.settle
        yield* TestClock.adjust("1 second")
      }
      yield* Fake.settle
      const sent = yield* api.requestCount()
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 hour")
      yield* Fake.settle
      assert.isAbove(sent, 10)
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("gives the id of a contact whose answer was lost", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      // All attempts of the first call act, or find that they have acted, and none is answered.
      yield* api.inject({ operation, attempt: [1, 2, 3, 4], fault: Fault.afterCommit(Fault.reset) })
      const outcomes = yield* collect(bulk(Stream.fromIterable(rowsOf(1))))
      const [contact] = yield* api.contacts()
      assert.deepStrictEqual(outcomes, [{ row: 1, outcome: "created", id: contact?.id ?? "" }])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is unknown if the answer was lost and the contact cannot be looked up", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject(
        { operation, fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.find", attempt: (attempt) => attempt > 1, fault: Fault.status(503) },
        { operation: "Contact.list", fault: Fault.status(503) }
      )
      const [outcome] = yield* collect(bulk(Stream.fromIterable(rowsOf(1))))
      assert.deepInclude(outcome, { row: 1, outcome: "unknown" })
      assert.isFalse(outcome === undefined || Bulk.isSettled(outcome))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("in a dry run, gives the outcomes and sends only lookups", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ fingerprint: fingerprintOf(1), verifiedAt: 1 }])
      const rows = [...rowsOf(3), ...rowsOf(1), { fingerprint: fingerprintOf(3), tier: 1 }]
      const outcomes = yield* collect(bulk(Stream.fromIterable(rows), { dryRun: true }))
      assert.deepStrictEqual(outcomes.slice(0, 4), [
        { row: 1, outcome: "created" },
        { row: 2, outcome: "existing", id: ada?.id ?? "" },
        { row: 3, outcome: "created" },
        { row: 4, outcome: "duplicate", of: 1 }
      ])
      assert.deepInclude(outcomes[4], { outcome: "invalid", field: "tier" })
      assert.strictEqual(yield* api.requestCount(), yield* api.requestCount("Contact.find"))
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("pauses after so many failures in a row, and then goes on", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation, attempt: (attempt) => attempt <= 4, fault: Fault.status(404) })
      const fiber = yield* Effect.forkChild(
        Stream.runCollect(
          bulk(Stream.fromIterable(rowsOf(20)), { concurrency: 2, pause: { failures: 3, wait: "10 minutes" } })
        )
      )
      yield* Fake.settle
      const sent = yield* api.requestCount(operation)
      assert.isAtLeast(sent, 3)
      assert.isAtMost(sent, 4)
      yield* TestClock.adjust("9 minutes")
      yield* Fake.settle
      assert.strictEqual(yield* api.requestCount(operation), sent)
      yield* TestClock.adjust("1 minute")
      const outcomes = yield* Fiber.join(fiber)
      assert.deepStrictEqual(names(outcomes), [
        ...upTo(4).map(() => "failed" as const),
        ...upTo(16).map(() => "created" as const)
      ])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("bulk work", () => {
  it.effect.each(orders)("%s, reads no more rows than a batch and those under way", ([, unordered]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      let ahead = 0
      let most = 0
      const source = Stream.fromIterable(rowsOf(2000)).pipe(
        Stream.rechunk(100),
        Stream.mapArray((rows) => {
          ahead += rows.length
          most = Math.max(most, ahead)
          return rows
        })
      )
      const all = Bulk.ensure(source, { concurrency: 16, unordered }).pipe(
        Stream.tap(() => Effect.sync(() => ahead--)),
        Stream.runCount
      )
      assert.strictEqual(yield* Fake.successOf(all, 1000), 2000)
      assert.isAtMost(most, 100 + 2 * 16)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("waits for no further chunk of the source", () =>
    Effect.gen(function* () {
      const rows = Stream.fromIterable(rowsOf(3)).pipe(Stream.concat(Stream.never))
      const outcomes = yield* collect(Bulk.ensure(rows).pipe(Stream.take(3)))
      assert.deepStrictEqual(rowNumbers(outcomes), [1, 2, 3])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("needs a fingerprint or a job to ensure, and makes the same fingerprint in every run", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const rows = Stream.fromIterable([{ name: "Ada" }, { name: "Grace" }])
      const refused = yield* collect(Bulk.ensure(rows))
      assert.deepStrictEqual(names(refused), ["invalid", "invalid"])
      assert.deepInclude(refused[0], { field: "fingerprint" })
      const first = yield* collect(Bulk.ensure(rows, { job: "crm" }))
      const second = yield* collect(Bulk.ensure(rows, { job: "crm" }))
      assert.deepStrictEqual(names(first), ["created", "created"])
      assert.deepStrictEqual(second, first)
      yield* collect(Bulk.ensure(rows, { job: "another" }))
      const contacts = yield* api.contacts()
      assert.lengthOf(contacts, 4)
      // Another release has to make the same ones: a job can go on after an update.
      assert.deepStrictEqual(
        contacts.slice(0, 2).map(({ fingerprint }) => fingerprint),
        ["1fece0cb254f1f45891bc9ee9fed72a9-1", "1fece0cb254f1f45891bc9ee9fed72a9-2"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("refuses options that are wrong", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [string, Bulk.Options]> = [
        ["job", { job: " " }],
        ["concurrency", { concurrency: 0 }],
        ["concurrency", { concurrency: 1.5 }],
        ["pause.failures", { pause: { failures: 0, wait: 0 } }]
      ]
      for (const [option, options] of wrong) {
        const failure = yield* Fake.failureOf(Stream.runDrain(Bulk.ensure(Stream.empty, options)))
        assert.deepInclude(failure, { _tag: "InvalidOptions", option })
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has outcomes that can be written and read as JSON", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", attempt: 2, fault: Fault.status(402) })
      const rows = [...rowsOf(1), ...rowsOf(1), { fingerprint: "" }, ...rowsOf(4)]
      const outcomes = yield* collect(Bulk.ensure(Stream.fromIterable(rows), { concurrency: 1 }))
      const codec = Schema.toCodecJson(Schema.Array(Bulk.Outcome))
      const json = JSON.stringify(yield* Schema.encodeEffect(codec)(outcomes))
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(codec)(JSON.parse(json)), outcomes)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it("has the types of its source", () => {
    const rows = Stream.fromIterable(rowsOf(1)).pipe(Stream.concat(Stream.fail("gone" as const)))
    type Expected = Stream.Stream<Bulk.Outcome, "gone" | Errors.InvalidOptions | Journal.JournalError, Client.Client>
    expectTypeOf(Bulk.ensure(rows)).toEqualTypeOf<Expected>()
    expectTypeOf(rows.pipe(Bulk.ensure({ job: "crm" }))).toEqualTypeOf<Expected>()
    expectTypeOf(Bulk.create(rows, {})).toEqualTypeOf<Expected>()
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Random, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Bulk from "../src/Bulk.ts"
import { UnreadableRow } from "../src/internal/format/UnreadableRow.ts"
import * as Journal from "../src/Journal.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { collect, fingerprintOf, job, names, rowsOf, upTo } from "./support/BulkWork.ts"
import * as Fake from "./support/FakeHttp.ts"
import { loadGraphql } from "./support/LoadGraphql.ts"

const { Fault } = InMemory

const rowNumbers = (outcomes: ReadonlyArray<Bulk.Outcome>) =>
  outcomes.map(({ row }) => row).toSorted((left, right) => left - right)

/** Runs a stream for some turns of 100 ms each, and interrupts it. */
const interruptAfter = Effect.fnUntraced(function* <A, E, R>(stream: Stream.Stream<A, E, R>, turns: number) {
  const fiber = yield* Effect.forkChild(Stream.runDrain(stream))
  for (let turn = 0; turn < turns; turn++) {
    yield* Fake.settle
    yield* TestClock.adjust(100)
  }
  yield* Fiber.interrupt(fiber)
})

loadGraphql()

const layer = () => Layer.merge(InMemory.layer(), Layer.fresh(Journal.layerMemory))

describe("a job with a journal", () => {
  it.effect("sends nothing in a second run, and gives the same outcomes", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const rows = Stream.fromIterable([...rowsOf(100), { fingerprint: "short" }, ...rowsOf(2)])
      const first = yield* collect(Bulk.ensure(rows, { job }))
      const sent = yield* api.requestCount()
      const second = yield* collect(Bulk.ensure(rows, { job }))
      assert.deepStrictEqual(second, first)
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("goes on where it was interrupted", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(100)), { job, concurrency: 4 })
      yield* interruptAfter(work, 55)
      const sent = yield* api.requestCount("Contact.ensure")
      assert.strictEqual(sent, 24)
      const outcomes = yield* collect(work)
      assert.deepStrictEqual(rowNumbers(outcomes), upTo(100))
      // Only the rows under way are sent again, unless the server has acted by then.
      assert.isAtMost(yield* api.requestCount("Contact.ensure"), 100 + 4)
      assert.lengthOf(yield* api.contacts(), 100)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("sends the rows again that were not sent, failed for a while, or are unknown", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject(
        { operation: "Contact.ensure", attempt: [2, 3, 4, 5], fault: Fault.status(503) },
        { operation: "Contact.find", attempt: (attempt) => attempt > 1, fault: Fault.status(503) },
        { operation: "Contact.ensure", attempt: 7, fault: Fault.status(401) }
      )
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(5)), { job, concurrency: 1 })
      const first = yield* collect(work)
      assert.deepStrictEqual(names(first), ["created", "unknown", "created", "failed", "not-sent"])
      yield* api.removeFaults
      const second = yield* collect(work)
      assert.deepStrictEqual(
        names(second),
        upTo(5).map(() => "created")
      )
      assert.deepStrictEqual(second[0], first[0])
      const sent = yield* api.requestCount()
      assert.deepStrictEqual(yield* collect(work), second)
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("finds the contact of an unknown outcome in the next run, and says that it was created", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject(
        { operation: "Contact.ensure", fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.find", attempt: (attempt) => attempt > 1, fault: Fault.status(503) }
      )
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(1)), { job })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown"])
      yield* api.removeFaults
      const sent = yield* api.requestCount("Contact.ensure")
      assert.deepStrictEqual(names(yield* collect(work)), ["created"])
      assert.strictEqual(yield* api.requestCount("Contact.ensure"), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("sends a duplicate in the next run, if the row before is refused then", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.status(503) })
      const fingerprint = fingerprintOf(1)
      const work = Bulk.ensure(Stream.make({ fingerprint, email: "no address" }, { fingerprint }), { job })
      assert.deepStrictEqual(names(yield* collect(work)), ["unknown", "duplicate"])
      yield* api.removeFaults
      assert.deepStrictEqual(names(yield* collect(work)), ["invalid", "created"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("sends a row that was invalid and has been corrected", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fingerprint = fingerprintOf(1)
      const run = (...rows: ReadonlyArray<Bulk.EnsureRow>) => collect(Bulk.ensure(Stream.fromIterable(rows), { job }))
      const refused = { fingerprint, email: "no address" }
      assert.deepStrictEqual(names(yield* run(refused, { fingerprint: "short" })), ["invalid", "invalid"])
      const corrected = [{ fingerprint, email: "ada@example.com" }, { fingerprint: fingerprintOf(2) }]
      assert.deepStrictEqual(names(yield* run(...corrected)), ["created", "created"])
      const sent = yield* api.requestCount()
      assert.deepStrictEqual(names(yield* run(...corrected)), ["created", "created"])
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("fails if another row is in the place of one that was sent, and sends nothing", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const rows = rowsOf(3)
      yield* collect(Bulk.ensure(Stream.fromIterable(rows), { job }))
      const sent = yield* api.requestCount()
      const others = Bulk.ensure(Stream.fromIterable([{ fingerprint: fingerprintOf(7) }, ...rows]), { job })
      const failure = yield* Fake.failureOf(Stream.runDrain(others))
      assert.deepInclude(failure, {
        _tag: "JournalError",
        description: "Row 1 is not the row of an earlier run: give another input another name"
      })
      assert.strictEqual(yield* api.requestCount(), sent)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("needs a name, and runs once at a time", () =>
    Effect.gen(function* () {
      const rows = Stream.fromIterable(rowsOf(1))
      assert.deepInclude(yield* Fake.failureOf(Stream.runDrain(Bulk.ensure(rows))), {
        _tag: "InvalidOptions",
        option: "job"
      })
      const fiber = yield* Effect.forkChild(Stream.runDrain(Bulk.ensure(Stream.never, { job })))
      yield* Fake.settle
      assert.deepInclude(yield* Fake.failureOf(Stream.runDrain(Bulk.ensure(rows, { job }))), {
        _tag: "JournalError",
        job
      })
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(names(yield* collect(Bulk.ensure(rows, { job }))), ["created"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not write the journal in a dry run", () =>
    Effect.gen(function* () {
      const rows = Stream.fromIterable(rowsOf(3))
      yield* collect(Bulk.ensure(rows, { job, dryRun: true }))
      assert.deepInclude(names(yield* collect(Bulk.ensure(rows, { job }))), "created")
      const api = yield* InMemory.InMemory
      assert.lengthOf(yield* api.contacts(), 3)
    }).pipe(Effect.provide(layer()))
  )
})

describe("a journal that fails", () => {
  /** A journal whose writes fail from the tenth on. */
  const failing = (records: { count: number }) =>
    Layer.succeed(Journal.Journal, {
      open: (job) =>
        Effect.succeed({
          read: () => Effect.succeed(new Map()),
          record: () =>
            ++records.count < 10
              ? Effect.void
              : Effect.fail(new Journal.JournalError({ job, description: "The disk is full" }))
        })
    })

  it.effect.each([
    ["in order", false],
    ["unordered", true]
  ] as const)(
    "%s, ends the work with its error, and nothing more is sent, even if the consumer is slow",
    ([, unordered]) => {
      const records = { count: 0 }
      return Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
        let received = 0
        const work = Bulk.ensure(Stream.fromIterable(rowsOf(1000)), { job, unordered, concurrency: 4 })
        const slowly = Stream.runForEach(work, () =>
          Effect.andThen(
            Effect.sleep("10 seconds"),
            Effect.sync(() => received++)
          )
        )
        assert.deepInclude(yield* Fake.failureOf(slowly, 1000), {
          _tag: "JournalError",
          description: "The disk is full"
        })
        assert.isAtMost(received, 9)
        assert.isAtMost(yield* api.requestCount("Contact.ensure"), 9 + 2 * 4)
      }).pipe(Effect.provide(Layer.merge(InMemory.layer(), failing(records))))
    }
  )
})

describe("a journal that fails in a pause", () => {
  const journal = Layer.succeed(Journal.Journal, {
    open: (job) =>
      Effect.succeed({
        read: () => Effect.succeed(new Map()),
        record: () => Effect.fail(new Journal.JournalError({ job, description: "The disk is full" }))
      })
  })

  it.effect("lets no row go on that waits for the end of the pause", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject(
        { operation: "Contact.ensure", attempt: 1, fault: Fault.delay("100 millis") },
        { operation: "Contact.ensure", attempt: 2, fault: Fault.status(429) }
      )
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(4)), {
        job,
        concurrency: 2,
        unordered: true,
        pause: { failures: 1, wait: "1 second" }
      })
      const slowly = Stream.runForEach(work, () => Effect.sleep("10 seconds"))
      assert.deepInclude(yield* Fake.failureOf(slowly, 100), { _tag: "JournalError" })
      assert.strictEqual(yield* api.requestCount("Contact.ensure"), 2)
    }).pipe(Effect.provide(Layer.merge(InMemory.layer({ client: { retry: { retries: 0 } } }), journal)))
  )
})

/** A row of any kind. Rows with the same key have the same fingerprint. */
const AnyRow = Schema.Struct({
  kind: Schema.Literals(["valid", "valid", "derived", "unreadable", "refused by the client", "refused by the server"]),
  key: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 15 }))
})

const Scenario = Schema.Struct({
  rows: Schema.Array(AnyRow).check(Schema.isMaxLength(40)),
  concurrency: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 })),
  unordered: Schema.Boolean,
  chunk: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 })),
  seed: Schema.Int,
  faults: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })),
  interruptions: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 }))).check(
    Schema.isMaxLength(3)
  )
})

const toRow = ({ key, kind }: typeof AnyRow.Type, index: number): Bulk.EnsureRow | UnreadableRow => {
  const row = { name: `Row ${index + 1}`, fingerprint: fingerprintOf(key) }
  switch (kind) {
    case "valid":
      return row
    case "derived":
      return { name: row.name }
    case "unreadable":
      return new UnreadableRow({ line: index + 1, description: "a quote is not closed" })
    case "refused by the client":
      return { ...row, meta: { _internal: true } }
    case "refused by the server":
      return { ...row, email: "no address" }
  }
}

/** The names of the contacts that the valid rows make: of rows with the same key, the first one. */
const expectedNames = (rows: typeof Scenario.Type.rows): ReadonlyArray<string> => {
  const keys = new Set<number>()
  return rows.flatMap(({ key, kind }, index) => {
    if (kind === "derived") return [`Row ${index + 1}`]
    if (kind !== "valid" || keys.has(key)) return []
    keys.add(key)
    return [`Row ${index + 1}`]
  })
}

const bulks: Readonly<Record<"ensure" | "create" | "upsert", Bulk.Bulk<Bulk.EnsureRow, Bulk.Options>>> = {
  ensure: Bulk.ensure,
  create: Bulk.create,
  upsert: Bulk.upsert
}

const faults: ReadonlyArray<InMemory.Fault.Rule> = [
  { probability: 0.3, fault: Fault.delay("1 second") },
  { probability: 0.2, fault: Fault.status(503) },
  { probability: 0.2, operation: ["Contact.ensure", "Contact.create"], fault: Fault.afterCommit(Fault.reset) },
  { probability: 0.05, fault: Fault.status(401) }
]

const changeFaults: ReadonlyArray<InMemory.Fault.Rule> = [
  { probability: 0.3, fault: Fault.delay("1 second") },
  { probability: 0.2, operation: ["Contact.update", "Contact.delete"], fault: Fault.afterCommit(Fault.reset) },
  { probability: 0.3, fault: Fault.status(503) },
  { probability: 0.05, fault: Fault.status(401) }
]

describe("any input, with any faults and interruptions,", () => {
  it.effect.prop(
    "has one outcome for each row, makes each contact once, and sends nothing when it runs again",
    [Scenario, Schema.Literals(["ensure", "create", "upsert"])],
    ([{ chunk, concurrency, faults: count, interruptions, rows, seed, unordered }, name]) =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject(...faults.slice(0, count))
        const source = Stream.fromIterable(rows.map(toRow)).pipe(Stream.rechunk(chunk))
        const work = bulks[name](source, { job, concurrency, unordered })
        for (const turns of interruptions) yield* interruptAfter(work, turns)
        const disturbed = yield* collect(work)
        assert.deepStrictEqual(rowNumbers(disturbed), upTo(rows.length))
        yield* api.removeFaults
        const settled = yield* collect(work)
        assert.deepStrictEqual(rowNumbers(settled), upTo(rows.length))
        assert.isTrue(settled.every(Bulk.isSettled))
        const contacts = yield* api.contacts()
        assert.sameMembers(
          contacts.map(({ name }) => name),
          [...expectedNames(rows)]
        )
        const nameOf = new Map(contacts.map(({ id, name }) => [id, name]))
        for (const outcome of settled) {
          if ("id" in outcome) assert.strictEqual(nameOf.get(outcome.id ?? ""), `Row ${outcome.row}`)
        }
        const sent = yield* api.requestCount()
        const again = yield* collect(work)
        assert.sameDeepMembers(again, settled)
        assert.strictEqual(yield* api.requestCount(), sent)
      }).pipe(Random.withSeed(`${seed}`), Effect.provide(layer())),
    { timeout: 120_000 }
  )

  it.effect.prop(
    "changes each contact once, has every contact as it was before, and sends nothing when it runs again",
    [Scenario, Schema.Literals(["update", "delete"])],
    ([{ chunk, concurrency, faults: count, interruptions, rows, seed, unordered }, name]) =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const contacts = yield* api.seed(Array.from({ length: 12 }, (_, index) => ({ name: `Contact ${index}` })))
        yield* api.inject(...changeFaults.slice(0, count))
        // The contacts 12 to 15 do not exist.
        const idOf = (key: number) => contacts[key]?.id ?? `cmissing${key}`
        const source = Stream.fromIterable(rows).pipe(
          Stream.rechunk(chunk),
          Stream.map(({ key }) => idOf(key))
        )
        const options = { job, concurrency, unordered, beforeImages: true }
        const work =
          name === "delete"
            ? Bulk.delete(source, options)
            : Bulk.update(
                Stream.map(source, (id) => ({ id, nick: "changed" })),
                options
              )
        for (const turns of interruptions) yield* interruptAfter(work, turns)
        yield* collect(work)
        yield* api.removeFaults
        const settled = yield* collect(work)
        assert.deepStrictEqual(rowNumbers(settled), upTo(rows.length))
        assert.isTrue(settled.every(Bulk.isSettled))
        const changed = new Set(rows.map(({ key }) => key).filter((key) => key < 12))
        const after = yield* api.contacts()
        if (name === "delete") assert.lengthOf(after, 12 - changed.size)
        else
          assert.lengthOf(
            after.filter(({ nick }) => nick === "changed"),
            changed.size
          )
        const images = settled.flatMap((outcome) => ("before" in outcome ? [outcome.before] : []))
        assert.sameDeepMembers(
          images,
          contacts.filter((_, index) => changed.has(index))
        )
        const sent = yield* api.requestCount()
        assert.sameDeepMembers(yield* collect(work), settled)
        assert.strictEqual(yield* api.requestCount(), sent)
      }).pipe(Random.withSeed(`${seed}`), Effect.provide(layer())),
    { timeout: 120_000 }
  )
})

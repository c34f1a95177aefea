import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { InputRow } from "../../../src/internal/bulk/BulkRun.ts"
import * as BulkStream from "../../../src/internal/bulk/BulkStream.ts"
import * as ChangeRows from "../../../src/internal/bulk/ChangeRows.ts"
import * as MakeRows from "../../../src/internal/bulk/MakeRows.ts"
import type * as Journal from "../../../src/Journal.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as Fake from "../../support/FakeHttp.ts"
import { loadGraphql } from "../../support/LoadGraphql.ts"

const { Fault } = InMemory
const job = "crm 2026-11"
const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) => Fake.successOf(Stream.runCollect(stream), 1000)
const rowsOf = (first: number, count: number): ReadonlyArray<InputRow> =>
  Array.from({ length: count }, (_, index) => ({ row: first + index, value: { name: `Contact ${first + index}` } }))

/** A journal in memory, and the entries in it. */
const memory = () => {
  const entries = new Map<number, Journal.Entry>()
  const journal: Journal.JobJournal = {
    read: (rows) => Effect.sync(() => new Map([...entries].filter(([row]) => rows.includes(row)))),
    record: (entry) => Effect.sync(() => entries.set(entry.outcome.row, entry))
  }
  return { journal, kinds: () => [...entries.values()].map(({ outcome }) => [outcome.row, outcome.outcome]) }
}

const run = (journal: Journal.JobJournal, stop: Effect.Effect<void> = Effect.never): BulkStream.PartialRun => ({
  job,
  journal,
  concurrency: 1,
  beforeImages: false,
  stop
})

loadGraphql()

describe("numbered rows", () => {
  it.effect("get the fingerprints of their numbers, in any parts", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const whole = memory()
      yield* collect(BulkStream.makeNumbered(MakeRows.ensure, Stream.fromIterable(rowsOf(1, 4)), run(whole.journal)))
      const part = memory()
      const outcomes = yield* collect(
        BulkStream.makeNumbered(MakeRows.ensure, Stream.fromIterable(rowsOf(3, 2)), run(part.journal))
      )
      assert.deepStrictEqual(
        outcomes.map(({ outcome, row }) => [row, outcome]),
        [
          [3, "created"],
          [4, "created"]
        ]
      )
      assert.deepStrictEqual(part.kinds(), [
        [3, "created"],
        [4, "created"]
      ])
      assert.lengthOf(yield* api.contacts(), 4)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("are not sent after the stop, while rows under way finish", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      const { journal, kinds } = memory()
      const stop = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        Stream.runCollect(
          BulkStream.makeNumbered(
            MakeRows.ensure,
            Stream.fromIterable(rowsOf(1, 4)),
            run(journal, Deferred.await(stop))
          )
        )
      )
      for (let turn = 0; turn < 15; turn++) {
        yield* Fake.settle
        yield* TestClock.adjust(100)
      }
      yield* Deferred.succeed(stop, undefined)
      const outcomes = yield* Fake.successOf(Fiber.join(fiber), 1000)
      assert.deepStrictEqual(
        outcomes.map(({ outcome }) => outcome),
        ["created", "created", "not-sent", "not-sent"]
      )
      assert.deepStrictEqual(kinds(), [
        [1, "created"],
        [2, "created"]
      ])
      assert.lengthOf(yield* api.contacts(), 2)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("have their failures recorded, but for those that hide an unknown outcome", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { journal, kinds } = memory()
      const [ada] = yield* api.seed([{ name: "Ada" }])
      const rows = [
        { row: 7, value: { id: ada?.id, nick: "ada" } },
        { row: 8, value: undefined, refusal: { field: "id", description: "Expected a string" } },
        { row: 9, value: { id: "another", nick: "ada" } }
      ]
      const update = BulkStream.makeNumbered(ChangeRows.update, Stream.fromIterable(rows), run(journal))
      yield* api.inject({ operation: "Contact.update", attempt: 1, fault: Fault.afterCommit(Fault.reset) })
      yield* api.inject({ operation: "Contact.update", fault: Fault.status(429) })
      yield* collect(update)
      const first = kinds()
      assert.deepStrictEqual(first, [
        [7, "unknown"],
        [8, "invalid"],
        [9, "failed"]
      ])
      yield* collect(update)
      assert.deepStrictEqual(kinds(), first)
    }).pipe(Effect.provide(InMemory.layer({ client: { retry: { retries: 0 } } })))
  )

  it.effect("record the failure that ends the work, and not the rows after it", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", attempt: (attempt) => attempt > 1, fault: Fault.status(401) })
      const { journal, kinds } = memory()
      yield* collect(BulkStream.makeNumbered(MakeRows.ensure, Stream.fromIterable(rowsOf(1, 4)), run(journal)))
      assert.deepStrictEqual(kinds(), [
        [1, "created"],
        [2, "failed"]
      ])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import * as JobStore from "../../../../src/internal/jobs/JobStore.ts"
import * as ChunkRun from "../../../../src/internal/jobs/worker/ChunkRun.ts"
import * as InMemory from "../../../../src/layers/InMemory.ts"
import * as Fake from "../../../support/FakeHttp.ts"
import { loadGraphql } from "../../../support/LoadGraphql.ts"
import * as StoredJob from "../../../support/StoredJob.ts"

const { Fault } = InMemory
const { database, outcomesOf, resume, rowsOf, setState, stateOf, store } = StoredJob

const chunkOf = (chunk: number, run = 1): ChunkRun.Chunk => ({ id: "crm", run, chunk, worker: "test" })
const run = (chunk: number, number = 1) => Fake.successOf(ChunkRun.run(chunkOf(chunk, number)), 100)
const begin = (number = 1) => JobStore.beginRun({ id: "crm", run: number })

const pass = Effect.fnUntraced(function* (turns: number) {
  for (let turn = 0; turn < turns; turn++) {
    yield* Fake.settle
    yield* TestClock.adjust(100)
  }
})

const chunks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`SELECT chunk, unsettled, ended_run, worker FROM chatbotkit_chunk ORDER BY chunk`
})

loadGraphql()

describe("a chunk", () => {
  it.effect("ends with the number of rows whose outcomes are not final", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.update", attempt: 2, fault: Fault.status(429) })
      const seeds = yield* api.seed([{}, {}, {}])
      const rows = seeds.map(({ id }, index) => ({ row: index + 1, value: { id, nick: "nick" } }))
      yield* store("crm", [{ rows }], { operation: "update", concurrency: 1 })
      yield* begin()
      assert.strictEqual(yield* run(1), "ended")
      assert.deepStrictEqual(yield* outcomesOf("crm"), [
        [1, "updated"],
        [2, "failed"],
        [3, "updated"]
      ])
      assert.deepInclude((yield* chunks)[0], { unsettled: 1, ended_run: 1, worker: "test" })
    }).pipe(Effect.provide(database({ client: { retry: { retries: 0 } } })))
  )

  it.effect("of a paused job sends nothing", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* store("crm", [{ rows: rowsOf(1, 3) }])
      yield* begin()
      yield* setState("crm", "paused")
      assert.strictEqual(yield* run(1), "stopped")
      assert.strictEqual(yield* api.requestCount(), 0)
      assert.deepInclude((yield* chunks)[0], { unsettled: 3, ended_run: 0 })
    }).pipe(Effect.provide(database()))
  )

  it.effect("that another worker runs too has each row recorded once, by that worker", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      yield* store("crm", [{ rows: rowsOf(1, 60) }], { concurrency: 4 })
      yield* begin()
      const first = yield* Effect.forkChild(ChunkRun.run({ ...chunkOf(1), worker: "first" }))
      yield* pass(35)
      const sent = yield* api.requestCount("Contact.ensure")
      const second = yield* Effect.forkChild(ChunkRun.run({ ...chunkOf(1), worker: "second" }))
      yield* pass(200)
      assert.strictEqual(second.pollUnsafe()?._tag, "Success")
      // The first one has not ended: the engine could take its result for that of the chunk.
      assert.isUndefined(first.pollUnsafe())
      assert.deepStrictEqual(
        yield* outcomesOf("crm"),
        rowsOf(1, 60).map(({ row }) => [row, "created"] as const)
      )
      assert.lengthOf(yield* api.contacts(), 60)
      // It notices the loss with its first outcome. By then, it has begun at most one further row in place of each.
      assert.isAtLeast(sent, 12)
      assert.isAtMost(yield* api.requestCount("Contact.ensure"), 60 + 8)
      assert.deepInclude((yield* chunks)[0], { unsettled: 0, worker: "second" })
      yield* pass(600)
      assert.strictEqual(yield* Fiber.join(first), "stopped")
      assert.deepInclude(yield* stateOf("crm"), { state: "running" })
    }).pipe(Effect.provide(database()))
  )

  it.effect("goes on after the database has failed for a moment", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      yield* store("crm", [{ rows: rowsOf(1, 20) }], { concurrency: 2 })
      yield* begin()
      const sql = yield* SqlClient.SqlClient
      const fiber = yield* Effect.forkChild(ChunkRun.run(chunkOf(1)))
      yield* pass(25)
      yield* sql`ALTER TABLE chatbotkit_outcome RENAME TO lost`
      yield* pass(25)
      yield* sql`ALTER TABLE lost RENAME TO chatbotkit_outcome`
      assert.strictEqual(yield* Fake.successOf(Fiber.join(fiber), 100), "ended")
      assert.lengthOf(yield* outcomesOf("crm"), 20)
      assert.lengthOf(yield* api.contacts(), 20)
    }).pipe(Effect.provide(database()))
  )

  it.effect("parks the job if the database fails for good", () =>
    Effect.gen(function* () {
      yield* store("crm", [{ rows: rowsOf(1, 20) }])
      yield* begin()
      const sql = yield* SqlClient.SqlClient
      yield* sql`ALTER TABLE chatbotkit_outcome RENAME TO lost`
      assert.strictEqual(yield* run(1), "stopped")
      assert.deepInclude(yield* stateOf("crm"), { state: "parked", reason: "JournalError" })
    }).pipe(Effect.provide(database()))
  )
})

describe("deferred rows", () => {
  const fingerprint = "fingerprint-of-some"
  const another = "fingerprint-of-another"

  it.effect("are duplicates, or are sent if the earlier row is invalid", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const rows = [
        { row: 1, value: { fingerprint } },
        { row: 2, value: { fingerprint: another, email: "no address" } }
      ]
      const deferred = [
        { row: 3, value: { fingerprint }, of: 1 },
        { row: 4, value: { fingerprint: another, name: "Ada" }, of: 2 },
        { row: 5, value: { fingerprint: another, name: "Grace" }, of: 2 }
      ]
      yield* store("crm", [{ rows }, ...deferred.map((row) => ({ rows: [row], isDeferred: true }))])
      yield* begin()
      assert.strictEqual(yield* run(1), "ended")
      assert.strictEqual(yield* run(ChunkRun.deferred), "ended")
      assert.deepStrictEqual(yield* outcomesOf("crm"), [
        [1, "created"],
        [2, "invalid"],
        [3, "duplicate"],
        [4, "created"],
        [5, "duplicate"]
      ])
      assert.deepStrictEqual(
        (yield* chunks).map(({ unsettled }) => unsettled),
        [0, 0, 0, 0]
      )
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ name }) => name),
        ["", "Ada"]
      )
    }).pipe(Effect.provide(database()))
  )

  it.effect("wait for the run in which the outcome of the earlier row is final", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", attempt: 1, fault: Fault.status(429) })
      yield* store("crm", [
        { rows: [{ row: 1, value: { fingerprint, email: "no address" } }] },
        { rows: [{ row: 2, value: { fingerprint }, of: 1 }], isDeferred: true }
      ])
      yield* begin()
      assert.strictEqual(yield* run(1), "ended")
      assert.strictEqual(yield* run(ChunkRun.deferred), "ended")
      assert.deepStrictEqual(yield* outcomesOf("crm"), [[1, "failed"]])
      assert.deepStrictEqual(
        (yield* chunks).map(({ unsettled }) => unsettled),
        [1, 1]
      )
      yield* resume("crm")
      yield* begin(2)
      assert.strictEqual(yield* run(1, 2), "ended")
      assert.strictEqual(yield* run(ChunkRun.deferred, 2), "ended")
      assert.deepStrictEqual(yield* outcomesOf("crm"), [
        [1, "invalid"],
        [2, "created"]
      ])
    }).pipe(Effect.provide(database({ client: { retry: { retries: 0 } } })))
  )
})

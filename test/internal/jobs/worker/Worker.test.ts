import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, References, Scope } from "effect"
import { HttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as LocalEngine from "../../../../src/internal/jobs/worker/LocalEngine.ts"
import * as Worker from "../../../../src/internal/jobs/worker/Worker.ts"
import { JobRun } from "../../../../src/jobs/JobRun.ts"
import * as InMemory from "../../../../src/layers/InMemory.ts"
import * as Fake from "../../../support/FakeHttp.ts"
import { loadGraphql } from "../../../support/LoadGraphql.ts"
import * as StoredJob from "../../../support/StoredJob.ts"

const { Fault } = InMemory
const { database, outcomesOf, resume, rowsOf, setState, stateOf, store } = StoredJob

const worker = () => Worker.layer("test", {}).pipe(Layer.provide(LocalEngine.layer))

/** Lets the time pass until an effect gives a value that is accepted. */
const eventually = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  isDone: (value: A) => boolean
) {
  for (let turn = 0; turn < 2000; turn++) {
    yield* Fake.settle
    const value = yield* effect
    if (isDone(value)) return value
    yield* TestClock.adjust(100)
  }
  return yield* Effect.die(new Error("The condition is never met"))
})

/** The state of a job whose run has ended. */
const ended = (name: string) => eventually(stateOf(name), (job) => job !== undefined && job.run === job.ended_run)

const kindsOf = (name: string) => Effect.map(outcomesOf(name), (outcomes) => outcomes.map(([, kind]) => kind))

const all = (count: number, kind: string) => Array.from({ length: count }, () => kind)

/** All that the engine has stored. */
const engineTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return [...(yield* sql`SELECT * FROM cluster_messages`), ...(yield* sql`SELECT * FROM cluster_replies`)]
}).pipe(Effect.provideService(SqlClient.SafeIntegers, true))

loadGraphql()

describe("a worker", () => {
  it.effect("runs the chunks of a job, and deletes what the engine has stored", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* store("crm", [{ rows: rowsOf(1, 20) }, { rows: rowsOf(21, 20) }, { rows: rowsOf(41, 5) }])
      yield* Effect.gen(function* () {
        assert.deepInclude(yield* ended("crm"), { state: "finished", run: 1 })
        assert.isNotEmpty(yield* engineTables)
        yield* eventually(engineTables, (rows) => rows.length === 0)
      }).pipe(Effect.provide(worker()))
      assert.lengthOf(yield* api.contacts(), 45)
      assert.deepStrictEqual(
        yield* outcomesOf("crm"),
        Array.from({ length: 45 }, (_, index) => [index + 1, "created"] as const)
      )
    }).pipe(Effect.provide(database()))
  )

  it.effect("starts no row about a second after a pause, and goes on when the job is resumed", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      yield* store("crm", [{ rows: rowsOf(1, 60) }, { rows: rowsOf(61, 60) }], { concurrency: 4, chunkConcurrency: 1 })
      yield* Effect.gen(function* () {
        yield* eventually(kindsOf("crm"), (kinds) => kinds.length >= 8)
        const before = (yield* kindsOf("crm")).length
        yield* setState("crm", "paused")
        assert.deepInclude(yield* ended("crm"), { state: "paused", run: 1 })
        const kinds = yield* kindsOf("crm")
        // 4 rows are under way at the time of the pause, and 4 may start in each second until it is noticed.
        assert.isAtMost(kinds.length, before + 12)
        assert.lengthOf(yield* api.contacts(), kinds.length)
        yield* resume("crm")
        assert.deepInclude(yield* ended("crm"), { state: "finished", run: 2 })
      }).pipe(Effect.provide(worker()))
      assert.deepStrictEqual(yield* kindsOf("crm"), all(120, "created"))
      assert.lengthOf(yield* api.contacts(), 120)
      assert.strictEqual(yield* api.requestCount("Contact.ensure"), 120)
    }).pipe(Effect.provide(database()))
  )

  it.effect("parks a job when the token is revoked, and goes on after that", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", attempt: (attempt) => attempt > 30, fault: Fault.status(401) })
      const chunks = Array.from({ length: 10 }, (_, index) => ({ rows: rowsOf(index * 10 + 1, 10) }))
      yield* store("crm", chunks, { chunkConcurrency: 2 })
      yield* Effect.gen(function* () {
        assert.deepInclude(yield* ended("crm"), { state: "parked", reason: "Unauthorized" })
        assert.lengthOf(yield* api.contacts(), 30)
        yield* api.removeFaults
        yield* resume("crm")
        assert.deepInclude(yield* ended("crm"), { state: "finished", run: 2 })
      }).pipe(Effect.provide(worker()))
      assert.deepStrictEqual(yield* kindsOf("crm"), all(100, "created"))
    }).pipe(Effect.provide(database()))
  )

  it.effect("goes on after any number of restarts, without losing or doubling a row", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.ensure", fault: Fault.delay("1 second") })
      yield* store("crm", [{ rows: rowsOf(1, 100) }, { rows: rowsOf(101, 100) }], { concurrency: 2 })
      for (let restart = 1; restart <= 15; restart++) {
        const scope = yield* Scope.make()
        yield* Layer.buildWithScope(worker(), scope)
        yield* eventually(kindsOf("crm"), (kinds) => kinds.length >= restart * 4)
        yield* Fake.successOf(Scope.close(scope, Exit.void))
      }
      assert.deepInclude(yield* Effect.provide(ended("crm"), worker()), { state: "finished", run: 1 })
      assert.deepStrictEqual(yield* kindsOf("crm"), all(200, "created"))
      assert.lengthOf(yield* api.contacts(), 200)
    }).pipe(Effect.provide(database()))
  )

  it.effect("ends the run of a cancelled job that it finds", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      yield* setState("crm", "cancelled")
      assert.deepInclude(yield* Effect.provide(ended("crm"), worker()), { state: "cancelled" })
      assert.strictEqual(yield* api.requestCount(), 0)
    }).pipe(Effect.provide(database()))
  )

  it.effect("deletes what the engine has stored of a run that ended before it began", () =>
    Effect.gen(function* () {
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      yield* setState("crm", "paused")
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE chatbotkit_job SET ended_run = run`
      yield* Effect.gen(function* () {
        yield* Fake.successOf(JobRun.execute({ job: "crm", run: 1 }))
        assert.isNotEmpty(yield* engineTables)
        yield* eventually(engineTables, (rows) => rows.length === 0)
      }).pipe(Effect.provide(worker()))
    }).pipe(Effect.provide(database()))
  )

  it.effect("parks a job whose rows cannot be read", () =>
    Effect.gen(function* () {
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE chatbotkit_chunk SET content = '[{'`
      assert.deepInclude(yield* Effect.provide(ended("crm"), worker()), { state: "parked", reason: "JobsError" })
    }).pipe(Effect.provide(database()))
  )

  it.effect("goes on looking for jobs after the database has failed for a moment", () =>
    Effect.gen(function* () {
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      const sql = yield* SqlClient.SqlClient
      yield* sql`ALTER TABLE chatbotkit_job RENAME TO lost`
      yield* Effect.gen(function* () {
        yield* Fake.successOf(Effect.sleep("5 seconds"))
        yield* sql`ALTER TABLE lost RENAME TO chatbotkit_job`
        assert.deepInclude(yield* ended("crm"), { state: "finished" })
      }).pipe(Effect.provide(worker()))
    }).pipe(Effect.provide(database()), Effect.provideService(References.MinimumLogLevel, "None"))
  )

  it.effect("ends a run that has ended in the engine alone", () =>
    Effect.gen(function* () {
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      const sql = yield* SqlClient.SqlClient
      yield* Effect.gen(function* () {
        yield* ended("crm")
        yield* sql`DELETE FROM chatbotkit_ended_run`
        yield* sql`UPDATE chatbotkit_job SET ended_run = 0, state = 'running'`
        assert.deepInclude(yield* ended("crm"), { state: "parked", reason: "Defect" })
      }).pipe(Effect.provide(worker()))
    }).pipe(Effect.provide(database()))
  )

  it.effect("does nothing for a run that is not requested", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* store("crm", [{ rows: rowsOf(1, 10) }])
      yield* Effect.gen(function* () {
        yield* ended("crm")
        const sent = yield* api.requestCount()
        yield* Fake.successOf(JobRun.execute({ job: "crm", run: 7 }))
        yield* Fake.successOf(JobRun.execute({ job: "another", run: 1 }))
        assert.deepInclude(yield* stateOf("crm"), { state: "finished", run: 1 })
        assert.strictEqual(yield* api.requestCount(), sent)
      }).pipe(Effect.provide(worker()))
    }).pipe(Effect.provide(database()))
  )

  it.effect("runs several jobs at the rate limit of the client", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* store("crm", [{ rows: rowsOf(1, 20) }])
      yield* store("erp", [{ rows: rowsOf(1, 20) }])
      yield* Effect.gen(function* () {
        yield* ended("crm")
        yield* ended("erp")
      }).pipe(Effect.provide(worker()))
      const times = (yield* api.requests).map(({ time }) => time)
      // Two windows of 10 may fall into any 10 seconds.
      for (const [index, time] of times.entries())
        assert.isTrue(index < 20 || time - (times[index - 20] ?? 0) >= 10_000)
      assert.lengthOf(yield* api.contacts(), 40)
    }).pipe(Effect.provide(database({ client: { rateLimit: { limit: 10, window: "10 seconds" } } })))
  )
})

describe("the tables of the engine", () => {
  const email = "canary@example.com"
  const secret = "sk-canary-of-the-secret"
  const options = {
    client: {
      retry: { retries: 0 },
      // A bug in the middle of a job.
      transformClient: (client: HttpClient.HttpClient) =>
        HttpClient.tapRequest(client, (request) =>
          request.url.includes("update") ? Effect.die(new TypeError(`${email} ${secret}`)) : Effect.void
        )
    }
  }

  it.effect("hold no data of rows, no id of a contact, and no secret", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ name: "canary", email }])
      yield* api.inject({ operation: "Contact.ensure", attempt: 3, fault: Fault.status(500) })
      yield* api.inject({ operation: "Contact.ensure", attempt: 9, fault: Fault.status(401) })
      yield* store("job-of-rows", [
        {
          rows: [
            { row: 1, value: { name: "canary", email: "no canary address" } },
            { row: 2, refusal: { field: "canary", description: "canary" } },
            { row: 3, value: { name: "canary", fingerprint: "canary" } },
            ...Array.from({ length: 10 }, (_, index) => ({ row: index + 4, value: { name: `canary ${index}`, email } }))
          ]
        }
      ])
      yield* store("updates", [{ rows: [{ row: 1, value: { id: ada?.id ?? "", email } }] }], { operation: "update" })
      yield* Effect.gen(function* () {
        assert.deepInclude(yield* ended("job-of-rows"), { state: "parked", reason: "Unauthorized" })
        assert.deepInclude(yield* ended("updates"), { state: "parked", reason: "Defect" })
        yield* eventually(engineTables, (rows) => rows.some(({ tag }) => tag === "run"))
        const stored = inspect(yield* engineTables, { maxArrayLength: null, maxStringLength: null })
        assert.include(stored, "Complete")
        assert.notInclude(stored, "canary")
        assert.notInclude(stored, "sk-")
        for (const { id } of yield* api.contacts()) assert.notInclude(stored, id)
      }).pipe(Effect.provide(worker()))
    }).pipe(Effect.provide(database(options)))
  )
})

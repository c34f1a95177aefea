import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as JobStore from "../../../src/internal/jobs/JobStore.ts"
import * as Jobs from "../../../src/jobs/Jobs.ts"
import { databases } from "../../support/Databases.ts"
import * as Fake from "../../support/FakeHttp.ts"
import { idOf, onEmpty } from "../../support/JobRuns.ts"

const name = "crm 2026-11"

/** Submits a job of five rows: three chunks of one row each, and two deferred rows in one chunk. */
const submitted = Effect.gen(function* () {
  const [first, second, third] = ["crm-0000000000000001", "crm-0000000000000002", "crm-0000000000000003"]
  const rows = [first, second, first, third, second].map((fingerprint = "") => ({ fingerprint }))
  yield* Jobs.submit(name, Stream.fromIterable(rows), { operation: "create", chunkSize: 1, concurrency: 3 })
  return { id: yield* idOf(name), run: 1 }
})

const stateOf = Effect.map(Jobs.progress(name), ({ isActive, run, state }) => ({ isActive, run, state }))

const endOf = (run: JobStore.Run, chunk: number, unsettled = 0) =>
  JobStore.endChunk({ ...run, chunk, unsettled, worker: "w" })

describe.each(databases())("the jobs of workers on $name", (database) => {
  it.effect("are found with their settings, and their runs begin once", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        assert.deepStrictEqual(yield* JobStore.jobsToRun, [run])
        assert.deepStrictEqual(yield* JobStore.job(run.id), {
          id: run.id,
          name,
          settings: {
            operation: "create",
            by: "fingerprint",
            beforeImages: false,
            concurrency: 3,
            chunkSize: 1,
            chunkConcurrency: 4
          }
        })
        assert.isFalse(yield* JobStore.mayRun(run))
        yield* JobStore.beginRun({ ...run, run: 2 })
        assert.deepStrictEqual(yield* stateOf, { state: "queued", run: 1, isActive: true })
        yield* JobStore.beginRun(run)
        assert.isTrue(yield* JobStore.mayRun(run))
        assert.isFalse(yield* JobStore.mayRun({ ...run, run: 2 }))
        yield* Jobs.pause(name)
        yield* JobStore.beginRun(run)
        assert.deepStrictEqual(yield* stateOf, { state: "paused", run: 1, isActive: true })
        // The run of a paused job has to end, also after a crash.
        assert.deepStrictEqual(yield* JobStore.jobsToRun, [run])
      })
    )
  )

  it.effect("have a plan of the chunks that are left, and all deferred ones if one of them is", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        const sql = yield* SqlClient.SqlClient
        const found = yield* sql<{ chunk: number }>`
          SELECT chunk FROM chatbotkit_chunk WHERE is_deferred = 1 ORDER BY chunk`
        const deferred = found.map(({ chunk }) => chunk)
        const plan = yield* JobStore.plan(run.id)
        assert.lengthOf(plan.chunks, 3)
        assert.deepStrictEqual(plan.deferred, deferred)
        const rows = yield* Effect.forEach(deferred, (chunk) => JobStore.rows(run.id, chunk))
        assert.deepStrictEqual(
          rows.flat().map(({ of, row }) => [row, of]),
          [
            [3, 1],
            [5, 2]
          ]
        )
        const [chunk = 0, ...others] = plan.chunks
        const [first = 0, second = 0] = deferred
        yield* endOf(run, chunk)
        yield* endOf(run, first)
        assert.deepStrictEqual(yield* JobStore.plan(run.id), { chunks: others, deferred })
        yield* endOf(run, second)
        assert.deepStrictEqual(yield* JobStore.plan(run.id), { chunks: others, deferred: [] })
      })
    )
  )

  it.effect("are the same for a caller who reads integers as bigints", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        yield* JobStore.beginRun(run)
        const seen = Effect.all([JobStore.jobsToRun, JobStore.plan(run.id), Jobs.progress(name), Jobs.list])
        const expected = yield* seen
        assert.deepStrictEqual(yield* Effect.provideService(seen, SqlClient.SafeIntegers, true), expected)
      })
    )
  )

  it.effect("keep what is done if a process that stood still reports less", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        yield* endOf({ ...run, run: 2 }, 1)
        yield* endOf(run, 1, 1)
        const sql = yield* SqlClient.SqlClient
        const [chunk] = yield* sql`SELECT unsettled, ended_run FROM chatbotkit_chunk WHERE chunk = 1`
        assert.deepStrictEqual({ ...chunk }, { unsettled: 0, ended_run: 2 })
      })
    )
  )

  it.effect("are finished at the end of a run, once, also with rows that are not final", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        yield* JobStore.beginRun(run)
        const { chunks, deferred } = yield* JobStore.plan(run.id)
        yield* Effect.forEach([...chunks, ...deferred], (chunk) => endOf(run, chunk, 1))
        yield* JobStore.endRun(run)
        const finished = { state: "finished", run: 1, isActive: false }
        assert.deepStrictEqual(yield* stateOf, finished)
        yield* JobStore.endRun(run)
        yield* JobStore.park(run, "Unauthorized")
        yield* JobStore.beginRun(run)
        assert.deepStrictEqual(yield* stateOf, finished)
        assert.deepStrictEqual(yield* JobStore.runsToSweep, [{ ...run, chunks: 5 }])
        yield* Jobs.resume(name)
        yield* JobStore.endRun(run)
        assert.deepStrictEqual(yield* stateOf, { state: "queued", run: 2, isActive: true })
        yield* JobStore.swept(run)
        assert.deepStrictEqual(yield* JobStore.runsToSweep, [])
      })
    )
  )

  it.effect("are parked only by their present run while it runs", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        yield* JobStore.park(run, "Unauthorized")
        assert.strictEqual((yield* stateOf).state, "queued")
        yield* JobStore.beginRun(run)
        yield* JobStore.park({ ...run, run: 2 }, "Unauthorized")
        assert.strictEqual((yield* stateOf).state, "running")
        yield* JobStore.park(run, "Unauthorized")
        yield* JobStore.park(run, "Defect")
        assert.deepInclude(yield* Jobs.progress(name), { state: "parked", reason: "Unauthorized", isActive: true })
        yield* Jobs.cancel(name)
        assert.notProperty(yield* Jobs.progress(name), "reason")
      })
    )
  )

  it.effect("are nothing to do once they are removed", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        yield* Jobs.cancel(name)
        yield* Jobs.remove(name)
        assert.isUndefined(yield* JobStore.job(run.id))
        assert.deepStrictEqual(yield* JobStore.rows(run.id, 1), [])
        assert.deepStrictEqual(yield* JobStore.plan(run.id), { chunks: [], deferred: [] })
        assert.isFalse(yield* JobStore.mayRun(run))
        yield* JobStore.beginRun(run)
        yield* endOf(run, 1)
        yield* JobStore.park(run, "Defect")
        yield* JobStore.endRun(run)
        assert.deepStrictEqual(yield* JobStore.jobsToRun, [])
        assert.deepStrictEqual(yield* JobStore.runsToSweep, [])
      })
    )
  )

  it.effect("fail without quoting rows that are damaged", () =>
    onEmpty(
      database,
      Effect.gen(function* () {
        const run = yield* submitted
        const sql = yield* SqlClient.SqlClient
        const canary = "lovelace@example.com"
        for (const content of [`[{"row":"${canary}"}]`, `{"${canary}`, `[{"row":1,"refusal":"${canary}"}]`]) {
          yield* sql`UPDATE chatbotkit_chunk SET content = ${content} WHERE chunk = 1`
          const error = yield* Effect.flip(JobStore.rows(run.id, 1))
          assert.strictEqual(error._tag, "JobsError")
          assert.notInclude(Fake.renderings(error), "lovelace")
        }
      })
    )
  )
})

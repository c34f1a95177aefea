import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Deferred, Duration, Effect, Exit, Fiber, Layer, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type * as Bulk from "../../src/Bulk.ts"
import * as JobStates from "../../src/internal/jobs/control/JobStates.ts"
import * as JobStore from "../../src/internal/jobs/JobStore.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import { databases } from "../support/Databases.ts"
import * as Fake from "../support/FakeHttp.ts"
import { created, idOf, jobsOf, onEmpty, record, runAll, tableSizes } from "../support/JobRuns.ts"

const name = "crm 2026-11"
const people = (count: number) =>
  Stream.fromIterable(Array.from({ length: count }, (_, index) => ({ nick: `n${index}` })))
const submit = (count = 3, options: Partial<Jobs.SubmitOptions<"create">> = {}) =>
  Jobs.submit(name, people(count), { operation: "create", ...options })
const outcomesOf = (job: string) => Stream.runCollect(Jobs.outcomes(job))
const kinds = (outcomes: ReadonlyArray<Bulk.Outcome>) => outcomes.map(({ outcome }) => outcome)
const empty = { job: 0, chunk: 0, stage: 0, outcome: 0, owner: 0 }

/** The state of a job that is in it. */
const inState = Effect.map(
  Jobs.progress(name),
  ({ isActive, run, state }) => `${state} ${run}${isActive ? " active" : ""}`
)

describe.each(databases())("jobs on $name", (database) => {
  describe("submit", () => {
    it.effect("stages the rows, and asks for a run", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* TestClock.setTime(1_000)
          const progress = yield* submit(5, { chunkSize: 2 })
          const { counts, id, ...others } = progress
          assert.match(id, /^[0-9a-f-]{36}$/)
          assert.deepStrictEqual(others, {
            name,
            operation: "create",
            state: "queued",
            isActive: true,
            run: 1,
            rows: 5,
            settled: 0,
            left: 5,
            rowsPerSecond: 0,
            createdAt: 1_000
          })
          assert.strictEqual(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            0
          )
          assert.deepStrictEqual(yield* tableSizes, { ...empty, job: 1, chunk: 3 })
          assert.deepStrictEqual(yield* Jobs.list, [progress])
        })
      )
    )

    it.effect("gives the job that is there, and reads no row again", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const first = yield* submit()
          const rows = Stream.die("read again")
          assert.deepStrictEqual(yield* Jobs.submit(name, rows, { operation: "create" }), first)
          const error = yield* Effect.flip(Jobs.submit(name, rows, { operation: "delete" }))
          assert.deepInclude(error, { _tag: "InvalidOptions", option: "operation" })
          assert.deepStrictEqual(yield* Jobs.list, [first])
        })
      )
    )

    it.effect("refuses wrong names and options, and reads no row", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const rows = Stream.die("read")
          for (const wrong of ["", "  ", "x".repeat(201), "\ud800", "a\0b"]) {
            const error = yield* Effect.flip(Jobs.submit(wrong, rows, { operation: "create" }))
            assert.deepInclude(error, { _tag: "InvalidOptions", option: "name" })
          }
          const options: ReadonlyArray<readonly [option: string, options: Jobs.SubmitOptions]> = [
            ["by", { operation: "ensure", by: "email" }],
            ["beforeImages", { operation: "create", beforeImages: true }],
            ["concurrency", { operation: "update", concurrency: 0 }],
            ["chunkSize", { operation: "delete", chunkSize: 1.5 }],
            ["chunkConcurrency", { operation: "upsert", chunkConcurrency: Infinity }]
          ]
          for (const [option, given] of options) {
            const error = yield* Effect.flip(Jobs.submit(name, rows, given))
            assert.deepInclude(error, { _tag: "InvalidOptions", option })
          }
          assert.deepStrictEqual(yield* tableSizes, empty)
          const longest = yield* Jobs.submit("x".repeat(200), people(1), { operation: "ensure" })
          assert.strictEqual(longest.rows, 1)
        })
      )
    )

    it.effect("takes an input without rows", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(0)
          assert.deepStrictEqual(yield* outcomesOf(name), [])
          yield* runAll(created)
          assert.strictEqual(yield* inState, "finished 1")
        })
      )
    )

    it.effect("leaves no job and no row if the source fails", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const rows = Stream.concat(people(10), Stream.fail("torn"))
          const submitted = Jobs.submit(name, rows, { operation: "create", chunkSize: 1 })
          assert.strictEqual(yield* Effect.flip(submitted), "torn")
          assert.deepStrictEqual(yield* tableSizes, empty)
        })
      )
    )

    it.effect("leaves no job and no row if it is interrupted", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const reached = yield* Deferred.make<void>()
          const stuck = Stream.fromEffectDrain(Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
          const rows = Stream.concat(people(200), stuck)
          const fiber = yield* Effect.forkChild(Jobs.submit(name, rows, { operation: "create", chunkSize: 1 }))
          yield* Deferred.await(reached)
          const { chunk, stage } = yield* tableSizes
          assert.deepStrictEqual({ chunk: chunk !== 0, stage }, { chunk: true, stage: 1 })
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(yield* tableSizes, empty)
        })
      )
    )

    it.effect("makes one job if two processes submit it at the same time", () =>
      Effect.gen(function* () {
        const connect = yield* database.make
        const both = yield* Deferred.make<void>()
        let reached = 0
        const meet = Stream.fromEffectDrain(
          Effect.suspend(() => (++reached === 2 ? Deferred.succeed(both, undefined) : Deferred.await(both)))
        )
        const submitted = yield* Effect.forEach(
          [2, 7],
          (size) =>
            Effect.gen(function* () {
              const rows = Stream.concat(people(size), meet)
              const progress = yield* Jobs.submit(name, rows, { operation: "create", chunkSize: 1 })
              return progress
            }).pipe(Effect.provide(Layer.unwrap(Effect.map(connect, jobsOf)))),
          { concurrency: 2 }
        )
        const [first, second] = submitted
        assert.deepStrictEqual(first, second)
        assert.include([2, 7], first?.rows)
        const sql = yield* connect
        const sizes = yield* Effect.provide(tableSizes, jobsOf(sql))
        assert.deepStrictEqual(sizes, { ...empty, job: 1, chunk: first?.rows ?? 0 })
      }).pipe(Effect.scoped)
    )

    it.effect("deletes the rows of a process that was killed, and not those of a slow one", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`INSERT INTO chatbotkit_stage (id, touched_at) VALUES ('killed', 0)`
          yield* sql`INSERT INTO chatbotkit_chunk ${sql.insert({ job: "killed", chunk: 1, is_deferred: 0, row_count: 1, unsettled: 1, ended_run: 0, content: "[]" })}`
          const end = yield* Deferred.make<void>()
          const slow = Stream.concat(people(1), Stream.fromEffectDrain(Deferred.await(end)))
          const fiber = yield* Effect.forkChild(Jobs.submit("slow", slow, { operation: "create" }))
          while ((yield* tableSizes).stage === 1) yield* Effect.yieldNow
          yield* TestClock.adjust("5 minutes")
          yield* Jobs.submit("other", people(1), { operation: "create" })
          assert.strictEqual((yield* tableSizes).stage, 2)
          for (let seconds = 0; seconds < 600; seconds += 10) {
            yield* TestClock.adjust("10 seconds")
            yield* tableSizes
          }
          yield* submit(1)
          assert.deepStrictEqual(yield* tableSizes, { ...empty, job: 2, chunk: 2, stage: 1 })
          yield* Deferred.succeed(end, undefined)
          assert.strictEqual((yield* Fiber.join(fiber)).rows, 1)
        })
      )
    )

    it.effect("fails if another process took its rows for abandoned", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const steal = Stream.fromEffectDrain(Effect.orDie(sql`DELETE FROM chatbotkit_stage`))
          const rows = Stream.concat(steal, people(3))
          const error = yield* Effect.flip(Jobs.submit(name, rows, { operation: "create" }))
          assert.deepInclude(error, {
            _tag: "JobsError",
            description: "The rows were deleted while they were staged"
          })
          assert.deepStrictEqual(yield* Jobs.list, [])
        })
      )
    )

    it.effect("uses the database of the caller for rows that come from one", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const rows = Effect.map(SqlClient.SqlClient, (sql) => sql.driver).pipe(
            Effect.map((nick) => Stream.make({ nick })),
            Stream.unwrap
          )
          const other = Context.make(SqlClient.SqlClient, {
            ...(yield* SqlClient.SqlClient),
            driver: "other"
          } as SqlClient.SqlClient)
          yield* Effect.provideContext(
            Jobs.submit(name, rows, { operation: "create" }),
            Context.merge(yield* Effect.context<Jobs.Jobs>(), other)
          )
          assert.deepStrictEqual(yield* JobStore.rows(yield* idOf(name), 1), [{ row: 1, value: { nick: "other" } }])
        })
      )
    )
  })

  describe("outcomes", () => {
    it.effect("are one for each row, in order, at any time", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(1203)
          const rows = (outcomes: ReadonlyArray<Bulk.Outcome>) => outcomes.map(({ row }) => row)
          const expected = Array.from({ length: 1203 }, (_, index) => index + 1)
          const before = yield* outcomesOf(name)
          assert.deepStrictEqual(rows(before), expected)
          assert.deepStrictEqual(new Set(kinds(before)), new Set(["not-sent"]))
          yield* record(yield* idOf(name), 1, [
            { row: 1203, outcome: "existing", id: "c1" },
            { row: 700, outcome: "unknown" }
          ])
          const after = yield* outcomesOf(name)
          assert.deepStrictEqual(rows(after), expected)
          assert.deepStrictEqual(after[1202], { row: 1203, outcome: "existing", id: "c1" })
          assert.deepStrictEqual(after[699], { row: 700, outcome: "unknown" })
          assert.strictEqual(kinds(after).filter((kind) => kind === "not-sent").length, 1201)
        })
      )
    )

    it.effect("fail if the job is removed meanwhile, also if its name is used again", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(501)
          yield* runAll(created)
          const again = Effect.andThen(Jobs.remove(name), submit(501))
          const exit = yield* Jobs.outcomes(name).pipe(
            Stream.mapEffect(({ row }) => (row === 1 ? Effect.as(again, row) : Effect.succeed(row))),
            Stream.runCollect,
            Effect.exit
          )
          assert.deepStrictEqual(exit, Exit.fail(new Jobs.JobNotFound({ job: name })))
        })
      )
    )
  })

  describe("progress", () => {
    it.effect("counts exactly, and has the rate and the time left from stored times", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(100)
          const run = { id: yield* idOf(name), run: 1 }
          yield* TestClock.adjust("1 hour")
          yield* JobStore.beginRun(run)
          const outcomes = (first: number, count: number): ReadonlyArray<Bulk.Outcome> =>
            Array.from({ length: count }, (_, index) => ({ row: first + index, outcome: "created", id: "c" }))
          yield* record(run.id, 1, outcomes(1, 18))
          yield* TestClock.adjust("10 seconds")
          yield* record(run.id, 1, [
            { row: 19, outcome: "unknown" },
            { row: 20, outcome: "invalid", description: "x" }
          ])
          const first = yield* Jobs.progress(name)
          assert.deepInclude(first, { state: "running", settled: 19, left: 81, rowsPerSecond: 2 })
          assert.deepInclude(first.counts, { created: 18, unknown: 1, invalid: 1, existing: 0 })
          assert.deepStrictEqual(first.timeLeft, Duration.seconds(40))
          assert.strictEqual(first.lastOutcomeAt, 3_610_000)
          const codec = Schema.toCodecJson(Jobs.JobProgress)
          const json = JSON.stringify(yield* Schema.encodeEffect(codec)(first))
          assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(codec)(JSON.parse(json)), first)
          yield* TestClock.adjust("55 seconds")
          const second = yield* Jobs.progress(name)
          assert.strictEqual(second.rowsPerSecond, 2 / 60)
          yield* TestClock.adjust("1 minute")
          const third = yield* Jobs.progress(name)
          assert.strictEqual(third.rowsPerSecond, 0)
          assert.notProperty(third, "timeLeft")
          assert.notProperty(yield* Jobs.pause(name), "timeLeft")
        })
      )
    )

    it.effect("of a job that does not exist is JobNotFound, as every other operation on it", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const operations: ReadonlyArray<Effect.Effect<unknown, unknown, Jobs.Jobs>> = [
            Jobs.progress(name),
            Jobs.pause(name),
            Jobs.resume(name),
            Jobs.cancel(name),
            Jobs.remove(name),
            outcomesOf(name),
            Jobs.undo(name),
            Jobs.wait(name)
          ]
          for (const operation of operations) {
            assert.deepStrictEqual(yield* Effect.flip(operation), new Jobs.JobNotFound({ job: name }))
          }
        })
      )
    )

    it.effect("fails without the texts of the database", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* submit()
          yield* sql`DROP TABLE chatbotkit_outcome`
          const error = yield* Effect.flip(Jobs.progress(name))
          assert.strictEqual(error._tag, "JobsError")
          assert.match(error.message, /^The database failed: \w+$/)
          assert.notInclude(Fake.renderings(error), "chatbotkit_outcome")
        })
      )
    )

    it.effect("fails if a job is stored in a way that this version cannot read", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* submit()
          yield* sql`UPDATE chatbotkit_job SET state = 'later'`
          assert.strictEqual((yield* Effect.flip(Jobs.progress(name)))._tag, "JobsError")
          yield* sql`UPDATE chatbotkit_job SET state = 'queued', options = '{"operation":"later"}'`
          assert.strictEqual((yield* Effect.flip(Jobs.progress(name)))._tag, "JobsError")
        })
      )
    )
  })

  describe("pause, resume and cancel", () => {
    it.effect("a queued job: its run ends at once, and a new one is requested", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          yield* Jobs.pause(name)
          assert.strictEqual(yield* inState, "paused 1")
          assert.deepStrictEqual(yield* JobStore.jobsToRun, [])
          yield* Jobs.resume(name)
          assert.strictEqual(yield* inState, "queued 2 active")
          yield* Jobs.resume(name)
          assert.strictEqual(yield* inState, "queued 2 active")
          yield* Jobs.cancel(name)
          assert.strictEqual(yield* inState, "cancelled 2")
          yield* Jobs.pause(name)
          assert.strictEqual(yield* inState, "cancelled 2")
          yield* Jobs.resume(name)
          yield* runAll(created)
          assert.strictEqual(yield* inState, "finished 3")
          for (const change of [Jobs.pause, Jobs.cancel, Jobs.resume]) yield* change(name)
          assert.strictEqual(yield* inState, "finished 3")
        })
      )
    )

    it.effect("a running job: it is active until its run ends, and the next run does the rest", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(4, { chunkSize: 1 })
          const sent: Array<number> = []
          const context = yield* Effect.context<Jobs.Jobs>()
          yield* runAll((row) =>
            Effect.gen(function* () {
              sent.push(row.row)
              if (row.row === 2) {
                yield* Jobs.pause(name)
                assert.strictEqual(yield* inState, "paused 1 active")
              }
              return yield* created(row)
            }).pipe(Effect.provide(context), Effect.orDie)
          )
          assert.strictEqual(yield* inState, "paused 1")
          assert.deepStrictEqual(kinds(yield* outcomesOf(name)), ["created", "created", "not-sent", "not-sent"])
          yield* Jobs.resume(name)
          yield* runAll((row) => {
            sent.push(row.row)
            return created(row)
          })
          assert.deepStrictEqual(sent, [1, 2, 3, 4])
          assert.strictEqual(yield* inState, "finished 2")
        })
      )
    )

    it.effect(
      "a run that was stopped goes on if the job is resumed before it ends, and the skipped chunks have another run",
      () =>
        onEmpty(
          database,
          Effect.gen(function* () {
            yield* submit(2, { chunkSize: 1 })
            const run = { id: yield* idOf(name), run: 1 }
            yield* JobStore.beginRun(run)
            yield* Jobs.cancel(name)
            assert.isFalse(yield* JobStore.mayRun(run))
            yield* Jobs.resume(name)
            assert.strictEqual(yield* inState, "running 1 active")
            assert.isTrue(yield* JobStore.mayRun(run))
            yield* JobStore.endRun(run)
            assert.strictEqual(yield* inState, "queued 2 active")
            yield* runAll(created)
            assert.strictEqual(yield* inState, "finished 2")
          })
        )
    )

    it.effect("a parked job has the reason until it is resumed", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          const run = { id: yield* idOf(name), run: 1 }
          yield* JobStore.beginRun(run)
          yield* JobStore.park(run, "Unauthorized")
          yield* JobStore.endRun(run)
          assert.deepInclude(yield* Jobs.progress(name), { state: "parked", reason: "Unauthorized", isActive: false })
          assert.notProperty(yield* Jobs.resume(name), "reason")
          assert.strictEqual(yield* inState, "queued 2 active")
        })
      )
    )

    it.effect("a finished job is resumed if the outcome of a row is not final", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit(2)
          yield* runAll((row) => (row.row === 1 ? created(row) : Effect.succeed({ row: row.row, outcome: "unknown" })))
          assert.strictEqual(yield* inState, "finished 1")
          assert.deepInclude(yield* Jobs.resume(name), { run: 2, settled: 1, left: 1 })
          yield* runAll(created)
          assert.strictEqual(yield* inState, "finished 2")
          assert.deepStrictEqual(kinds(yield* outcomesOf(name)), ["created", "created"])
          yield* Jobs.resume(name)
          assert.strictEqual(yield* inState, "finished 2")
        })
      )
    )
  })

  describe("remove", () => {
    it.effect("deletes everything of a job that is not active, and nothing of others", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          assert.deepStrictEqual(yield* Effect.flip(Jobs.remove(name)), new Jobs.JobActive({ job: name }))
          yield* Jobs.submit("other", people(2), { operation: "create" })
          yield* runAll(created)
          const first = yield* idOf(name)
          yield* Jobs.remove(name)
          assert.deepStrictEqual(yield* tableSizes, { job: 1, chunk: 1, stage: 0, outcome: 2, owner: 1 })
          yield* submit()
          assert.notStrictEqual(yield* idOf(name), first)
          assert.deepStrictEqual(kinds(yield* outcomesOf(name)), ["not-sent", "not-sent", "not-sent"])
          const ended = yield* JobStore.runsToSweep
          assert.include(
            ended.map(({ id }) => id),
            first
          )
        })
      )
    )

    it.effect("by retention takes the jobs that were finished or cancelled before a time", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const names = ["finished", "cancelled", "paused", "queued", "later"]
          const submitOne = (name: string) => Jobs.submit(name, people(1), { operation: "create" })
          yield* submitOne("finished")
          yield* runAll(created)
          yield* Effect.forEach(names.slice(1, 4), submitOne)
          yield* Jobs.cancel("cancelled")
          yield* Jobs.pause("paused")
          yield* TestClock.setTime(1000)
          yield* submitOne("later")
          yield* Jobs.cancel("later")
          yield* JobStates.removeEnded(1000)
          assert.deepStrictEqual(
            (yield* Jobs.list).map(({ name }) => name),
            ["paused", "queued", "later"]
          )
          assert.deepStrictEqual(yield* tableSizes, { ...empty, job: 3, chunk: 3 })
        })
      )
    )
  })

  describe("wait", () => {
    const started = (options?: Jobs.WaitOptions) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Jobs.wait(name, options))
        // A database answers in real time.
        const settle = Effect.repeat(tableSizes, { times: 3 })
        const after = (seconds: number) =>
          Effect.gen(function* () {
            for (let second = 0; second < seconds; second++) {
              yield* settle
              yield* TestClock.adjust("1 second")
            }
            yield* settle
            return fiber.pollUnsafe()
          })
        return { fiber, after }
      })

    it.effect("ends once no run is under way or requested", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          const { after, fiber } = yield* started()
          assert.isUndefined(yield* after(3))
          yield* runAll(created)
          yield* after(1)
          // The database may have answered after the clock has moved on.
          assert.deepInclude(yield* Fake.successOf(Fiber.join(fiber)), { state: "finished", settled: 3 })
          yield* Jobs.wait(name)
        })
      )
    )

    it.effect("fails if no outcome is recorded for too long, and not while there are some", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          const run = { id: yield* idOf(name), run: 1 }
          yield* JobStore.beginRun(run)
          const { after, fiber } = yield* started({ stallAfter: "5 seconds" })
          assert.isUndefined(yield* after(4))
          yield* record(run.id, 1, [{ row: 1, outcome: "created", id: "c" }])
          assert.isUndefined(yield* after(5))
          yield* after(1)
          const error = yield* Fake.failureOf(Fiber.join(fiber))
          assert.deepStrictEqual(error, new Jobs.JobStalled({ job: name, left: 2 }))
        })
      )
    )

    it.effect("does not take a paused job for stalled", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          yield* submit()
          yield* JobStore.beginRun({ id: yield* idOf(name), run: 1 })
          yield* Jobs.pause(name)
          const { after, fiber } = yield* started({ stallAfter: "2 seconds" })
          assert.isUndefined(yield* after(5))
          yield* JobStore.endRun({ id: yield* idOf(name), run: 1 })
          yield* after(1)
          assert.deepInclude(yield* Fake.successOf(Fiber.join(fiber)), { state: "paused", isActive: false })
        })
      )
    )

    it.effect("refuses a stall of no time", () =>
      onEmpty(
        database,
        Effect.gen(function* () {
          const error = yield* Effect.flip(Jobs.wait(name, { stallAfter: 0 }))
          assert.deepInclude(error, { _tag: "InvalidOptions", option: "stallAfter" })
        })
      )
    )
  })

  it.effect("processes that change a job at the same time lose no change", () =>
    Effect.gen(function* () {
      const connect = yield* database.make
      const processes = yield* Effect.forEach([1, 2, 3], () => Effect.map(connect, jobsOf))
      const [first] = processes
      if (first === undefined) return
      yield* Effect.provide(submit(3, { chunkSize: 1 }), first)
      for (let round = 0; round < 5; round++) {
        yield* Effect.forEach(
          processes,
          (layer) =>
            Effect.gen(function* () {
              yield* Jobs.pause(name)
              yield* Jobs.resume(name)
              // A worker stops once another one has taken over its chunk.
              yield* Effect.catchTag(
                runAll((row) => Effect.succeed({ row: row.row, outcome: "unknown" })),
                "JournalError",
                () => Effect.void
              )
              yield* Jobs.resume(name)
            }).pipe(Effect.provide(layer)),
          { concurrency: "unbounded" }
        )
        const { isActive, left, state } = yield* Effect.provide(Jobs.progress(name), first)
        assert.strictEqual(left, 3)
        assert.isTrue(isActive)
        assert.include(["queued", "running"], state)
      }
    }).pipe(Effect.scoped)
  )
})

describe("the failures of jobs", () => {
  it("have messages that name the job", () => {
    const errors = [
      new Jobs.JobNotFound({ job: name }),
      new Jobs.JobActive({ job: name }),
      new Jobs.JobNotUndoable({ job: name }),
      new Jobs.JobStalled({ job: name, left: 2 }),
      new Jobs.JobsError({ job: name, description: "x" })
    ]
    for (const error of errors) assert.include(Cause.pretty(Cause.fail(error)), `Job ${name}: `)
  })
})

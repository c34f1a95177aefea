import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Random, Schema, Scope, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import * as Bulk from "../../src/Bulk.ts"
import * as Journal from "../../src/Journal.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as SqlJournal from "../../src/layers/SqlJournal.ts"
import { type Connect, databases } from "../support/Databases.ts"
import { created, drive as driveToExit, entry, goesOn, job, names, rowsOf } from "../support/BulkWork.ts"
import * as Fake from "../support/FakeHttp.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"

const { Fault } = InMemory
const other = { _tag: "JournalError", job, description: "Another process runs the job" } as const
const lost = { _tag: "JournalError", description: "Another process has taken over the journal" } as const

const drive = <A, E, R>(effect: Effect.Effect<A, E, R>, step: number) =>
  Effect.flatMap(driveToExit(effect, step), (exit) => exit)

/** The journal of a process with a connection of its own, until the scope closes. */
const journalOn = (connect: Connect, options?: SqlJournal.Options) =>
  Effect.gen(function* () {
    const sql = Layer.succeed(SqlClient.SqlClient, yield* connect)
    const context = yield* Layer.build(Layer.fresh(SqlJournal.layer(options)).pipe(Layer.provide(sql)))
    return Context.get(context, Journal.Journal)
  })

/** Runs a stream with the journal, as a process of its own would. */
const run = <A, E, R>(stream: Stream.Stream<A, E, R>, connect: Connect) =>
  Effect.flatMap(journalOn(connect), (journal) =>
    drive(Stream.runCollect(stream).pipe(Effect.provideService(Journal.Journal, journal)), 100)
  ).pipe(Effect.scoped)

loadGraphql()

describe.each(databases())("a journal in $name", ({ make }) => {
  it.effect("lets a job go on in another process, and send nothing once it is done", () =>
    Effect.flatMap(make, (connect) => goesOn((work) => run(work, connect))).pipe(
      Effect.scoped,
      Effect.provide(InMemory.layer())
    )
  )

  it.effect("holds no data of a row", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const connect = yield* make
      yield* api.inject({ operation: "Contact.ensure", attempt: 2, fault: Fault.status(402, { message: "canary" }) })
      const rows = [
        { fingerprint: "canary-fingerprint-1", name: "canary", email: "canary@example.com" },
        { fingerprint: "canary-fingerprint-2", email: "canary is no address" },
        { fingerprint: "canary-fingerprint-3", meta: { _canary: "canary" } }
      ]
      yield* run(Bulk.ensure(Stream.fromIterable(rows), { job, concurrency: 1 }), connect)
      const sql = yield* connect
      const stored = JSON.stringify(yield* sql`SELECT outcome, checksum, entry FROM chatbotkit_outcome`.values)
      assert.include(stored, "created")
      assert.notInclude(stored.replaceAll("meta._canary", ""), "canary")
    }).pipe(Effect.scoped, Effect.provide(InMemory.layer()))
  )

  it.effect("keeps a second process out while the first one runs the job, and no longer", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const [one, two] = [yield* journalOn(connect), yield* journalOn(connect)]
      const scope = yield* Scope.make()
      const opened = yield* Scope.provide(one.open(job), scope)
      assert.deepInclude(yield* drive(Effect.flip(Effect.scoped(two.open(job))), 1000), other)
      yield* Effect.scoped(two.open("another job"))
      assert.deepInclude(yield* Effect.flip(Effect.scoped(one.open(job))), {
        _tag: "JournalError",
        description: "The job is running already"
      })
      yield* opened.record(entry(created(1)))
      yield* Scope.close(scope, Exit.void)
      const read = yield* Effect.scoped(Effect.flatMap(two.open(job), (opened) => opened.read([1])))
      assert.deepStrictEqual([...read.values()], [entry(created(1))])
    }).pipe(Effect.scoped)
  )

  it.effect("is taken over from a killed process once its ownership has expired", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const sql = yield* connect
      const journal = yield* journalOn(connect, { ownerExpiry: "10 seconds" })
      yield* sql`INSERT INTO chatbotkit_owner (journal, part, owner, refreshes) VALUES (${`bulk/${job}`}, 0, 'killed', 7)`
      const fiber = yield* Effect.forkChild(Effect.scoped(journal.open(job)))
      const step = (millis: number) =>
        Effect.andThen(Effect.repeat(Fake.settle, { times: 20 }), TestClock.adjust(millis))
      for (let waits = 0; waits < 4; waits++) yield* step(2000)
      yield* step(1900)
      yield* step(0)
      assert.isUndefined(fiber.pollUnsafe())
      yield* drive(Fiber.join(fiber), 100)
      assert.deepEqual(yield* sql`SELECT owner FROM chatbotkit_owner`, [])
    }).pipe(Effect.scoped)
  )

  it.effect("that was lost keeps the process from recording", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const sql = yield* connect
      const journal = yield* Effect.flatMap(journalOn(connect), (journal) => journal.open(job))
      yield* journal.record(entry(created(1)))
      yield* sql`UPDATE chatbotkit_owner SET owner = 'another process'`
      assert.deepInclude(yield* Effect.flip(journal.record(entry(created(2)))), lost)
      assert.deepEqual(yield* sql`SELECT entry FROM chatbotkit_outcome`.values, [[JSON.stringify(created(1))]])
    }).pipe(Effect.scoped)
  )

  it.effect("is taken by one of several processes that find it abandoned", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const sql = yield* connect
      const journals = yield* Effect.all([journalOn(connect), journalOn(connect), journalOn(connect)])
      yield* sql`INSERT INTO chatbotkit_owner (journal, part, owner, refreshes) VALUES (${`bulk/${job}`}, 0, 'killed', 7)`
      const opened = Effect.forEach(journals, (journal) => Effect.exit(journal.open(job)), { concurrency: 3 })
      const exits = yield* drive(opened, 1000)
      assert.lengthOf(exits.filter(Exit.isSuccess), 1)
    }).pipe(Effect.scoped)
  )

  it.effect("that fails ends the work, and what was recorded can be read", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const connect = yield* make
      const sql = yield* connect
      const work = Bulk.ensure(Stream.fromIterable(rowsOf(20)), { job, concurrency: 1 })
      yield* run(Stream.take(work, 5), connect)
      yield* sql`ALTER TABLE chatbotkit_outcome RENAME TO gone`
      yield* sql`CREATE VIEW chatbotkit_outcome AS SELECT * FROM gone WHERE row_number < 0`
      const error = yield* Effect.flip(run(work, connect))
      assert.instanceOf(error, Journal.JournalError)
      assert.match(error.message, /^The database failed: \w+$/)
      yield* sql`DROP VIEW chatbotkit_outcome`
      yield* sql`ALTER TABLE gone RENAME TO chatbotkit_outcome`
      const outcomes = yield* run(work, connect)
      assert.deepStrictEqual(names(outcomes).slice(0, 5), Array(5).fill("created"))
      assert.lengthOf(yield* api.contacts(), 20)
    }).pipe(Effect.scoped, Effect.provide(InMemory.layer()))
  )
})

const Interruptions = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))).check(
  Schema.isMaxLength(3)
)

describe("work with a journal in SQL", () => {
  it.effect.prop(
    "that is interrupted anywhere has one outcome for each row, and makes each contact once",
    [Interruptions, Schema.Int],
    ([interruptions, seed]) =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ probability: 0.3, fault: Fault.delay("1 second") })
        yield* api.inject({ probability: 0.2, fault: Fault.afterCommit(Fault.reset) })
        const work = Bulk.ensure(Stream.fromIterable(rowsOf(30).map(({ name }) => ({ name: name ?? "" }))), { job })
        for (const turns of interruptions) {
          const fiber = yield* Effect.forkChild(Stream.runDrain(work))
          for (let turn = 0; turn < turns; turn++) yield* Effect.andThen(Fake.settle, TestClock.adjust(50))
          yield* Fiber.interrupt(fiber)
        }
        yield* drive(Stream.runDrain(work), 1000)
        yield* api.removeFaults
        const outcomes = yield* drive(Stream.runCollect(work), 1000)
        assert.isTrue(outcomes.every(Bulk.isSettled))
        assert.lengthOf(outcomes, 30)
        assert.sameMembers(
          (yield* api.contacts()).map(({ name }) => name),
          rowsOf(30).map(({ name }) => name)
        )
      }).pipe(
        Random.withSeed(`${seed}`),
        Effect.provide(InMemory.layer()),
        Effect.provide(SqlJournal.layer().pipe(Layer.provide(NodeSqlite.layer({ filename: ":memory:" }))))
      ),
    { timeout: 120_000, arbitrary: { runs: 30 } }
  )
})

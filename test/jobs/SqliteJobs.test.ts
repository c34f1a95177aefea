import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Layer, Scope, Stream } from "effect"
import { NodeFileSystem } from "@effect/platform-node"
import * as SqlClient from "effect/sql/SqlClient"
import { TestClock } from "effect/testing"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as SqliteJobs from "../../src/jobs/SqliteJobs.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as Fake from "../support/FakeHttp.ts"
import { loadGraphql } from "../support/LoadGraphql.ts"

const { Fault } = InMemory
const rowsOf = (count: number) => Stream.range(1, count).pipe(Stream.map((row) => ({ name: `Contact ${row}` })))

/** The path of a database in a directory of its own. */
const temporary = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return `${yield* fs.makeTempDirectoryScoped()}/jobs.db`
}).pipe(Effect.provide(NodeFileSystem.layer))

const linkTo = (path: string, link: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.symlink(path, link)).pipe(Effect.provide(NodeFileSystem.layer))

loadGraphql()

describe("SqliteJobs.layer", () => {
  it.effect("submits a job and runs it", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* Effect.gen(function* () {
        yield* Jobs.submit("crm", rowsOf(120), { operation: "ensure", chunkSize: 50 })
        const progress = yield* Fake.successOf(Jobs.wait("crm"), 200)
        assert.deepInclude(progress, { state: "finished", rows: 120, settled: 120, left: 0 })
        const outcomes = yield* Stream.runCollect(Jobs.outcomes("crm"))
        assert.deepStrictEqual(
          outcomes.map(({ outcome }) => outcome),
          Array.from({ length: 120 }, () => "created")
        )
      }).pipe(Effect.provide(SqliteJobs.layer({ filename: ":memory:" })))
      assert.lengthOf(yield* api.contacts(), 120)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("lets one worker at a time use a file, beside any control", () =>
    Effect.gen(function* () {
      const filename = yield* temporary
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(SqliteJobs.layer({ filename }), scope)
      const second = yield* Effect.flip(Effect.scoped(Layer.build(SqliteJobs.layer({ filename }))))
      assert.deepInclude(second, { _tag: "WorkerRunning", filename })
      assert.strictEqual(second.message, `Another worker runs the jobs of ${filename}`)
      yield* linkTo(filename, `${filename}.link`)
      const linked = SqliteJobs.layer({ filename: `${filename}.link` })
      assert.strictEqual((yield* Effect.flip(Effect.scoped(Layer.build(linked))))._tag, "WorkerRunning")
      yield* Effect.gen(function* () {
        yield* Jobs.submit("crm", rowsOf(10), { operation: "ensure" })
        assert.deepInclude(yield* Fake.successOf(Jobs.wait("crm"), 200), { state: "finished", left: 0 })
      }).pipe(Effect.provide(SqliteJobs.layerControl({ filename })))
      yield* Fake.successOf(Scope.close(scope, Exit.void))
      // The lock is free again.
      yield* Effect.scoped(Layer.build(SqliteJobs.layer({ filename })))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("goes on with the jobs of a worker that was closed", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault: Fault.delay("1 second") })
      const filename = yield* temporary
      const worker = SqliteJobs.layer({ filename })
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(worker, scope)
      yield* Effect.gen(function* () {
        yield* Jobs.submit("crm", rowsOf(100), { operation: "create", chunkSize: 20 })
        yield* Fake.successOf(
          Effect.repeat(Effect.delay(Jobs.progress("crm"), "500 millis"), { until: ({ settled }) => settled >= 30 })
        )
        yield* Fake.successOf(Scope.close(scope, Exit.void))
        assert.isBelow((yield* Jobs.progress("crm")).settled, 100)
        // The engine makes the ids of its messages from the time.
        yield* TestClock.adjust(1)
        const progress = yield* Effect.provide(Fake.successOf(Jobs.wait("crm"), 200), worker)
        assert.deepInclude(progress, { state: "finished", settled: 100, run: 1 })
      }).pipe(Effect.provide(SqliteJobs.layerControl({ filename })))
      assert.lengthOf(yield* api.contacts(), 100)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("sends the run no message when a chunk ends", () =>
    Effect.gen(function* () {
      const filename = yield* temporary
      yield* Effect.gen(function* () {
        yield* Jobs.submit("crm", rowsOf(60), { operation: "ensure", chunkSize: 20 })
        yield* Fake.successOf(Jobs.wait("crm"), 200)
      }).pipe(Effect.provide(SqliteJobs.layer({ filename })))
      const tags = yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        return yield* sql<{ tag: string }>`SELECT DISTINCT tag FROM cluster_messages ORDER BY tag`
      }).pipe(Effect.provide(NodeSqlite.layer({ filename })))
      assert.deepStrictEqual(
        tags.map(({ tag }) => tag),
        ["activity", "run"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("removes jobs after their retention", () =>
    Effect.gen(function* () {
      yield* Jobs.submit("crm", rowsOf(10), { operation: "ensure" })
      yield* Fake.successOf(Jobs.wait("crm"), 200)
      yield* Fake.successOf(Effect.sleep("4 minutes"), 10_000)
      assert.lengthOf(yield* Jobs.list, 1)
      yield* Fake.successOf(Effect.sleep("2 minutes"), 10_000)
      assert.lengthOf(yield* Jobs.list, 0)
    }).pipe(
      Effect.provide(SqliteJobs.layer({ filename: ":memory:", retention: "5 minutes" })),
      Effect.provide(InMemory.layer())
    )
  )

  it.effect("fails if the file of the lock is no database, or a directory", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [text, directory] = [yield* temporary, yield* temporary]
      yield* fs.writeFileString(`${text}.lock`, "The number of a process, of another program.\n".repeat(100))
      yield* fs.makeDirectory(`${directory}.lock`)
      for (const filename of [text, directory]) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(SqliteJobs.layer({ filename }))))
        assert.strictEqual(error._tag, "SqlError")
      }
    }).pipe(Effect.provide(NodeFileSystem.layer), Effect.provide(InMemory.layer()))
  )

  it.effect("fails if the file cannot be opened", () =>
    Effect.gen(function* () {
      const filename = `${yield* temporary}/no/such/directory`
      const error = yield* Effect.flip(Effect.scoped(Layer.build(SqliteJobs.layer({ filename }))))
      assert.strictEqual(error._tag, "SqlError")
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import * as Contact from "../../../src/Contact.ts"
import type * as Bulk from "../../../src/Bulk.ts"
import * as SqlOutcomes from "../../../src/internal/sql/SqlOutcomes.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"
import * as NodeSqlite from "../../../src/layers/NodeSqlite.ts"
import { type Connect, databases } from "../../support/Databases.ts"
import { created, entry, upTo } from "../../support/BulkWork.ts"
import * as Fake from "../../support/FakeHttp.ts"

const journal = "job/crm 2026-11"
/** The entries of the journal in the order of rows, from a row on. */
const all = ({ from }: { readonly from: number } = { from: 1 }) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`SELECT row_number FROM chatbotkit_outcome
      WHERE journal = ${journal} AND row_number >= ${from} ORDER BY row_number`.values
    const numbers = rows.map(([row]) => Number(row))
    const read = yield* SqlOutcomes.read(journal, numbers)
    return numbers.map((row) => read.get(row))
  })
const owned = (part: number) => Effect.flatMap(SqlOutcomes.takeOver(journal, part), SqlOutcomes.open)

/** Runs a test on an empty database with tables, over a client of its own. */
const onDatabase = <A, E>(
  make: Effect.Effect<Connect, unknown, Scope.Scope>,
  test: (connect: Connect) => Effect.Effect<A, E, SqlClient.SqlClient | Scope.Scope>
) =>
  Effect.gen(function* () {
    const connect = yield* make
    const sql = yield* connect
    return yield* Effect.andThen(SqlOutcomes.createTables, test(connect)).pipe(
      Effect.provideService(SqlClient.SqlClient, sql)
    )
  }).pipe(Effect.scoped)

describe.each(databases())("outcomes in $name", ({ make }) => {
  it.effect("are all kinds as they were, and the last one of each row", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const [before] = yield* api.seed([{ description: "long ".repeat(30_000), meta: { é: "\u2028\u0000\ud800" } }])
        const error = yield* Fake.failureOf(Contact.fetch("cmissing"))
        const outcomes: ReadonlyArray<Bulk.Outcome> = [
          created(1),
          { row: 2, outcome: "existing", id: "c2" },
          { row: 3, outcome: "updated", id: "c3", before: before ?? Fake.contact("") },
          { row: 4, outcome: "invalid", field: "email", description: "no address" },
          { row: 5, outcome: "duplicate", of: 1 },
          { row: 6, outcome: "not-sent", error },
          { row: 7, outcome: "unknown", error, before: before ?? Fake.contact("") },
          { row: 2 ** 40, outcome: "failed", error }
        ]
        const part = yield* owned(0)
        yield* part.record(entry({ row: 1, outcome: "unknown" }))
        yield* Effect.forEach(outcomes.map(entry), part.record, { concurrency: "unbounded" })
        const read = yield* part.read([...outcomes.map(({ row }) => row), 8, 1_000_000])
        const byRow = Array.from(read.values()).toSorted((one, other) => one.outcome.row - other.outcome.row)
        assert.deepStrictEqual(byRow, outcomes.map(entry))
        assert.deepStrictEqual(yield* all(), outcomes.map(entry))
        assert.deepStrictEqual(yield* all({ from: 7 }), outcomes.map(entry).slice(6))
        const sql = yield* SqlClient.SqlClient
        const settled = yield* sql`SELECT outcome FROM chatbotkit_outcome WHERE is_settled = 1 ORDER BY row_number`
          .values
        assert.deepEqual(settled.flat(), ["created", "existing", "updated", "invalid", "duplicate", "failed"])
      }).pipe(Effect.provide(InMemory.layer()))
    )
  )

  it.effect("have the time at which they were recorded", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const part = yield* owned(0)
        const at = sql`SELECT CAST(recorded_at AS DOUBLE PRECISION) FROM chatbotkit_outcome`.values
        yield* TestClock.setTime(1_790_000_000_123)
        yield* part.record(entry({ row: 1, outcome: "unknown" }))
        assert.deepEqual(yield* at, [[1_790_000_000_123]])
        yield* TestClock.adjust("1 second")
        yield* part.record(entry(created(1)))
        assert.deepEqual(yield* at, [[1_790_000_001_123]])
      })
    )
  )

  it.effect.each([0, 1, 499, 500, 501, 1500])("are read together, any number of them: %i", (count) =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const part = yield* owned(0)
        yield* Effect.forEach(upTo(count), (row) => part.record(entry(created(row))), { concurrency: "unbounded" })
        assert.deepStrictEqual(
          yield* all(),
          upTo(count).map((row) => entry(created(row)))
        )
        assert.strictEqual((yield* part.read(upTo(count + 1))).size, count)
      })
    )
  )

  it.effect("belong to one journal", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        yield* (yield* owned(0)).record(entry(created(1)))
        const other = yield* Effect.flatMap(SqlOutcomes.takeOver("bulk/crm 2026-11", 0), SqlOutcomes.open)
        assert.strictEqual((yield* other.read([1])).size, 0)
        yield* other.record(entry({ row: 1, outcome: "unknown" }))
        assert.deepStrictEqual(yield* all(), [entry(created(1))])
      })
    )
  )

  it.effect("can be recorded by the last owner of a part only, and by the owners of other parts", () =>
    onDatabase(make, (connect) =>
      Effect.gen(function* () {
        const first = yield* SqlOutcomes.takeOver(journal, 0)
        const [part, otherPart] = [yield* SqlOutcomes.open(first), yield* owned(1)]
        yield* part.record(entry(created(1)))
        assert.isTrue(yield* SqlOutcomes.refresh(first))
        const other = yield* connect
        const second = yield* Effect.provideService(owned(0), SqlClient.SqlClient, other)
        assert.isFalse(yield* SqlOutcomes.refresh(first))
        const lost = { _tag: "JournalError", description: "Another process has taken over the journal" } as const
        assert.deepInclude(yield* Effect.flip(part.record(entry(created(2)))), lost)
        yield* second.record(entry(created(3)))
        assert.deepInclude(yield* Effect.flip(part.record(entry(created(4)))), lost)
        yield* otherPart.record(entry(created(5)))
        assert.deepStrictEqual(
          yield* all(),
          [1, 3, 5].map((row) => entry(created(row)))
        )
      })
    )
  )

  it.effect("wait until a transaction of the last owner has ended before another one takes over", () =>
    onDatabase(make, (connect) =>
      Effect.gen(function* () {
        const first = yield* SqlOutcomes.takeOver(journal, 0)
        const other = yield* connect
        const sql = yield* SqlClient.SqlClient
        let hasEnded = false
        const transaction = Effect.gen(function* () {
          assert.isTrue(yield* SqlOutcomes.refresh(first))
          const taking = Effect.map(SqlOutcomes.takeOver(journal, 0), () => hasEnded)
          const fiber = yield* Effect.forkDetach(Effect.provideService(taking, SqlClient.SqlClient, other))
          for (let turn = 0; turn < 20; turn++) yield* Fake.settle
          hasEnded = true
          return fiber
        })
        assert.isTrue(yield* Effect.flatMap(sql.withTransaction(transaction), Fiber.join))
        assert.isFalse(yield* SqlOutcomes.refresh(first))
      })
    )
  )

  it.effect("are created in tables that two processes create at the same time", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const clients = yield* Effect.all([connect, connect, connect])
      const create = (sql: SqlClient.SqlClient) =>
        Effect.provideService(SqlOutcomes.createTables, SqlClient.SqlClient, sql)
      yield* Effect.forEach(clients, create, { concurrency: 3 })
      yield* Effect.forEach(clients, create, { concurrency: 3 })
    }).pipe(Effect.scoped)
  )

  it.effect("have tables for a caller who reads integers as bigints too", () =>
    onDatabase(make, () => Effect.provideService(SqlOutcomes.createTables, SqlClient.SafeIntegers, true))
  )

  it.effect("are refused if the tables are of another version", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE chatbotkit_schema SET version = 2`
        assert.deepInclude(yield* Effect.flip(SqlOutcomes.createTables), {
          _tag: "JournalError",
          description: "The tables are of version 2, and this release uses 1"
        })
      })
    )
  )

  it.effect("that this release cannot read are a failure, which does not quote them", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const part = yield* owned(0)
        yield* part.record(entry(created(1)))
        for (const text of ["canary", `{"row":1,"outcome":"canary"}`]) {
          yield* sql`UPDATE chatbotkit_outcome SET entry = ${text}`
          for (const reading of [Effect.asVoid(part.read([1])), Effect.asVoid(all())]) {
            const error = yield* Effect.flip(reading)
            assert.strictEqual(error._tag, "JournalError")
            assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "canary")
          }
        }
      })
    )
  )

  it.effect("that cannot be written fail all their callers, without data of a row", () =>
    onDatabase(make, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const part = yield* owned(0)
        yield* sql`DROP TABLE chatbotkit_outcome`
        const outcomes: ReadonlyArray<Bulk.Outcome> = upTo(3).map((row) => ({
          row,
          outcome: "invalid",
          description: "canary"
        }))
        const errors = yield* Effect.forEach(outcomes, (outcome) => Effect.flip(part.record(entry(outcome))), {
          concurrency: 3
        })
        for (const error of errors) {
          assert.match(error.message, /^The database failed: \w+$/)
          assert.notInclude(JSON.stringify(error), "canary")
        }
      })
    )
  )
})

describe("outcomes in another database", () => {
  it.effect("are refused", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.make({
        driver: "other",
        compiler: Statement.makeCompiler({
          dialect: "mysql",
          placeholder: () => "?",
          onIdentifier: (name) => name,
          onRecordUpdate: () => ["", []],
          onCustom: () => ["", []]
        }),
        acquirer: Effect.die("no statement is executed"),
        spanAttributes: []
      })
      const error = yield* Effect.flip(Effect.provideService(SqlOutcomes.createTables, SqlClient.SqlClient, sql))
      assert.strictEqual(error.message, "The database has to be SQLite or PostgreSQL")
    }).pipe(Effect.provide(Reactivity.layer))
  )
})

describe("groups of outcomes", () => {
  /** Runs a test on a database in memory, and counts its transactions. */
  const counting = <A, E>(test: (commits: () => number) => Effect.Effect<A, E, SqlClient.SqlClient>) => {
    let commits = 0
    return Effect.andThen(
      SqlOutcomes.createTables,
      Effect.suspend(() => test(() => commits))
    ).pipe(
      Effect.provideService(Statement.CurrentTransformer, (statement) =>
        Effect.sync(() => {
          if (statement.compile()[0].startsWith("UPDATE chatbotkit_owner")) commits++
          return statement
        })
      ),
      Effect.provide(NodeSqlite.layer({ filename: ":memory:" }))
    )
  }

  it.effect("are written together if they come at the same time", () =>
    counting((commits) =>
      Effect.gen(function* () {
        const part = yield* owned(0)
        yield* Effect.forEach(upTo(1000), (row) => part.record(entry(created(row))), { concurrency: "unbounded" })
        assert.isAtMost(commits(), 2)
        assert.lengthOf(yield* all(), 1000)
      })
    )
  )

  it.effect("cannot be interrupted half way", () =>
    counting(() =>
      Effect.gen(function* () {
        const part = yield* owned(0)
        const fibers = yield* Effect.forEach(upTo(100), (row) =>
          Effect.forkChild(part.record(entry(created(row))), { startImmediately: true })
        )
        yield* Fiber.interruptAll(fibers)
        assert.lengthOf(yield* all(), 100)
      })
    )
  )
})

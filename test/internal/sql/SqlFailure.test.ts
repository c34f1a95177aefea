import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { catchLostConnection, describe as describeFailure } from "../../../src/internal/sql/SqlFailure.ts"
import * as NodeSqlite from "../../../src/layers/NodeSqlite.ts"
import { databases } from "../../support/Databases.ts"

const kinds = databases()

describe.each(kinds)("a transaction in $name", ({ make }) => {
  it.effect("fails as it did, dies as it did, and succeeds as it did", () =>
    Effect.gen(function* () {
      const sql = yield* Effect.flatten(make)
      const transaction = <A, E>(effect: Effect.Effect<A, E>) =>
        Effect.exit(catchLostConnection(sql.withTransaction(effect)))
      assert.deepStrictEqual(yield* transaction(Effect.succeed(1)), Exit.succeed(1))
      assert.deepStrictEqual(yield* transaction(Effect.fail("no")), Exit.fail("no"))
      const died = yield* transaction(Effect.die("bug"))
      assert.isTrue(Exit.isFailure(died) && Cause.squash(died.cause) === "bug")
      const interrupted = yield* transaction(Effect.interrupt)
      assert.isTrue(Exit.isFailure(interrupted) && Cause.hasInterruptsOnly(interrupted.cause))
    }).pipe(Effect.scoped)
  )
})

describe.each(kinds.filter(({ name }) => name === "PostgreSQL"))(
  "a transaction in $name whose connection is lost",
  ({ make }) => {
    it.effect("is a failure, and the next one has another connection", () =>
      Effect.gen(function* () {
        const connect = yield* make
        const [sql, other] = [yield* connect, yield* connect]
        const lose = Effect.gen(function* () {
          const [row] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          yield* other`SELECT pg_terminate_backend(${row?.pid ?? 0})`
          return yield* sql`SELECT 1`
        })
        const error = yield* Effect.flip(catchLostConnection(sql.withTransaction(lose)))
        assert.isTrue(SqlError.isSqlError(error))
        assert.match(describeFailure(error), /^The database failed: \w+$/)
        const query = sql`SELECT 1 AS one`
        assert.deepEqual(yield* catchLostConnection(sql.withTransaction(query)), [{ one: 1 }])
      }).pipe(Effect.scoped)
    )
  }
)

describe("a disk that is full", () => {
  it.effect("is a failure that says so, also in a transaction", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE texts (value TEXT)`
      yield* sql`PRAGMA max_page_count = 10`
      const insert = sql`INSERT INTO texts VALUES (${"x".repeat(100_000)})`
      for (const failing of [insert, catchLostConnection(sql.withTransaction(insert))]) {
        assert.strictEqual(describeFailure(yield* Effect.flip(failing)), "The database failed: DiskFull")
      }
      assert.deepStrictEqual(yield* sql`SELECT value FROM texts`, [])
    }).pipe(Effect.provide(NodeSqlite.layer({ filename: ":memory:" })))
  )

  it("is known by the code of PostgreSQL", () => {
    const cause = Object.assign(new Error("could not extend file"), { code: "53100" })
    const reason = new SqlError.UnknownError({ cause, message: "", operation: "execute" })
    assert.strictEqual(describeFailure(new SqlError.SqlError({ reason })), "The database failed: DiskFull")
  })
})

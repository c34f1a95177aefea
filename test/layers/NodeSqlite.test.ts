import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, FileSystem, Layer, Stream } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { spawnSync } from "node:child_process"
import { vi } from "vitest"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as Fake from "../support/FakeHttp.ts"

const memory = () => NodeSqlite.layer({ filename: ":memory:" })

/** A client of its own, as another process has. */
const clientOn = (options: NodeSqlite.Options) =>
  Effect.map(Layer.build(Layer.fresh(NodeSqlite.layer(options))), Context.get(SqlClient.SqlClient))

const temporaryFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const temporaryFile = Effect.map(temporaryFolder, (folder) => `${folder}/test.db`)

/** A table of numbers from 1. */
const numbers = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE numbers (n INTEGER PRIMARY KEY)`
    yield* sql`INSERT INTO numbers WITH RECURSIVE upTo(n) AS
      (SELECT 1 UNION ALL SELECT n + 1 FROM upTo WHERE n < ${count})
      SELECT n FROM upTo WHERE n <= ${count}`
    return sql
  })

const countOf = (sql: SqlClient.SqlClient) =>
  Effect.map(sql`SELECT count(*) AS n FROM numbers`.values, (rows) => rows[0]?.[0])

const reasonOf = <A, R>(effect: Effect.Effect<A, SqlError.SqlError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("statements over node:sqlite", () => {
  it.effect("give rows, values, and nothing", () =>
    Effect.gen(function* () {
      const sql = yield* numbers(3)
      const statement = sql`SELECT n, n * 2 AS twice FROM numbers WHERE n > ${1}`
      assert.deepEqual(yield* statement, [
        { n: 2, twice: 4 },
        { n: 3, twice: 6 }
      ])
      assert.deepEqual(yield* statement.values, [
        [2, 4],
        [3, 6]
      ])
      assert.deepEqual(yield* statement.valuesUnprepared, yield* statement.values)
      assert.deepEqual(yield* statement.unprepared, yield* statement)
      assert.deepEqual(yield* statement.raw, yield* statement)
      assert.deepEqual(yield* sql`INSERT INTO numbers VALUES (4)`, [])
      assert.deepEqual(yield* sql`INSERT INTO numbers VALUES (5) RETURNING n`, [{ n: 5 }])
    }).pipe(Effect.provide(memory()))
  )

  it.effect.each([null, "", "text \u0000 é", -1, 0.5, 2 ** 53 - 1, new Uint8Array([0, 255])])(
    "store the parameter %o",
    (value) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        assert.deepEqual(yield* sql`SELECT ${value} AS value`, [{ value }])
      }).pipe(Effect.provide(memory()))
  )

  it.effect.each([true, new Date(0), Number.NaN, undefined, { a: 1 }, ["a"], Symbol("a"), 2n ** 63n])(
    "refuse the parameter %o",
    (value) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const reason = yield* reasonOf(sql.unsafe("SELECT ? AS value", [value]))
        assert.strictEqual(reason._tag, "UnknownError")
        assert.match(String(reason.cause), /parameter 1|too large/)
      }).pipe(Effect.provide(memory()))
  )

  it.effect("read integers above 2^53 as bigints only", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const statement = sql`SELECT ${2n ** 53n + 1n} AS value`
      assert.strictEqual((yield* reasonOf(statement))._tag, "UnknownError")
      const safe = Effect.provideService(SqlClient.SafeIntegers, true)
      assert.deepEqual(yield* safe(statement), [{ value: 2n ** 53n + 1n }])
      assert.strictEqual((yield* reasonOf(statement))._tag, "UnknownError")
    }).pipe(Effect.provide(memory()))
  )

  it.effect("more than those that stay prepared", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (let pass = 0; pass < 2; pass++) {
        for (let n = 0; n < 300; n++) assert.deepEqual(yield* sql.unsafe(`SELECT ${n} AS n`), [{ n }])
      }
    }).pipe(Effect.provide(memory()))
  )

  it.effect.each([
    ["INSERT INTO numbers VALUES (1)", "ConstraintError"],
    ["INSERT INTO names VALUES ('a'), ('a')", "UniqueViolation"],
    ["SELEC", "UnknownError"],
    ["SELECT * FROM missing", "UnknownError"]
  ] as const)("fail as in other drivers of Effect: %s", ([statement, tag]) =>
    Effect.gen(function* () {
      const sql = yield* numbers(1)
      yield* sql`CREATE TABLE names (name TEXT UNIQUE)`
      assert.strictEqual((yield* reasonOf(sql.unsafe(statement)))._tag, tag)
      assert.strictEqual(yield* countOf(sql), 1)
    }).pipe(Effect.provide(memory()))
  )
})

describe("streams of rows over node:sqlite", () => {
  it.effect.each([0, 1, 99, 100, 101, 1000])("give %i rows", (count) =>
    Effect.gen(function* () {
      const sql = yield* numbers(count)
      const rows = yield* Stream.runCollect(sql<{ n: number }>`SELECT n FROM numbers ORDER BY n`.stream)
      assert.deepEqual(
        rows.map(({ n }) => n),
        Array.from({ length: count }, (_, index) => index + 1)
      )
    }).pipe(Effect.provide(memory()))
  )

  it.effect("can end early, and run beside the same statement in a transaction", () =>
    Effect.gen(function* () {
      const sql = yield* numbers(1000)
      const statement = sql<{ n: number }>`SELECT n FROM numbers ORDER BY n`
      const rows = yield* Stream.runCollect(
        Stream.mapEffect(Stream.take(statement.stream, 250), (row) => Effect.as(statement, row.n))
      ).pipe(sql.withTransaction)
      assert.deepEqual(rows.at(-1), 250)
      yield* sql`DELETE FROM numbers`
      assert.strictEqual(yield* countOf(sql), 0)
    }).pipe(Effect.provide(memory()))
  )

  it.effect("fail with a typed error", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual((yield* reasonOf(Stream.runDrain(sql`SELECT * FROM missing`.stream)))._tag, "UnknownError")
    }).pipe(Effect.provide(memory()))
  )
})

describe("transactions over node:sqlite", () => {
  it.effect("keep all their changes, or none", () =>
    Effect.gen(function* () {
      const sql = yield* numbers(1)
      const insert = sql`INSERT INTO numbers VALUES (2)`
      assert.strictEqual(yield* Effect.flip(sql.withTransaction(Effect.andThen(insert, Effect.fail("no")))), "no")
      assert.strictEqual(yield* countOf(sql), 1)
      yield* sql.withTransaction(insert)
      assert.strictEqual(yield* countOf(sql), 2)
    }).pipe(Effect.provide(memory()))
  )

  it.effect("that are nested undo their own changes", () =>
    Effect.gen(function* () {
      const sql = yield* numbers(1)
      const insert = (n: number) => sql`INSERT INTO numbers VALUES (${n})`
      const nested = sql.withTransaction(Effect.andThen(insert(3), Effect.fail("no")))
      yield* sql.withTransaction(
        Effect.andThen(insert(2), Effect.andThen(Effect.flip(nested), sql.withTransaction(insert(4))))
      )
      assert.deepEqual(yield* sql`SELECT n FROM numbers`.values, [[1], [2], [4]])
    }).pipe(Effect.provide(memory()))
  )

  it.effect("that are interrupted change nothing, and a statement that waits for one can be interrupted", () =>
    Effect.gen(function* () {
      const sql = yield* numbers(1)
      const transaction = sql.withTransaction(Effect.andThen(sql`DELETE FROM numbers`, Effect.never))
      const running = yield* Effect.forkChild(transaction, { startImmediately: true })
      yield* Fake.settle
      const waiting = yield* Effect.forkChild(countOf(sql), { startImmediately: true })
      const interrupted = yield* Effect.forkChild(sql`DELETE FROM numbers`, { startImmediately: true })
      yield* Fake.settle
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(interrupted)
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(running)
      assert.strictEqual(yield* Fiber.join(waiting), 1)
    }).pipe(Effect.provide(memory()))
  )
})

describe("a file over node:sqlite", () => {
  it.effect("keeps its rows, and only its owner can read it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = yield* temporaryFile
      yield* Effect.provide(numbers(3), Layer.fresh(NodeSqlite.layer({ filename })))
      assert.strictEqual(yield* countOf(yield* clientOn({ filename })), 3)
      for (const name of [filename, `${filename}-wal`]) assert.strictEqual((yield* fs.stat(name)).mode & 0o777, 0o600)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("syncs each transaction to the disk", () =>
    Effect.gen(function* () {
      const sql = yield* clientOn({ filename: yield* temporaryFile })
      assert.deepEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }])
      assert.deepEqual(yield* sql`PRAGMA synchronous`, [{ synchronous: 2 }])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("lets transactions of two clients wait for each other", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const clients = [yield* clientOn({ filename }), yield* clientOn({ filename })] as const
      yield* Effect.provideService(numbers(1), SqlClient.SqlClient, clients[0])
      const increment = (sql: SqlClient.SqlClient) =>
        sql.withTransaction(Effect.andThen(Effect.yieldNow, sql`UPDATE numbers SET n = n + 1`))
      yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.all(clients.map(increment), { concurrency: 2 }))
      assert.deepEqual(yield* clients[0]`SELECT n FROM numbers`.values, [[41]])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("keeps its locks when the same process opens it again", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const sql = yield* clientOn({ filename })
      yield* Effect.provideService(numbers(1), SqlClient.SqlClient, sql)
      yield* clientOn({ filename })
      const script = `const db = new (require("node:sqlite").DatabaseSync)(process.argv[1])
        db.exec("PRAGMA locking_mode = EXCLUSIVE; DELETE FROM numbers")`
      const { stderr } = spawnSync(process.execPath, ["-e", script, filename], { encoding: "utf8" })
      assert.include(stderr, "database is locked")
      assert.strictEqual(yield* countOf(sql), 1)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that stays locked is a LockTimeoutError, while it can be read", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      const [one, other] = [yield* clientOn({ filename }), yield* clientOn({ filename, busyTimeout: 0 })]
      yield* Effect.provideService(numbers(1), SqlClient.SqlClient, one)
      const reason = yield* one.withTransaction(
        Effect.andThen(one`DELETE FROM numbers`, reasonOf(other`DELETE FROM numbers`))
      )
      assert.strictEqual(reason._tag, "LockTimeoutError")
      assert.isTrue(reason.isRetryable)
      assert.strictEqual(yield* countOf(other), 0)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that cannot be opened is a ConnectionError", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const filename of [folder, `${folder}/missing/test.db`, "a\0b"]) {
        assert.strictEqual((yield* reasonOf(clientOn({ filename })))._tag, "ConnectionError")
      }
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that is no database is a typed failure", () =>
    Effect.gen(function* () {
      const filename = yield* temporaryFile
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(filename, "id,name\n".repeat(1000)))
      const error = yield* Effect.flip(clientOn({ filename }))
      assert.isTrue(SqlError.isSqlError(error))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that is closed refuses statements with a typed failure", () =>
    Effect.gen(function* () {
      const sql = yield* Effect.scoped(clientOn({ filename: ":memory:" }))
      assert.isTrue(SqlError.isSqlError(yield* Effect.flip(sql`SELECT 1`)))
      assert.isTrue(SqlError.isSqlError(yield* Effect.flip(sql.withTransaction(sql`SELECT 1`))))
    })
  )

  it.effect("is a ConnectionError that says why, on a Node without node:sqlite", () =>
    Effect.gen(function* () {
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          vi.doMock("node:sqlite", () => {
            throw new Error("No such built-in module: node:sqlite")
          })
        ),
        () => Effect.sync(() => vi.doUnmock("node:sqlite"))
      )
      const reason = yield* reasonOf(clientOn({ filename: ":memory:" }))
      assert.strictEqual(reason._tag, "ConnectionError")
      assert.strictEqual(reason.message, "NodeSqlite needs Node 22.16 or later, which has node:sqlite")
    }).pipe(Effect.scoped)
  )
})

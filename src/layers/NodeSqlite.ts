/**
 * A `SqlClient` over SQLite through Node's own `node:sqlite`: no package to install, no native module to build. It needs Node
 * 22.16 or later.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { SqliteConnection, sqlErrorOf } from "../internal/sql/SqliteConnection.ts"

/** The options of a database. */
export interface Options {
  /** The path of the file, which is created if it does not exist. `:memory:` is a database that lasts as long as the layer. */
  readonly filename: string
  /**
   * The time that a statement or a transaction waits for another one that writes to the file. After it, the statement fails with
   * a `LockTimeoutError`.
   *
   * @default "5 seconds"
   */
  readonly busyTimeout?: Duration.Input | undefined
}

const connectionError = (message: string, cause: unknown): SqlError.SqlError =>
  new SqlError.SqlError({ reason: new SqlError.ConnectionError({ message, operation: "connect", cause }) })

const missing = "NodeSqlite needs Node 22.16 or later, which has node:sqlite"

const isThere = (error: unknown): boolean => Predicate.hasProperty(error, "code") && error.code === "EEXIST"

/**
 * Creates the file of a new database so that only its owner can read it, as SQLite would not. A file that is there is not opened:
 * to close it would free the locks that another connection of this process has on it.
 */
const createPrivate = (filename: string): Effect.Effect<void, SqlError.SqlError> =>
  filename === ":memory:"
    ? Effect.void
    : Effect.tryPromise({
        try: async () => {
          const { closeSync, openSync } = await import("node:fs")
          try {
            closeSync(openSync(filename, "wx", 0o600))
          } catch (error) {
            if (!isThere(error)) throw error
          }
        },
        catch: (cause) => connectionError("The database cannot be opened", cause)
      })

const connect = /* @__PURE__ */ Effect.fnUntraced(function* ({
  busyTimeout = "5 seconds",
  filename
}: Options): Effect.fn.Return<SqliteConnection, SqlError.SqlError, Scope.Scope> {
  const { DatabaseSync } = yield* Effect.tryPromise({
    try: () => import("node:sqlite"),
    catch: (cause) => connectionError(missing, cause)
  })
  yield* createPrivate(filename)
  const db = yield* Effect.acquireRelease(
    Effect.try({
      try: () => new DatabaseSync(filename, { timeout: 0 }),
      catch: (cause) => sqlErrorOf("connect", "The database cannot be opened", cause)
    }),
    (db) => Effect.sync(() => db.close())
  )
  if (!("isTransaction" in db)) return yield* Effect.fail(connectionError(missing, undefined))
  const connection = new SqliteConnection(db, Duration.toMillis(busyTimeout))
  yield* connection.executeUnprepared("PRAGMA journal_mode = WAL", [], undefined)
  yield* connection.executeUnprepared("PRAGMA synchronous = FULL", [], undefined)
  return connection
})

const make = (
  options: Options
): Effect.Effect<SqlClient.SqlClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.flatMap(connect(options), (connection) =>
    SqlClient.make({
      ...SqlClient.makeSqliteAcquirers({
        connection: Effect.succeed(connection),
        semaphore: Semaphore.makeUnsafe(1),
        isTransaction: (connection) => connection.isTransaction
      }),
      driver: "sqlite-node",
      compiler: Statement.makeCompilerSqlite(),
      // A transaction that begins by reading could not always write later: SQLite refuses it if another one has written since.
      beginTransaction: "BEGIN IMMEDIATE",
      prepareTransactionControls: true,
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      spanAttributes: [["db.system.name", "sqlite"]]
    })
  )

/**
 * A `SqlClient` over a file of SQLite, for `SqlJournal`, `SqlRateLimiterStore` and `Jobs` on one machine. Several processes can
 * use the file at the same time: one writes, the others read or wait. Each transaction is on the disk when it ends
 * (`journal_mode=WAL`, `synchronous=FULL`), so a killed process or a power failure loses nothing. Only the owner of a new file
 * can read it. The file has to be on a local disk: the locks of network file systems are not reliable.
 *
 * The layer has one connection. A transaction or a stream of rows holds it until it ends; other statements wait. Parameters are
 * strings, numbers, bigints, bytes or null. An integer above 2^53 can be read with `SqlClient.SafeIntegers` only.
 *
 * Fails with a `SqlError` if the file cannot be opened, or if this Node has no `node:sqlite`.
 *
 * @example
 * ```ts
 * const journal = SqlJournal.layer().pipe(Layer.provide(NodeSqlite.layer({ filename: "jobs.db" })))
 * ```
 */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, SqlError.SqlError> =>
  Layer.provide(Layer.effect(SqlClient.SqlClient, make(options)), Reactivity.layer)

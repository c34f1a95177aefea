import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import * as SqlError from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite"

/** The number of statements that stay prepared. */
const maxPrepared = 200

/** The number of rows that a stream reads at a time. */
const streamChunk = 100

/** The time between two attempts to get the lock of the file, in milliseconds. */
const retryDelay = 5

/** SQLite's code for a database that another connection has locked. */
const busyCode = 5

const errorCode = (cause: unknown): number | undefined =>
  Predicate.hasProperty(cause, "errcode") && typeof cause.errcode === "number" ? cause.errcode : undefined

/** The failure of an operation, classified as the drivers of Effect do, which read the code of SQLite from `errno`. */
export const sqlErrorOf = (operation: string, message: string, cause: unknown): SqlError.SqlError => {
  const errno = errorCode(cause)
  const classified = errno !== undefined && cause instanceof Error ? Object.assign(cause, { errno }) : cause
  return new SqlError.SqlError({ reason: SqlError.classifySqliteError(classified, { message, operation }) })
}

const isInputValue = (value: unknown): value is SQLInputValue =>
  value === null ||
  typeof value === "string" ||
  typeof value === "bigint" ||
  (typeof value === "number" && !Number.isNaN(value)) ||
  ArrayBuffer.isView(value)

/** `node:sqlite` would take a `Date` for named parameters, and store `NaN` as NULL. */
const inputValues = (params: ReadonlyArray<unknown>): ReadonlyArray<SQLInputValue> => {
  if (params.every(isInputValue)) return params
  const wrong = params.findIndex((value) => !isInputValue(value))
  throw new TypeError(`SQLite cannot store parameter ${wrong + 1}: give a string, number, bigint, Uint8Array or null`)
}

type Row = Record<string, SQLOutputValue>
type TransformRows = (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

const transformed = (rows: ReadonlyArray<Row>, transformRows: TransformRows): ReadonlyArray<Row> =>
  transformRows === undefined ? rows : transformRows(rows)

/** A connection to SQLite through `node:sqlite`, which executes each statement synchronously. */
export class SqliteConnection implements Connection {
  readonly #db: DatabaseSync
  /** The time that a statement waits for the lock of the file, in milliseconds. */
  readonly #busyTimeout: number
  /** The prepared statements, the last used one at the end. */
  readonly #prepared = new Map<string, StatementSync>()

  constructor(db: DatabaseSync, busyTimeout: number) {
    this.#db = db
    this.#busyTimeout = busyTimeout
  }

  get isTransaction(): boolean {
    return this.#db.isOpen && this.#db.isTransaction
  }

  execute(sql: string, params: ReadonlyArray<unknown>, transformRows: TransformRows) {
    return Effect.map(this.#rows(sql, params, true), (rows) => transformed(rows, transformRows))
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>, transformRows: TransformRows) {
    return Effect.map(this.#rows(sql, params, false), (rows) => transformed(rows, transformRows))
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>) {
    return this.#rows(sql, params, true)
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>) {
    return this.#values(sql, params, true)
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return this.#values(sql, params, false)
  }

  executeStream(sql: string, params: ReadonlyArray<unknown>, transformRows: TransformRows) {
    return Stream.unwrap(
      Effect.map(
        Effect.acquireRelease(
          // A statement that is executed again while a stream reads it would begin anew, so a stream has its own.
          this.#once((bigInts) => this.#statement(sql, false, bigInts).iterate(...inputValues(params))),
          (rows) => Effect.sync(() => rows.return?.())
        ),
        (rows) => this.#pages(rows, transformRows)
      )
    )
  }

  #pages(rows: NodeJS.Iterator<Row>, transformRows: TransformRows): Stream.Stream<Row, SqlError.SqlError> {
    const page = this.#once(() => {
      const page: Array<Row> = []
      while (page.length < streamChunk) {
        const next = rows.next()
        if (next.done === true) break
        page.push(next.value)
      }
      return transformed(page, transformRows)
    })
    return Stream.fromPull(
      Effect.succeed(
        Effect.flatMap(page, (page) => (Arr.isReadonlyArrayNonEmpty(page) ? Effect.succeed(page) : Cause.done()))
      )
    )
  }

  #rows(sql: string, params: ReadonlyArray<unknown>, isPrepared: boolean) {
    return this.#run((bigInts) => {
      const statement = this.#statement(sql, isPrepared, bigInts)
      statement.setReturnArrays(false)
      return statement.all(...inputValues(params))
    })
  }

  #values(sql: string, params: ReadonlyArray<unknown>, isPrepared: boolean) {
    return this.#run((bigInts): ReadonlyArray<ReadonlyArray<unknown>> => {
      const statement = this.#statement(sql, isPrepared, bigInts)
      statement.setReturnArrays(true)
      const rows: ReadonlyArray<unknown> = statement.all(...inputValues(params))
      return rows.filter((row) => Array.isArray(row))
    })
  }

  #statement(sql: string, isPrepared: boolean, bigInts: boolean): StatementSync {
    const statement = (isPrepared ? this.#prepared.get(sql) : undefined) ?? this.#db.prepare(sql)
    statement.setReadBigInts(bigInts)
    if (isPrepared) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, statement)
      const [oldest] = this.#prepared.keys()
      if (this.#prepared.size > maxPrepared && oldest !== undefined) this.#prepared.delete(oldest)
    }
    return statement
  }

  #once<A>(execute: (bigInts: boolean) => A): Effect.Effect<A, SqlError.SqlError> {
    return Effect.withFiber((fiber) =>
      Effect.try({
        try: () => execute(fiber.getRef(SqlClient.SafeIntegers)),
        catch: (cause) => sqlErrorOf("execute", "Failed to execute statement", cause)
      })
    )
  }

  /**
   * Executes a statement. If another connection has locked the file, it tries again until the timeout. SQLite's own timeout would
   * stop the whole process meanwhile, and with it a connection of this process that has the lock. A transaction takes the lock
   * with its `BEGIN IMMEDIATE`, so no statement inside of one has to wait.
   */
  #run<A>(execute: (bigInts: boolean) => A): Effect.Effect<A, SqlError.SqlError> {
    return Effect.suspend(() => {
      const deadline = performance.now() + this.#busyTimeout
      const attempt: Effect.Effect<A, SqlError.SqlError> = Effect.catch(this.#once(execute), (error) =>
        this.#isBusy(error) && performance.now() < deadline ? Effect.andThen(waitForLock, attempt) : Effect.fail(error)
      )
      return attempt
    })
  }

  #isBusy({ reason }: SqlError.SqlError): boolean {
    return ((errorCode(reason.cause) ?? 0) & 0xff) === busyCode && !this.isTransaction
  }
}

/** The locks of files take real time, whatever the clock of the program. */
const waitForLock: Effect.Effect<void> = /* @__PURE__ */ Effect.callback((resume) => {
  const timer = setTimeout(() => resume(Effect.void), retryDelay)
  return Effect.sync(() => clearTimeout(timer))
})

/** The database of a world of jobs, in memory. A transaction that a killed process has not committed is rolled back. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { DatabaseSync } from "node:sqlite"
import { SqliteConnection } from "../../../src/internal/sql/SqliteConnection.ts"
import type { Moments } from "../bulk/Moments.ts"
import type { Process } from "../bulk/Process.ts"

/** A connection whose process can be killed before each statement. */
class ProcessConnection implements Connection {
  readonly #connection: SqliteConnection
  readonly #statement: Effect.Effect<boolean>
  readonly execute: Connection["execute"]
  readonly executeRaw: Connection["executeRaw"]
  readonly executeStream: Connection["executeStream"]
  readonly executeValues: Connection["executeValues"]
  readonly executeUnprepared: Connection["executeUnprepared"]
  readonly executeValuesUnprepared: Connection["executeValuesUnprepared"]

  constructor(connection: SqliteConnection, process: Process, moments: Moments) {
    this.#connection = connection
    this.#statement = process.act(() => moments.reach("journal"))
    const before = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.andThen(this.#statement, effect)
    this.execute = (...args) => before(connection.execute(...args))
    this.executeRaw = (...args) => before(connection.executeRaw(...args))
    this.executeStream = (...args) => Stream.unwrap(before(Effect.sync(() => connection.executeStream(...args))))
    this.executeValues = (...args) => before(connection.executeValues(...args))
    this.executeUnprepared = (...args) => before(connection.executeUnprepared(...args))
    this.executeValuesUnprepared = (...args) => before(connection.executeValuesUnprepared(...args))
  }

  get isTransaction(): boolean {
    return this.#connection.isTransaction
  }
}

export class MemoryDatabase {
  readonly #db = new DatabaseSync(":memory:")

  /** The client of the next process. The one before has ended. */
  layer(process: Process, moments: Moments): Layer.Layer<SqlClient.SqlClient> {
    const client = Effect.suspend(() => {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      const connection = new ProcessConnection(new SqliteConnection(this.#db, 0), process, moments)
      return SqlClient.make({
        ...SqlClient.makeSqliteAcquirers({
          connection: Effect.succeed(connection),
          semaphore: Semaphore.makeUnsafe(1),
          isTransaction: ({ isTransaction }) => isTransaction
        }),
        driver: "sqlite-node",
        compiler: Statement.makeCompilerSqlite(),
        beginTransaction: "BEGIN IMMEDIATE",
        prepareTransactionControls: true,
        releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
        spanAttributes: []
      })
    })
    return Layer.provide(Layer.effect(SqlClient.SqlClient, client), Reactivity.layer)
  }

  close(): void {
    this.#db.close()
  }
}

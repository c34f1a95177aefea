import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Exit, FileSystem, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { afterAll } from "vitest"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as PostgresServer from "./PostgresServer.ts"

/** Connects to a database as another process would, with a client of its own, until the scope closes. */
export type Connect = Effect.Effect<SqlClient.SqlClient, unknown, Scope.Scope>

/** A kind of database to test with. */
export interface Database {
  readonly name: string
  /** Makes an empty database, which is removed when the scope closes. */
  readonly make: Effect.Effect<Connect, unknown, Scope.Scope>
}

/** The client of a layer, until the scope closes. Its pool of connections does not see the test clock. */
const clientOf = <E>(layer: Layer.Layer<SqlClient.SqlClient, E>) =>
  TestClock.withLive(Effect.map(Layer.build(Layer.fresh(layer)), Context.get(SqlClient.SqlClient)))

const sqlite: Database = {
  name: "SQLite",
  make: Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    return clientOf(NodeSqlite.layer({ filename: `${folder}/test.db` }))
  }).pipe(Effect.provide(NodeFileSystem.layer))
}

/** A server for the tests of a file, which starts with the first of them. */
const sharedServer = () => {
  const scope = Scope.makeUnsafe()
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Effect.runSync(Effect.cached(Scope.provide(PostgresServer.start, scope)))
}

const postgres = (): Database => {
  const server = sharedServer()
  let databases = 0
  return {
    name: "PostgreSQL",
    make: Effect.gen(function* () {
      const { url } = yield* server
      const database = `test_${++databases}`
      const connect = (database: string) =>
        clientOf(PgClient.layer({ url: Redacted.make(url), database, maxConnections: 4 }))
      yield* Effect.scoped(Effect.flatMap(connect("postgres"), (sql) => sql`CREATE DATABASE ${sql(database)}`))
      return connect(database)
    })
  }
}

/** The databases to run the tests of a file on. */
export const databases = (): ReadonlyArray<Database> => {
  if (PostgresServer.missing === undefined) return [sqlite, postgres()]
  console.log(`The tests on PostgreSQL are skipped: ${PostgresServer.missing}`)
  return [sqlite]
}

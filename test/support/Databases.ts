import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Context, Effect, FileSystem, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"

/** Connects to a database as another process would, with a client of its own, until the scope closes. */
export type Connect = Effect.Effect<SqlClient.SqlClient, unknown, Scope.Scope>

/** A database for a test. */
export interface Database {
  readonly name: string
  /** Makes an empty database, which is removed when the scope closes. */
  readonly make: Effect.Effect<Connect, unknown, Scope.Scope>
}

/** The client of a layer, until the scope closes. */
export const clientOf = <E>(layer: Layer.Layer<SqlClient.SqlClient, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), Context.get(SqlClient.SqlClient))

const sqlite: Database = {
  name: "SQLite",
  make: Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    return clientOf(NodeSqlite.layer({ filename: `${folder}/test.db` }))
  }).pipe(Effect.provide(NodeFileSystem.layer))
}

/** The databases that the tests run on. */
export const databases: ReadonlyArray<Database> = [sqlite]

/** The tables of this package in a SQL database. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import type * as Statement from "effect/sql/Statement"
import { catchLostConnection } from "./SqlFailure.ts"

/** The version of the tables. A release that changes one of them raises it. */
const version = 1

/** The number that processes lock in PostgreSQL while they create tables. Any number that nothing else locks would do. */
const lockNumber = 7_246_110

/** A database that this release cannot use. */
export class UnusableDatabase
  extends /* @__PURE__ */ Schema.TaggedError<UnusableDatabase>("effect-chatbotkit/UnusableDatabase")(
    "UnusableDatabase",
    {
      description: Schema.String
    }
  ) {}

const dialectOf = (sql: SqlClient.SqlClient): "sqlite" | "pg" | "other" =>
  sql.onDialectOrElse({ sqlite: () => "sqlite", pg: () => "pg", orElse: () => "other" })

/** The client in the context, which does not rename columns. */
export const client: Effect.Effect<SqlClient.SqlClient, never, SqlClient.SqlClient> = /* @__PURE__ */ Effect.map(
  SqlClient.SqlClient,
  (sql) => sql.withoutTransforms()
)

/**
 * Creates tables that do not exist yet. Two connections to PostgreSQL that create the same table at the same time could both fail,
 * so each waits for the other.
 */
export const create = /* @__PURE__ */ Effect.fnUntraced(function* (
  tables: (sql: SqlClient.SqlClient) => ReadonlyArray<Statement.Statement<unknown>>
): Effect.fn.Return<void, SqlError.SqlError | UnusableDatabase, SqlClient.SqlClient> {
  const sql = yield* client
  const dialect = dialectOf(sql)
  if (dialect === "other") {
    return yield* new UnusableDatabase({ description: "The database has to be SQLite or PostgreSQL" })
  }
  const createAll = Effect.gen(function* () {
    if (dialect === "pg") yield* sql`SELECT pg_advisory_xact_lock(${lockNumber})`
    yield* sql`CREATE TABLE IF NOT EXISTS chatbotkit_schema (version INTEGER PRIMARY KEY)`
    yield* sql`INSERT INTO chatbotkit_schema (version)
      SELECT ${version} WHERE NOT EXISTS (SELECT 1 FROM chatbotkit_schema)`
    const [stored] = yield* sql`SELECT version FROM chatbotkit_schema`
    const found = Number(stored?.["version"])
    if (found !== version) {
      const description = `The tables are of version ${found}, and this release uses ${version}`
      return yield* new UnusableDatabase({ description })
    }
    yield* Effect.forEach(tables(sql), (statement) => statement, { discard: true })
  })
  return yield* catchLostConnection(sql.withTransaction(createAll))
})

/**
 * The ownership of a part of a journal: the process that has it is the only one that can record outcomes in it. It is a row with
 * a random token, and each transaction that records outcomes begins by touching that row. So a process that has lost it can
 * record nothing, even if it stood still and does not know.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import * as SqlTables from "./SqlTables.ts"

/** The ownership of a part, by this process. */
export interface Ownership {
  readonly journal: string
  readonly part: number
  readonly token: string
}

/** The owner of a part as another process sees it. */
export interface Owner {
  readonly token: string
  /** A number that changes as long as the owner is alive. */
  readonly refreshes: string
}

type Sql<A> = Effect.Effect<A, SqlError.SqlError, SqlClient.SqlClient>

/** Not from `Random`: two processes with the same seed would have the same token. */
const randomToken = Effect.sync(() => crypto.randomUUID())

/** The table of owners. */
export const table = (sql: SqlClient.SqlClient) =>
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_owner (
    journal TEXT NOT NULL,
    part INTEGER NOT NULL,
    owner TEXT NOT NULL,
    refreshes BIGINT NOT NULL,
    PRIMARY KEY (journal, part)
  )`

/** Takes the ownership of a part by force. */
export const takeOver = /* @__PURE__ */ Effect.fnUntraced(function* (
  journal: string,
  part: number
): Effect.fn.Return<Ownership, SqlError.SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlTables.client
  const token = yield* randomToken
  yield* sql`INSERT INTO chatbotkit_owner (journal, part, owner, refreshes) VALUES (${journal}, ${part}, ${token}, 0)
    ON CONFLICT (journal, part) DO UPDATE SET owner = excluded.owner, refreshes = 0`
  return { journal, part, token }
})

/**
 * Takes the ownership of a part that has no owner, or from an owner that has not changed since. Undefined if another process was
 * faster.
 */
export const takeFrom = /* @__PURE__ */ Effect.fnUntraced(function* (
  journal: string,
  part: number,
  owner: Owner | undefined
): Effect.fn.Return<Ownership | undefined, SqlError.SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlTables.client
  const token = yield* randomToken
  const rows =
    owner === undefined
      ? yield* sql`INSERT INTO chatbotkit_owner (journal, part, owner, refreshes) VALUES (${journal}, ${part}, ${token}, 0)
          ON CONFLICT (journal, part) DO NOTHING RETURNING part`
      : yield* sql`UPDATE chatbotkit_owner SET owner = ${token}, refreshes = 0
          WHERE journal = ${journal} AND part = ${part} AND owner = ${owner.token}
          AND refreshes = CAST(${owner.refreshes} AS BIGINT) RETURNING part`
  return rows.length === 1 ? { journal, part, token } : undefined
})

/** Gives up the ownership. */
export const release = ({ journal, part, token }: Ownership): Sql<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlTables.client
    yield* sql`DELETE FROM chatbotkit_owner WHERE journal = ${journal} AND part = ${part} AND owner = ${token}`
  })

/** The owner of a part. Undefined if it has none. */
export const ownerOf = (journal: string, part: number): Sql<Owner | undefined> =>
  Effect.gen(function* () {
    const sql = yield* SqlTables.client
    const [row] = yield* sql`SELECT owner, CAST(refreshes AS TEXT) AS refreshes FROM chatbotkit_owner
      WHERE journal = ${journal} AND part = ${part}`
    return row === undefined ? undefined : { token: String(row["owner"]), refreshes: String(row["refreshes"]) }
  })

/** Touches the row of an owner, and locks it until the transaction ends. True if the process has the ownership still. */
export const refresh = ({ journal, part, token }: Ownership): Sql<boolean> =>
  Effect.gen(function* () {
    const sql = yield* SqlTables.client
    const rows = yield* sql`UPDATE chatbotkit_owner SET refreshes = refreshes + 1
      WHERE journal = ${journal} AND part = ${part} AND owner = ${token} RETURNING part`
    return rows.length === 1
  })

/**
 * The recorded outcomes of journals in SQL. A journal is a name, and its rows can be split into parts: each part has one owner
 * at a time, and only the owner can record.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import * as Journal from "../../Journal.ts"
import * as Outcome from "../bulk/Outcome.ts"
import { jsonIn } from "../format/JsonText.ts"
import * as OutcomeJson from "../journal/OutcomeJson.ts"
import { Grouped } from "../journal/Grouped.ts"
import * as Ownership from "./Ownership.ts"
import { catchLostConnection, describe } from "./SqlFailure.ts"
import * as SqlTables from "./SqlTables.ts"

/** The failure of a journal whose database fails. */
export const toJournalError = (error: SqlError.SqlError | SqlTables.UnusableDatabase): Journal.JournalError =>
  new Journal.JournalError({ description: describe(error) })

/** The failure of a process that has lost a part of a journal to another one. */
const lostOwnership = new Journal.JournalError({ description: "Another process has taken over the journal" })

const tables = (sql: SqlClient.SqlClient) => [
  Ownership.table(sql),
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_outcome (
    journal TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    is_settled SMALLINT NOT NULL,
    checksum TEXT NOT NULL,
    entry TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (journal, row_number)
  )`,
  // The counts of the outcomes of a journal, and of those that were recorded lately, are read from the index alone.
  sql`CREATE INDEX IF NOT EXISTS chatbotkit_outcome_count
    ON chatbotkit_outcome (journal, outcome, is_settled, recorded_at)`
]

/** Creates the tables of owners and outcomes, if they do not exist yet. */
export const createTables: Effect.Effect<void, Journal.JournalError, SqlClient.SqlClient> =
  /* @__PURE__ */ Effect.mapError(/* @__PURE__ */ SqlTables.create(tables), toJournalError)

/** Takes the ownership of a part of a journal by force: an earlier owner can record nothing more. */
export const takeOver = (
  journal: string,
  part: number
): Effect.Effect<Ownership.Ownership, Journal.JournalError, SqlClient.SqlClient> =>
  Effect.mapError(Ownership.takeOver(journal, part), toJournalError)

/** True if this process still has the ownership. It counts as a sign of life for the others. */
export const refresh = (
  ownership: Ownership.Ownership
): Effect.Effect<boolean, Journal.JournalError, SqlClient.SqlClient> =>
  Effect.mapError(Ownership.refresh(ownership), toJournalError)

/** Writes entries in place of the earlier ones of their rows. The statement is the same for any number of them. */
const upsert = (sql: SqlClient.SqlClient, journal: string, json: string, now: number) => {
  const entries = sql.onDialectOrElse({
    pg: () => sql`SELECT CAST(${journal} AS TEXT), row_number, outcome, is_settled, checksum, entry, CAST(${now} AS BIGINT)
      FROM json_to_recordset(CAST(${json} AS JSON))
      AS entries (row_number BIGINT, outcome TEXT, is_settled SMALLINT, checksum TEXT, entry TEXT)`,
    orElse: () => sql`SELECT ${journal}, value ->> 'row_number', value ->> 'outcome', value ->> 'is_settled',
      value ->> 'checksum', value ->> 'entry', ${now} FROM json_each(${json}) WHERE true`
  })
  return sql`INSERT INTO chatbotkit_outcome (journal, row_number, outcome, is_settled, checksum, entry, recorded_at)
    ${entries}
    ON CONFLICT (journal, row_number) DO UPDATE SET outcome = excluded.outcome, is_settled = excluded.is_settled,
      checksum = excluded.checksum, entry = excluded.entry, recorded_at = excluded.recorded_at`
}

const rowOf = ({ checksum, outcome }: Journal.Entry) => ({
  row_number: outcome.row,
  outcome: outcome.outcome,
  is_settled: Outcome.isSettled(outcome) ? 1 : 0,
  checksum,
  entry: JSON.stringify(OutcomeJson.encode(outcome))
})

/** Records entries in one transaction, if this process still has the ownership. Of two entries of a row, the last one counts. */
const record = /* @__PURE__ */ Effect.fnUntraced(function* (
  ownership: Ownership.Ownership,
  entries: ReadonlyArray<Journal.Entry>
): Effect.fn.Return<void, Journal.JournalError, SqlClient.SqlClient> {
  const sql = yield* SqlTables.client
  const now = yield* Clock.currentTimeMillis
  const lastOfRows = new Map(entries.map((entry) => [entry.outcome.row, entry]))
  const json = JSON.stringify(Array.from(lastOfRows.values(), rowOf))
  const transaction = Effect.gen(function* () {
    const isOwned = yield* Ownership.refresh(ownership)
    if (isOwned) yield* upsert(sql, ownership.journal, json, now)
    return isOwned
  })
  const isOwned = yield* Effect.mapError(catchLostConnection(sql.withTransaction(transaction)), toJournalError)
  if (!isOwned) return yield* lostOwnership
})

/** The entry in a row of the table. A row that this release cannot read is not sent again, so it is a failure. */
const entryOf = (row: { readonly [column: string]: unknown }): Effect.Effect<Journal.Entry, Journal.JournalError> => {
  const { checksum, entry } = row
  const outcome = typeof entry === "string" ? OutcomeJson.decode(jsonIn(entry)) : undefined
  return outcome !== undefined && typeof checksum === "string"
    ? Effect.succeed({ outcome, checksum })
    : Effect.fail(
        new Journal.JournalError({ description: "The journal holds an outcome that this release cannot read" })
      )
}

/** The recorded entries of some rows of a journal, by row. */
export const read = /* @__PURE__ */ Effect.fnUntraced(function* (
  journal: string,
  rows: ReadonlyArray<number>
): Effect.fn.Return<ReadonlyMap<number, Journal.Entry>, Journal.JournalError, SqlClient.SqlClient> {
  const sql = yield* SqlTables.client
  const json = JSON.stringify(rows)
  const numbers = sql.onDialectOrElse({
    pg: () => sql`SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(${json} AS JSON))`,
    orElse: () => sql`SELECT value FROM json_each(${json})`
  })
  const found = yield* Effect.mapError(
    sql`SELECT checksum, entry FROM chatbotkit_outcome WHERE journal = ${journal} AND row_number IN (${numbers})`,
    toJournalError
  )
  const entries = yield* Effect.forEach(found, entryOf)
  return new Map(entries.map((entry) => [entry.outcome.row, entry]))
})

/**
 * The journal of a part. The entries that come while others are written are then written together, in one transaction. It fails
 * once another process has taken the ownership.
 */
export const open = (ownership: Ownership.Ownership): Effect.Effect<Journal.JobJournal, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (sql) => {
    const provide = Effect.provideService(SqlClient.SqlClient, sql)
    const writer = new Grouped((entries: ReadonlyArray<Journal.Entry>) => provide(record(ownership, entries)))
    return {
      read: (rows) => provide(read(ownership.journal, rows)),
      record: (entry) => writer.add(entry)
    }
  })

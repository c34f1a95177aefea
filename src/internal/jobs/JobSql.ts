/** The tables of jobs. The outcomes of their rows are in the tables of `SqlOutcomes`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import * as SqlFailure from "../sql/SqlFailure.ts"
import * as SqlOutcomes from "../sql/SqlOutcomes.ts"
import * as SqlTables from "../sql/SqlTables.ts"
import { JobsError } from "./JobErrors.ts"

const isOther = <E>(error: E): error is Exclude<E, SqlError.SqlError> => !SqlError.isSqlError(error)

/** A failure without the texts of the database, which can quote data. */
const withoutTexts = <E>(error: E): JobsError | Exclude<E, SqlError.SqlError> =>
  isOther(error)
    ? error
    : new JobsError({ description: SqlError.isSqlError(error) ? SqlFailure.describe(error) : "The database failed" })

/** Runs statements. Integers are numbers, whatever the caller has set for other statements. */
export const run = <A, E, R>(
  use: (sql: SqlClient.SqlClient, now: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, JobsError | Exclude<E, SqlError.SqlError>, R | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    return yield* use(yield* SqlTables.client, yield* Clock.currentTimeMillis)
  }).pipe(
    Effect.provideService(SqlClient.SafeIntegers, false),
    Effect.mapError((error) => withoutTexts(error))
  )

/** Runs statements in one transaction. */
export const transaction = <A, E, R>(
  use: (sql: SqlClient.SqlClient, now: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, JobsError | Exclude<E, SqlError.SqlError>, R | SqlClient.SqlClient> =>
  run((sql, now) => SqlFailure.catchLostConnection(sql.withTransaction(use(sql, now))))

/** The journal of the outcomes of a job. */
export const journalOf = (id: string): string => `job/${id}`

/** An integer of 8 bytes. Its type depends on the database and the options of its client. */
export type SqlInteger = number | bigint | string

/**
 * The tables of jobs.
 *
 * The rows of `chatbotkit_chunk` belong to a job of the same `job`, or to a stage while they are staged. `ended_run` is the last
 * run that has ended: a run is under way, or requested, while `run` is larger.
 */
const tables = (sql: SqlClient.SqlClient) => [
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_job (
      name TEXT PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      options TEXT NOT NULL,
      row_count BIGINT NOT NULL,
      chunk_count INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      run INTEGER NOT NULL,
      ended_run INTEGER NOT NULL,
      created_at BIGINT NOT NULL,
      begun_at BIGINT NOT NULL,
      changed_at BIGINT NOT NULL
    )`,
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_chunk (
      job TEXT NOT NULL,
      chunk INTEGER NOT NULL,
      is_deferred SMALLINT NOT NULL,
      row_count INTEGER NOT NULL,
      unsettled INTEGER NOT NULL,
      ended_run INTEGER NOT NULL,
      worker TEXT,
      content TEXT NOT NULL,
      PRIMARY KEY (job, chunk)
    )`,
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_stage (id TEXT PRIMARY KEY, touched_at BIGINT NOT NULL)`,
  sql`CREATE TABLE IF NOT EXISTS chatbotkit_ended_run (
      job TEXT NOT NULL,
      run INTEGER NOT NULL,
      chunk_count INTEGER NOT NULL,
      PRIMARY KEY (job, run)
    )`
]

/** A failure of the journal of the outcomes, or of the tables. */
export const ofDescription = ({ description }: { readonly description: string }): JobsError =>
  new JobsError({ description })

/** Creates the tables of jobs and of their outcomes, if they do not exist yet. */
export const createTables: Effect.Effect<void, JobsError, SqlClient.SqlClient> = /* @__PURE__ */ Effect.andThen(
  /* @__PURE__ */ Effect.mapError(SqlOutcomes.createTables, ofDescription),
  /* @__PURE__ */ run(() =>
    Effect.catchTag(SqlTables.create(tables), "UnusableDatabase", (error) => Effect.fail(ofDescription(error)))
  )
)

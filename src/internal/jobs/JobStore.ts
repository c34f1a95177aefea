/**
 * The jobs in the database, as workers see them. Each change is one statement or one transaction with its condition, so that any
 * number of processes can make it at the same time. A job that was removed is not there: nothing is to be done for it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import type * as SqlClient from "effect/sql/SqlClient"
import { JobsError } from "./JobErrors.ts"
import { Settings } from "./JobOptions.ts"
import * as JobSql from "./JobSql.ts"
import * as StagedRow from "./StagedRow.ts"

/** The id of a job and the number of a run. */
export interface Run {
  /** The id of the job: random, and another one if the name is used again. */
  readonly id: string
  readonly run: number
}

/** A job as its runs need it. */
export interface Job {
  readonly id: string
  /** The name, which the fingerprints of rows are made from. */
  readonly name: string
  readonly settings: Settings
}

/** The chunks that a run has to do. */
export interface Plan {
  /** The numbers of the chunks with rows whose outcomes are not final. */
  readonly chunks: ReadonlyArray<number>
  /** The numbers of all chunks of deferred rows, in order, if an outcome of these rows is not final. */
  readonly deferred: ReadonlyArray<number>
}

/** The end of a chunk in a run. */
export interface ChunkEnd extends Run {
  readonly chunk: number
  /** The number of rows of the chunk whose outcomes are not final. */
  readonly unsettled: number
  /** The name of the worker that did it. */
  readonly worker: string
}

/** A run that has ended, whose data in the workflow engine can be deleted. */
export interface EndedRun extends Run {
  /** The number of chunks of the job: they are numbered from 1. */
  readonly chunks: number
}

type InSql<A> = Effect.Effect<A, JobsError, SqlClient.SqlClient>

const decodeSettings = /* @__PURE__ */ (() => SchemaParser.decodeUnknownEffect(Schema.fromJsonString(Settings)))()

/** The failure of stored text that this version cannot read. */
export const unreadable = (job?: string): JobsError =>
  new JobsError({
    ...(job === undefined ? {} : { job }),
    description: "The job was stored by another version of this package, or is damaged"
  })

/** The settings in the stored options of a job. */
export const settingsOf = (name: string, options: string): Effect.Effect<Settings, JobsError> =>
  Effect.mapError(decodeSettings(options), () => unreadable(name))

/** The runs that are requested or under way, the oldest first. A worker executes each of them, whatever the state of the job. */
export const jobsToRun: InSql<ReadonlyArray<Run>> = /* @__PURE__ */ JobSql.run(
  (sql) => sql<Run>`SELECT id, run FROM chatbotkit_job WHERE ended_run < run ORDER BY created_at, name`
)

/** A job by its id. Undefined if it was removed. */
export const job = (id: string): InSql<Job | undefined> =>
  JobSql.run((sql) =>
    Effect.gen(function* () {
      const [found] = yield* sql<{ name: string; options: string }>`
        SELECT name, options FROM chatbotkit_job WHERE id = ${id}`
      if (found === undefined) return undefined
      return { id, name: found.name, settings: yield* settingsOf(found.name, found.options) }
    })
  )

/** Begins a run that is requested. */
export const beginRun = ({ id, run }: Run): InSql<void> =>
  JobSql.run(
    (sql, now) => sql`UPDATE chatbotkit_job SET state = 'running', begun_at = ${now}, changed_at = ${now}
      WHERE id = ${id} AND run = ${run} AND ended_run < run AND state = 'queued'`
  ).pipe(Effect.asVoid)

/** True if a run may start further rows. */
export const mayRun = ({ id, run }: Run): InSql<boolean> =>
  JobSql.run((sql) =>
    Effect.map(
      sql`SELECT id FROM chatbotkit_job WHERE id = ${id} AND run = ${run} AND ended_run < run AND state = 'running'`,
      (found) => found.length === 1
    )
  )

/** The chunks that are left to do. */
export const plan = (id: string): InSql<Plan> =>
  JobSql.run((sql) =>
    Effect.gen(function* () {
      const found = yield* sql<{ chunk: number; is_deferred: number; unsettled: number }>`
        SELECT chunk, is_deferred, unsettled FROM chatbotkit_chunk
        WHERE job = ${id} AND (unsettled > 0 OR is_deferred = 1) ORDER BY chunk`
      const numbersOf = (chunks: typeof found) => chunks.map(({ chunk }) => chunk)
      const deferred = found.filter(({ is_deferred }) => is_deferred === 1)
      return {
        chunks: numbersOf(found.filter(({ is_deferred }) => is_deferred === 0)),
        deferred: deferred.some(({ unsettled }) => unsettled > 0) ? numbersOf(deferred) : []
      }
    })
  )

/** The rows of a chunk, in order. None if the job was removed. */
export const rows = (id: string, chunk: number): InSql<ReadonlyArray<StagedRow.StagedRow>> =>
  JobSql.run((sql) =>
    Effect.gen(function* () {
      const [found] = yield* sql<{ content: string }>`
        SELECT content FROM chatbotkit_chunk WHERE job = ${id} AND chunk = ${chunk}`
      return found === undefined ? [] : yield* Effect.mapError(StagedRow.decode(found.content), () => unreadable())
    })
  )

/**
 * Notes that a run has done a chunk: each of its rows has an outcome. A chunk that stopped early is not done. A late call does no
 * harm, since final outcomes stay.
 */
export const endChunk = ({ chunk, id, run, unsettled, worker }: ChunkEnd): InSql<void> =>
  JobSql.run(
    (sql) => sql`UPDATE chatbotkit_chunk SET
        unsettled = CASE WHEN unsettled < ${unsettled} THEN unsettled ELSE ${unsettled} END,
        ended_run = CASE WHEN ended_run > ${run} THEN ended_run ELSE ${run} END,
        worker = ${worker}
      WHERE job = ${id} AND chunk = ${chunk}`
  ).pipe(Effect.asVoid)

/** Parks a job that is running: only a person can remove the reason, which is the tag of an error. */
export const park = ({ id, run }: Run, reason: string): InSql<void> =>
  JobSql.run(
    (sql, now) => sql`UPDATE chatbotkit_job SET state = 'parked', reason = ${reason}, changed_at = ${now}
      WHERE id = ${id} AND run = ${run} AND ended_run < run AND state = 'running'`
  ).pipe(Effect.asVoid)

/**
 * Ends a run. A running job is then finished. If it was stopped during the run and runs again, so that chunks were not done,
 * another run is requested.
 */
export const endRun = ({ id, run }: Run): InSql<void> =>
  JobSql.transaction((sql, now) =>
    Effect.gen(function* () {
      // The row is locked first, so that no other process can change the state between the statements.
      const [ended] = yield* sql<{ chunk_count: number; state: string }>`
        UPDATE chatbotkit_job SET ended_run = run, changed_at = ${now}
        WHERE id = ${id} AND run = ${run} AND ended_run < run RETURNING chunk_count, state`
      if (ended === undefined) return
      yield* sql`INSERT INTO chatbotkit_ended_run ${sql.insert({ job: id, run, chunk_count: ended.chunk_count })}
        ON CONFLICT (job, run) DO UPDATE SET chunk_count = excluded.chunk_count`
      if (ended.state !== "running" && ended.state !== "queued") return
      const skipped = yield* sql`SELECT chunk FROM chatbotkit_chunk
        WHERE job = ${id} AND unsettled > 0 AND ended_run < ${run} LIMIT 1`
      yield* skipped.length === 0
        ? sql`UPDATE chatbotkit_job SET state = 'finished', reason = NULL WHERE id = ${id}`
        : sql`UPDATE chatbotkit_job SET state = 'queued', reason = NULL, run = run + 1 WHERE id = ${id}`
    })
  )

/**
 * Notes that the workflow engine has data of a run, to be deleted: also of one that was paused before it began, and of one that
 * is executed again after it was swept.
 */
export const toSweep = ({ id, run }: Run): InSql<void> =>
  JobSql.run(
    (sql) => sql`INSERT INTO chatbotkit_ended_run ${sql.insert({ job: id, run, chunk_count: 0 })}
      ON CONFLICT (job, run) DO NOTHING`
  ).pipe(Effect.asVoid)

/** The runs that have ended and are not swept yet. Those of removed jobs are among them. */
export const runsToSweep: InSql<ReadonlyArray<EndedRun>> = /* @__PURE__ */ JobSql.run(
  (sql) => sql<EndedRun>`SELECT job AS id, run, chunk_count AS chunks FROM chatbotkit_ended_run ORDER BY job, run`
)

/** Notes that the data of a run in the workflow engine is deleted. */
export const swept = ({ id, run }: Run): InSql<void> =>
  JobSql.run((sql) => sql`DELETE FROM chatbotkit_ended_run WHERE job = ${id} AND run = ${run}`).pipe(Effect.asVoid)

/** The progress of jobs, as the database has it at one moment. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import { JobNotFound, type JobsError } from "../JobErrors.ts"
import { Operation } from "../JobOptions.ts"
import * as JobSql from "../JobSql.ts"
import * as JobStore from "../JobStore.ts"

/**
 * The state of a job.
 *
 * - `queued`: a run is requested, and no worker has begun it.
 * - `running`: a run is under way.
 * - `paused`, `cancelled`: somebody stopped the job. `Jobs.resume` continues it.
 * - `parked`: the job stopped, because of something that a person has to mend: `reason`. `Jobs.resume` continues it.
 * - `finished`: every row had its turn. `Jobs.resume` sends the rows again whose outcomes are not final.
 */
export const JobState = /* @__PURE__ */ Schema.Literals([
  "queued",
  "running",
  "paused",
  "parked",
  "cancelled",
  "finished"
])
export type JobState = typeof JobState.Type

const Counts = /* @__PURE__ */ (() =>
  Schema.Struct({
    created: Schema.Int,
    existing: Schema.Int,
    updated: Schema.Int,
    deleted: Schema.Int,
    unchanged: Schema.Int,
    invalid: Schema.Int,
    duplicate: Schema.Int,
    failed: Schema.Int,
    unknown: Schema.Int,
    "not-sent": Schema.Int
  }))()

/** The progress of a job. Times are in milliseconds since 1970. */
export const JobProgress = /* @__PURE__ */ (() =>
  Schema.Struct({
    /** The id of the job, which is random: a later job of the same name has another one. `JobRun` names the job by it. */
    id: Schema.String,
    name: Schema.String,
    operation: Operation,
    state: JobState,
    /** In a parked job: the tag of the error, such as `Unauthorized`. */
    reason: Schema.optionalKey(Schema.String),
    /** True if a run is under way or requested. A job that was paused or cancelled can be active until its rows under way end. */
    isActive: Schema.Boolean,
    /** The number of the latest run, from 1. */
    run: Schema.Int,
    /** The number of rows of the input. */
    rows: Schema.Int,
    /** The number of recorded outcomes of each kind. Rows without a recorded outcome are not in it. */
    counts: Counts,
    /** The number of rows whose outcomes are final. */
    settled: Schema.Int,
    /** The number of rows whose outcomes are not final. */
    left: Schema.Int,
    /** The outcomes that were recorded a second: in the last minute, or in the present run if it is younger. */
    rowsPerSecond: Schema.Number,
    /** The time that the present run takes still, at this rate. Absent if the job is not running, or the rate is 0. */
    timeLeft: Schema.optionalKey(Schema.Duration),
    createdAt: Schema.Int,
    /** The time of the latest outcome. */
    lastOutcomeAt: Schema.optionalKey(Schema.Int)
  }))()
export interface JobProgress extends Schema.Struct.Type<typeof JobProgress.fields> {}

/** The outcomes of one kind of a job, with the columns of the job. The columns of outcomes are null if there are none. */
interface Counted {
  readonly id: string
  readonly name: string
  readonly options: string
  readonly row_count: JobSql.SqlInteger
  readonly state: string
  readonly reason: string | null
  readonly run: number
  readonly ended_run: number
  readonly created_at: JobSql.SqlInteger
  readonly begun_at: JobSql.SqlInteger
  readonly outcome: string | null
  readonly is_settled: number | null
  readonly recorded: JobSql.SqlInteger
  readonly recorded_lately: JobSql.SqlInteger
  readonly recorded_in_run: JobSql.SqlInteger
  readonly last_at: JobSql.SqlInteger | null
}

/** The time that the rate is measured over, in milliseconds. */
const rateWindow = 60_000

/**
 * All jobs, or those of a condition, with their outcomes counted by kind, in one statement: of one moment. The groups have the
 * order of the index of outcomes: grouped by the name alone, SQLite would sort all outcomes.
 */
const count = (sql: SqlClient.SqlClient, condition: Statement.Fragment, now: number) => sql<Counted>`
  SELECT j.id, j.name, j.options, j.row_count, j.state, j.reason, j.run, j.ended_run, j.created_at, j.begun_at,
    o.outcome, o.is_settled, COUNT(o.outcome) AS recorded, MAX(o.recorded_at) AS last_at,
    SUM(CASE WHEN o.recorded_at > ${now - rateWindow} AND o.recorded_at >= j.begun_at THEN 1 ELSE 0 END) AS recorded_lately,
    SUM(CASE WHEN o.recorded_at >= j.begun_at THEN 1 ELSE 0 END) AS recorded_in_run
  FROM chatbotkit_job j LEFT JOIN chatbotkit_outcome o ON o.journal = 'job/' || j.id
  WHERE ${condition}
  GROUP BY j.id, j.name, o.outcome, o.is_settled
  ORDER BY j.created_at, j.name`

const isState = /* @__PURE__ */ Schema.is(JobState)

const isKind = (kind: string): kind is keyof typeof Counts.fields => Object.hasOwn(Counts.fields, kind)

const countsOf = (found: ReadonlyArray<Counted>): typeof Counts.Type => {
  const counts = {
    created: 0,
    existing: 0,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    invalid: 0,
    duplicate: 0,
    failed: 0,
    unknown: 0,
    "not-sent": 0
  }
  for (const { outcome, recorded } of found) {
    if (outcome !== null && isKind(outcome)) counts[outcome] += Number(recorded)
  }
  return counts
}

const sum = (found: ReadonlyArray<Counted>, field: "recorded" | "recorded_lately" | "recorded_in_run"): number =>
  found.reduce((total, row) => total + Number(row[field]), 0)

/** The rate of a run, and the time that it takes still. */
const pace = (job: Counted, leftInRun: number, recordedLately: number, now: number) => {
  if (job.ended_run >= job.run) return { rowsPerSecond: 0 }
  const millis = Math.min(Math.max(now - Number(job.begun_at), 1000), rateWindow)
  const rowsPerSecond = (recordedLately * 1000) / millis
  if (job.state !== "running" || rowsPerSecond === 0) return { rowsPerSecond }
  return { rowsPerSecond, timeLeft: Duration.millis(Math.round((leftInRun * 1000) / rowsPerSecond)) }
}

/** The progress of one job from the counts of its outcomes. */
const toProgress = (job: Counted, found: ReadonlyArray<Counted>, now: number): Effect.Effect<JobProgress, JobsError> =>
  Effect.gen(function* () {
    const { id, name, reason, run, state } = job
    const { operation } = yield* JobStore.settingsOf(name, job.options)
    if (!isState(state)) return yield* Effect.fail(JobStore.unreadable(name))
    const rows = Number(job.row_count)
    const unsettled = found.filter(({ is_settled }) => Number(is_settled) === 0)
    const left = rows - (sum(found, "recorded") - sum(unsettled, "recorded"))
    // The rows that this run has sent without a final outcome wait for the next one.
    const leftInRun = Math.max(left - sum(unsettled, "recorded_in_run"), 0)
    const times = found.flatMap(({ last_at }) => (last_at === null ? [] : [Number(last_at)]))
    return {
      id,
      name,
      operation,
      state,
      ...(reason === null ? {} : { reason }),
      isActive: job.ended_run < run,
      run,
      rows,
      counts: countsOf(found),
      settled: rows - left,
      left,
      ...pace(job, leftInRun, sum(found, "recorded_lately"), now),
      createdAt: Number(job.created_at),
      ...(times.length === 0 ? {} : { lastOutcomeAt: Math.max(...times) })
    }
  })

const progressOf = (found: ReadonlyArray<Counted>, now: number) =>
  Effect.forEach(
    [...Map.groupBy(found, ({ name }) => name).values()].flatMap((rows) =>
      rows.slice(0, 1).map((job) => ({ job, rows }))
    ),
    ({ job, rows }) => toProgress(job, rows, now)
  )

/** The progress of all jobs, the oldest first. */
export const list: Effect.Effect<
  ReadonlyArray<JobProgress>,
  JobsError,
  SqlClient.SqlClient
> = /* @__PURE__ */ JobSql.run((sql, now) =>
  Effect.flatMap(count(sql, sql.literal("1 = 1"), now), (found) => progressOf(found, now))
)

/** The progress of a job. */
export const progress = (name: string): Effect.Effect<JobProgress, JobsError | JobNotFound, SqlClient.SqlClient> =>
  JobSql.run((sql, now) =>
    Effect.gen(function* () {
      const [progress] = yield* progressOf(yield* count(sql, sql`j.name = ${name}`, now), now)
      return progress === undefined ? yield* new JobNotFound({ job: name }) : progress
    })
  )

/** True if a run of the job is under way or requested. Unlike the progress, it does not count the outcomes. */
export const isActive = (name: string): Effect.Effect<boolean, JobsError, SqlClient.SqlClient> =>
  Effect.map(
    JobSql.run((sql) => sql`SELECT id FROM chatbotkit_job WHERE name = ${name} AND ended_run < run`),
    (found) => found.length === 1
  )

/**
 * Jobs: bulk work that survives the end of its process. A job is one operation on one input under one name. Its rows and their
 * outcomes are in a SQL database, SQLite or PostgreSQL, so any process that has the database can control it. The rows are sent by
 * workers: see `effect-chatbotkit/jobs/SqliteJobs` for one in this process, and `effect-chatbotkit/jobs/ClusterJobs` for any number.
 *
 * Each row has exactly one outcome, whatever happens, and is sent again only if its outcome is not final. A row without a
 * fingerprint gets one that is made from the name of the job and the number of the row, so that it is not made twice.
 *
 * The database holds the rows, which are contact data, until the job is removed. The outcomes hold none, but for before-images.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as Errors from "../Errors.ts"
import type { Outcome } from "../internal/bulk/Outcome.ts"
import type { UnreadableRow } from "../internal/format/UnreadableRow.ts"
import * as JobOutcomes from "../internal/jobs/control/JobOutcomes.ts"
import * as Progress from "../internal/jobs/control/JobProgress.ts"
import type { JobProgress } from "../internal/jobs/control/JobProgress.ts"
import * as JobStates from "../internal/jobs/control/JobStates.ts"
import * as Submit from "../internal/jobs/control/Submit.ts"
import * as Undo from "../internal/jobs/control/Undo.ts"
import * as Waiting from "../internal/jobs/control/Waiting.ts"
import type { WaitOptions } from "../internal/jobs/control/Waiting.ts"
import type { JobActive, JobNotFound, JobNotUndoable, JobsError, JobStalled } from "../internal/jobs/JobErrors.ts"
import * as JobOptions from "../internal/jobs/JobOptions.ts"
import type { Operation, Rows, SubmitOptions } from "../internal/jobs/JobOptions.ts"
import * as JobSql from "../internal/jobs/JobSql.ts"

export { JobProgress, JobState } from "../internal/jobs/control/JobProgress.ts"
export type { WaitOptions } from "../internal/jobs/control/Waiting.ts"
export { JobActive, JobNotFound, JobNotUndoable, JobsError, JobStalled } from "../internal/jobs/JobErrors.ts"
export { Operation } from "../internal/jobs/JobOptions.ts"
export type { Rows, SubmitOptions } from "../internal/jobs/JobOptions.ts"

/** The jobs of a database. The functions of this module describe its members. */
export interface Service {
  readonly submit: <O extends Operation, E, R>(
    name: string,
    rows: Stream.Stream<Rows[O] | UnreadableRow, E, R>,
    options: SubmitOptions<O>
  ) => Effect.Effect<JobProgress, E | Errors.InvalidOptions | JobsError, R>
  readonly progress: (name: string) => Effect.Effect<JobProgress, JobNotFound | JobsError>
  readonly list: Effect.Effect<ReadonlyArray<JobProgress>, JobsError>
  readonly pause: (name: string) => Effect.Effect<JobProgress, JobNotFound | JobsError>
  readonly resume: (name: string) => Effect.Effect<JobProgress, JobNotFound | JobsError>
  readonly cancel: (name: string) => Effect.Effect<JobProgress, JobNotFound | JobsError>
  readonly remove: (name: string) => Effect.Effect<void, JobActive | JobNotFound | JobsError>
  readonly outcomes: (name: string) => Stream.Stream<Outcome, JobNotFound | JobsError>
  readonly undo: (name: string) => Effect.Effect<JobProgress, JobActive | JobNotFound | JobNotUndoable | JobsError>
  readonly wait: (
    name: string,
    options?: WaitOptions
  ) => Effect.Effect<JobProgress, Errors.InvalidOptions | JobNotFound | JobStalled | JobsError>
}

/** The service of jobs. */
export class Jobs extends Context.Service<Jobs, Service>()("effect-chatbotkit/Jobs") {}

const otherOperation = ({ operation }: JobProgress) =>
  new Errors.InvalidOptions({
    option: "operation",
    description: `Expected ${operation}, which the job of this name has: give another job another name`
  })

/** Makes the service, and creates the tables that do not exist yet. */
export const make: Effect.Effect<Service, JobsError, SqlClient.SqlClient> = /* @__PURE__ */ Effect.gen(function* () {
  yield* JobSql.createTables
  const sql = yield* SqlClient.SqlClient
  const provide = Effect.provideService(SqlClient.SqlClient, sql)
  const afterwards =
    (change: (name: string) => Effect.Effect<void, JobsError, SqlClient.SqlClient>, span: string) => (name: string) =>
      Effect.andThen(change(name), Progress.progress(name)).pipe(provide, Effect.withSpan(span))
  const submit: Service["submit"] = <O extends Operation, E, R>(
    name: string,
    rows: Stream.Stream<Rows[O] | UnreadableRow, E, R>,
    options: SubmitOptions<O>
  ) =>
    Effect.gen(function* () {
      yield* Effect.fromResult(JobOptions.checkName(name))
      const settings = yield* Effect.fromResult(JobOptions.resolve(options))
      // The rows may come from another database than that of the jobs.
      const context = yield* Effect.context<R>()
      const progress = yield* provide(Submit.submit(name, Stream.provideContext(rows, context), settings))
      return progress.operation === settings.operation ? progress : yield* Effect.fail(otherOperation(progress))
    }).pipe(Effect.withSpan("Jobs.submit"))
  return {
    submit,
    progress: (name) => Progress.progress(name).pipe(provide, Effect.withSpan("Jobs.progress")),
    list: Progress.list.pipe(provide, Effect.withSpan("Jobs.list")),
    pause: afterwards(JobStates.pause, "Jobs.pause"),
    resume: afterwards(JobStates.resume, "Jobs.resume"),
    cancel: afterwards(JobStates.cancel, "Jobs.cancel"),
    remove: (name) => JobStates.remove(name).pipe(provide, Effect.withSpan("Jobs.remove")),
    outcomes: (name) =>
      JobOutcomes.outcomes(name).pipe(
        Stream.provideService(SqlClient.SqlClient, sql),
        Stream.withSpan("Jobs.outcomes")
      ),
    undo: (name) => Undo.undo(name).pipe(provide, Effect.withSpan("Jobs.undo")),
    wait: (name, options = {}) => Waiting.wait(name, options).pipe(provide, Effect.withSpan("Jobs.wait"))
  }
})

/**
 * The jobs of the database in the context: SQLite through `layers/NodeSqlite`, or PostgreSQL through `PgClient` of
 * `@effect/sql-pg`. It sends no row: that takes a worker on the same database.
 *
 * @example
 * ```ts
 * const JobsLayer = Jobs.layer.pipe(Layer.provide(NodeSqlite.layer({ filename: "jobs.db" })))
 * ```
 */
export const layer: Layer.Layer<Jobs, JobsError, SqlClient.SqlClient> = /* @__PURE__ */ Layer.effect(Jobs, make)

/**
 * Submits a job: copies the rows into the database, and asks for a run. It ends once all rows are there, and gives the progress.
 * The rows can then go away. They are checked as `Bulk` does, and what the client refuses is `invalid`.
 *
 * The name works as an idempotency key. If there is a job of this name, its progress is given, and the rows are not read; if it
 * has another operation, that is `InvalidOptions`. So a process that was killed submits the same job again, whatever had become
 * of it. A name has at most 200 characters.
 *
 * If the rows fail, or the submit is interrupted, there is no job, and no row is left in the database. The rows of a process that
 * was killed meanwhile are deleted by a later submit or a worker, after ten minutes.
 *
 * A row with the key of an earlier one waits until that one has its outcome. It is then a `duplicate`, unless the earlier one is
 * `invalid`.
 *
 * @example
 * ```ts
 * const submitted = Jobs.submit("crm 2026-11", Csv.read(file), { operation: "ensure" })
 * ```
 */
export const submit = <O extends Operation, E, R>(
  name: string,
  rows: Stream.Stream<Rows[O] | UnreadableRow, E, R>,
  options: SubmitOptions<O>
): Effect.Effect<JobProgress, E | Errors.InvalidOptions | JobsError, R | Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.submit(name, rows, options))

/**
 * The progress of a job: exact counts, of one moment.
 *
 * @example
 * ```ts
 * const line = Effect.map(Jobs.progress("crm 2026-11"), ({ rows, settled, timeLeft }) =>
 *   `${settled} of ${rows}, ${timeLeft === undefined ? "no time" : Duration.format(timeLeft)} left`
 * )
 * ```
 */
export const progress = (name: string): Effect.Effect<JobProgress, JobNotFound | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.progress(name))

/**
 * The progress of all jobs, the oldest first.
 *
 * @example
 * ```ts
 * const parked = Effect.map(Jobs.list, (jobs) => jobs.filter(({ state }) => state === "parked"))
 * ```
 */
export const list: Effect.Effect<ReadonlyArray<JobProgress>, JobsError, Jobs> = /* @__PURE__ */ Effect.flatMap(
  Jobs,
  (jobs) => jobs.list
)

/**
 * Pauses a job that is queued or running. Within about a second, its workers begin no further row. The rows under way end first,
 * also those that wait for the rate limit; until then the job is active. A job in another state stays as it is.
 *
 * @example
 * ```ts
 * const paused = Effect.andThen(Jobs.pause("crm 2026-11"), Jobs.wait("crm 2026-11"))
 * ```
 */
export const pause = (name: string): Effect.Effect<JobProgress, JobNotFound | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.pause(name))

/**
 * Continues a job that is paused, parked or cancelled. Of a finished job, it sends the rows again whose outcomes are not final. A
 * job in another state stays as it is.
 *
 * @example
 * ```ts
 * const renewed = Jobs.list.pipe(
 *   Effect.map((jobs) => jobs.filter(({ reason }) => reason === "Unauthorized")),
 *   Effect.flatMap(Effect.forEach(({ name }) => Jobs.resume(name)))
 * )
 * ```
 */
export const resume = (name: string): Effect.Effect<JobProgress, JobNotFound | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.resume(name))

/**
 * Cancels a job that is not finished. The rows under way end first, as with {@link pause}, and the rest is `not-sent`. It can be
 * resumed.
 *
 * @example
 * ```ts
 * const cancelled = Effect.andThen(Jobs.cancel("crm 2026-11"), Jobs.wait("crm 2026-11"))
 * ```
 */
export const cancel = (name: string): Effect.Effect<JobProgress, JobNotFound | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.cancel(name))

/**
 * Removes a job with its rows and outcomes from the database. Fails with `JobActive` while a run is under way or requested.
 *
 * A later job can have the name, for the same rows only: its rows without a fingerprint get the fingerprints that those of this one
 * had, so that the contacts of these are taken for theirs.
 *
 * A million rows take some seconds, in one transaction. Other processes on the same SQLite file wait meanwhile.
 *
 * @example
 * ```ts
 * const removed = Effect.andThen(Jobs.wait("crm 2026-11"), Jobs.remove("crm 2026-11"))
 * ```
 */
export const remove = (name: string): Effect.Effect<void, JobActive | JobNotFound | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.remove(name))

/**
 * The outcomes of a job: exactly one for each row, in the order of the rows, at any time. A row that has none yet is `not-sent`.
 *
 * @example
 * ```ts
 * const rejected = Jobs.outcomes("crm 2026-11").pipe(
 *   Stream.filter(({ outcome }) => outcome === "invalid" || outcome === "failed")
 * )
 * ```
 */
export const outcomes = (name: string): Stream.Stream<Outcome, JobNotFound | JobsError, Jobs> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.outcomes(name)))

/**
 * Undoes an update or an upsert that has `beforeImages`: submits the job `undo of NAME`, which gives each contact the fields back
 * that its row set. A row whose outcome is `unknown` is undone too, if its contact was read before. The undo keeps before-images
 * too, so it can be undone itself. It fails with `JobActive` while a run is under way or requested, and with `JobNotUndoable` if
 * the job has no before-images of updates. To undo the same run twice gives the job that is there; an undo of an earlier run, or of an
 * earlier job of this name, has to be removed first: until then, it is `JobNotUndoable`.
 *
 * A contact gets its fields back even if somebody else has changed them since. These the API cannot restore:
 *
 * - contacts that the job made, which stay, and deleted ones;
 * - keys of `meta` that do not begin with an ASCII letter or digit: an update drops or refuses them;
 * - a `verifiedAt` of 0, and a fingerprint of 1 to 15 characters;
 * - `updatedAt`.
 *
 * @example
 * ```ts
 * const undone = Effect.andThen(Jobs.undo("tiers 2026-11"), Jobs.wait("undo of tiers 2026-11"))
 * ```
 */
export const undo = (
  name: string
): Effect.Effect<JobProgress, JobActive | JobNotFound | JobNotUndoable | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.undo(name))

/**
 * Waits until no run of a job is under way or requested, and gives the progress. It looks once a second. With `stallAfter`, it
 * fails with `JobStalled` if no outcome was recorded for that long while it waited, although rows are left.
 *
 * @example
 * ```ts
 * const done = Jobs.wait("crm 2026-11", { stallAfter: "5 minutes" })
 * ```
 */
export const wait = (
  name: string,
  options?: WaitOptions
): Effect.Effect<JobProgress, Errors.InvalidOptions | JobNotFound | JobStalled | JobsError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.wait(name, options))

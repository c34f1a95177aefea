/**
 * Jobs on one machine, over a file of SQLite. There is nothing to install but Effect and `@effect/platform-node`.
 */
import * as Layer from "effect/Layer"
import type * as SqlError from "effect/sql/SqlError"
import type * as WorkflowEngine from "effect/workflow/WorkflowEngine"
import type { Client } from "../Client.ts"
import * as LocalEngine from "../internal/jobs/worker/LocalEngine.ts"
import * as Worker from "../internal/jobs/worker/Worker.ts"
import * as WorkerLock from "../internal/jobs/worker/WorkerLock.ts"
import * as NodeSqlite from "../layers/NodeSqlite.ts"
import * as Jobs from "./Jobs.ts"

export { WorkerRunning } from "../internal/jobs/worker/WorkerLock.ts"

/** The options of {@link layerControl}. */
export interface ControlOptions extends NodeSqlite.Options {}

/** The options of {@link layer}. */
export interface Options extends NodeSqlite.Options, Worker.Options {}

/**
 * The control of the jobs in a file, and a worker that runs them in this process. After the process has ended, however it ended,
 * the next worker goes on with the jobs of the file at once.
 *
 * One worker at a time uses a file. A second one fails with `WorkerRunning`. The lock is a file beside it (`FILENAME.lock`).
 *
 * @example
 * ```ts
 * const program = Effect.gen(function* () {
 *   yield* Jobs.submit("crm 2026-11", rows, { operation: "ensure" })
 *   return yield* Jobs.wait("crm 2026-11")
 * }).pipe(Effect.provide(SqliteJobs.layer({ filename: "jobs.db" })))
 * ```
 */
export const layer = (
  options: Options
): Layer.Layer<
  Jobs.Jobs | WorkflowEngine.WorkflowEngine,
  Jobs.JobsError | WorkerLock.WorkerRunning | SqlError.SqlError,
  Client
> =>
  Worker.layer(String(process.pid), options).pipe(
    Layer.provide(LocalEngine.layer),
    Layer.provideMerge(Jobs.layer),
    Layer.provide(Layer.effectDiscard(WorkerLock.acquire(options.filename))),
    Layer.provide(NodeSqlite.layer(options))
  )

/** The control of the jobs in a file, without a worker. Any number of processes can have it, beside a worker. */
export const layerControl = (options: ControlOptions): Layer.Layer<Jobs.Jobs, Jobs.JobsError | SqlError.SqlError> =>
  Layer.provide(Jobs.layer, NodeSqlite.layer(options))

/** The workflows of runs and of their chunks. What the engine stores of them is ids, numbers and tags, never data of rows. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Activity from "effect/workflow/Activity"
import * as Workflow from "effect/workflow/Workflow"
import * as WorkflowEngine from "effect/workflow/WorkflowEngine"
import type { Client } from "../../../Client.ts"
import { JobRun } from "../../../jobs/JobRun.ts"
import * as ChunkRun from "./ChunkRun.ts"
import * as JobStore from "../JobStore.ts"
import * as Persistence from "./Persistence.ts"

/** The run of a chunk. A workflow of its own, so that any worker can execute it. */
export const JobChunk = /* @__PURE__ */ (() =>
  Workflow.make("effect-chatbotkit/JobChunk/v1", {
    payload: { job: Schema.String, run: Schema.Int, chunk: Schema.Int },
    success: Schema.Literals(["ended", "stopped"]),
    idempotencyKey: ({ chunk, job, run }) => `${job}/${run}/${chunk}`
  }))()

/** Without limit: after ten interruptions, the default of Effect makes a defect of the next one. */
const interruptRetryPolicy = /* @__PURE__ */ (() =>
  Schedule.spaced("1 second").pipe(
    Schedule.setInputType<Cause.Cause<unknown>>(),
    Schedule.while(({ input }) => Cause.hasInterrupts(input))
  ))()

/** Begins the run. False if it has ended, or if the job is paused. */
const begin = (run: JobStore.Run) =>
  Activity.make({
    name: "begin",
    success: Schema.Boolean,
    execute: Persistence.retryForever(Effect.andThen(JobStore.beginRun(run), JobStore.mayRun(run))),
    interruptRetryPolicy
  })

const send = (chunk: ChunkRun.Chunk) =>
  Activity.make({
    name: "send",
    success: Schema.Literals(["ended", "stopped"]),
    execute: ChunkRun.run(chunk),
    interruptRetryPolicy
  })

/**
 * Executes a chunk outside of the workflow of its run. As a child of that workflow, it would send a message to wake it, and with
 * that message under way, the run of Effect 4.1 can neither go on nor move to another worker.
 */
const execute = (payload: typeof JobChunk.payloadSchema.Type) =>
  Effect.updateContext(JobChunk.execute(payload), (context: Context.Context<WorkflowEngine.WorkflowEngine>) =>
    Context.omit(WorkflowEngine.WorkflowInstance)(context)
  ).pipe(Persistence.retryDefects)

/** Runs the chunks that are left: some at a time, the deferred rows last. No further chunk begins once one has stopped. */
const runChunks = /* @__PURE__ */ Effect.fnUntraced(function* ({ id, run }: JobStore.Run) {
  const job = yield* Persistence.retry(JobStore.job(id))
  if (job === undefined) return
  const { chunks, deferred } = yield* Persistence.retry(JobStore.plan(id))
  let hasStopped = false
  const runChunk = (chunk: number) =>
    Effect.suspend(() => (hasStopped ? Effect.succeed("stopped" as const) : execute({ job: id, run, chunk }))).pipe(
      Effect.tap((result) => Effect.sync(() => (hasStopped ||= result === "stopped")))
    )
  yield* Effect.forEach(chunks, runChunk, { concurrency: job.settings.chunkConcurrency, discard: true })
  if (deferred.length > 0) yield* runChunk(ChunkRun.deferred)
})

const chunks = (run: JobStore.Run) =>
  Activity.make({
    name: "chunks",
    execute: runChunks(run).pipe(Persistence.parkOnFailure(run, undefined), Effect.asVoid),
    interruptRetryPolicy
  })

const park = (run: JobStore.Run) =>
  Activity.make({
    name: "park",
    execute: Persistence.retryForever(JobStore.park(run, "Defect")),
    interruptRetryPolicy
  })

const end = (run: JobStore.Run) =>
  Activity.make({
    name: "end",
    execute: Persistence.retryForever(Effect.andThen(JobStore.endRun(run), JobStore.toSweep(run))),
    interruptRetryPolicy
  })

/** The handlers of the workflows. `worker` is the name of the worker. */
export const layer = (
  worker: string
): Layer.Layer<never, never, WorkflowEngine.WorkflowEngine | SqlClient.SqlClient | Client> =>
  Layer.mergeAll(
    JobRun.toLayer(({ job: id, run }) =>
      Effect.gen(function* () {
        if (yield* Persistence.retryForever(begin({ id, run }))) yield* Persistence.retryForever(chunks({ id, run }))
      }).pipe(
        // An interruption is the engine's: the run goes on later, maybe elsewhere.
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Persistence.retryForever(park({ id, run }))
        ),
        Effect.andThen(Persistence.retryForever(end({ id, run })))
      )
    ),
    JobChunk.toLayer(({ chunk, job: id, run }) => send({ id, run, chunk, worker }))
  )

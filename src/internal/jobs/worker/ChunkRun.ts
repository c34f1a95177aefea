/** The run of one chunk of a job: its rows are sent, and their outcomes recorded. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import type { Client } from "../../../Client.ts"
import type * as Journal from "../../../Journal.ts"
import type { InputRow } from "../../bulk/BulkRun.ts"
import * as BulkStream from "../../bulk/BulkStream.ts"
import * as Outcome from "../../bulk/Outcome.ts"
import type { Ownership } from "../../sql/Ownership.ts"
import * as SqlOutcomes from "../../sql/SqlOutcomes.ts"
import * as DeferredRows from "./DeferredRows.ts"
import type { JobsError } from "../JobErrors.ts"
import * as JobOptions from "../JobOptions.ts"
import * as JobSql from "../JobSql.ts"
import * as JobStore from "../JobStore.ts"
import * as Persistence from "./Persistence.ts"

/** `stopped` if rows had no turn, so that another run has to do the chunk. */
export type Result = "ended" | "stopped"

/** A chunk of a run. */
export interface Chunk extends JobStore.Run {
  /** The number of the chunk. 0 for all chunks of deferred rows. */
  readonly chunk: number
  /** The name of the worker. */
  readonly worker: string
}

/** The number of all chunks of deferred rows together. Those that are staged have numbers from 1. */
export const deferred = 0

/** The delay between two checks for a pause. */
const checkInterval = "1 second"

/** The time that a worker waits without its chunk: by then, the workflow engine has taken the run away too. */
const lostWait = "1 minute"

type Work<A> = Effect.Effect<A, JobsError | Journal.JournalError, SqlClient.SqlClient | Client>

/** Ends as soon as the run may start no further rows. A database that fails for a moment stops nothing. */
const untilStopped = (run: JobStore.Run): Effect.Effect<boolean, never, SqlClient.SqlClient> =>
  JobStore.mayRun(run).pipe(
    Effect.catchTag("JobsError", () => Effect.succeed(true)),
    Effect.repeat({ schedule: Schedule.spaced(checkInterval), while: (mayRun) => mayRun })
  )

const stagedRows = (id: string, chunk: number): Stream.Stream<InputRow, JobsError, SqlClient.SqlClient> =>
  Stream.fromIterableEffect(
    Effect.map(JobStore.rows(id, chunk), (rows) =>
      rows.map(({ refusal, row, value }): InputRow => ({ row, value, refusal }))
    )
  )

/** The number of rows of a chunk whose outcomes are not final. */
const unsettledOf = (id: string, chunk: number, journal: Journal.JobJournal): Work<number> =>
  Effect.gen(function* () {
    const rows = yield* JobStore.rows(id, chunk)
    const recorded = yield* journal.read(rows.map(({ row }) => row))
    let settled = 0
    for (const { outcome } of recorded.values()) if (Outcome.isSettled(outcome)) settled++
    return rows.length - settled
  })

/** Sends the rows of the chunks, and records their outcomes. */
const sendRows = /* @__PURE__ */ Effect.fnUntraced(function* (
  { chunk, worker, ...run }: Chunk,
  { id, name, settings }: JobStore.Job,
  ownership: Ownership
): Effect.fn.Return<Result, JobsError | Journal.JournalError, SqlClient.SqlClient | Client> {
  if (!(yield* JobStore.mayRun(run))) return "stopped"
  const journal = yield* SqlOutcomes.open(ownership)
  const context = yield* Effect.context<SqlClient.SqlClient>()
  let hasStopped = false
  const stop = untilStopped(run).pipe(
    Effect.andThen(Effect.sync(() => (hasStopped = true))),
    Effect.asVoid,
    Effect.provideContext(context)
  )
  const chunks = chunk === deferred ? (yield* JobStore.plan(id)).deferred : [chunk]
  const rows =
    chunk === deferred
      ? Stream.fromIterable(chunks).pipe(
          Stream.takeWhile(() => !hasStopped),
          Stream.flatMap((chunk) => DeferredRows.toSend(id, chunk, journal))
        )
      : stagedRows(id, chunk)
  const { beforeImages, concurrency } = settings
  const options = { job: name, journal, concurrency, beforeImages, stop }
  let reason: string | undefined
  yield* JobOptions.withOperation(settings, (operation) =>
    Stream.runForEach(BulkStream.makeNumbered(operation, rows, options), (outcome) =>
      Effect.sync(() => {
        const error = Outcome.errorOf(outcome)
        if (error !== undefined && Outcome.endsWork(error)) reason ??= error._tag
      })
    )
  )
  if (reason !== undefined) {
    yield* JobStore.park(run, reason)
    return "stopped"
  }
  const unsettled = yield* Effect.forEach(chunks, (chunk) => unsettledOf(id, chunk, journal))
  if (hasStopped && unsettled.some((count) => count > 0)) return "stopped"
  yield* Effect.forEach(chunks, (chunk, index) =>
    JobStore.endChunk({ ...run, chunk, unsettled: unsettled[index] ?? 0, worker })
  )
  return "ended"
})

/** Stops if another worker has taken over the chunk. */
const stopIfLost = (ownership: Ownership, work: Work<Result>): Work<Result> =>
  Effect.catchTag(work, "JournalError", (error) =>
    Effect.flatMap(SqlOutcomes.refresh(ownership), (isOwner): Work<Result> =>
      isOwner ? Effect.fail(error) : Effect.as(Effect.sleep(lostWait), "stopped" as const)
    )
  )

/**
 * Runs a chunk. It has no failures: a job whose rows cannot be sent or recorded is parked with the tag of the error as the
 * reason. The token of the chunk is taken once, so that a worker that has lost the chunk never takes it back.
 */
export const run = (chunk: Chunk): Effect.Effect<Result, never, SqlClient.SqlClient | Client> =>
  Effect.gen(function* () {
    const job = yield* Persistence.retry(JobStore.job(chunk.id))
    if (job === undefined) return "stopped"
    const ownership = yield* Persistence.retry(SqlOutcomes.takeOver(JobSql.journalOf(chunk.id), chunk.chunk))
    return yield* Persistence.retry(stopIfLost(ownership, sendRows(chunk, job, ownership)))
  }).pipe(Persistence.parkOnFailure(chunk, "stopped" as const))

import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Errors from "../../../Errors.ts"
import { type JobNotFound, type JobsError, JobStalled } from "../JobErrors.ts"
import * as JobProgress from "./JobProgress.ts"

/** The options of waiting for a job. */
export interface WaitOptions {
  /**
   * The time after which the wait fails if no outcome is recorded, although the job is queued or running and has rows left. So
   * the wait ends also if no worker runs, or if the workers cannot go on.
   *
   * @default none
   */
  readonly stallAfter?: Duration.Input | undefined
}

/** The time between two looks at a job, in milliseconds. */
const interval = 1000

/** The state of a job as a text, which changes with each outcome. */
const markOf = ({ counts, lastOutcomeAt, run, state }: JobProgress.JobProgress): string =>
  JSON.stringify([state, run, lastOutcomeAt, counts])

const stallMillis = ({ stallAfter }: WaitOptions): Effect.Effect<number, Errors.InvalidOptions> => {
  if (stallAfter === undefined) return Effect.succeed(Infinity)
  const duration = Duration.fromInput(stallAfter)
  return duration._tag === "Some" && Duration.toMillis(duration.value) > 0
    ? Effect.succeed(Duration.toMillis(duration.value))
    : Effect.fail(new Errors.InvalidOptions({ option: "stallAfter", description: "Expected a positive duration" }))
}

/** Waits until a job is not active. The time of a stall is counted here: the clocks of workers may differ. */
export const wait = (
  name: string,
  options: WaitOptions
): Effect.Effect<
  JobProgress.JobProgress,
  Errors.InvalidOptions | JobNotFound | JobStalled | JobsError,
  SqlClient.SqlClient
> =>
  Effect.gen(function* () {
    const limit = yield* stallMillis(options)
    let mark = ""
    let quiet = 0
    while (true) {
      // To count a million outcomes takes a worker in this process from its work, so they are counted only if needed.
      if (limit < Infinity || !(yield* JobProgress.isActive(name))) {
        const progress = yield* JobProgress.progress(name)
        if (!progress.isActive) return progress
        const canGoOn = progress.left > 0 && (progress.state === "queued" || progress.state === "running")
        const next = markOf(progress)
        if (next !== mark || !canGoOn) quiet = 0
        else if (quiet >= limit) return yield* new JobStalled({ job: name, left: progress.left })
        mark = next
      }
      yield* Effect.sleep(interval)
      quiet += interval
    }
  })

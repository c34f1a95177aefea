import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Contact } from "../../../Contact.ts"
import * as Jobs from "../../../jobs/Jobs.ts"
import * as ContactSample from "../../contacts/handlers/ContactSample.ts"
import { countText } from "../../format/CountText.ts"
import * as Confirm from "../../support/Confirm.ts"
import type { ConfirmFlags } from "../../support/ConfirmFlags.ts"
import * as Output from "../../support/Output.ts"
import * as Streams from "../../support/Streams.ts"
import type { Rate } from "../BulkFlags.ts"
import * as JobEnd from "../run/JobEnd.ts"
import * as JobFiles from "../run/JobFiles.ts"
import * as JobSession from "../run/JobSession.ts"
import * as JobTotals from "../run/JobTotals.ts"
import * as OutcomeLine from "../run/OutcomeLine.ts"

/** The job of a command. */
export interface JobInput {
  readonly name: string
  /** The flag `--jobs`. */
  readonly jobs: string | undefined
}

/** A job that is run. */
export interface RunInput extends JobInput {
  readonly rate: Rate | undefined
}

const write = <E, R>(progress: Effect.Effect<Jobs.JobProgress, E, R>) =>
  Output.result(Effect.map(progress, JobTotals.toOutput), JobTotals.jobShape)

/** Runs an effect with the file of a job. */
const withJob = <A, E, R>({ jobs, name }: JobInput, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(JobFiles.toFind(name, jobs), (file) => JobFiles.withControl(file, effect))

/** Lists the jobs of all files. A file that cannot be read hides no other. */
export const list = Effect.fnUntraced(function* ({ jobs }: Pick<JobInput, "jobs">) {
  const files = yield* JobFiles.all(jobs)
  const found = yield* Effect.forEach(files, (file) =>
    JobFiles.withControl(file, Jobs.list).pipe(
      Effect.catchTag("JobsError", (error) =>
        files.length === 1
          ? Effect.fail(error)
          : Effect.as(Streams.note(`The jobs of ${file} cannot be read: ${error.message}.`), [])
      )
    )
  )
  const sorted = found.flat().toSorted((one, other) => one.createdAt - other.createdAt)
  yield* Output.list(Stream.fromIterable(sorted.map(JobTotals.toOutput)), JobTotals.jobShape)
})

/** Shows a job. */
export const status = (input: JobInput) => write(withJob(input, Jobs.progress(input.name)))

/** Pauses a job. */
export const pause = (input: JobInput) => write(withJob(input, Jobs.pause(input.name)))

/** Cancels a job. */
export const cancel = (input: JobInput) => write(withJob(input, Jobs.cancel(input.name)))

/** Runs a job in this process, unless another process runs it. */
export const resume = Effect.fnUntraced(function* (input: RunInput) {
  yield* withJob(input, Jobs.progress(input.name))
  const session: JobSession.Session = { ...input, resume: true, again: undefined }
  const progress = yield* JobSession.run(session, () => Effect.fail(new Jobs.JobNotFound({ job: input.name }))).pipe(
    Effect.catchTag("WorkerRunning", () =>
      Effect.andThen(
        Streams.note("Another process runs the jobs of this file. It goes on with the job."),
        withJob(input, Jobs.resume(input.name))
      )
    )
  )
  yield* progress.isActive ? write(Effect.succeed(progress)) : JobEnd.ofProgress(progress, input.jobs)
})

/** Writes the outcomes of a job. */
export const outcomes = (input: JobInput & { readonly failed: boolean }) =>
  withJob(
    input,
    Output.list(
      Jobs.outcomes(input.name).pipe(
        Stream.filter((outcome) => !input.failed || JobTotals.isFailure(outcome)),
        Stream.map(OutcomeLine.toLine)
      ),
      OutcomeLine.outcomeShape
    )
  )

interface Changed {
  readonly count: number
  readonly sample: ReadonlyArray<Contact>
}

/** The contacts that a job has changed, or may have: their number, and some of them as they were. */
const changedBy = (name: string) =>
  Jobs.outcomes(name).pipe(
    Stream.runFold(
      (): Changed => ({ count: 0, sample: [] }),
      ({ count, sample }, outcome) => {
        const before = "before" in outcome && outcome.outcome !== "deleted" ? outcome.before : undefined
        if (before === undefined) return { count, sample }
        return { count: count + 1, sample: sample.length < ContactSample.size ? [...sample, before] : sample }
      }
    )
  )

const undoPlan = Effect.fnUntraced(function* (name: string) {
  const { isActive, operation, run } = yield* Jobs.progress(name)
  if (operation !== "update" && operation !== "upsert") return yield* new Jobs.JobNotUndoable({ job: name })
  if (isActive) return yield* new Jobs.JobActive({ job: name })
  const { count, sample } = yield* changedBy(name)
  const plan: Confirm.Plan = {
    operation: "Jobs.undo",
    action: `Undo the changes of ${countText(count, "contact")} by the job ${name}`,
    count,
    sample,
    lines: sample.map(Confirm.describe),
    digest: Confirm.digestOf("Jobs.undo", name, run, count)
  }
  return plan
})

/** Undoes a job, after a confirmation. The undo is a job too. */
export const undo = Effect.fnUntraced(function* ({ jobs, name, rate, ...flags }: RunInput & ConfirmFlags) {
  const plan = yield* withJob({ jobs, name }, undoPlan(name))
  const session: JobSession.Session = { name: `undo of ${name}`, jobs, rate, resume: false, again: undefined }
  const writes = Effect.flatMap(
    JobSession.run(session, () => Jobs.undo(name)),
    (progress) => JobEnd.ofProgress(progress, jobs)
  )
  yield* Confirm.run(plan, flags, writes)
})

/** Removes a job, after a confirmation. */
export const remove = Effect.fnUntraced(function* ({ jobs, name, ...flags }: JobInput & ConfirmFlags) {
  const { left, rows, run } = yield* withJob({ jobs, name }, Jobs.progress(name))
  const plan: Confirm.Plan = {
    operation: "Jobs.remove",
    action: `Remove the job ${name} with ${countText(rows, "row")}, of which ${left} are left`,
    count: 1,
    sample: [{ name }],
    lines: [name],
    digest: Confirm.digestOf("Jobs.remove", name, run, left)
  }
  const removed = Effect.gen(function* () {
    yield* withJob({ jobs, name }, Jobs.remove(name))
    yield* JobFiles.removeEmpty(name, jobs)
    return { name, removed: true }
  })
  yield* Confirm.run(plan, flags, Output.result(removed, { fields: ["name", "removed"], table: ["name", "removed"] }))
})

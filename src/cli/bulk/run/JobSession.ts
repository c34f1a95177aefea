/** Runs a job in this process, until its run ends or somebody stops it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Jobs from "../../../jobs/Jobs.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import { JobStopped } from "../../support/CliFailure.ts"
import * as Streams from "../../support/Streams.ts"
import type { Rate } from "../BulkFlags.ts"
import * as JobEnd from "./JobEnd.ts"
import * as JobFiles from "./JobFiles.ts"
import * as ProgressDisplay from "./ProgressDisplay.ts"
import * as ProgressLine from "./ProgressLine.ts"

/** A job to run. */
export interface Session {
  readonly name: string
  /** The flag `--jobs`. */
  readonly jobs: string | undefined
  /** True to go on with a job that was stopped, and to send rows again whose outcomes are not final. */
  readonly resume: boolean
  readonly rate: Rate | undefined
  /** The flags that make the same command go on. Undefined if it is another job the next time. */
  readonly again: string | undefined
}

/** The shortest time between two looks at the job, in milliseconds. */
const lookInterval = 200

/** A look counts all outcomes. So it takes at most a tenth of the time, however many there are. */
const restAfter = (look: Duration.Duration): number => Math.max(lookInterval, 9 * Duration.toMillis(look))

/** Looks at a job until no run is under way or requested. */
const watch = (name: string, show: (progress: Jobs.JobProgress) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    while (true) {
      const [look, progress] = yield* Effect.timed(Jobs.progress(name))
      if (!progress.isActive) return progress
      yield* show(progress)
      yield* Effect.sleep(restAfter(look))
    }
  })

/** The client of the configuration, with a rate limit. */
const clientLayer = (rate: Rate | undefined) =>
  Effect.gen(function* () {
    const { layer } = yield* ApiClient.ApiClient
    return yield* layer({ ...(yield* ApiClient.options), rateLimit: rate })
  })

/** Runs an effect with the client of the configuration, and a rate limit. */
export const withClient = <A, E, R>(rate: Rate | undefined, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(clientLayer(rate), (layer) => Effect.provide(effect, layer))

const howToGoOn = ({ again, jobs, name }: Session): string => {
  const resume = JobEnd.resumeCommand(name, jobs)
  return again === undefined ? resume : `the same command and ${again}, or with ${resume}`
}

/** Stops the job of a command that is interrupted: no further row is sent, and those under way end. */
const pause = (session: Session, display: ProgressDisplay.ProgressDisplay) =>
  Effect.gen(function* () {
    yield* display.clear
    yield* Streams.note("Stopping: the rows under way end first. Ctrl-C again ends at once.")
    yield* Jobs.pause(session.name)
    const { rows, settled, state } = yield* watch(session.name, () => Effect.void)
    const done = `${ProgressLine.numberText(settled)} of ${ProgressLine.numberText(rows)} rows are done`
    yield* Streams.note(
      state === "finished" ? `Finished: ${done}.` : `Paused: ${done}. Go on with ${howToGoOn(session)}.`
    )
  }).pipe(Effect.catch(() => Streams.note(`The job ${session.name} was not paused. Go on with ${howToGoOn(session)}.`)))

/** The job of this name, if there is one. Fails if another job would run with it. */
const lookUp = (name: string) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs.list
    const other = jobs.find((job) => job.name !== name && job.isActive)
    const own = jobs.find((job) => job.name === name)
    if (other !== undefined && (own === undefined || own.isActive))
      return yield* new Jobs.JobActive({ job: other.name })
    return own
  })

const isStopped = ({ state }: Jobs.JobProgress): boolean =>
  state === "paused" || state === "parked" || state === "cancelled"

const stopped = ({ left, reason, rows, state }: Jobs.JobProgress, session: Session): JobStopped =>
  new JobStopped({
    message: `Job ${session.name} is ${state}${reason === undefined ? "" : ` (${reason})`}, and ${left} of ${rows} rows are left`,
    next: `Go on with ${howToGoOn(session)}.`
  })

/** Copies the rows of a new job into the database. `counted` shows the number of rows that have been read. */
export type Submit<E, R> = (
  counted: <A, RE, RR>(rows: Stream.Stream<A, RE, RR>) => Stream.Stream<A, RE, RR>
) => Effect.Effect<Jobs.JobProgress, E, R>

const counting =
  (display: ProgressDisplay.ProgressDisplay) =>
  <A, E, R>(rows: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Stream.suspend(() => {
      let count = 0
      return Stream.chunks(rows).pipe(
        Stream.tap((chunk) => Effect.suspend(() => display.reading((count += chunk.length)))),
        Stream.flattenArray
      )
    })

/**
 * Runs the job of this name, which is submitted if it does not exist, and gives its progress at the end of the run. If it is
 * interrupted, the job is paused.
 */
export const run = Effect.fnUntraced(function* <E, R>(session: Session, submit: Submit<E, R>) {
  const { jobs, name, rate, resume } = session
  yield* JobEnd.checkFields
  const file = yield* JobFiles.toMake(name, jobs)
  const found = yield* JobFiles.withControl(file, lookUp(name))
  if (found !== undefined && isStopped(found) && !resume) return yield* stopped(found, session)
  if (found?.state === "finished" && !found.isActive && !(resume && found.left > 0)) {
    yield* Streams.note(
      `The job ${name} has finished before, and nothing is sent again. Another --name makes another job.`
    )
    return found
  }
  const display = yield* ProgressDisplay.make
  const begin = Effect.gen(function* () {
    if (found !== undefined) return resume ? yield* Jobs.resume(name) : found
    return yield* submit(counting(display)).pipe(
      Effect.onInterrupt(() => Effect.andThen(display.clear, Streams.note("Stopped. Nothing was sent.")))
    )
  })
  const toEnd = watch(name, display.show).pipe(
    Effect.onInterrupt(() => pause(session, display)),
    Effect.ensuring(display.clear)
  )
  return yield* JobFiles.withWorker(file, Effect.andThen(begin, toEnd)).pipe(
    Effect.provide(Layer.unwrap(clientLayer(rate)))
  )
})

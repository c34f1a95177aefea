/**
 * The databases of jobs. Each job has a file of its own in the user's data folder: a worker runs all jobs of its file, and those of
 * another account must not be among them. A file that the user names holds any number of jobs.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { createHash } from "node:crypto"
import * as WorkerLock from "../../../internal/jobs/worker/WorkerLock.ts"
import * as Jobs from "../../../jobs/Jobs.ts"
import * as SqliteJobs from "../../../jobs/SqliteJobs.ts"
import * as Configuration from "../../config/Configuration.ts"
import { ConfigurationError, UsageError } from "../../support/CliFailure.ts"

const folder = Effect.gen(function* () {
  const paths = yield* Path.Path
  const data = yield* Effect.mapError(
    UserDirectories.make().data("effect-chatbotkit"),
    () =>
      new ConfigurationError({
        message: "The user has no data folder: HOME is not set",
        next: "Give --jobs, the file of the jobs."
      })
  )
  return paths.join(data, "jobs")
})

/** The file that the user names, by the flag or in the profile. */
const named = (flag: string | undefined) =>
  flag === undefined ? Effect.map(Configuration.read, ({ jobs }) => jobs) : Effect.succeed(flag)

/** The file of a job in the data folder. An undo is in the file of the job that it undoes. */
const nameOf = (job: string): string =>
  `${createHash("sha256")
    .update(job.replace(/^(?:undo of )+/, ""))
    .digest("hex")
    .slice(0, 32)}.db`

/** The path of the file of a job. The folder is made if it does not exist. */
export const toMake = Effect.fnUntraced(function* (job: string, flag: string | undefined) {
  const file = yield* named(flag)
  if (file !== undefined) return file
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const parent = yield* folder
  yield* Effect.mapError(
    fs.makeDirectory(parent, { recursive: true, mode: 0o700 }),
    () =>
      new ConfigurationError({
        message: "The folder of the jobs cannot be made",
        next: "Give --jobs, the file of the jobs."
      })
  )
  return paths.join(parent, nameOf(job))
})

const exists = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.exists(file), () => false))

/** The path of the file of a job that is there. */
export const toFind = Effect.fnUntraced(function* (job: string, flag: string | undefined) {
  const file = (yield* named(flag)) ?? (yield* Path.Path).join(yield* folder, nameOf(job))
  return (yield* exists(file)) ? file : yield* new Jobs.JobNotFound({ job })
})

/** The paths of all files. */
export const all = Effect.fnUntraced(function* (flag: string | undefined) {
  const file = yield* named(flag)
  if (file !== undefined) {
    return (yield* exists(file))
      ? [file]
      : yield* new UsageError({ message: "There is no such file of jobs", next: "Check --jobs, or the profile." })
  }
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const parent = yield* folder
  const names = yield* Effect.orElseSucceed(fs.readDirectory(parent), () => [])
  return names.filter((name) => name.endsWith(".db")).map((name) => paths.join(parent, name))
})

const cannotOpen = () => Effect.fail(new Jobs.JobsError({ description: "The file of the jobs cannot be opened" }))

/** Runs an effect with the jobs of a file, without a worker. */
export const withControl = <A, E, R>(filename: string, effect: Effect.Effect<A, E, R>) =>
  Effect.provide(effect, SqliteJobs.layerControl({ filename })).pipe(Effect.catchTag("SqlError", cannotOpen))

/** Runs an effect with the jobs of a file, and a worker that runs them in this process. */
export const withWorker = <A, E, R>(filename: string, effect: Effect.Effect<A, E, R>) =>
  Effect.provide(effect, SqliteJobs.layer({ filename, pollInterval: "200 millis" })).pipe(
    Effect.catchTag("SqlError", cannotOpen)
  )

/** The files of a database of SQLite. The lock of its worker stays: another process may wait for it. */
const suffixes = ["", "-wal", "-shm"]

/**
 * Deletes the file of a job in the data folder if no job is left in it: SQLite keeps the data of deleted rows in its file. A file
 * that a worker uses stays.
 */
export const removeEmpty = Effect.fnUntraced(function* (job: string, flag: string | undefined) {
  if ((yield* named(flag)) !== undefined) return
  const file = yield* toFind(job, flag)
  const fs = yield* FileSystem.FileSystem
  yield* WorkerLock.acquire(file).pipe(
    Effect.andThen(withControl(file, Jobs.list)),
    Effect.flatMap((jobs) =>
      jobs.length === 0
        ? Effect.forEach(suffixes, (suffix) => fs.remove(file + suffix, { force: true }), { discard: true })
        : Effect.void
    ),
    Effect.scoped,
    Effect.ignore
  )
})

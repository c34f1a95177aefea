/** Imports by `Jobs`, over a database of SQLite. */
import { Effect, Layer, Schedule, Stream } from "effect"
import type { Client } from "effect-chatbotkit"
import type { InvalidOptions } from "effect-chatbotkit/Errors"
import * as Jobs from "effect-chatbotkit/jobs"
import * as SqliteJobs from "effect-chatbotkit/jobs/SqliteJobs"
import type { Importer } from "./importer.ts"

const name = "import of contacts"

/** The progress of a job whenever it is looked at, until its run has ended. `Jobs.wait` looks once a second only. */
export const progress = Stream.fromEffectSchedule(Jobs.progress(name), Schedule.spaced("50 millis")).pipe(
  Stream.takeUntil(({ isActive }) => !isActive)
)

export const submit = (rows: Parameters<Importer>[0], options: Omit<Jobs.SubmitOptions, "operation">) =>
  Jobs.submit(name, Stream.fromIterable(rows), { ...options, operation: "ensure" })

export const layer = (client: Layer.Layer<Client.Client, InvalidOptions>, filename: string) =>
  SqliteJobs.layer({ filename, pollInterval: "50 millis" }).pipe(Layer.provide(client))

/** An import in two chunks at a time, so that the end of one does not leave the connections idle. */
export const make =
  (client: Layer.Layer<Client.Client, InvalidOptions>): Importer =>
  (rows, { concurrency, journal }) =>
    Effect.gen(function* () {
      yield* submit(rows, { concurrency: concurrency / 2, chunkConcurrency: 2 })
      yield* Stream.runDrain(progress)
      const { counts } = yield* Jobs.progress(name)
      return counts.created
    }).pipe(Effect.provide(layer(client, journal)), Effect.runPromise)

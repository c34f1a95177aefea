/** A process with the worker of a SQLite file: submits the job unless it is there, and ends once every row is settled. */
import { Effect, Layer } from "effect"
import * as SqliteJobs from "../../src/jobs/SqliteJobs.ts"
import * as Input from "./Input.ts"
import * as Job from "./Job.ts"

const [filename = "", baseUrl = "", seed = "", rows = "", chunkSize = "200"] = process.argv.slice(2)

await Job.submit(Input.make(seed, Number(rows)), Number(chunkSize)).pipe(
  Effect.andThen(Job.settle),
  Effect.provide(SqliteJobs.layer({ filename }).pipe(Layer.provide(Job.layerClient(baseUrl)))),
  Effect.runPromise
)

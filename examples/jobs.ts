/**
 * Imports a CSV of 1,000 contacts as a durable job: shows its progress, pauses it, resumes it with another worker, and lists the rows
 * that were refused. The job is in a SQLite file, so that it goes on if the process ends.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Duration, Effect, FileSystem, Layer, Schedule, Stream } from "effect"
import { Csv } from "effect-chatbotkit"
import * as Jobs from "effect-chatbotkit/jobs"
import * as SqliteJobs from "effect-chatbotkit/jobs/SqliteJobs"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import * as assert from "node:assert/strict"

const job = "import of people"
const rowCount = 1000

const csv = ["Name,E-Mail,Tier"]
  .concat(Array.from({ length: rowCount }, (_, index) => `Person ${index + 1},person${index + 1}@example.com,gold`))
  .with(500, "Person 500,not an address,gold")
  .join("\n")

const showProgress = Effect.gen(function* () {
  const { rows, rowsPerSecond, settled, state, timeLeft } = yield* Jobs.progress(job)
  const left = timeLeft === undefined ? "" : `, ${Duration.format(timeLeft)} left`
  console.log(`${state}: ${settled} of ${rows} rows, ${rowsPerSecond.toFixed(0)} rows a second${left}`)
})

/** The first process: it submits the job, and pauses it after a while. */
const begin = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const rows = fs.stream(file).pipe(Csv.read({ columns: { Name: "name", "E-Mail": "email", Tier: "meta.tier" } }))
  yield* Jobs.submit(job, rows, { operation: "create", chunkSize: 100 })
  yield* showProgress.pipe(Effect.repeat({ schedule: Schedule.spaced("300 millis"), times: 4 }))
  yield* Jobs.pause(job)
  yield* Jobs.wait(job)
  yield* showProgress
})

/** A later process. Its worker goes on with the job once it is resumed. */
const goOn = Effect.gen(function* () {
  yield* Jobs.resume(job)
  const showing = showProgress.pipe(Effect.repeat(Schedule.spaced("500 millis")))
  yield* Effect.raceFirst(Jobs.wait(job, { stallAfter: "30 seconds" }), showing)
  yield* showProgress
  const outcomes = yield* Stream.runCollect(Jobs.outcomes(job))
  for (const outcome of outcomes) {
    if (outcome.outcome === "invalid") console.log(`row ${outcome.row} was refused: ${outcome.description}`)
  }
  assert.equal(outcomes.length, rowCount)
})

const main = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const api = yield* InMemory.InMemory
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* fs.writeFileString(`${folder}/people.csv`, csv)
  yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("50 millis") })

  // A fresh layer is a worker of its own, as in another process.
  const worker = () => Layer.fresh(SqliteJobs.layer({ filename: `${folder}/jobs.sqlite` }))
  yield* Effect.provide(begin(`${folder}/people.csv`), worker())
  assert.ok((yield* api.contacts()).length < rowCount)
  yield* Effect.provide(goOn, worker())
  assert.equal((yield* api.contacts()).length, rowCount - 1)
})

await Effect.runPromise(main.pipe(Effect.scoped, Effect.provide(Layer.merge(InMemory.layer(), NodeFileSystem.layer))))

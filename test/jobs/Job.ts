/** The job that the commands kill: its name, its options, and the client of its workers. */
import { Effect, Redacted, Stream } from "effect"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as Node from "../../src/layers/Node.ts"
import * as FaultyApi from "./FaultyApi.ts"
import type { InputRow } from "./Input.ts"

export const name = "people of the crm"

/** The number of chunks under way, on all workers together. */
export const chunkConcurrency = 6

/** The longest time without an outcome. */
const stallAfter = "60 seconds"

/** The largest number of runs of a job. A run can leave rows whose answers were lost. */
const maxRuns = 10

/** The client of a worker. */
export const layerClient = (baseUrl: string) =>
  Node.layer({
    secret: Redacted.make(FaultyApi.token),
    baseUrl,
    timeout: { attempt: "2 seconds" },
    retry: { delay: "50 millis" }
  })

/** Submits the job, unless it is there already. */
export const submit = (input: ReadonlyArray<InputRow>, chunkSize = 200) =>
  Jobs.submit(name, Stream.fromIterable(input).pipe(Stream.map(({ value }) => value)), {
    operation: "create",
    chunkSize,
    chunkConcurrency
  })

/** Waits until every row is settled. */
export const settle = Effect.gen(function* () {
  for (let runs = 0; runs < maxRuns; runs++) {
    const { left, reason, run, state } = yield* Jobs.wait(name, { stallAfter })
    if (left === 0) return
    console.log(`         run ${run} has left ${left} rows: ${reason ?? state}`)
    yield* Jobs.resume(name)
  }
  return yield* Effect.fail(new Error(`Rows are left after ${maxRuns} runs`))
})

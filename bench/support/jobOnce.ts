/**
 * Runs a job once over a database of SQLite, or goes on with it, and prints a line of JSON for each change: the number of rows that
 * are settled, and the milliseconds since the program began.
 */
import { Effect, Redacted, Stream } from "effect"
import * as Node from "effect-chatbotkit/layers/Node"
import { tokenOf } from "./data.ts"
import { rowsOf } from "./importers/importer.ts"
import * as ImportJob from "./importers/jobs.ts"

const [, , url = "", filename = "", rows = "0", chunkSize = "0"] = process.argv

const began = performance.now()
let last = -1

const program = Effect.gen(function* () {
  yield* ImportJob.submit(rowsOf(Number(rows)), { concurrency: 16, chunkConcurrency: 1, chunkSize: Number(chunkSize) })
  yield* Stream.runForEach(ImportJob.progress, ({ isActive, settled }) =>
    Effect.sync(() => {
      if (settled !== last || !isActive) console.log(JSON.stringify({ settled, millis: performance.now() - began }))
      last = settled
    })
  )
})
const client = Node.layer({ secret: Redacted.make(tokenOf(0)), baseUrl: url })
await Effect.runPromise(Effect.provide(program, ImportJob.layer(client, filename)))
process.exit()

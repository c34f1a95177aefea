/** A process that records outcomes in a journal over SQLite, and prints the number of each row once it is recorded. */
import { Effect, Layer } from "effect"
import * as Journal from "../../src/Journal.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as SqlJournal from "../../src/layers/SqlJournal.ts"

const [filename = "", job = ""] = process.argv.slice(2)

const rows = Array.from({ length: 100_000 }, (_, index) => index + 1)

const record = Effect.gen(function* () {
  const journal = yield* Effect.flatMap(Journal.Journal, (journal) => journal.open(job))
  yield* Effect.forEach(
    rows,
    (row) =>
      Effect.andThen(
        journal.record({ outcome: { row, outcome: "created", id: `c${row}` }, checksum: "0123abcd" }),
        Effect.sync(() => process.stdout.write(`${row}\n`))
      ),
    { concurrency: 8, discard: true }
  )
})

await Effect.runPromise(
  Effect.scoped(record).pipe(Effect.provide(SqlJournal.layer().pipe(Layer.provide(NodeSqlite.layer({ filename })))))
)

import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { Client } from "../../Client.ts"
import * as Errors from "../../Errors.ts"
import * as Journal from "../../Journal.ts"
import { pageSize } from "../list/ListQuery.ts"
import * as BulkOptions from "./BulkOptions.ts"
import { BulkRun, type Row } from "./BulkRun.ts"
import * as DerivedFingerprint from "./DerivedFingerprint.ts"
import type { Outcome } from "./Outcome.ts"
import type { RowOperation } from "./RowOperation.ts"

/** The rows of the input, checked in batches: those of one chunk of the source, at most as many as one lookup can find. */
const prepared = <A, E, R>(
  rows: Stream.Stream<unknown, E, R>,
  run: BulkRun<A>
): Stream.Stream<Row<A>, E | Journal.JournalError, R> =>
  Stream.transformPull(rows, (upstream) =>
    Effect.sync(() => {
      let chunk: ReadonlyArray<unknown> = []
      let taken = 0
      let row = 1
      const pull: Pull.Pull<Arr.NonEmptyReadonlyArray<Row<A>>, E | Journal.JournalError> = Effect.suspend(() => {
        if (taken === chunk.length) {
          return Effect.flatMap(upstream, (next) => {
            chunk = next
            taken = 0
            return pull
          })
        }
        const batch = chunk.slice(taken, taken + pageSize)
        const first = row
        taken += batch.length
        row += batch.length
        return Effect.flatMap(run.prepare(first, batch), (rows) =>
          Arr.isReadonlyArrayNonEmpty(rows) ? Effect.succeed(rows) : pull
        )
      })
      return pull
    })
  )

const withoutJournal: Journal.JobJournal = { read: () => Effect.succeed(new Map()), record: () => Effect.void }

const openJournal = /* @__PURE__ */ Effect.fnUntraced(function* (job: string | undefined) {
  const journal = yield* Journal.Journal
  if (job !== undefined) return yield* journal.open(job)
  if (!Journal.isRecording(journal)) return withoutJournal
  return yield* Effect.fail(
    new Errors.InvalidOptions({ option: "job", description: "Expected the name of the job: there is a journal" })
  )
})

/**
 * The outcomes of the rows. The calls of `mapEffect` fail only with a `JournalError`, and {@link BulkRun} sends nothing after
 * it: an unordered `mapEffect` of Effect 4.1 goes on until its consumer takes the failure.
 */
export const make = <A, E, R>(
  operation: RowOperation<A>,
  rows: Stream.Stream<unknown, E, R>,
  options: BulkOptions.ChangeOptions
): Stream.Stream<Outcome, E | Errors.InvalidOptions | Journal.JournalError, R | Client> =>
  Effect.gen(function* () {
    const settings = yield* Effect.fromResult(BulkOptions.resolve(options))
    const { concurrency, job, unordered } = settings
    const journal = yield* openJournal(job)
    const prefix = job === undefined ? undefined : DerivedFingerprint.prefix(job)
    const run = new BulkRun({ operation, settings, journal, prefix })
    return Stream.mapEffect(prepared(rows, run), (row) => run.run(row), { concurrency, unordered })
  }).pipe(Stream.unwrap, Stream.withSpan(operation.name))

import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { Client } from "../../Client.ts"
import * as Errors from "../../Errors.ts"
import * as Journal from "../../Journal.ts"
import { pageSize } from "../list/ListQuery.ts"
import * as BulkOptions from "./BulkOptions.ts"
import { BulkRun, type InputRow, type Row } from "./BulkRun.ts"
import * as DerivedFingerprint from "./DerivedFingerprint.ts"
import type { Outcome } from "./Outcome.ts"
import type { RowOperation } from "./RowOperation.ts"

/** The rows of the input, checked in batches: those of one chunk of the source, at most as many as one lookup can find. */
const prepared = <Value, A, E, R>(
  rows: Stream.Stream<Value, E, R>,
  run: BulkRun<A>,
  toInput: (value: Value, row: number) => InputRow
): Stream.Stream<Row<A>, E | Journal.JournalError, R> =>
  Stream.transformPull(rows, (upstream) =>
    Effect.sync(() => {
      let chunk: ReadonlyArray<Value> = []
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
        const batch = chunk.slice(taken, taken + pageSize).map((value) => toInput(value, row++))
        taken += batch.length
        return Effect.flatMap(run.prepare(batch), (rows) =>
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
    const run = new BulkRun({ operation, settings, journal, prefix, recordsAll: false })
    const checked = prepared(rows, run, (value, row) => ({ row, value }))
    return Stream.mapEffect(checked, (row) => run.run(row), { concurrency, unordered })
  }).pipe(Stream.unwrap, Stream.withSpan(operation.name))

/** A run of some rows of a job, with a journal of its own. */
export interface PartialRun {
  readonly job: string
  readonly journal: Journal.JobJournal
  readonly concurrency: number
  readonly beforeImages: boolean
  /** Ends when no more rows are to be sent. Rows under way go on, and the others are `not-sent`. */
  readonly stop: Effect.Effect<void>
}

/**
 * The outcomes of numbered rows, as they come. They are all recorded, final or not, but those of rows that had no turn, and those
 * that would replace an `unknown` one.
 */
export const makeNumbered = <A, E, R>(
  operation: RowOperation<A>,
  rows: Stream.Stream<InputRow, E, R>,
  { beforeImages, concurrency, job, journal, stop }: PartialRun
): Stream.Stream<Outcome, E | Journal.JournalError, R | Client> =>
  Effect.gen(function* () {
    const run = new BulkRun({
      operation,
      settings: { beforeImages, concurrency, dryRun: false, job, pause: undefined, unordered: true },
      journal,
      prefix: DerivedFingerprint.prefix(job),
      recordsAll: true
    })
    yield* Effect.forkScoped(
      Effect.andThen(
        stop,
        Effect.sync(() => run.stop())
      ),
      { startImmediately: true }
    )
    const checked = prepared(rows, run, (input) => input)
    return Stream.mapEffect(checked, (row) => run.run(row), { concurrency, unordered: true })
  }).pipe(Stream.unwrap, Stream.withSpan(operation.name))

/**
 * Bulk work on contacts: a stream of rows in, and a stream of outcomes out, one for each row, whatever happens.
 *
 * The failure of a row is its outcome, and ends nothing. The stream fails only if the source or the journal fails, or an option is
 * wrong. With a {@link Journal.Journal} in the context, a job that was stopped goes on when it runs again.
 */
import { dual } from "effect/Function"
import * as Stream from "effect/Stream"
import type { Client } from "./Client.ts"
import type * as Contact from "./Contact.ts"
import type * as Errors from "./Errors.ts"
import * as BulkStream from "./internal/bulk/BulkStream.ts"
import type { Options } from "./internal/bulk/BulkOptions.ts"
import * as MakeRows from "./internal/bulk/MakeRows.ts"
import type { EnsureRow } from "./internal/bulk/MakeRows.ts"
import type { Outcome } from "./internal/bulk/Outcome.ts"
import type { UnreadableRow } from "./internal/format/UnreadableRow.ts"
import type { JournalError } from "./Journal.ts"

export type { Options, PauseOptions } from "./internal/bulk/BulkOptions.ts"
export { EnsureRow } from "./internal/bulk/MakeRows.ts"
export { isSettled, Outcome } from "./internal/bulk/Outcome.ts"

/** The failures of bulk work, beside those of its source. */
export type BulkError = Errors.InvalidOptions | JournalError

/** Bulk work on rows of a kind. A row that its format could not read is `invalid`. */
export interface Bulk<in Row, in O> {
  (
    options?: O
  ): <E, R>(rows: Stream.Stream<Row | UnreadableRow, E, R>) => Stream.Stream<Outcome, E | BulkError, R | Client>
  <E, R>(rows: Stream.Stream<Row | UnreadableRow, E, R>, options?: O): Stream.Stream<Outcome, E | BulkError, R | Client>
}

const isDataFirst = (args: IArguments): boolean => Stream.isStream(args[0])

/**
 * Ensures the contact of each row, as `Contact.ensure` does.
 *
 * The fingerprints of up to 100 rows are looked up in one request, to tell `created` from `existing`. A contact that is there and
 * verified takes no further request. Rows are looked up together if they are in one chunk of the source: `Stream.rechunk(100)`
 * makes chunks of a source that has single rows.
 *
 * A row with the fingerprint of an earlier one is a `duplicate`, unless the earlier one is `invalid`. `Unauthorized` and
 * `PaymentRequired` end the work: the rows that have not been sent are `not-sent`. No more rows are in memory than a chunk of the
 * source and those under way.
 *
 * @example
 * ```ts
 * const outcomes = Stream.fromIterable(people).pipe(Bulk.ensure({ job: "crm 2026-11", concurrency: 16 }))
 * const counts = outcomes.pipe(Stream.runFold(() => new Map<string, number>(), (counts, { outcome }) =>
 *   counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
 * ))
 * ```
 */
export const ensure: Bulk<EnsureRow, Options> = /* @__PURE__ */ dual(
  isDataFirst,
  <E, R>(rows: Stream.Stream<EnsureRow | UnreadableRow, E, R>, options: Options = {}) =>
    BulkStream.make(MakeRows.ensure, rows, options)
)

/**
 * Creates the contact of each row, as `Contact.create` does, but a contact that has the fingerprint already is `existing`.
 *
 * With a `job`, a row without a fingerprint gets one that is made from the job and the number of the row. So a second run makes
 * no contact twice, even if the outcome of a row was lost. Without a `job`, every run makes it again. Lookups, duplicates and
 * the end of the work are as in {@link ensure}.
 *
 * @example
 * ```ts
 * const outcomes = Bulk.create(Stream.fromIterable(people), { job: "crm 2026-11" })
 * ```
 */
export const create: Bulk<Contact.CreateRequest, Options> = /* @__PURE__ */ dual(
  isDataFirst,
  <E, R>(rows: Stream.Stream<Contact.CreateRequest | UnreadableRow, E, R>, options: Options = {}) =>
    BulkStream.make(MakeRows.create, rows, options)
)

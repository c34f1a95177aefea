/**
 * Bulk work on contacts: a stream of rows in, and a stream of outcomes out, one for each row, whatever happens.
 *
 * A row can be a contact that was read, such as one of a file: `createdAt` and `updatedAt` are ignored, and so are `id`, but in rows that
 * are found by it, and in {@link ensure} `verifiedAt`.
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
import type { ChangeOptions, Options, UpsertOptions } from "./internal/bulk/BulkOptions.ts"
import * as ChangeRows from "./internal/bulk/ChangeRows.ts"
import type { DeleteRow } from "./internal/bulk/ChangeRows.ts"
import * as MakeRows from "./internal/bulk/MakeRows.ts"
import type { Outcome } from "./internal/bulk/Outcome.ts"
import type { EnsureRow, UpdateRow } from "./internal/bulk/RowRequest.ts"
import * as UpsertRows from "./internal/bulk/UpsertRows.ts"
import type { UnreadableRow } from "./internal/format/UnreadableRow.ts"
import type { JournalError } from "./Journal.ts"

export type { ChangeOptions, Options, PauseOptions, UpsertOptions } from "./internal/bulk/BulkOptions.ts"
export type { DeleteRow } from "./internal/bulk/ChangeRows.ts"
export { isSettled, Outcome } from "./internal/bulk/Outcome.ts"
export { EnsureRow, UpdateRow } from "./internal/bulk/RowRequest.ts"

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

/**
 * Updates the contact of each row, as `Contact.update` does. A row has the `id` of the contact and the fields to change. A row with
 * the id of an earlier one is a `duplicate`, and a contact that does not exist is `failed`.
 *
 * With `beforeImages`, the contact is read before it is updated, and the outcome has it as `before`. It is recorded in the
 * journal before the update is sent, so that it is not lost if the process ends.
 *
 * @example
 * ```ts
 * const tagged = Contact.list({ meta: { tier: "gold" } }).pipe(
 *   Stream.map(({ id }) => ({ id, meta: { $update: { tier: "platinum" } } })),
 *   Bulk.update({ beforeImages: true })
 * )
 * ```
 */
export const update: Bulk<UpdateRow, ChangeOptions> = /* @__PURE__ */ dual(
  isDataFirst,
  <E, R>(rows: Stream.Stream<UpdateRow | UnreadableRow, E, R>, options: ChangeOptions = {}) =>
    BulkStream.make(ChangeRows.update, rows, options)
)

const remove: Bulk<DeleteRow, ChangeOptions> = /* @__PURE__ */ dual(
  isDataFirst,
  <E, R>(rows: Stream.Stream<DeleteRow | UnreadableRow, E, R>, options: ChangeOptions = {}) =>
    BulkStream.make(ChangeRows.remove, rows, options)
)

export {
  /**
   * Deletes the contact of each row for good, as `Contact.delete` does. A row is an id, or an object with one, such as a
   * contact. A contact that does not exist is `unchanged`. `beforeImages` are as in {@link update}; the tasks and memories that
   * are deleted with a contact are not in them.
   *
   * @example
   * ```ts
   * const deleted = Contact.find({ emails }).pipe(Bulk.delete({ concurrency: 16 }))
   * ```
   */
  remove as delete
}

/**
 * Finds the contact of each row by its fingerprint or e-mail address, and updates the fields that differ, or creates the contact if
 * there is none. A contact without a difference is `unchanged`. The fields that a row does not have stay as they are: a fingerprint
 * that is made from the job is for a new contact only.
 *
 * Up to 100 rows are looked up in one request, as in {@link ensure}. A row that sets `preferences` takes one more request, since
 * a lookup does not have them. If several contacts have the e-mail address, the row is `invalid`. Addresses are compared exactly,
 * case included.
 *
 * @example
 * ```ts
 * const synced = Stream.fromIterable(people).pipe(Bulk.upsert({ by: "email", job: "crm 2026-11" }))
 * ```
 */
export const upsert: Bulk<Contact.CreateRequest, UpsertOptions> = /* @__PURE__ */ dual(
  isDataFirst,
  <E, R>(rows: Stream.Stream<Contact.CreateRequest | UnreadableRow, E, R>, options: UpsertOptions = {}) =>
    BulkStream.make(UpsertRows.upsert(options.by === "email" ? "email" : "fingerprint"), rows, options)
)

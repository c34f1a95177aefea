import type * as Effect from "effect/Effect"
import type { Client } from "../../Client.ts"
import type * as Errors from "../../Errors.ts"
import type { JournalError } from "../../Journal.ts"
import type { FoundContact } from "../lookup/FoundContact.ts"
import type { Outcome } from "./Outcome.ts"

/** A row that the client has checked. */
export interface CheckedRow<out A> {
  readonly row: number
  readonly request: A
  /** Rows with the same key are about the same contact. Undefined if no other row can be. */
  readonly key: string | undefined
  /** True if the key is a fingerprint that is made from the job and the number of the row. */
  readonly isDerived: boolean
}

/** The facts that a row is settled by. */
export interface RowContext {
  /** The contacts with the key of the row. They are looked up together with those of the other rows of the batch. */
  readonly found: Effect.Effect<ReadonlyArray<FoundContact>, Errors.ContactError, Client>
  /** The recorded outcome, if it is not final: an earlier run may have written the row. */
  readonly earlier: Outcome | undefined
  readonly dryRun: boolean
  readonly beforeImages: boolean
  /** Records an outcome that is not the last one of the row. */
  readonly record: (outcome: Outcome) => Effect.Effect<void, JournalError>
}

/** The field that contacts are looked up by. */
export type KeyField = "fingerprint" | "email"

/** An operation on rows, as data. */
export interface RowOperation<A> {
  /** The public name, such as `Bulk.ensure`. */
  readonly name: string
  /** The field that the keys of rows are looked up by. Undefined if the operation looks up nothing. */
  readonly lookUpBy: KeyField | undefined
  /** Checks the value of a row. `fingerprint` is for a row without one; it is undefined if the work is no job. */
  readonly check: (
    value: unknown,
    row: number,
    fingerprint: string | undefined
  ) => Effect.Effect<CheckedRow<A>, Errors.ContactError>
  /** Writes a row. In a dry run, it only gives the outcome that the row would have. */
  readonly settle: (row: CheckedRow<A>, context: RowContext) => Effect.Effect<Outcome, JournalError, Client>
}

/** A text as a key. Undefined if no contact can have it, so that the server has to refuse the row. */
export const toKey = (text: string): string | undefined =>
  text.trim() !== "" && text.isWellFormed() && text.length <= 1000 ? text : undefined

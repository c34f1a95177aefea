/** The operations that change contacts by id: rows of `Bulk.update` and `Bulk.delete`. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { Client } from "../../Client.ts"
import * as Contact from "../../Contact.ts"
import type * as Errors from "../../Errors.ts"
import type { JournalError } from "../../Journal.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import * as operations from "../contact/ContactOperations.ts"
import * as Outcome from "./Outcome.ts"
import * as RowRequest from "./RowRequest.ts"
import { type RowContext, type RowOperation, toKey } from "./RowOperation.ts"

/** The id of a contact to delete, alone or in an object. Other fields are ignored, so that a row can be a contact. */
export type DeleteRow = string | { readonly id: string }

/** A change of one contact. */
export interface Change {
  readonly row: number
  readonly id: string
  readonly outcome: "updated" | "deleted"
  /** True if a contact that is there certainly does not have the change yet. */
  readonly isPending: boolean
  readonly send: Effect.Effect<Contact.ContactRef, Errors.ContactError, Client>
}

/**
 * Changes a contact. A contact before the change is recorded before the change is sent: after it, it could not be read any more.
 * `fetched` is the contact, if it has been read.
 */
export const settle = /* @__PURE__ */ Effect.fnUntraced(function* (
  { id, isPending, outcome, row, send }: Change,
  { beforeImages, dryRun, earlier, record }: RowContext,
  fetched?: Contact.Contact
): Effect.fn.Return<Outcome.Outcome, JournalError, Client> {
  const mayBeDone = earlier?.outcome === "unknown"
  const recorded = mayBeDone ? earlier.before : undefined
  let image = recorded === undefined ? {} : { before: recorded }
  let isRecorded = false
  /** The outcome if there is no contact to delete, or not any more. The error has the id, unless it may be personal data. */
  const absent = (error: Errors.ContactError): Outcome.Outcome | undefined => {
    if (outcome !== "deleted" || error._tag !== "NotFound") return undefined
    const id = error.contactId
    return mayBeDone ? { row, outcome, id, ...image } : { row, outcome: "unchanged", id }
  }

  // A contact that may have been updated already is not read: it could be the one after the change.
  const canHaveImage = recorded === undefined && (!mayBeDone || isPending)
  if (dryRun || (beforeImages && canHaveImage)) {
    const read = fetched === undefined ? yield* Effect.result(Contact.fetch(id)) : Result.succeed(fetched)
    if (Result.isFailure(read)) return absent(read.failure) ?? Outcome.ofReadError(row, read.failure)
    if (beforeImages && canHaveImage) image = { before: read.success }
    if (dryRun) return { row, outcome, id: read.success.id, ...image }
    yield* record({ row, outcome: "unknown", ...image })
    isRecorded = true
  }
  const settled = yield* Effect.match(send, {
    onSuccess: ({ id }): Outcome.Outcome => ({ row, outcome, id, ...image }),
    onFailure: (error): Outcome.Outcome => {
      const failed = absent(error) ?? Outcome.ofError(row, error)
      return failed.outcome === "unknown" ? { ...failed, ...image } : failed
    }
  })
  // The server has not acted, so the next run has to read the contact again.
  if (isRecorded && !mayBeDone && settled.outcome !== "unknown" && !Outcome.isSettled(settled)) yield* record(settled)
  return settled
})

export const update: RowOperation<RowRequest.UpdateRow> = {
  name: "Bulk.update",
  lookUpBy: undefined,
  check: (value, row) =>
    Effect.map(RowRequest.update(value), (request) => ({
      row,
      request,
      key: toKey(request.id.trim()),
      isDerived: false
    })),
  settle: ({ request: { id, ...changes }, row }, context) =>
    settle({ row, id, outcome: "updated", isPending: false, send: Contact.update(id, changes) }, context)
}

/** The id in a row. Undefined if there is none, or if it cannot be read. */
const idOf = (value: unknown): string | undefined =>
  Result.getOrUndefined(
    Result.try(() => {
      const id = Predicate.hasProperty(value, "id") ? value.id : value
      return typeof id === "string" ? id : undefined
    })
  )

const noId = /* @__PURE__ */ Failure.refused("id", "Expected the id of a contact")

export const remove: RowOperation<string> = {
  name: "Bulk.delete",
  lookUpBy: undefined,
  check: (value, row) =>
    Effect.suspend(() => {
      const id = idOf(value)
      return id === undefined
        ? Effect.fail(OperationError.refusal(operations.remove, noId))
        : Effect.succeed({ row, request: id, key: toKey(id.trim()), isDerived: false })
    }),
  settle: ({ request, row }, context) =>
    settle({ row, id: request.trim(), outcome: "deleted", isPending: true, send: Contact.delete(request) }, context)
}

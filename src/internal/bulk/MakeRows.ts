/** The operations that make contacts: rows of `Bulk.ensure` and `Bulk.create`. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Client } from "../../Client.ts"
import * as Contact from "../../Contact.ts"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import * as operations from "../contact/ContactOperations.ts"
import type { FoundContact } from "../lookup/FoundContact.ts"
import * as Outcome from "./Outcome.ts"
import * as RowRequest from "./RowRequest.ts"
import { type CheckedRow, type RowContext, type RowOperation, toKey } from "./RowOperation.ts"

interface Made {
  readonly fingerprint?: string | undefined
}

/** The outcome of a row whose contact is there: it was made by this job, or it was there before. */
const present = ({ isDerived, row }: CheckedRow<unknown>, { id }: FoundContact, mayBeOurs: boolean): Outcome.Outcome =>
  isDerived || mayBeOurs ? { row, outcome: "created", id } : { row, outcome: "existing", id }

/**
 * The outcome of a row whose write failed. If it may have made a contact, or another has its fingerprint, the contact is looked
 * up. `onConflict` settles the row with a contact that is not of this write.
 */
export const afterFailure = <E>(
  checked: CheckedRow<unknown>,
  error: Errors.ContactError,
  onConflict: (contact: FoundContact) => Effect.Effect<Outcome.Outcome, E, Client>
): Effect.Effect<Outcome.Outcome, E, Client> => {
  const outcome = Outcome.ofError(checked.row, error)
  const isUnknown = error.outcome === "unknown"
  if (checked.key === undefined || (!isUnknown && error._tag !== "Conflict")) return Effect.succeed(outcome)
  return Contact.find({ fingerprints: [checked.key] }).pipe(
    Stream.runHead,
    Effect.matchEffect({
      // A conflict is final, but its contact is not known. A lookup may succeed in the next run.
      onFailure: (error) =>
        Effect.succeed<Outcome.Outcome>(isUnknown ? outcome : { row: checked.row, outcome: "failed", error }),
      onSuccess: Option.match({
        onNone: () => Effect.succeed(outcome),
        onSome: (contact) => (isUnknown ? Effect.succeed(present(checked, contact, true)) : onConflict(contact))
      })
    })
  )
}

/** The operation of rows that make contacts. */
interface Make<in A> {
  readonly send: (request: A) => Effect.Effect<Contact.ContactRef, Errors.ContactError, Client>
  /** The refusal of a contact that is there. Undefined if there is nothing to send. */
  readonly refusal: (contact: FoundContact) => Errors.ContactError | undefined
}

/** Makes the contact of a row, unless it is there. */
const settle = <A extends Made>(
  checked: CheckedRow<A>,
  { dryRun, earlier, found }: RowContext,
  { refusal, send }: Make<A>
): Effect.Effect<Outcome.Outcome, never, Client> => {
  const { key, request, row } = checked
  const mayBeOurs = earlier?.outcome === "unknown"
  const predicted: Effect.Effect<Outcome.Outcome> = Effect.succeed({ row, outcome: "created" })
  const write = (contact: FoundContact | undefined): Effect.Effect<Outcome.Outcome, never, Client> =>
    Effect.matchEffect(send(request), {
      onSuccess: ({ id }) =>
        Effect.succeed(contact === undefined ? { row, outcome: "created", id } : present(checked, contact, mayBeOurs)),
      onFailure: (error) =>
        // A contact that was there before is not of this write.
        contact === undefined
          ? afterFailure(checked, error, (contact) => Effect.succeed(present(checked, contact, false)))
          : Effect.succeed(Outcome.ofError(row, error))
    })
  if (key === undefined) return dryRun ? predicted : write(undefined)
  return Effect.matchEffect(found, {
    onFailure: (error) => Effect.succeed(Outcome.ofLookupError(row, error)),
    onSuccess: ([contact]) => {
      const error = contact === undefined ? undefined : refusal(contact)
      if (contact !== undefined && error === undefined) return Effect.succeed(present(checked, contact, mayBeOurs))
      if (!dryRun) return write(contact)
      return error === undefined ? predicted : Effect.succeed<Outcome.Outcome>({ row, outcome: "failed", error })
    }
  })
}

const noFingerprint = /* @__PURE__ */ Failure.refused(
  "fingerprint",
  "Expected a fingerprint, or the option job to make one from"
)

const notVerified = /* @__PURE__ */ OperationError.refusal(operations.ensure, {
  tag: "ServerError",
  description: "Contact is not verified",
  outcome: "not-sent",
  transient: false
})

/** A contact that is not verified is sent, so that the server refuses it (wire contract 3.4). */
export const ensure: RowOperation<Contact.EnsureRequest> = {
  name: "Bulk.ensure",
  lookUpBy: "fingerprint",
  check: /* @__PURE__ */ Effect.fnUntraced(function* (value, row, derived) {
    const request = yield* RowRequest.ensure(value)
    const fingerprint = request.fingerprint ?? derived
    if (fingerprint === undefined) {
      return yield* Effect.fail(OperationError.refusal(operations.ensure, noFingerprint))
    }
    const isDerived = request.fingerprint === undefined
    return { row, request: { ...request, fingerprint }, key: toKey(fingerprint.trim()), isDerived }
  }),
  settle: (row, context) =>
    settle(row, context, {
      send: Contact.ensure,
      refusal: ({ verifiedAt }) => (verifiedAt === null ? notVerified : undefined)
    })
}

/** Without a fingerprint and without a job, each row makes a contact. */
export const create: RowOperation<Contact.CreateRequest> = {
  name: "Bulk.create",
  lookUpBy: "fingerprint",
  check: /* @__PURE__ */ Effect.fnUntraced(function* (value, row, derived) {
    const request = yield* RowRequest.create(value)
    if (request.fingerprint !== undefined || derived === undefined) {
      return { row, request, key: toKey(request.fingerprint?.trim() ?? ""), isDerived: false }
    }
    return { row, request: { ...request, fingerprint: derived }, key: derived, isDerived: true }
  }),
  settle: (row, context) => settle(row, context, { send: Contact.create, refusal: () => undefined })
}

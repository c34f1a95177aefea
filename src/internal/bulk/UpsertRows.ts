/** The operation that makes contacts, or updates those that are there: rows of `Bulk.upsert`. */
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import type { Client } from "../../Client.ts"
import * as Contact from "../../Contact.ts"
import type { JournalError } from "../../Journal.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import * as operations from "../contact/ContactOperations.ts"
import type { FoundContact } from "../lookup/FoundContact.ts"
import * as ChangeRows from "./ChangeRows.ts"
import * as MakeRows from "./MakeRows.ts"
import * as Outcome from "./Outcome.ts"
import * as RowDifference from "./RowDifference.ts"
import * as RowRequest from "./RowRequest.ts"
import { type CheckedRow, type KeyField, type RowContext, type RowOperation, toKey } from "./RowOperation.ts"

type Request = Contact.CreateRequest

/** The request that makes the contact. The server would store `$update` literally (wire contract 3.3). */
const toCreate = (request: Request): Request => {
  const meta = RowDifference.metaUpdate(request.meta)
  return meta === undefined ? request : Object.assign({}, request, { meta })
}

/** A lookup has no `preferences`, so a request that sets them needs the whole contact. */
const change = /* @__PURE__ */ Effect.fnUntraced(function* (
  { isDerived, request, row }: CheckedRow<Request>,
  context: RowContext,
  found: FoundContact
): Effect.fn.Return<Outcome.Outcome, JournalError, Client> {
  const { id } = found
  const fetched = request.preferences === undefined ? Effect.undefined : Contact.fetch(id)
  const read = yield* Effect.result(fetched)
  if (read._tag === "Failure") return Outcome.ofReadError(row, read.failure)
  // A fingerprint that is made from the job is for a new contact. One that is there keeps its own.
  const requested = isDerived ? Struct.omit(request, ["fingerprint"]) : request
  const changes = RowDifference.changesOf(requested, read.success ?? found)
  if (changes !== undefined) {
    if (context.dryRun && !context.beforeImages) return { row, outcome: "updated", id }
    const send = Contact.update(id, changes)
    return yield* ChangeRows.settle({ row, id, outcome: "updated", isPending: true, send }, context, read.success)
  }
  // The write of an earlier run has happened, and its answer was lost.
  const { before, error } = context.earlier?.outcome === "unknown" ? context.earlier : {}
  if (before !== undefined) return { row, outcome: "updated", id, before }
  if (error?.operation === operations.update.name) return { row, outcome: "updated", id }
  const isMade = isDerived && found.fingerprint === request.fingerprint
  return { row, outcome: isMade || error?.operation === operations.create.name ? "created" : "unchanged", id }
})

const make = (
  checked: CheckedRow<Request>,
  context: RowContext,
  by: KeyField
): Effect.Effect<Outcome.Outcome, JournalError, Client> => {
  const { request, row } = checked
  if (context.dryRun) return Effect.succeed({ row, outcome: "created" })
  return Effect.matchEffect(Contact.create(toCreate(request)), {
    onSuccess: ({ id }) => Effect.succeed<Outcome.Outcome>({ row, outcome: "created", id }),
    onFailure: (error) =>
      by === "fingerprint"
        ? MakeRows.afterFailure(checked, error, (contact) => change(checked, context, contact))
        : Effect.succeed(Outcome.ofError(row, error))
  })
}

const missing = {
  fingerprint: "Expected a fingerprint, or the option job to make one from",
  email: "Expected an e-mail address to find the contact by"
}

const ambiguous = (row: number): Outcome.Outcome => ({
  row,
  outcome: "invalid",
  field: "email",
  description: "Several contacts have this address"
})

/** The operation that finds contacts by a field. */
export const upsert = (by: KeyField): RowOperation<Request> => ({
  name: "Bulk.upsert",
  lookUpBy: by,
  check: Effect.fnUntraced(function* (value, row, derived) {
    const given = yield* RowRequest.upsert(value)
    const isDerived = given.fingerprint === undefined && derived !== undefined
    const request = isDerived ? { ...given, fingerprint: derived } : given
    const key = toKey((by === "email" ? request.email : request.fingerprint?.trim()) ?? "")
    if (key === undefined) {
      return yield* Effect.fail(OperationError.refusal(operations.create, Failure.refused(by, missing[by])))
    }
    return { row, request, key, isDerived }
  }),
  settle: (checked, context) =>
    Effect.matchEffect(context.found, {
      onFailure: (error) => Effect.succeed(Outcome.ofLookupError(checked.row, error)),
      onSuccess: ([contact, another]) => {
        if (contact === undefined) return make(checked, context, by)
        if (another !== undefined) return Effect.succeed(ambiguous(checked.row))
        // The contact may have been deleted since the lookup.
        return Effect.flatMap(change(checked, context, contact), (outcome) =>
          Outcome.errorOf(outcome)?._tag === "NotFound" ? make(checked, context, by) : Effect.succeed(outcome)
        )
      }
    })
})

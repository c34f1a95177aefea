import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Assumptions from "../Assumptions.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ApiFailure from "../http/ApiFailure.ts"
import * as RequestBody from "../http/RequestBody.ts"
import type { ContactColumns, ContactRecord } from "../store/Store.ts"
import * as ContactInputs from "./ContactInput.ts"
import type { ContactInput } from "./ContactInput.ts"
import * as ContactJson from "./ContactJson.ts"
import * as Fingerprint from "./Fingerprint.ts"
import * as Identifier from "./Identifier.ts"
import * as MetaUpdate from "./MetaUpdate.ts"
import * as StoredMeta from "../store/StoredMeta.ts"

type Columns = Partial<ContactColumns>
type Written<A> = Result.Result<A, ApiFailure.ApiFailure>

const { firstInstant, lastInstant } = Assumptions.prismaVersion

const idJson = ({ id }: { readonly id: string }): string => JSON.stringify({ id })

const input = Effect.fnUntraced(function* (call: Endpoint.AuthorizedCall) {
  const body = yield* RequestBody.validated(call.body)
  return yield* Effect.fromResult(ContactInputs.validate(body, call.audience))
})

const insert = Effect.fnUntraced(function* (call: Endpoint.AuthorizedCall, columns: Columns) {
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  return yield* Effect.fromResult(call.state.store.insert(call.account.id, columns, now, random))
})

/** `POST /contact/create` (wire contract 3.3). */
export const create = Endpoint.json(
  "Contact.create",
  "POST",
  "/contact/create",
  Effect.fnUntraced(function* (call) {
    const given = yield* input(call)
    const columns = yield* Effect.fromResult(toColumns({ ...given, ...verification(given.verifiedAt) }))
    return idJson(yield* insert(call, columns))
  })
)

/** `POST /contact/ensure` (wire contract 3.4). */
export const ensure = Endpoint.json(
  "Contact.ensure",
  "POST",
  "/contact/ensure",
  Effect.fnUntraced(function* (call) {
    const given = yield* input(call)
    const trusted = given.fingerprint ? given.fingerprint : undefined
    if (trusted !== undefined && trusted.length <= 16) {
      return yield* Effect.fail(ApiFailure.genericError("fingerprint is too short"))
    }
    const fingerprint = trusted ?? Fingerprint.untrusted(given)
    const existing = call.state.store.findByFingerprint(call.account.id, fingerprint)
    if (existing !== undefined) return idJson(yield* Effect.fromResult(ensured(existing, trusted !== undefined)))
    const verifiedAt = trusted === undefined ? undefined : yield* Clock.currentTimeMillis
    const columns = yield* Effect.fromResult(toColumns({ ...given, fingerprint, verifiedAt }))
    return idJson(yield* insert(call, columns))
  })
)

/** A trusted fingerprint finds only verified contacts, and any other only contacts that are not verified. */
const ensured = (contact: ContactRecord, trusted: boolean): Written<ContactRecord> => {
  if ((contact.verifiedAt !== null) === trusted) return Result.succeed(contact)
  return Result.fail(ApiFailure.genericError(trusted ? "Contact is not verified" : "Contact is verified"))
}

/** `GET /contact/{contactId}/fetch` (wire contract 3.5). */
export const fetch = Endpoint.json("Contact.fetch", "GET", "/contact/{contactId}/fetch", (call) =>
  Effect.fromResult(Result.map(Identifier.contact(call), ContactJson.forList))
)

/** `POST /contact/{contactId}/update` (wire contract 3.6). */
export const update = Endpoint.json(
  "Contact.update",
  "POST",
  "/contact/{contactId}/update",
  Effect.fnUntraced(function* (call) {
    const given = yield* input(call)
    const contact = yield* Effect.fromResult(Identifier.contact(call))
    const meta = MetaUpdate.apply(given.meta, contact.meta)
    const columns = yield* Effect.fromResult(toColumns({ ...given, ...verification(given.verifiedAt), meta }))
    const now = yield* Clock.currentTimeMillis
    yield* Effect.fromResult(call.state.store.update(contact.id, columns, now))
    return idJson(contact)
  })
)

/** `POST /contact/{contactId}/delete` (wire contract 3.7). */
export const remove = Endpoint.json("Contact.delete", "POST", "/contact/{contactId}/delete", (call) =>
  Effect.sync(() => {
    const contact = Identifier.contact(call)
    if (Result.isSuccess(contact)) call.state.deleteContact(contact.success.id)
    return Result.map(contact, idJson)
  }).pipe(Effect.flatMap(Effect.fromResult))
)

/** Zero and absence change nothing; null clears; any other number sets that instant, 0.5 too (wire contract 2). */
const verification = (verifiedAt: number | null | undefined): { readonly verifiedAt: number | null | undefined } => ({
  verifiedAt: verifiedAt === 0 ? undefined : verifiedAt
})

/** The columns to write, or the 500 of a value that the schema accepts and the database refuses (wire contract 2). */
const toColumns = (given: ContactInput): Written<Columns> => {
  const { name, description, fingerprint, email, phone, nick, preferences } = given
  const verifiedAt = toInstant(given.verifiedAt)
  const meta = given.meta === undefined || given.meta === null ? given.meta : StoredMeta.toStored(given.meta)
  const texts = [name, description, fingerprint, email, phone, nick, preferences]
  if (
    name === null ||
    description === null ||
    fingerprint === null ||
    !texts.every((text) => text?.isWellFormed() ?? true) ||
    (verifiedAt !== undefined && verifiedAt !== null && (verifiedAt < firstInstant || verifiedAt > lastInstant)) ||
    (meta === undefined && given.meta !== undefined)
  ) {
    return Result.fail(ApiFailure.genericError())
  }
  return Result.succeed({
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(nick === undefined ? {} : { nick }),
    ...(preferences === undefined ? {} : { preferences }),
    ...(verifiedAt === undefined ? {} : { verifiedAt }),
    ...(meta === undefined ? {} : { meta })
  })
}

/** A date has whole milliseconds, and no negative zero. */
const toInstant = (millis: number | null | undefined): number | null | undefined =>
  typeof millis === "number" ? Math.trunc(millis) + 0 : millis

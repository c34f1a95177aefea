/**
 * Contacts: the people who talk to the agents of an account. Every operation is an `Effect` that needs `Client`, and the list
 * is a `Stream`. Each has its own error type, which is computed from the operation's description.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as OperationSpan from "./internal/call/OperationSpan.ts"
import { Client } from "./Client.ts"
import * as OperationError from "./internal/call/failure/OperationError.ts"
import type * as Operation from "./internal/call/Operation.ts"
import * as CheckedRequest from "./internal/call/request/CheckedRequest.ts"
import * as ContactExport from "./internal/contact/ContactExport.ts"
import { contacts } from "./internal/contact/ContactList.ts"
import * as operations from "./internal/contact/ContactOperations.ts"
import { CreateRequest, EnsureRequest, UpdateRequest } from "./internal/contact/ContactRequest.ts"
import * as ListCall from "./internal/list/ListCall.ts"
import type { Contact, ContactPage, ContactRef } from "./internal/contact/ContactSchema.ts"
import * as ExactlyOnce from "./internal/contact/ExactlyOnce.ts"
import type { ListRequest } from "./internal/list/ListRequest.ts"
import * as ContactFind from "./internal/lookup/ContactFind.ts"
import type { find as findOperation } from "./internal/lookup/FindOperation.ts"
import type { FindRequest } from "./internal/lookup/FindRequest.ts"
import type { FoundContact } from "./internal/lookup/FoundContact.ts"

export { ExportedContact } from "./internal/contact/ContactExport.ts"
export { Contact, ContactPage, ContactRef } from "./internal/contact/ContactSchema.ts"
export { ContactOptions, CreateRequest, EnsureRequest, UpdateRequest } from "./internal/contact/ContactRequest.ts"
export { ListRequest } from "./internal/list/ListRequest.ts"
export { FindRequest, type MetaValue, type MetaValues } from "./internal/lookup/FindRequest.ts"
export { FoundContact } from "./internal/lookup/FoundContact.ts"

/** The failures of {@link create}. */
export type CreateError = Operation.Error<typeof operations.create>
/** The failures of {@link fetch}. */
export type FetchError = Operation.Error<typeof operations.fetch>
/** The failures of {@link update}. */
export type UpdateError = Operation.Error<typeof operations.update>
/** The failures of `delete`. */
export type DeleteError = Operation.Error<typeof operations.remove>
/** The failures of {@link ensure}. */
export type EnsureError = Operation.Error<typeof operations.ensure>
/** The failures of {@link list}, {@link listPage} and `export`. */
export type ListError = Operation.Error<typeof operations.list>
/** The failures of {@link find}. */
export type FindError = Operation.Error<typeof findOperation>

const checkCreate = /* @__PURE__ */ CheckedRequest.make(CreateRequest)
const checkUpdate = /* @__PURE__ */ CheckedRequest.make(UpdateRequest, { isUpdate: true })
const checkEnsure = /* @__PURE__ */ CheckedRequest.make(EnsureRequest)

// -----------------------------------------------------------------------------
// The operations
// -----------------------------------------------------------------------------

/**
 * Makes a contact. Fails with `Conflict` if the account already has a contact with this fingerprint.
 *
 * The contact is made exactly once, although the API has no idempotency keys. If the request has no fingerprint, the client
 * generates one (as the server would), and the server refuses a second request with the same fingerprint. After a refusal the
 * client searches the newest contacts, and returns the id of the one that this call made. If this call may have made a contact
 * that was not found, it fails with `outcome: "unknown"` and the generated `fingerprint`, which you can look for. With
 * `outcome: "rejected"` it has certainly made none. If the token may not use fingerprints, the contact is made without one,
 * unless an earlier attempt may have made it. With `exactlyOnce: false` the request is sent unchanged, is not sent again if the
 * server may have acted, and no contact is searched for.
 *
 * @example
 * ```ts
 * const { id } = yield* Contact.create({ name: "Ada Lovelace", email: "ada@example.com" })
 * ```
 */
export const create = /* @__PURE__ */ Effect.fnUntraced(function* (
  request: CreateRequest = {}
): Effect.fn.Return<ContactRef, CreateError, Client> {
  const accepted = yield* checkCreate(operations.create, request)
  const client = yield* Client
  const { exactlyOnce, timeout } = client.settings
  if (exactlyOnce) return yield* ExactlyOnce.create(client, accepted, timeout.total)
  return (yield* client.run(operations.create, { body: accepted })).value
}, /* @__PURE__ */ OperationSpan.make("Contact.create"))

/**
 * Reads a contact. Fails with `NotFound` if there is none, and with `Forbidden` if it belongs to another account.
 *
 * @example
 * ```ts
 * const contact = yield* Contact.fetch(id).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
 * ```
 */
export const fetch = /* @__PURE__ */ Effect.fnUntraced(function* (
  id: string
): Effect.fn.Return<Contact, FetchError, Client> {
  const client = yield* Client
  return (yield* client.run(operations.fetch, { contactId: id })).value
}, /* @__PURE__ */ OperationSpan.make("Contact.fetch"))

/**
 * Changes some fields of a contact. `meta` is replaced, or merged: see {@link UpdateRequest}. Fails with `NotFound` if there
 * is no such contact, and with `Conflict` if another contact has the new fingerprint.
 *
 * @example
 * ```ts
 * yield* Contact.update(id, { nick: null, meta: { $update: { tier: "gold" } } })
 * ```
 */
export const update = /* @__PURE__ */ Effect.fnUntraced(function* (
  id: string,
  request: UpdateRequest
): Effect.fn.Return<ContactRef, UpdateError, Client> {
  const body = yield* checkUpdate(operations.update, request)
  const client = yield* Client
  return (yield* client.run(operations.update, { contactId: id, body })).value
}, /* @__PURE__ */ OperationSpan.make("Contact.update"))

const remove = /* @__PURE__ */ Effect.fnUntraced(function* (
  id: string
): Effect.fn.Return<ContactRef, DeleteError, Client> {
  const client = yield* Client
  return yield* client.run(operations.remove, { contactId: id, body: {} }).pipe(
    Effect.map(({ value }) => value),
    // After a lost answer, "not found" means that the lost request has deleted the contact.
    Effect.catchIf(
      (error) => error._tag === "NotFound" && error.outcome === "unknown",
      () => Effect.succeed({ id: id.trim() })
    )
  )
}, /* @__PURE__ */ OperationSpan.make("Contact.delete"))

export {
  /**
   * Deletes a contact for good, with its tasks and memories. Fails with `NotFound` if there is none. After a lost answer,
   * "not found" is a success: the contact is deleted either way.
   */
  remove as delete
}

/**
 * Finds the contact with this fingerprint, or makes it and marks it as verified. An existing contact is not changed: the other
 * fields are used only to make one. Fails with `ServerError` (`Contact is not verified`) if {@link create} made the contact with
 * this fingerprint, and it has not been verified since. Two first calls at the same time make one contact: the call that gets a 409 is
 * sent once more, and fails with a `Conflict` of unknown outcome if it gets another.
 *
 * @example
 * ```ts
 * const { id } = yield* Contact.ensure({ fingerprint: "crm-0001-ada-lovelace", email: "ada@example.com" })
 * ```
 */
export const ensure = /* @__PURE__ */ Effect.fnUntraced(function* (
  request: EnsureRequest
): Effect.fn.Return<ContactRef, EnsureError, Client> {
  const body = yield* checkEnsure(operations.ensure, request)
  const client = yield* Client
  return yield* client.run(operations.ensure, { body }).pipe(
    Effect.map(({ value }) => value),
    // The other request of the race can be this call's too, if a gateway sent it twice.
    Effect.catchTag("Conflict", (error) => Effect.fail(OperationError.withOutcome(operations.ensure, error, "unknown")))
  )
}, /* @__PURE__ */ OperationSpan.make("Contact.ensure"))

/**
 * Lists contacts as they arrive: all of them, or as many as `take`. The connection is closed when the stream is interrupted
 * or its consumer stops.
 *
 * The list is complete: every contact that exists throughout comes exactly once and in order, even if the connection is cut or
 * other contacts are deleted meanwhile. If the list cannot be completed, the stream fails, and `lastId` and `received` say how
 * far it came. A list is one request, another to confirm its end (unless `take` was reached), and more if it has to be resumed.
 * It fails with `InvalidRequest` if no contact has the `cursor` as its id.
 *
 * With `meta`, the server leaves out a contact if the one before it stops matching just as a page ends, or if the one before it
 * is the `cursor` and does not match.
 *
 * @example
 * ```ts
 * const gold = Contact.list({ order: "asc", meta: { tier: "gold" } }).pipe(Stream.map((contact) => contact.email))
 * ```
 */
export const list = (request: ListRequest = {}): Stream.Stream<Contact, ListError, Client> =>
  Stream.unwrap(ListCall.list(Client, contacts, request)).pipe(Stream.withSpan("Contact.list"))

/**
 * Lists one page of at most 100 contacts, even if `take` is more. A page with fewer contacts than `take`, and fewer than 100, is
 * the last. The last page has a `cursor` too, unless it is empty.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* Contact.listPage({ order: "asc", take: 50 })
 * ```
 */
export const listPage = (request: ListRequest = {}): Effect.Effect<ContactPage, ListError, Client> =>
  ListCall.listPage(Client, contacts, request).pipe(OperationSpan.make("Contact.listPage"))

const exportAll = (request: ListRequest = {}): Stream.Stream<ContactExport.ExportedContact, ListError, Client> =>
  Stream.unwrap(ListCall.list(Client, ContactExport.exported, request)).pipe(
    Stream.map(ContactExport.toExported),
    Stream.withSpan("Contact.export")
  )

export {
  /**
   * Exports contacts as they arrive, with the requests and guarantees of {@link list}. The differences: the server does not limit
   * the rate of exports, `meta` is `{}` for a contact without one, and a key `toString` at the top of `meta` is missing.
   *
   * @example
   * ```ts
   * const rows = Contact.export({ order: "asc" }).pipe(Stream.map((contact) => JSON.stringify(contact)))
   * ```
   */
  exportAll as export
}

/**
 * Finds contacts by id, fingerprint, e-mail address or `meta`, or all contacts if the request has no condition. They come without
 * their `preferences`. Of several conditions, all have to hold. A request has up to 100 values, so a long list of values takes
 * several: `order` then holds among the contacts of each 100 values. Repeated values count once.
 *
 * The values of a list are compared exactly, although a database may ignore case and trailing blanks. A value that no contact has
 * is no failure.
 *
 * The lookup is complete: every contact that exists and matches throughout comes exactly once, even if other contacts are deleted
 * meanwhile. If it cannot be completed, the stream fails, and `lastId` and `received` say how far it came.
 *
 * @example
 * ```ts
 * const ada = Contact.find({ fingerprints: ["crm-0001-ada-lovelace"] }).pipe(Stream.runHead)
 * ```
 */
export const find = (request: FindRequest = {}): Stream.Stream<FoundContact, FindError, Client> =>
  Stream.unwrap(ContactFind.make(Client, request)).pipe(Stream.withSpan("Contact.find"))

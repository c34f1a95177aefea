/**
 * Contacts: the people who talk to the agents of an account. Every operation is an `Effect` on `Client`, and the list
 * is a `Stream`; each has its own error type, computed from what the operation says of itself.
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Client } from "./Client.ts"
import * as AsRequested from "./internal/AsRequested.ts"
import * as ContactDecoder from "./internal/ContactDecoder.ts"
import * as ExactlyOnce from "./internal/ExactlyOnce.ts"
import * as Failure from "./internal/Failure.ts"
import * as ListQuery from "./internal/ListQuery.ts"
import * as Listing from "./internal/Listing.ts"
import * as Operation from "./internal/Operation.ts"
import * as PageLines from "./internal/PageLines.ts"
import * as PathSegment from "./internal/PathSegment.ts"
import * as Validate from "./internal/Validate.ts"

// -----------------------------------------------------------------------------
// What the server says
// -----------------------------------------------------------------------------

/** What `JSON.parse` made is JSON already, so only the outermost value of a `meta` needs a look. */
const JsonObject = Schema.declare((value): value is Schema.JsonObject => Predicate.isObject(value), {
  expected: "a JSON object"
})

/**
 * A contact, as the server keeps it (wire contract 1). What is not set is `null`, or `""` for `name` and
 * `description`. Fields that are not known here are dropped.
 */
export const Contact = Schema.Struct({
  /** 25 characters, `c` and then lower-case letters and digits. */
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  /** The caller's own key for the contact, unique within the account. The server makes one up where none is given. */
  fingerprint: Schema.String,
  email: Schema.NullOr(Schema.String),
  /** In E.164, such as `+12025550123`, whatever form it was sent in. */
  phone: Schema.NullOr(Schema.String),
  nick: Schema.NullOr(Schema.String),
  preferences: Schema.NullOr(Schema.String),
  /** When the contact was verified: milliseconds since 1970. */
  verifiedAt: Schema.NullOr(Schema.Number),
  meta: Schema.NullOr(JsonObject),
  /** Milliseconds since 1970. */
  createdAt: Schema.Number,
  /** Milliseconds since 1970. */
  updatedAt: Schema.Number
})
export interface Contact extends Schema.Struct.Type<typeof Contact.fields> {}

/** The answer of every write: the contact it was about. */
export const ContactRef = Schema.Struct({ id: Schema.String })
export interface ContactRef extends Schema.Struct.Type<typeof ContactRef.fields> {}

/** One page of a list. `cursor` is the id of its last contact, and absent from an empty page. */
export const ContactPage = Schema.Struct({
  items: Schema.Array(Contact),
  cursor: Schema.optionalKey(Schema.String)
})
export interface ContactPage extends Schema.Struct.Type<typeof ContactPage.fields> {}

// -----------------------------------------------------------------------------
// What the caller asks
// -----------------------------------------------------------------------------

const isJson = Schema.is(Schema.Json)

const Meta = Schema.declare((value): value is Schema.JsonObject => Predicate.isObject(value) && isJson(value), {
  expected: "a JSON object"
}).check(
  Schema.makeFilter((meta) => {
    const refused = Object.keys(meta).find((key) => key === "" || key.startsWith("_"))
    return refused === undefined || { path: [refused], issue: "Expected a key that is not empty and has no leading _" }
  })
)

/**
 * What can be said of a contact in any write. `undefined` is the same as leaving the field out; `null` clears it. The
 * server has the last word on lengths (191 bytes; 65,535 for `description` and `preferences`), e-mail and phone.
 */
export const ContactOptions = Schema.Struct({
  name: Schema.optional(Schema.String),
  description: Schema.optional(Schema.String),
  email: Schema.optional(Schema.NullOr(Schema.String)),
  /** A valid number, in any form; without a country code it is taken for one of the United States. */
  phone: Schema.optional(Schema.NullOr(Schema.String)),
  nick: Schema.optional(Schema.NullOr(Schema.String)),
  preferences: Schema.optional(Schema.NullOr(Schema.String)),
  /** Any JSON object; its own keys may not be empty or begin with `_`. */
  meta: Schema.optional(Schema.NullOr(Meta))
})
export interface ContactOptions extends Schema.Struct.Type<typeof ContactOptions.fields> {}

/** The furthest time that a date can hold, and so the server store (wire contract 2). */
const maxTime = 8.64e15

const VerifiedAt = Schema.Int.check(Schema.isBetween({ minimum: -maxTime, maximum: maxTime }))

/** A new contact. All fields are optional. */
export const CreateRequest = Schema.Struct({
  ...ContactOptions.fields,
  /** At least 16 characters once trimmed. One that the account already has is a `Conflict`. */
  fingerprint: Schema.optional(Schema.String),
  /** Milliseconds since 1970. 0 is the same as leaving it out. */
  verifiedAt: Schema.optional(Schema.NullOr(VerifiedAt))
})
export interface CreateRequest extends Schema.Struct.Type<typeof CreateRequest.fields> {}

/**
 * What to change; a field that is left out stays as it is.
 *
 * `meta` replaces the whole of what was there, unless it is `{ $update: { … } }`, which merges the keys in it into what
 * is there. The server drops, in silence, top-level keys whose first character is none of `A-Z a-z 0-9 _`.
 */
export const UpdateRequest = CreateRequest
export interface UpdateRequest extends Schema.Struct.Type<typeof UpdateRequest.fields> {}

/** A contact to find by its fingerprint, and to make if there is none. There is no `verifiedAt`: the server sets it. */
export const EnsureRequest = Schema.Struct({
  ...ContactOptions.fields,
  /** At least 17 characters once trimmed: at 16 the server fails. */
  fingerprint: Schema.String.check(
    Schema.makeFilter((fingerprint) => fingerprint.trim().length >= 17, {
      expected: "a fingerprint of at least 17 characters"
    })
  )
})
export interface EnsureRequest extends Schema.Struct.Type<typeof EnsureRequest.fields> {}

const nonBlank = (expected: string) => Schema.makeFilter<string>((value) => value.trim() !== "", { expected })

/** Which contacts to list. */
export const ListRequest = Schema.Struct({
  /** Only what comes after this contact. */
  cursor: Schema.optional(Schema.String.check(nonBlank("the id of a contact"))),
  /** By the time of creation. Default `desc`, the newest first. */
  order: Schema.optional(Schema.Literals(["asc", "desc"])),
  /** At most this many. */
  take: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /**
   * Only contacts whose `meta` has these values; dots in a key go into nested objects. The server compares text with
   * text and booleans with booleans, and cannot match a number.
   */
  meta: Schema.optional(
    Schema.Record(
      Schema.String.check(nonBlank("a path into meta")),
      // The server ignores an empty value, and would list every contact.
      Schema.Union([Schema.Boolean, Schema.NonEmptyString])
    )
  )
})
export interface ListRequest extends Schema.Struct.Type<typeof ListRequest.fields> {}

// -----------------------------------------------------------------------------
// The operations, as data
// -----------------------------------------------------------------------------

const operations = {
  create: Operation.make({
    name: "Contact.create",
    method: "POST",
    path: "/contact/create",
    safety: "unsafe",
    success: ContactRef,
    failures: ["Conflict"]
  }),
  fetch: Operation.make({
    name: "Contact.fetch",
    method: "GET",
    path: "/contact/{contactId}/fetch",
    safety: "read",
    success: Contact,
    quick: ContactDecoder.toContact,
    failures: ["NotFound"]
  }),
  update: Operation.make({
    name: "Contact.update",
    method: "POST",
    path: "/contact/{contactId}/update",
    safety: "idempotent",
    success: ContactRef,
    failures: ["NotFound", "Conflict"]
  }),
  delete: Operation.make({
    name: "Contact.delete",
    method: "POST",
    path: "/contact/{contactId}/delete",
    safety: "idempotent",
    success: ContactRef,
    failures: ["NotFound"]
  }),
  ensure: Operation.make({
    name: "Contact.ensure",
    method: "POST",
    path: "/contact/ensure",
    safety: "idempotent",
    // The loser of two first calls is told of a conflict, and finds the contact when it asks again.
    conflictRetries: 1,
    success: ContactRef,
    failures: ["Conflict"]
  }),
  list: Operation.make({
    name: "Contact.list",
    method: "GET",
    path: "/contact/list",
    streams: true,
    safety: "read",
    success: Schema.Array(Contact),
    quick: ContactDecoder.toContacts
  }),
  listPage: Operation.make({
    name: "Contact.listPage",
    method: "GET",
    path: "/contact/list",
    fromLines: PageLines.toPage,
    safety: "read",
    success: ContactPage
  })
}

/** How {@link create} can fail. */
export type CreateError = Operation.Failure<typeof operations.create>
/** How {@link fetch} can fail. */
export type FetchError = Operation.Failure<typeof operations.fetch>
/** How {@link update} can fail. */
export type UpdateError = Operation.Failure<typeof operations.update>
/** How `delete` can fail. */
export type DeleteError = Operation.Failure<typeof operations.delete>
/** How {@link ensure} can fail. */
export type EnsureError = Operation.Failure<typeof operations.ensure>
/** How {@link list} and {@link listPage} can fail. */
export type ListError = Operation.Failure<typeof operations.list>

const checkCreate = Validate.make(CreateRequest, "request")
const checkUpdate = Validate.make(UpdateRequest, "request")
const checkEnsure = Validate.make(EnsureRequest, "request")
const checkList = Validate.make(ListRequest, "request")

/** Fails, with nothing sent, where a check of the caller's input found a problem. */
const refuse = <O extends Operation.Any>(
  operation: O,
  checked: Result.Result<unknown, Validate.Problem>
): Effect.Effect<void, Operation.Failure<O>> =>
  Result.match(checked, {
    onSuccess: () => Effect.void,
    onFailure: ({ description, field }) =>
      Effect.fail(Failure.toRefusal(operation, Failure.refused(field, description)))
  })

// -----------------------------------------------------------------------------
// The operations
// -----------------------------------------------------------------------------

/**
 * Makes a contact. Fails with `Conflict` where the account already has a contact with this fingerprint.
 *
 * It happens exactly once, although the API has no idempotency keys: where the request has no fingerprint, the client
 * adds one of its own (the server would make one up anyway), so that the server refuses a second request after an answer
 * was lost; the contact that the first one made is then found among the newest. Where it cannot tell whether there is a
 * contact, it fails with `outcome: "unknown"`, and the `fingerprint` to look for. A token that may not use fingerprints
 * is served without. With `exactlyOnce: false` the request is sent as it is, and not again once the server may have
 * acted.
 *
 * @example
 * ```ts
 * const { id } = yield* Contact.create({ name: "Ada Lovelace", email: "ada@example.com" })
 * ```
 */
export const create = /* @__PURE__ */ Effect.fn("Contact.create")(function* (
  request: CreateRequest = {}
): Effect.fn.Return<ContactRef, CreateError, Client> {
  yield* refuse(operations.create, checkCreate(request))
  const client = yield* Client
  const asked = AsRequested.copy(request)
  const send = (input: Operation.Input) =>
    Effect.map(client.run(operations.create, input), ({ value }): ContactRef => value)
  if (!client.settings.exactlyOnce) return yield* send({ body: asked })
  return yield* ExactlyOnce.create(
    {
      operation: operations.create,
      create: send,
      newest: Stream.provideService(list({ order: "desc" }), Client, client),
      matches: AsRequested.isAsRequested(asked),
      total: client.settings.timeout.total
    },
    asked
  )
})

/** Reads a contact. Fails with `NotFound` if there is none, and `Forbidden` if it is another account's. */
export const fetch = Effect.fn("Contact.fetch")(function* (id: string): Effect.fn.Return<Contact, FetchError, Client> {
  const client = yield* Client
  return (yield* client.run(operations.fetch, { contactId: id })).value
})

/**
 * Changes some fields of a contact; see {@link UpdateRequest} for what becomes of `meta`. Fails with `Conflict` where
 * another contact has the new fingerprint.
 *
 * @example
 * ```ts
 * yield* Contact.update(id, { nick: null, meta: { $update: { tier: "gold" } } })
 * ```
 */
export const update = Effect.fn("Contact.update")(function* (
  id: string,
  request: UpdateRequest
): Effect.fn.Return<ContactRef, UpdateError, Client> {
  yield* refuse(operations.update, checkUpdate(request))
  const client = yield* Client
  return (yield* client.run(operations.update, { contactId: id, body: { ...request } })).value
})

const remove = Effect.fn("Contact.delete")(function* (id: string): Effect.fn.Return<ContactRef, DeleteError, Client> {
  const client = yield* Client
  return yield* client.run(operations.delete, { contactId: id, body: {} }).pipe(
    Effect.map(({ value }): ContactRef => value),
    // After an answer that was lost, "not found" means that the lost request did its work.
    Effect.catchIf(
      (error) => error._tag === "NotFound" && error.outcome === "unknown",
      () => Effect.succeed({ id: id.trim() })
    )
  )
})

export {
  /** Deletes a contact for good, with its tasks and memories. Fails with `NotFound` if there is none. */
  remove as delete
}

/**
 * Finds the contact with this fingerprint, or makes it, verified. One that exists is not changed: the other fields are
 * for making it. Fails with `ServerError` (`Contact is not verified`) where a contact with the fingerprint was made by
 * {@link create} and never verified.
 */
export const ensure = Effect.fn("Contact.ensure")(function* (
  request: EnsureRequest
): Effect.fn.Return<ContactRef, EnsureError, Client> {
  yield* refuse(operations.ensure, checkEnsure(request))
  const client = yield* Client
  return (yield* client.run(operations.ensure, { body: { ...request } })).value
})

/**
 * Lists contacts as they arrive, all of them unless `take` says how many; `take` is exact. Interrupting the stream, or
 * taking no more of it, closes the connection.
 *
 * The list is complete: a contact that is there throughout comes exactly once and in order, also where the connection is
 * cut or others are deleted meanwhile; where that is not to be had, the stream fails, and says with `lastId` and
 * `received` how far it came. It is one request, one more to confirm the end (unless `take` was reached before), and more
 * where it has to be taken up again. A `cursor` that no contact has any more is `InvalidRequest`.
 *
 * With `meta`, the server itself leaves out a contact where the one before it stops matching just as a page ends, or does
 * not match when it is the `cursor`.
 *
 * @example
 * ```ts
 * const gold = Contact.list({ order: "asc", meta: { tier: "gold" } }).pipe(Stream.map((contact) => contact.email))
 * ```
 */
export const list = (request: ListRequest = {}): Stream.Stream<Contact, ListError, Client> =>
  Stream.unwrap(
    Effect.gen(function* () {
      yield* refuse(operations.list, checkList(request))
      if (request.take === 0) return Stream.empty
      const client = yield* Client
      const asked = { ...request, meta: { ...request.meta } }
      const contacts = Listing.make({
        operation: operations.list,
        order: asked.order ?? "desc",
        cursor: asked.cursor,
        take: asked.take,
        filtered: Object.keys(asked.meta).length > 0,
        open: (page, failures) =>
          client.open(operations.list, { query: ListQuery.make({ ...asked, ...page }) }, failures),
        page: (cursor) =>
          Effect.map(
            client.run(operations.listPage, { query: ListQuery.make({ ...asked, cursor, take: ListQuery.pageSize }) }),
            ({ attempts, value }) => ({ attempts, value: value.items })
          ),
        exists: (id) =>
          PathSegment.isPlain(id)
            ? client.run(operations.fetch, { contactId: id }).pipe(
                Effect.map(({ attempts }) => ({ attempts, value: true })),
                // The server goes by the place of another account's contact, too.
                Effect.catchTag("Forbidden", ({ attempts }) => Effect.succeed({ attempts, value: true })),
                Effect.catchTag("NotFound", ({ attempts }) => Effect.succeed({ attempts, value: false }))
              )
            : Effect.succeed({ attempts: 0, value: false })
      })
      return request.take === undefined ? contacts : Stream.take(contacts, request.take)
    })
  ).pipe(Stream.withSpan("Contact.list"))

/**
 * Lists one page of at most 100 contacts, also where `take` is more. A page shorter than that is the last; a `cursor`
 * alone does not mean that there is more.
 */
export const listPage = Effect.fn("Contact.listPage")(function* (
  request: ListRequest = {}
): Effect.fn.Return<ContactPage, ListError, Client> {
  yield* refuse(operations.listPage, checkList(request))
  if (request.take === 0) return { items: [] }
  const client = yield* Client
  return (yield* client.run(operations.listPage, { query: ListQuery.make(request) })).value
})

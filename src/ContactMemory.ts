/** Memories: what agents remember about a contact. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { Client } from "./Client.ts"
import * as Operation from "./internal/call/Operation.ts"
import * as OperationSpan from "./internal/call/OperationSpan.ts"
import * as CheckedRequest from "./internal/call/request/CheckedRequest.ts"
import * as ItemFields from "./internal/contactItem/ItemFields.ts"
import * as ItemList from "./internal/contactItem/ItemList.ts"
import * as ListPage from "./internal/list/ListPage.ts"
import type { ListRequest } from "./internal/list/ListRequest.ts"

export { ListRequest } from "./internal/list/ListRequest.ts"

/**
 * A memory, as the server stores it (wire contract 3.8.1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const ContactMemory = Schema.Struct({
  ...ItemFields.common,
  /** The bot that remembers it. */
  botId: ItemFields.TextOrNull,
  text: Schema.String
})
export interface ContactMemory extends Schema.Struct.Type<typeof ContactMemory.fields> {}

/** One page of memories. `cursor` is the id of the last one, and absent from an empty page. */
export const ContactMemoryPage = /* @__PURE__ */ ListPage.make(ContactMemory)
export interface ContactMemoryPage extends Schema.Struct.Type<typeof ContactMemoryPage.fields> {}

const memories = /* @__PURE__ */ ItemList.make("ContactMemory", "memory", ContactMemoryPage)

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof memories.list>

/**
 * Lists the memories of a contact as they arrive, with the guarantees and limits of `Contact.list`: every memory that exists
 * throughout comes exactly once and in order, or the stream fails. Fails with `NotFound` if there is no such contact, also if
 * the contact is deleted meanwhile, and with `Forbidden` if it belongs to another account.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused: the server would look it up for every page, and could go on with
 * another contact of that name. The `cursor` has to be a memory of this contact. If nothing follows it, the client looks for it
 * among the contact's memories, and fails with `InvalidRequest` if it is not there.
 *
 * @example
 * ```ts
 * const texts = ContactMemory.list(contactId).pipe(Stream.map((memory) => memory.text))
 * ```
 */
export const list = (contactId: string, request: ListRequest = {}): Stream.Stream<ContactMemory, ListError, Client> =>
  ItemList.list(Client, memories, contactId, request)

/**
 * Lists one page of at most 100 memories of a contact, even if `take` is more. A page with fewer memories than `take`, and
 * fewer than 100, is the last. The last page has a `cursor` too, unless it is empty. The contact may be given by its name.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* ContactMemory.listPage(contactId, { order: "asc", take: 50 })
 * ```
 */
export const listPage = (
  contactId: string,
  request: ListRequest = {}
): Effect.Effect<ContactMemoryPage, ListError, Client> => ItemList.listPage(Client, memories, contactId, request)

/** A memory that a search has found. */
export const MemoryMatch = /* @__PURE__ */ Schema.Struct({
  id: Schema.String,
  text: Schema.String
})
export interface MemoryMatch extends Schema.Struct.Type<typeof MemoryMatch.fields> {}

/** A search among the memories of a contact. */
export const SearchRequest = /* @__PURE__ */ Schema.Struct({
  /** The text to look for. The server compares meanings, not words. It may not be empty. */
  search: /* @__PURE__ */ Schema.NonEmptyString
})
export interface SearchRequest extends Schema.Struct.Type<typeof SearchRequest.fields> {}

const searchOperation = /* @__PURE__ */ Operation.make({
  name: "ContactMemory.search",
  method: "POST",
  path: "/contact/{contactId}/memory/search",
  safety: "read",
  success: /* @__PURE__ */ Schema.Struct({ items: /* @__PURE__ */ Schema.Array(MemoryMatch) }),
  failures: ["NotFound"],
  // The server's own text is that of the model which ranks the memories, and may quote them.
  readError: (_body, { status }) => (status >= 500 ? { description: "The search failed" } : undefined)
})

/** The failures of {@link search}. */
export type SearchError = Operation.Error<typeof searchOperation>

const checkSearch = /* @__PURE__ */ CheckedRequest.make(SearchRequest)

/**
 * Searches the 50 memories of a contact that were updated last, and gives at most 10 of them, the most relevant first. Fails
 * with `NotFound` if there is no such contact, and with `Forbidden` if it belongs to another account.
 *
 * @example
 * ```ts
 * const [best] = yield* ContactMemory.search(contactId, { search: "favourite colour" })
 * ```
 */
export const search = /* @__PURE__ */ Effect.fnUntraced(function* (
  contactId: string,
  request: SearchRequest
): Effect.fn.Return<ReadonlyArray<MemoryMatch>, SearchError, Client> {
  const body = yield* checkSearch(searchOperation, request)
  const client = yield* Client
  return (yield* client.run(searchOperation, { contactId, body })).value.items
}, /* @__PURE__ */ OperationSpan.make("ContactMemory.search"))

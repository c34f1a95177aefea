/** Conversations that a contact has had. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { Client } from "./Client.ts"
import type * as Operation from "./internal/call/Operation.ts"
import * as ItemFields from "./internal/contactItem/ItemFields.ts"
import * as ItemList from "./internal/contactItem/ItemList.ts"
import * as ListPage from "./internal/list/ListPage.ts"
import type { ListRequest } from "./internal/list/ListRequest.ts"

export { ListRequest } from "./internal/list/ListRequest.ts"

/**
 * A conversation, as the server stores it (wire contract 3.8.1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const ContactConversation = Schema.Struct({
  ...ItemFields.common,
  /** The contact's id, also if the contact was given by its name. */
  contactId: Schema.String,
  taskId: ItemFields.TextOrNull,
  botId: ItemFields.TextOrNull,
  datasetId: ItemFields.TextOrNull,
  skillsetId: ItemFields.TextOrNull,
  backstory: ItemFields.TextOrNull,
  model: ItemFields.TextOrNull
})
export interface ContactConversation extends Schema.Struct.Type<typeof ContactConversation.fields> {}

/** One page of conversations. `cursor` is the id of the last one, and absent from an empty page. */
export const ContactConversationPage = /* @__PURE__ */ ListPage.make(ContactConversation)
export interface ContactConversationPage extends Schema.Struct.Type<typeof ContactConversationPage.fields> {}

const conversations = /* @__PURE__ */ ItemList.make("ContactConversation", "conversation", ContactConversationPage)

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof conversations.list>

/**
 * Lists the conversations of a contact as they arrive, with the guarantees and limits of `Contact.list`: every conversation
 * that exists throughout comes exactly once and in order, or the stream fails. Fails with `NotFound` if there is no such
 * contact, also if the contact is deleted meanwhile, and with `Forbidden` if it belongs to another account.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused: the server would look it up for every page, and could go on with
 * another contact of that name. The `cursor` has to be a conversation of this contact. If nothing follows it, the client looks
 * for it among the contact's conversations, and fails with `InvalidRequest` if it is not there.
 *
 * @example
 * ```ts
 * const latest = ContactConversation.list(contactId, { take: 10 }).pipe(Stream.map((conversation) => conversation.name))
 * ```
 */
export const list = (
  contactId: string,
  request: ListRequest = {}
): Stream.Stream<ContactConversation, ListError, Client> => ItemList.list(Client, conversations, contactId, request)

/**
 * Lists one page of at most 100 conversations of a contact, even if `take` is more. A page with fewer conversations than
 * `take`, and fewer than 100, is the last. The last page has a `cursor` too, unless it is empty. The contact may be given by
 * its name.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* ContactConversation.listPage(contactId, { take: 50 })
 * ```
 */
export const listPage = (
  contactId: string,
  request: ListRequest = {}
): Effect.Effect<ContactConversationPage, ListError, Client> =>
  ItemList.listPage(Client, conversations, contactId, request)

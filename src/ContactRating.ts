/** Ratings that a contact has given. */
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
 * A rating, as the server stores it (wire contract 3.8.1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const ContactRating = Schema.Struct({
  ...ItemFields.common,
  /** The contact's id, also if the contact was given by its name. */
  contactId: Schema.String,
  botId: ItemFields.TextOrNull,
  conversationId: ItemFields.TextOrNull,
  messageId: ItemFields.TextOrNull,
  /** An integer: positive, negative or 0. */
  value: Schema.Number,
  reason: ItemFields.TextOrNull
})
export interface ContactRating extends Schema.Struct.Type<typeof ContactRating.fields> {}

/** One page of ratings. `cursor` is the id of the last one, and absent from an empty page. */
export const ContactRatingPage = /* @__PURE__ */ ListPage.make(ContactRating)
export interface ContactRatingPage extends Schema.Struct.Type<typeof ContactRatingPage.fields> {}

const ratings = /* @__PURE__ */ ItemList.make("ContactRating", "rating", ContactRatingPage)

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof ratings.list>

/**
 * Lists the ratings of a contact as they arrive, with the guarantees and limits of `Contact.list`: every rating that exists
 * throughout comes exactly once and in order, or the stream fails. Fails with `NotFound` if there is no such contact, also if
 * the contact is deleted meanwhile, and with `Forbidden` if it belongs to another account.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused: the server would look it up for every page, and could go on with
 * another contact of that name. The `cursor` has to be a rating of this contact. If nothing follows it, the client looks for it
 * among the contact's ratings, and fails with `InvalidRequest` if it is not there.
 *
 * @example
 * ```ts
 * const sum = ContactRating.list(contactId).pipe(Stream.runFold(() => 0, (total, rating) => total + rating.value))
 * ```
 */
export const list = (contactId: string, request: ListRequest = {}): Stream.Stream<ContactRating, ListError, Client> =>
  ItemList.list(Client, ratings, contactId, request)

/**
 * Lists one page of at most 100 ratings of a contact, even if `take` is more. A page with fewer ratings than `take`, and fewer
 * than 100, is the last. The last page has a `cursor` too, unless it is empty. The contact may be given by its name.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* ContactRating.listPage(contactId, { take: 50 })
 * ```
 */
export const listPage = (
  contactId: string,
  request: ListRequest = {}
): Effect.Effect<ContactRatingPage, ListError, Client> => ItemList.listPage(Client, ratings, contactId, request)

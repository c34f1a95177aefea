/** Spaces of a contact. */
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
 * A space, as the server stores it (wire contract 3.8.1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const ContactSpace = Schema.Struct({
  ...ItemFields.common,
  blueprintId: ItemFields.TextOrNull,
  /** The contact's id, also if the contact was given by its name. */
  contactId: Schema.String
})
export interface ContactSpace extends Schema.Struct.Type<typeof ContactSpace.fields> {}

/** One page of spaces. `cursor` is the id of the last one, and absent from an empty page. */
export const ContactSpacePage = /* @__PURE__ */ ListPage.make(ContactSpace)
export interface ContactSpacePage extends Schema.Struct.Type<typeof ContactSpacePage.fields> {}

const spaces = /* @__PURE__ */ ItemList.make("ContactSpace", "space", ContactSpacePage)

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof spaces.list>

/**
 * Lists the spaces of a contact as they arrive, with the guarantees and limits of `Contact.list`: every space that exists
 * throughout comes exactly once and in order, or the stream fails. Fails with `NotFound` if there is no such contact, also if
 * the contact is deleted meanwhile, and with `Forbidden` if it belongs to another account.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused: the server would look it up for every page, and could go on with
 * another contact of that name. The `cursor` has to be a space of this contact. If nothing follows it, the client looks for it
 * among the contact's spaces, and fails with `InvalidRequest` if it is not there.
 *
 * @example
 * ```ts
 * const names = ContactSpace.list(contactId).pipe(Stream.map((space) => space.name))
 * ```
 */
export const list = (contactId: string, request: ListRequest = {}): Stream.Stream<ContactSpace, ListError, Client> =>
  ItemList.list(Client, spaces, contactId, request)

/**
 * Lists one page of at most 100 spaces of a contact, even if `take` is more. A page with fewer spaces than `take`, and fewer
 * than 100, is the last. The last page has a `cursor` too, unless it is empty. The contact may be given by its name.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* ContactSpace.listPage(contactId, { take: 50 })
 * ```
 */
export const listPage = (
  contactId: string,
  request: ListRequest = {}
): Effect.Effect<ContactSpacePage, ListError, Client> => ItemList.listPage(Client, spaces, contactId, request)

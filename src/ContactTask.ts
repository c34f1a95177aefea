/** Tasks that agents do for a contact. */
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

/** The state of a task. A newer server may have others. */
export type Status = "idle" | "running" | "canceled" | (string & {})
const StatusText: Schema.Codec<Status, string> = Schema.String

/** The outcome of the last run of a task. A newer server may have others. */
export type Outcome = "pending" | "success" | "failure" | (string & {})
const OutcomeText: Schema.Codec<Outcome, string> = Schema.String

/**
 * A task, as the server stores it (wire contract 3.8.1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const ContactTask = Schema.Struct({
  ...ItemFields.common,
  /** The contact's id, also if the contact was given by its name. */
  contactId: Schema.String,
  botId: ItemFields.TextOrNull,
  /** A cron expression. */
  schedule: ItemFields.TextOrNull,
  /** The IANA time zone of the schedule. */
  timezone: ItemFields.TextOrNull,
  /** Milliseconds. */
  sessionDuration: ItemFields.NumberOrNull,
  maxIterations: ItemFields.NumberOrNull,
  /** Milliseconds. */
  maxTime: ItemFields.NumberOrNull,
  status: StatusText,
  outcome: OutcomeText,
  /** Milliseconds since 1970. */
  lastRunAt: ItemFields.NumberOrNull,
  /** Milliseconds since 1970. */
  nextRunAt: ItemFields.NumberOrNull
})
export interface ContactTask extends Schema.Struct.Type<typeof ContactTask.fields> {}

/** One page of tasks. `cursor` is the id of the last one, and absent from an empty page. */
export const ContactTaskPage = /* @__PURE__ */ ListPage.make(ContactTask)
export interface ContactTaskPage extends Schema.Struct.Type<typeof ContactTaskPage.fields> {}

const tasks = /* @__PURE__ */ ItemList.make("ContactTask", "task", ContactTaskPage)

/** The failures of {@link list} and {@link listPage}. */
export type ListError = Operation.Error<typeof tasks.list>

/**
 * Lists the tasks of a contact as they arrive, with the guarantees and limits of `Contact.list`: every task that exists
 * throughout comes exactly once and in order, or the stream fails. Fails with `NotFound` if there is no such contact, also if
 * the contact is deleted meanwhile, and with `Forbidden` if it belongs to another account.
 *
 * The contact's name, such as `(Ada Lovelace)`, is refused: the server would look it up for every page, and could go on with
 * another contact of that name. The `cursor` has to be a task of this contact. If nothing follows it, the client looks for it
 * among the contact's tasks, and fails with `InvalidRequest` if it is not there.
 *
 * @example
 * ```ts
 * const running = ContactTask.list(contactId).pipe(Stream.filter((task) => task.status === "running"))
 * ```
 */
export const list = (contactId: string, request: ListRequest = {}): Stream.Stream<ContactTask, ListError, Client> =>
  ItemList.list(Client, tasks, contactId, request)

/**
 * Lists one page of at most 100 tasks of a contact, even if `take` is more. A page with fewer tasks than `take`, and fewer than
 * 100, is the last. The last page has a `cursor` too, unless it is empty. The contact may be given by its name.
 *
 * @example
 * ```ts
 * const { cursor, items } = yield* ContactTask.listPage(contactId, { take: 50 })
 * ```
 */
export const listPage = (
  contactId: string,
  request: ListRequest = {}
): Effect.Effect<ContactTaskPage, ListError, Client> => ItemList.listPage(Client, tasks, contactId, request)

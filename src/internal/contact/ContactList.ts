import * as Effect from "effect/Effect"
import * as PathSegment from "../call/request/PathSegment.ts"
import type * as CompleteList from "../list/CompleteList.ts"
import * as operations from "./ContactOperations.ts"
import type { Contact } from "./ContactSchema.ts"

/** True if a contact has the cursor as its id, in any account: a list can begin after one of another account too. */
export const hasCursor: CompleteList.Source<Contact, never>["hasCursor"] = (runner, cursor) =>
  PathSegment.isPlain(cursor)
    ? Effect.matchEffect(runner.run(operations.fetch, { contactId: cursor }), {
        onSuccess: ({ attempts }) => Effect.succeed({ attempts, value: true }),
        onFailure: (error) => {
          // Any other 403, such as a firewall's, does not mean that the contact exists.
          const value = error._tag === "Forbidden" && error.code === "NOT_AUTHORIZED"
          return value || error._tag === "NotFound"
            ? Effect.succeed({ attempts: error.attempts, value })
            : Effect.fail(error)
        }
      })
    : Effect.succeed({ attempts: 0, value: false })

/** The list of contacts. */
export const contacts: CompleteList.Source<Contact, never> = {
  list: operations.list,
  listPage: operations.listPage,
  hasCursor
}

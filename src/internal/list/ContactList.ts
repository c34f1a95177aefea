import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as PathSegment from "../call/request/PathSegment.ts"
import type { Completed } from "../call/RetryLoop.ts"
import * as operations from "../contact/ContactOperations.ts"
import type { ListRequest } from "../contact/ContactRequest.ts"
import type { Contact } from "../contact/ContactSchema.ts"
import * as Listing from "./Listing.ts"
import * as ListQuery from "./ListQuery.ts"

/** True if a contact exists in any account: a list can begin after one of another account too. */
const exists = (runner: OperationRunner, id: string): Effect.Effect<Completed<boolean>, Errors.ContactError> =>
  PathSegment.isPlain(id)
    ? Effect.matchEffect(runner.run(operations.fetch, { contactId: id }), {
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

/** The requests that a complete list of contacts is made of. */
const requestsOf = (runner: OperationRunner, request: ListRequest): Listing.Requests<Contact, never> => ({
  operation: operations.list,
  take: request.take,
  open: (page, scope, failures) =>
    runner.open(operations.list, { query: ListQuery.make({ ...request, ...page }) }, scope, failures),
  page: (cursor) =>
    runner.run(operations.listPage, { query: ListQuery.make({ ...request, cursor, take: ListQuery.pageSize }) }),
  exists: (id) => exists(runner, id)
})

/** The complete list that a valid request selects. */
export const make = (
  runner: OperationRunner,
  request: ListRequest
): Stream.Stream<Contact, Operation.Error<typeof operations.list>> => {
  const { cursor, meta = {}, order = "desc", take } = request
  if (take === 0) return Stream.empty
  const options = { order, cursor, isFiltered: Object.keys(meta).length > 0 }
  const contacts = Listing.make(requestsOf(runner, request), options)
  return take === undefined ? contacts : Stream.take(contacts, take)
}

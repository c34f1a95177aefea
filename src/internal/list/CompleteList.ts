import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as Reply from "../call/reply/Reply.ts"
import type { Completed } from "../call/RetryLoop.ts"
import * as Listing from "./Listing.ts"
import type { Page } from "./ListPage.ts"
import * as ListQuery from "./ListQuery.ts"
import type { ListRequest } from "./ListRequest.ts"
import type { Key, Order } from "./ResumePoint.ts"

/** The list that is requested: that of a contact, unless it is a list of contacts. */
export interface Input {
  readonly contactId?: string
}

/** A list of the API, as data. */
export interface Source<A extends Key, T extends Errors.Tag> {
  /** The operation that streams the whole list. */
  readonly list: Operation.Operation<ReadonlyArray<A>, T>
  /** The same operation, which refuses items of another contact than that of the input. Absent from a list of contacts. */
  readonly listOf?: (input: Input) => Operation.Operation<ReadonlyArray<A>, T>
  /** The operation for one page. */
  readonly listPage: Operation.Operation<Page<A>, T>
  /** True if a list can begin after this cursor. It is called if nothing came after the cursor in this order. */
  readonly hasCursor: (
    runner: OperationRunner,
    cursor: string,
    order: Order,
    input: Input
  ) => Effect.Effect<Completed<boolean>, Errors.ContactError>
}

/** The complete list that a valid request selects. */
export const make = <A extends Key, T extends Errors.Tag>(
  runner: OperationRunner,
  source: Source<A, T>,
  request: ListRequest,
  input: Input = {}
): Stream.Stream<A, Operation.Error<Operation.Operation<ReadonlyArray<A>, T>>> => {
  const { cursor, meta = {}, order = "desc", take } = request
  if (take === 0) return Stream.empty
  const inputOf = (page: ListRequest) => ({ ...input, query: ListQuery.make({ ...request, ...page }) })
  const requests: Listing.Requests<A, T> = {
    ...input,
    operation: source.listOf?.(input) ?? source.list,
    take,
    open: (page, scope, attempts) =>
      runner.open(source.list, inputOf(page), Reply.exchangeLines(source.list, scope), { attempts }),
    page: (cursor) => runner.run(source.listPage, inputOf({ cursor, take: ListQuery.pageSize })),
    hasCursor: (cursor) => source.hasCursor(runner, cursor, order, input)
  }
  const items = Listing.make(requests, { order, cursor, isFiltered: Object.keys(meta).length > 0 })
  return take === undefined ? items : Stream.take(items, take)
}

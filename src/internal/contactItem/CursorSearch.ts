import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import type { Completed } from "../call/RetryLoop.ts"
import * as CompleteList from "../list/CompleteList.ts"
import type { Key, Order } from "../list/ResumePoint.ts"

/** The same runner, which reports the attempts of each request. */
const withAttempts = (runner: OperationRunner, report: (attempts: number) => void): OperationRunner => ({
  run: (operation, input, earlier) =>
    Effect.tap(runner.run(operation, input, earlier), ({ attempts }) => Effect.sync(() => report(attempts))),
  open: (operation, input, exchange, earlier) =>
    Effect.tap(runner.open(operation, input, exchange, earlier), ({ attempts }) =>
      Effect.sync(() => report(attempts - (earlier?.attempts ?? 0)))
    )
})

/**
 * Searches a contact's items for the cursor of a list in this order after which nothing came. The API cannot fetch an item, so all
 * items are listed in the opposite order until it is found: without a filter, it is the first one or near it. Ids are compared
 * exactly, since to some databases a cursor with letters of another case is unknown.
 */
export const run = <A extends Key, T extends Errors.Tag>(
  runner: OperationRunner,
  source: CompleteList.Source<A, T>,
  cursor: string,
  order: Order,
  input: CompleteList.Input
): Effect.Effect<Completed<boolean>, Errors.ContactError> =>
  Effect.suspend(() => {
    let attempts = 0
    const counting = withAttempts(runner, (sent) => {
      attempts += sent
    })
    return CompleteList.make(counting, source, { order: order === "asc" ? "desc" : "asc" }, input).pipe(
      Stream.filter(({ id }) => id === cursor.trim()),
      Stream.take(1),
      Stream.runCount,
      Effect.map((found) => ({ attempts, value: found > 0 }))
    )
  })

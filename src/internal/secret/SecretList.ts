import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as ListQuery from "../list/ListQuery.ts"
import { BothEnds } from "./BothEnds.ts"
import { list as operation } from "./SecretOperations.ts"
import type { SecretListRequest } from "./SecretRequest.ts"
import type { ContactSecret } from "./SecretSchema.ts"

type ListError = Operation.Error<typeof operation>

/** The failure of a list that has more secrets than the pages at its two ends. */
const incomplete = Failure.unexpected(
  200,
  "The list is incomplete: the server gives only the first and the last 100 secrets of a contact, and this one has more"
)

const opposite = { asc: "desc", desc: "asc" } as const

/** The list of the secrets of a contact that a valid request selects: see {@link BothEnds}. */
export const make = (
  runner: OperationRunner,
  contactId: string,
  request: SecretListRequest
): Stream.Stream<ContactSecret, ListError> => {
  const { order = "desc", take } = request
  if (take === 0) return Stream.empty
  const secrets = Stream.fromPull(
    Effect.sync(() => {
      const ends = new BothEnds()
      let attempts = 0
      let end: Pull.Pull<never, ListError> | undefined

      const errorOf = (failure: Failure.Failure): ListError =>
        OperationError.make(operation, failure, {
          safety: operation.safety,
          attempts,
          outcome: failure.outcome,
          contactId,
          lastId: ends.lastId,
          received: ends.received
        })

      const readPage = Effect.suspend(() => {
        const direction = ends.nextEnd === "front" ? order : opposite[order]
        // A full page, also for a smaller `take`: rows without a secret are left out of a page.
        const query = ListQuery.make({ ...request, order: direction, take: ListQuery.pageSize })
        return Effect.matchEffect(runner.run(operation, { contactId, query }), {
          onSuccess: (completed) => {
            attempts += completed.attempts
            return Effect.succeed(completed.value.items)
          },
          onFailure: (error: Errors.ContactError) => {
            attempts += error.attempts
            return Effect.fail(errorOf(OperationError.toFailure(error)))
          }
        })
      })

      const next: Pull.Pull<Arr.NonEmptyReadonlyArray<ContactSecret>, ListError> = Effect.suspend(
        () =>
          end ??
          Effect.flatMap(readPage, (items) => {
            const accepted = ends.accept(items)
            if (accepted.next === "complete") end = Cause.done()
            if (accepted.next === "incomplete") end = Effect.suspend(() => Effect.fail(errorOf(incomplete)))
            return Arr.isReadonlyArrayNonEmpty(accepted.secrets) ? Effect.succeed(accepted.secrets) : next
          })
      )
      return next
    })
  )
  return take === undefined ? secrets : Stream.take(secrets, take)
}

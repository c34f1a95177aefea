/** Refuses the items of another contact, as a cache or proxy on the way may answer with. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Errors from "../../Errors.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"
import type { OperationRunner } from "../call/OperationRunner.ts"
import * as PathSegment from "../call/request/PathSegment.ts"

/** The index of the first item that names another contact, or -1. A contact that is given by its name can be any. */
const indexOfOther = (items: ReadonlyArray<unknown>, contactId: string | undefined): number =>
  contactId === undefined || !PathSegment.isPlain(contactId)
    ? -1
    : items.findIndex(
        (item) =>
          Predicate.hasProperty(item, "contactId") && !PathSegment.isSame(String(item.contactId), contactId.trim())
      )

const another = /* @__PURE__ */ new SchemaIssue.InvalidValue({ message: "Expected the contact of the request" })

/** The same operation, which decodes only items of this contact. */
export const only = <A, T extends Errors.Tag>(
  operation: Operation.Operation<ReadonlyArray<A>, T>,
  contactId: string | undefined
): Operation.Operation<ReadonlyArray<A>, T> => ({
  ...operation,
  decode: (body) =>
    Result.flatMap(operation.decode(body), (items) => {
      const index = indexOfOther(items, contactId)
      return index === -1 ? Result.succeed(items) : Result.fail(new SchemaIssue.Pointer([index, "contactId"], another))
    })
})

/** The same client, which accepts only pages of items of this contact. */
export const onlyPages = <R>(
  client: Effect.Effect<OperationRunner, never, R>,
  contactId: string
): Effect.Effect<OperationRunner, never, R> =>
  Effect.map(client, ({ open, run }) => ({
    open,
    run: (operation, input, earlier) =>
      Effect.flatMap(run(operation, input, earlier), (completed) => {
        const { attempts, value } = completed
        const items = Predicate.hasProperty(value, "items") && Array.isArray(value.items) ? value.items : []
        return indexOfOther(items, contactId) === -1
          ? Effect.succeed(completed)
          : Effect.fail(
              OperationError.make(operation, Failure.unexpected(200, "The response is about another contact"), {
                safety: operation.safety,
                attempts,
                outcome: "unknown"
              })
            )
      })
  }))

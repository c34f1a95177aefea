import * as Effect from "effect/Effect"
import * as Failure from "../call/failure/Failure.ts"
import * as OperationError from "../call/failure/OperationError.ts"
import type * as Operation from "../call/Operation.ts"

/** `()`, and the forms `@alias`, `@@alias` and `@user@alias` without one of their aliases. */
const incomplete = /^(?:\(\s*\)|@(?:@?|\s+@.*|[^@]+@\s*))$/s

/**
 * Refuses an id of a secret that the server answers with a bare 500, whatever the account has (wire contract 3.2). All else that
 * is no path segment is refused when the request is prepared.
 */
export const check = <O extends Operation.Any>(
  operation: O,
  secretId: unknown
): Effect.Effect<void, Operation.Error<O>> =>
  typeof secretId === "string" && secretId.length <= 1024 && incomplete.test(secretId.trim())
    ? Effect.fail(
        OperationError.refusal(
          operation,
          Failure.refused("secretId", "expected a name between the parentheses, or an alias after each @")
        )
      )
    : Effect.void

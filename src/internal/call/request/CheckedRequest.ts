import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Failure from "../failure/Failure.ts"
import * as OperationError from "../failure/OperationError.ts"
import type * as Operation from "../Operation.ts"
import * as PlainJson from "./PlainJson.ts"
import type * as Validate from "./Validate.ts"

/** A checked copy of the caller's request. An invalid request is refused, and nothing is sent. */
export const make = <O extends Operation.Any, A>(
  operation: O,
  request: unknown,
  check: (copy: unknown) => Result.Result<A, Validate.Problem>,
  copyOptions?: PlainJson.CopyOptions
): Effect.Effect<A, Operation.Error<O>> =>
  Effect.suspend(() =>
    Effect.fromResult(
      Result.mapError(Result.flatMap(PlainJson.copy(request, copyOptions), check), ({ description, field }) =>
        OperationError.refusal(operation, Failure.refused(field, description))
      )
    )
  )

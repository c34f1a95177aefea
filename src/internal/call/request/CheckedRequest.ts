import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Failure from "../failure/Failure.ts"
import * as OperationError from "../failure/OperationError.ts"
import type * as Operation from "../Operation.ts"
import * as PlainJson from "./PlainJson.ts"
import * as Validate from "./Validate.ts"

/**
 * Builds the function that makes a checked copy of the caller's request. An invalid request is refused, and nothing is sent. The
 * decoder of the schema is built here, once.
 */
export const make = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, copyOptions?: PlainJson.CopyOptions) => {
  const check = Validate.make(schema)
  return <O extends Operation.Any>(operation: O, request: unknown): Effect.Effect<S["Type"], Operation.Error<O>> =>
    Effect.suspend(() =>
      Effect.fromResult(
        Result.mapError(Result.flatMap(PlainJson.copy(request, copyOptions), check), ({ description, field }) =>
          OperationError.refusal(operation, Failure.refused(field, description))
        )
      )
    )
}

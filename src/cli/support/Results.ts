/** The results of the rows of an input, in its order. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { ContactError } from "../../Errors.ts"
import type { Shape } from "../format/Shape.ts"
import { RowsFailed } from "./CliFailure.ts"
import * as ErrorReport from "../report/ErrorReport.ts"
import type { InputRow } from "./Input.ts"
import * as Output from "./Output.ts"
import * as Streams from "./Streams.ts"
import { CurrentStyle } from "../report/Style.ts"

/** The result of a row: its value, or the report of its failure. */
export interface RowResult<A> {
  readonly row: number
  readonly result: Result.Result<A, ErrorReport.ErrorReport>
}

const unreadable = (message: string): ErrorReport.ErrorReport => ({
  code: "UnreadableRow",
  outcome: "not-sent",
  message,
  next: "Correct the row."
})

/** True if all other rows would fail in the same way. */
const endsAll = ({ _tag }: { readonly _tag: string }): boolean => _tag === "Unauthorized" || _tag === "PaymentRequired"

/**
 * Runs an effect for each row. Results are in the order of the rows. A failure is the result of its row, unless all other rows would
 * fail in the same way: then the stream fails.
 */
export const forEach = <A, B, E extends ContactError | { readonly _tag: "UsageError" }, R, IE, IR>(
  rows: Stream.Stream<InputRow<A>, IE, IR>,
  run: (value: A) => Effect.Effect<B, E, R>,
  concurrency: number
): Stream.Stream<RowResult<B>, IE | E, IR | R> =>
  Stream.mapEffect(
    rows,
    ({ row, value }): Effect.Effect<RowResult<B>, E, R> =>
      Result.isFailure(value)
        ? Effect.succeed({ row, result: Result.fail(unreadable(value.failure)) })
        : Effect.matchEffect(run(value.success), {
            onSuccess: (result) => Effect.succeed({ row, result: Result.succeed(result) }),
            onFailure: (error) =>
              endsAll(error)
                ? Effect.fail(error)
                : Effect.succeed({ row, result: Result.fail(ErrorReport.ofError(error)) })
          }),
    { concurrency }
  )

/** Counts the failures of a stream, and fails with `RowsFailed` after its end if there are any. */
const counted = <B, E, R, E2, R2>(
  results: Stream.Stream<RowResult<B>, E, R>,
  write: (results: Stream.Stream<RowResult<B>, E, R>) => Effect.Effect<void, E2, R2>
): Effect.Effect<void, E2 | RowsFailed, R2> =>
  Effect.suspend(() => {
    let rows = 0
    let failed = 0
    const counting = Stream.tap(results, ({ result }) =>
      Effect.sync(() => {
        rows++
        if (Result.isFailure(result)) failed++
      })
    )
    const end = Effect.suspend(() =>
      failed === 0
        ? Effect.void
        : Effect.fail(
            new RowsFailed({
              message: `${failed} of ${rows} rows failed`,
              next: "Correct these rows, and run them again."
            })
          )
    )
    return Effect.andThen(write(counting), end)
  })

/** The result of a write. */
const writeShape: Shape = {
  fields: ["row", "ok", "id", "code", "outcome", "message", "next"],
  table: ["row", "ok", "id", "code", "message"]
}

/** Writes a line for each write: `{ row, ok, id }`, or `{ row, ok, code, outcome, message, next }`. */
export const writes = <E, R>(results: Stream.Stream<RowResult<{ readonly id: string }>, E, R>) =>
  counted(results, (counting) =>
    Output.list(
      Stream.map(counting, ({ result, row }) =>
        Result.match(result, {
          onSuccess: ({ id }): object => ({ row, ok: true, id }),
          onFailure: (report) => ({ row, ok: false, ...report })
        })
      ),
      writeShape
    )
  )

/** Writes the values to standard output, and the failures to standard error, with their rows. */
export const reads = <B extends object, E, R>(results: Stream.Stream<RowResult<B>, E, R>, shape: Shape) =>
  counted(results, (counting) =>
    Effect.flatMap(CurrentStyle, (style) =>
      Output.list(
        counting.pipe(
          Stream.tap(({ result, row }) =>
            Result.isFailure(result)
              ? Streams.writeError(ErrorReport.render({ row, ...result.failure }, style))
              : Effect.void
          ),
          Stream.map(({ result }) => result),
          Stream.filter(Result.isSuccess),
          Stream.map(({ success }) => success)
        ),
        shape
      )
    )
  )

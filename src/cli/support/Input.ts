/** The input of a command: arguments or standard input. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import type * as PlatformError from "effect/PlatformError"
import * as RowStream from "../../internal/format/RowStream.ts"
import { UsageError } from "./CliFailure.ts"
import { IdReader, type InputRow, maxLength, ObjectReader } from "./InputReader.ts"

export type { InputRow } from "./InputReader.ts"

/** The rows of standard input. A terminal is not waited for. */
type Rows<A> = Stream.Stream<InputRow<A>, PlatformError.PlatformError>

const rowsOf = <A>(
  make: () => RowStream.RowReader<InputRow<A>, never>,
  missing: UsageError
): Effect.Effect<Rows<A>, UsageError, Stdio.Stdio> =>
  Effect.flatMap(Stdio.Stdio, ({ stdin, stdinIsTerminal }) =>
    Effect.flatMap(stdinIsTerminal, (isTerminal) =>
      isTerminal ? Effect.fail(missing) : Effect.succeed(RowStream.make(stdin, maxLength, make))
    )
  )

/** Objects on standard input, one a line; or one object, or one array. `next` says what else the command takes. */
export const objects = (next: string): Effect.Effect<Rows<object>, UsageError, Stdio.Stdio> =>
  rowsOf(() => new ObjectReader(), new UsageError({ message: "There is no input", next }))

/** Ids: the arguments, or else those on standard input, one a line. */
export const ids = (args: ReadonlyArray<string>): Effect.Effect<Rows<string>, UsageError, Stdio.Stdio> =>
  args.length > 0
    ? Effect.succeed(Stream.fromIterable(args.map((id, index) => ({ row: index + 1, value: Result.succeed(id) }))))
    : rowsOf(
        () => new IdReader(),
        new UsageError({
          message: "There is no id",
          next: "Give ids as arguments, or on standard input, one a line."
        })
      )

/** The output of a command: data on standard output, in the format of `--format`. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as PlatformError from "effect/PlatformError"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import * as FieldPath from "../format/FieldPath.ts"
import * as Formats from "../format/Formats.ts"
import type { Shape } from "../format/Shape.ts"
import type { UsageError } from "./CliFailure.ts"
import * as GlobalFlags from "./GlobalFlags.ts"
import * as Streams from "./Streams.ts"
import * as TerminalText from "./TerminalText.ts"

/** The format of `--format`; by default a table on a terminal, and JSON Lines otherwise. */
export const formatOf = (flag: GlobalFlags.Format | undefined): Effect.Effect<GlobalFlags.Format, never, Stdio.Stdio> =>
  Effect.flatMap(Stdio.Stdio, ({ stdoutIsTerminal }) =>
    Effect.map(stdoutIsTerminal, (isTerminal) => flag ?? (isTerminal ? "table" : "jsonl"))
  )

/** The format of this call. */
export const format = Effect.flatMap(GlobalFlags.Format, (flag) => formatOf(Option.getOrUndefined(flag)))

const defaultWidth = 80
const defaultScreen = 50

/** The size of the terminal; `COLUMNS` or 80 columns if the output is no terminal. */
export const sizeOf = (isTerminal: boolean) =>
  Effect.gen(function* () {
    const fallback = Option.getOrElse(
      yield* Effect.orElseSucceed(Config.option(Config.Int("COLUMNS")), Option.none),
      () => defaultWidth
    )
    if (!isTerminal) return { width: fallback, screen: defaultScreen }
    const terminal = yield* Terminal.Terminal
    const [columns, rows] = yield* Effect.all([terminal.columns, terminal.rows])
    return { width: columns > 0 ? columns : fallback, screen: rows > 1 ? rows - 1 : defaultScreen }
  })

const settingsOf = (shape: Shape, fallback?: GlobalFlags.Format) =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const isTerminal = yield* stdio.stdoutIsTerminal
    const format = yield* formatOf(Option.getOrElse(yield* GlobalFlags.Format, () => fallback))
    const fields = yield* GlobalFlags.Fields
    const paths = Option.isNone(fields) ? undefined : yield* Effect.fromResult(FieldPath.parse(fields.value, shape))
    return { isTerminal, settings: { format, paths, shape, ...(yield* sizeOf(isTerminal)) } }
  })

/** Text that goes to a terminal has its control characters escaped, in every format. */
const safe = <E, R>(texts: Stream.Stream<string, E, R>, isTerminal: boolean): Stream.Stream<string, E, R> =>
  isTerminal ? Stream.map(texts, TerminalText.escapeText) : texts

type Needs = Effect.Services<ReturnType<typeof settingsOf>>

/**
 * Writes a list of objects as they arrive. In every format the output of a failure is valid: JSON Lines, CSV and the table have the
 * rows so far, and the array of JSON is closed. The failure is the effect's. `fallback` is the format without `--format`.
 */
export const list = <A extends object, E, R>(
  items: Stream.Stream<A, E, R>,
  shape: Shape,
  fallback?: GlobalFlags.Format
): Effect.Effect<void, E | UsageError | PlatformError.PlatformError, R | Needs> =>
  Effect.flatMap(settingsOf(shape, fallback), ({ isTerminal, settings }) =>
    Streams.writeOut(safe(Formats.list(items, settings), isTerminal))
  )

/** The text of a list, for a file: without escapes for a terminal. `fallback` is the format without `--format`. */
export const text = <A extends object, E, R>(
  items: Stream.Stream<A, E, R>,
  shape: Shape,
  fallback: GlobalFlags.Format
): Stream.Stream<string, E | UsageError, R | Needs> =>
  Stream.unwrap(Effect.map(settingsOf(shape, fallback), ({ settings }) => Formats.list(items, settings)))

/** Fails if `--fields` names a field that the shape does not have. A command that writes contacts checks it before. */
export const check = (shape: Shape): Effect.Effect<void, UsageError, Needs> => Effect.asVoid(settingsOf(shape))

/** Runs an effect, and writes the object that it gives. If `--fields` is wrong, the effect is not run. */
export const result = <E, R>(
  effect: Effect.Effect<object, E, R>,
  shape: Shape
): Effect.Effect<void, E | UsageError | PlatformError.PlatformError, R | Needs> =>
  Effect.flatMap(settingsOf(shape), ({ isTerminal, settings }) =>
    Effect.flatMap(effect, (value) => Streams.writeOut(safe(Formats.item(value, settings), isTerminal)))
  )

/** Writes one object. */
export const item = (
  value: object,
  shape: Shape
): Effect.Effect<void, UsageError | PlatformError.PlatformError, Needs> => result(Effect.succeed(value), shape)

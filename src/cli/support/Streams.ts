/** The standard streams of the program. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Quiet } from "./GlobalFlags.ts"

/** Writes text to standard output, and waits until it is taken. */
export const writeOut = <E, R>(
  texts: Stream.Stream<string, E, R>
): Effect.Effect<void, E | PlatformError.PlatformError, R | Stdio.Stdio> =>
  Effect.flatMap(Stdio.Stdio, ({ stdout }) =>
    Stream.run(
      Stream.filter(texts, (text) => text !== ""),
      stdout()
    )
  )

/** Writes text to standard error. A standard error that is closed is no reason to stop. */
export const writeError = (text: string): Effect.Effect<void, never, Stdio.Stdio> =>
  Effect.flatMap(Stdio.Stdio, ({ stderr }) => Effect.ignore(Stream.run(Stream.make(text), stderr())))

/** Writes a line for people to standard error, unless `--quiet` is given. */
export const note = (line: string) =>
  Effect.flatMap(Quiet, (isQuiet) => (isQuiet ? Effect.void : writeError(`${line}\n`)))

const hasCode = (error: unknown, code: string): boolean => Predicate.hasProperty(error, "code") && error.code === code

/** True if the reader of standard output has gone, as `head -1` does. */
export const isClosedPipe = (error: unknown): boolean =>
  error instanceof PlatformError.PlatformError &&
  error.reason.module === "Stdio" &&
  (hasCode(error.cause, "EPIPE") || hasCode(error.cause, "ERR_STREAM_DESTROYED"))

const variables = Config.all({
  noColor: Config.option(Config.String("NO_COLOR")),
  forceColor: Config.option(Config.String("FORCE_COLOR")),
  term: Config.option(Config.String("TERM"))
})

/** True if text on a stream may have colours: on a terminal, or with `FORCE_COLOR`, and never with `NO_COLOR`. */
export const hasColor = (stream: "stdout" | "stderr"): Effect.Effect<boolean, never, Stdio.Stdio> =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const isTerminal = yield* stream === "stdout" ? stdio.stdoutIsTerminal : stdio.stderrIsTerminal
    const { forceColor, noColor, term } = yield* Effect.orDie(variables)
    if (Option.exists(noColor, (value) => value !== "") || Option.contains(term, "dumb")) return false
    return isTerminal || Option.exists(forceColor, (value) => value !== "" && value !== "0" && value !== "false")
  })

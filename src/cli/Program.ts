/** Runs the command line: the arguments in, and the exit code out. */
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as EarlyFlags from "./report/EarlyFlags.ts"
import * as HelpText from "./report/HelpText.ts"
import { CurrentStyle, type Style } from "./report/Style.ts"
import { rootCommand } from "./RootCommand.ts"
import { UsageError } from "./support/CliFailure.ts"
import { completionsFlag } from "./Completions.ts"
import { type ExitCode, exitCode } from "./support/ExitCode.ts"
import * as Output from "./support/Output.ts"
import * as Streams from "./support/Streams.ts"

/** The options of {@link run}. */
export interface Options {
  /** The version of the package. */
  readonly version: string
}

const styleOf = Effect.fnUntraced(function* ({ format, hasColor }: EarlyFlags.EarlyFlags) {
  const resolved = yield* Output.formatOf(format)
  const style: Style = {
    isJson: resolved === "json" || resolved === "jsonl",
    hasColor: hasColor && (yield* Streams.hasColor("stderr"))
  }
  const { width } = yield* Output.sizeOf(yield* (yield* Stdio.Stdio).stdoutIsTerminal)
  return { style, help: { hasColor: hasColor && (yield* Streams.hasColor("stdout")), width } }
})

/** The look of help on standard output. */
interface Help {
  readonly hasColor: boolean
  /** The largest width of a line. */
  readonly width: number
}

/**
 * Help and the version are data if they were requested. After a wrong call, help goes to standard error, unless errors are JSON there.
 */
const presenter = ({ hasColor, isJson }: Style, help: Help, stdio: Stdio.Stdio): CliOutput.Presenter => ({
  present: (event) => {
    const provideStdio = Effect.provideService(Stdio.Stdio, stdio)
    if (event._tag === "Version") {
      return provideStdio(Effect.orDie(Streams.writeOut(Stream.make(`${event.version}\n`))))
    }
    const textOf = (colors: boolean) =>
      CliOutput.defaultFormatter({ colors }).formatHelpDoc(HelpText.wrap(event.helpDoc, help.width))
    if (event._tag === "Help" && event.reason === "Requested") {
      return provideStdio(Effect.orDie(Streams.writeOut(Stream.make(`${textOf(help.hasColor)}\n`))))
    }
    return isJson ? Effect.void : provideStdio(Streams.writeError(`${textOf(hasColor)}\n\n`))
  }
})

/** Writes the report of a failure, and gives its exit code. */
const report = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>, style: Style) {
  if (Cause.hasInterruptsOnly(cause)) return exitCode.interrupted
  const squashed = Cause.squash(cause)
  if (Streams.isClosedPipe(squashed)) return exitCode.ok
  const [ErrorReport, ExitCodes] = yield* Effect.promise(() =>
    Promise.all([import("./report/ErrorReport.ts"), import("./support/ExitCode.ts")])
  )
  yield* Streams.writeError(ErrorReport.render(ErrorReport.ofCause(cause), style))
  return ExitCodes.of(squashed)
})

/** Refuses a secret among the arguments before anything else, so that nothing repeats it, and a wizard that cannot ask. */
const checkArguments = Effect.fnUntraced(function* ({ isWizard, secretFlag }: EarlyFlags.EarlyFlags) {
  if (secretFlag !== undefined) {
    return yield* new UsageError({
      message: `There is no flag ${secretFlag}: other users of this machine can see the arguments of a program`,
      next: "Set CHATBOTKIT_API_SECRET, or give --secret-file."
    })
  }
  const { stdinIsTerminal, stdoutIsTerminal } = yield* Stdio.Stdio
  if (isWizard && !((yield* stdinIsTerminal) && (yield* stdoutIsTerminal))) {
    return yield* new UsageError({ message: "--wizard needs a terminal", next: "Give the flags that --help shows." })
  }
})

/** The flags that Effect adds to every command. */
const builtIns = (stdio: Stdio.Stdio): ReadonlyArray<GlobalFlag.BuiltIn> =>
  GlobalFlag.BuiltIns.map((flag) => (flag === GlobalFlag.Completions ? completionsFlag(stdio) : flag))

/** Runs a command. The effect does not fail: failures are reported on standard error, and end in their exit code. */
export const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, { version }: Options) {
  const early = EarlyFlags.read(args)
  const { help, style } = yield* styleOf(early)
  const stdio = yield* Stdio.Stdio
  const code: ExitCode = yield* checkArguments(early).pipe(
    Effect.andThen(Command.runWith(rootCommand, { version, renderErrors: false })(args)),
    Effect.as(exitCode.ok),
    Effect.catchCause((cause) => report(cause, style)),
    Effect.provideService(CliOutput.Presenter, presenter(style, help, stdio)),
    Effect.provideService(CurrentStyle, style),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns: builtIns(stdio) })),
    Effect.provideService(Logger.LogToStderr, true)
  )
  return code
})

/** The places that a secret is read from. None of them is the command line, which other users of the machine can see. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Redacted from "effect/Redacted"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { SecretUnavailable } from "../support/CliFailure.ts"

/** A secret that is not read yet. */
export interface SecretSource {
  /** The place, in words that hold nothing of the secret. */
  readonly description: string
  readonly read: Effect.Effect<
    Redacted.Redacted<string>,
    SecretUnavailable,
    FileSystem.FileSystem | ChildProcessSpawner.ChildProcessSpawner | Stdio.Stdio
  >
}

const unavailable = (message: string) =>
  new SecretUnavailable({
    message,
    next: "Run effect-chatbotkit auth status --help to see where a secret can come from."
  })

/** The secret in a text, without the blanks and the line end around it. Which of several lines it is cannot be known. */
const secretIn = (text: string, source: string): Effect.Effect<Redacted.Redacted<string>, SecretUnavailable> => {
  const secret = text.trim()
  if (secret === "") return Effect.fail(unavailable(`${source} gives an empty secret`))
  if (/[\r\n]/.test(secret)) return Effect.fail(unavailable(`${source} gives more than one line`))
  return Effect.succeed(Redacted.make(secret))
}

/** The value of a variable of the environment. */
export const variable = (name: string, value: string): SecretSource => ({
  description: `environment ${name}`,
  read: secretIn(value, name)
})

/** A secret in the configuration file. */
export const inline = (value: string): SecretSource => ({
  description: "configuration file",
  read: secretIn(value, "The configuration file")
})

/** A file that holds nothing but the secret. */
export const file = (path: string): SecretSource => ({
  description: `file ${path}`,
  read: Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(fs.readFileString(path), () => unavailable("The secret file cannot be read"))
    return yield* secretIn(text, "The secret file")
  })
})

/**
 * A program that prints the secret, such as that of a keychain. It is run without a shell, and may ask on the terminal. Other
 * standard input is the data of the command, which the program does not get. Its output is in no failure.
 */
export const command = (program: string, args: ReadonlyArray<string>): SecretSource => ({
  description: "secretCommand",
  read: Effect.scoped(
    Effect.gen(function* () {
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const { stdinIsTerminal } = yield* Stdio.Stdio
      const stdin = (yield* stdinIsTerminal) ? "inherit" : "ignore"
      // In the same process group, so that the program can ask on the terminal.
      const options = { stdin, stdout: "pipe", stderr: "inherit", detached: false } as const
      const child = yield* spawner.spawn(ChildProcess.make(program, args, options))
      const output = yield* Stream.mkString(Stream.decodeText(child.stdout))
      return { output, exitCode: yield* child.exitCode }
    })
  ).pipe(
    Effect.mapError(() => unavailable("The program of secretCommand cannot be run")),
    Effect.flatMap(({ exitCode, output }) =>
      exitCode === 0
        ? secretIn(output, "The program of secretCommand")
        : Effect.fail(unavailable(`The program of secretCommand exits with ${exitCode}`))
    )
  )
})

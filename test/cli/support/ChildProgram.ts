/** Runs the program as a process of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { ProcessOutput } from "./ProcessOutput.ts"

const main = join(import.meta.dirname, "../../../src/cli/main.ts")

/** A running program. */
export interface Running {
  /** The next line of standard output; empty at its end. */
  readonly line: Effect.Effect<string>
  /** Stops reading standard output. */
  readonly closeOutput: Effect.Effect<void>
  /** The first URL on standard error. */
  readonly url: Effect.Effect<string>
  /** Sends a signal to the program, as a terminal does. */
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** The exit code, and everything that was written. */
  readonly end: Effect.Effect<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>
}

/** The options of {@link start}. */
export interface Options {
  /** The environment, beside that of the tests. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The text on standard input. Empty if absent. */
  readonly stdin?: string | undefined
  /** The current folder. */
  readonly cwd?: string | undefined
  /** The program and its first arguments. Default: Node with the source of the command line. */
  readonly program?: readonly [file: string, ...args: ReadonlyArray<string>] | undefined
}

/** Sends a signal to a program and to what it has started, if it still runs. */
const signalGroup = ({ exitCode, pid, signalCode }: ChildProcess, signal: NodeJS.Signals): void => {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal)
}

/** Starts the program. It is killed with the scope if it still runs. */
export const start = (
  args: ReadonlyArray<string>,
  { cwd, env, stdin = "", program: [file, ...first] = [process.execPath, main] }: Options = {}
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      // In a process group of its own, so that signals reach what it starts, as those of a terminal do.
      Effect.sync(() => spawn(file, [...first, ...args], { cwd, env: { ...process.env, ...env }, detached: true })),
      (started) => Effect.sync(() => signalGroup(started, "SIGKILL"))
    )
    const output = new ProcessOutput(child)
    child.stdin.end(stdin)
    let read = 0
    const nextLine = (): string | undefined => {
      const end = output.stdout.indexOf("\n", read)
      if (end === -1) return output.hasEnded ? "" : undefined
      const line = output.stdout.slice(read, end)
      read = end + 1
      return line.replace(/\r$/, "")
    }
    const running: Running = {
      line: output.until(nextLine),
      closeOutput: Effect.sync(() => void child.stdout.destroy()),
      url: output.until(() => /https?:\/\/\S+(?=\n)/.exec(output.stderr)?.[0]),
      kill: (signal) => Effect.sync(() => signalGroup(child, signal)),
      end: Effect.map(output.end, (exitCode) => ({ exitCode, stdout: output.stdout, stderr: output.stderr }))
    }
    return running
  })

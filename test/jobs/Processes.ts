/** Processes of their own for the workers of a job, which can be killed and stopped at any moment. */
import { Deferred, Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"

/** A process. It is killed when the scope closes. */
export interface Process {
  /** Sends a signal. */
  readonly signal: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT") => Effect.Effect<void>
  /** Waits for the end of the process. Gives its exit code, or the signal that ended it. */
  readonly ended: Effect.Effect<number | string>
}

/** The options of a process. */
export interface Options {
  /** The path of the program, relative to this folder. */
  readonly program: string
  readonly args: ReadonlyArray<string>
  /** Receives each line of standard output. */
  readonly onLine?: (line: string) => void
}

const spawned = ({ args, onLine, program }: Options, ended: Deferred.Deferred<number | string>): ChildProcess => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/${program}`, ...args], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  createInterface(child.stdout).on("line", (line) => onLine?.(line))
  child.on("close", (code, signal) => Deferred.doneUnsafe(ended, Effect.succeed(signal ?? code ?? "no exit code")))
  return child
}

/** Starts a Node process. */
export const start = (options: Options): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<number | string>()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawned(options, ended)),
      (child) =>
        Effect.andThen(
          Effect.sync(() => child.kill("SIGKILL")),
          Deferred.await(ended)
        )
    )
    return { signal: (signal) => Effect.sync(() => void child.kill(signal)), ended: Deferred.await(ended) }
  })

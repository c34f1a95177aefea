/** Processes of their own for the workers of a job, which can be killed and stopped at any moment. */
import { Deferred, Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"

/** A process. It is killed when the scope closes. */
export interface Process {
  /** Sends a signal. */
  readonly signal: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT") => Effect.Effect<void>
  /** Waits for the end of the process. Gives its exit code, or the signal that ended it. */
  readonly ended: Effect.Effect<number | string>
  /** True once the process has ended. */
  readonly hasEnded: Effect.Effect<boolean>
}

const spawned = (
  program: string,
  args: ReadonlyArray<string>,
  ended: Deferred.Deferred<number | string>
): ChildProcess => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/${program}`, ...args], {
    stdio: ["ignore", "inherit", "inherit"]
  })
  child.on("exit", (code, signal) => Deferred.doneUnsafe(ended, Effect.succeed(signal ?? code ?? "no exit code")))
  return child
}

/** Starts a program of this folder. */
export const start = Effect.fnUntraced(function* (
  program: string,
  args: ReadonlyArray<string>
): Effect.fn.Return<Process, never, Scope.Scope> {
  const ended = yield* Deferred.make<number | string>()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawned(program, args, ended)),
    (child) =>
      Effect.andThen(
        Effect.sync(() => child.kill("SIGKILL")),
        Deferred.await(ended)
      )
  )
  return {
    signal: (signal) => Effect.sync(() => void child.kill(signal)),
    ended: Deferred.await(ended),
    hasEnded: Deferred.isDone(ended)
  }
})

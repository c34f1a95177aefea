/** Runs the program in a real pseudo-terminal, which Python makes. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import { ProcessOutput } from "./ProcessOutput.ts"

const main = join(import.meta.dirname, "../../../src/cli/main.ts")
const helper = join(import.meta.dirname, "terminal.py")

/** The reason why there is no pseudo-terminal; undefined if there is one. */
export const missing: string | undefined =
  process.platform === "win32"
    ? "Windows has no pseudo-terminals of this kind"
    : spawnSync("python3", ["-c", "import pty"]).status === 0
      ? undefined
      : "python3 with its module pty is not installed"

/** A program in a terminal. */
export interface Running {
  /** Waits until the terminal has shown a text. A program that ends without it fails the test. */
  readonly shown: (text: RegExp) => Effect.Effect<void>
  /** Types keys, such as Ctrl-C as `\u0003`. */
  readonly type: (keys: string) => Effect.Effect<void>
  /** The exit code, and everything that the terminal has shown. */
  readonly end: Effect.Effect<{ readonly exitCode: number | null; readonly screen: string }>
}

/** The options of {@link start}. */
export interface Options {
  readonly columns?: number
  readonly cwd?: string | undefined
  readonly env: Readonly<Record<string, string>>
}

/** Starts the program. It is killed with the scope if it still runs. */
export const start = (
  args: ReadonlyArray<string>,
  { columns = 80, cwd, env }: Options
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn("python3", [helper, String(columns), process.execPath, main, ...args], {
          cwd,
          env: { ...process.env, NO_COLOR: "1", TERM: "xterm", ...env }
        })
      ),
      (started) => Effect.sync(() => started.kill("SIGKILL"))
    )
    const output = new ProcessOutput(child)
    const running: Running = {
      shown: (text) => Effect.asVoid(output.until(() => text.exec(output.stdout) ?? undefined)),
      type: (keys) => Effect.sync(() => void child.stdin.write(keys)),
      end: Effect.map(output.end, (exitCode) => ({ exitCode, screen: output.stdout }))
    }
    return running
  })

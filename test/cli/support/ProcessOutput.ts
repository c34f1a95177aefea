import * as Effect from "effect/Effect"
import type { ChildProcessWithoutNullStreams } from "node:child_process"
import { once } from "node:events"

/** The output of a running process. */
export class ProcessOutput {
  /** Everything on standard output so far. */
  stdout = ""
  /** Everything on standard error so far. */
  stderr = ""
  /** Waits for the end of the process and its output. Gives the exit code. */
  readonly end: Effect.Effect<number | null>
  /** True once the process has ended. */
  hasEnded = false
  readonly #watchers = new Set<() => void>()

  constructor(child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text
      this.#notify()
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
      this.#notify()
    })
    const closed = once(child, "close").then(() => {
      this.hasEnded = true
      this.#notify()
    })
    this.end = Effect.map(
      Effect.promise(() => closed),
      () => child.exitCode
    )
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Waits until the output has a value. A process that ends without it fails the test. */
  until<A>(value: () => A | undefined): Effect.Effect<A> {
    return Effect.callback<A>((resume) => {
      const look = () => {
        const found = value()
        if (found !== undefined) resume(Effect.succeed(found))
        else if (this.hasEnded) resume(Effect.die(new Error(`The process has ended:\n${this.stdout}${this.stderr}`)))
      }
      this.#watchers.add(look)
      look()
      return Effect.sync(() => this.#watchers.delete(look))
    })
  }
}

import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Settings } from "./BulkOptions.ts"

/** Pauses the work after a number of failures in a row. Rows under way go on. */
export class FailurePause {
  readonly #settings: Settings["pause"]
  #failures = 0
  #pause: Effect.Effect<void> | undefined
  readonly #stopped = Deferred.makeUnsafe<void>()

  constructor(settings: Settings["pause"]) {
    this.#settings = settings
  }

  /** Waits until the pause is over, if there is one. The first row that waits runs it. */
  readonly wait: Effect.Effect<void> = Effect.suspend(() => this.#pause ?? Effect.void)

  /** Ends the pause, and every later one at once. */
  stop(): void {
    Deferred.doneUnsafe(this.#stopped, Effect.void)
  }

  succeeded(): void {
    this.#failures = 0
  }

  readonly failed: Effect.Effect<void> = Effect.suspend(() => {
    this.#failures++
    if (this.#settings === undefined || this.#failures < this.#settings.failures || this.#pause !== undefined) {
      return Effect.void
    }
    const end = Effect.sync(() => {
      this.#failures = 0
      this.#pause = undefined
    })
    const wait = Effect.raceFirst(this.#settings.wait, Deferred.await(this.#stopped))
    return Effect.map(Effect.cached(Effect.andThen(wait, end)), (pause) => {
      this.#pause = pause
    })
  })
}

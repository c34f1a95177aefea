import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"

/** The end of a time limit that begins when the deadline is made. */
export class Deadline {
  readonly #clock: Clock.Clock
  readonly #limit: number
  readonly #began: bigint

  constructor(clock: Clock.Clock, limit: Duration.Duration) {
    this.#clock = clock
    this.#limit = Duration.toMillis(limit)
    this.#began = clock.monotonicTimeNanosUnsafe()
  }

  /** The time that is left, in milliseconds: 0 once the deadline is over, and infinite without a limit. */
  get left(): number {
    if (this.#limit === Infinity) return Infinity
    return Math.max(0, this.#limit - Number(this.#clock.monotonicTimeNanosUnsafe() - this.#began) / 1e6)
  }
}

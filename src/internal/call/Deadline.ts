import type * as Clock from "effect/Clock"

/** The end of a time limit, in milliseconds, that begins when the deadline is made. */
export class Deadline {
  readonly #clock: Clock.Clock
  readonly #limit: number
  readonly #began: bigint

  constructor(clock: Clock.Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
    // Most calls have no limit, and need no clock.
    this.#began = limit === Infinity ? 0n : clock.monotonicTimeNanosUnsafe()
  }

  /** The time that is left, in milliseconds: 0 once the deadline is over, and infinite without a limit. */
  get left(): number {
    if (this.#limit === Infinity) return Infinity
    return Math.max(0, this.#limit - Number(this.#clock.monotonicTimeNanosUnsafe() - this.#began) / 1e6)
  }
}

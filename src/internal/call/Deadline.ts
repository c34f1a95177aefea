import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"

/**
 * The part of a limit that is left after some time, at least 0, in milliseconds. It is rounded down to whole microseconds: a
 * clock rounds too, and a timer must not end after the limit.
 */
export const remaining = (limit: number, elapsed: number): number =>
  Math.max(0, Math.floor((limit - elapsed) * 1000) / 1000)

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
    return remaining(this.#limit, Number(this.#clock.monotonicTimeNanosUnsafe() - this.#began) / 1e6)
  }
}

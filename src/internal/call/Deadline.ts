import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"

/** The end of a time limit that began when the deadline was made. */
export class Deadline {
  readonly #clock: Clock.Clock
  readonly #limit: Duration.Duration
  readonly #began: bigint

  constructor(clock: Clock.Clock, limit: Duration.Duration) {
    this.#clock = clock
    this.#limit = limit
    this.#began = Duration.isFinite(limit) ? clock.monotonicTimeNanosUnsafe() : 0n
  }

  /** The time that is left: zero once the deadline is over. */
  get left(): Duration.Duration {
    if (!Duration.isFinite(this.#limit)) return this.#limit
    const elapsed = Duration.nanos(this.#clock.monotonicTimeNanosUnsafe() - this.#began)
    return Duration.max(Duration.zero, Duration.subtract(this.#limit, elapsed))
  }
}

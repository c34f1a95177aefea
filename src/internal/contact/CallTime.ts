import type * as Clock from "effect/Clock"
import * as HttpDate from "../call/reply/HttpDate.ts"

/** The largest difference between the clocks of servers behind one address, in milliseconds. */
const tolerance = 60_000

/** The largest difference between the server's clock and the client's if responses have no `Date`, in milliseconds. */
const localTolerance = 600_000

/**
 * Compares times on the server's clock with the time of a call. The server's time at the beginning of the call is the `Date`
 * of a response, less the time since the call began on the client's monotonic clock.
 */
export class CallTime {
  readonly #clock: Clock.Clock
  /** The time of the client's wall clock when the call began, in milliseconds. */
  readonly #startTime: number
  /** The time of the client's monotonic clock when the call began, in nanoseconds. */
  readonly #monotonicStart: bigint
  /** The earliest time on the server's clock at which the call can have begun, and the latest time at the last response. */
  #server: { readonly began: number; readonly now: number } | undefined

  /** A call that begins now. */
  constructor(clock: Clock.Clock) {
    this.#clock = clock
    this.#startTime = clock.currentTimeMillisUnsafe()
    this.#monotonicStart = clock.monotonicTimeNanosUnsafe()
  }

  /** The time since the call began, in milliseconds. */
  get elapsed(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe() - this.#monotonicStart) / 1e6
  }

  /** Learns the server's time from the `Date` of a response that has just arrived. It has whole seconds, rounded down. */
  learn(date: string | undefined): void {
    const time = HttpDate.parse(date ?? "")
    this.#server = time === undefined ? undefined : { began: time - this.elapsed, now: time + 1000 }
  }

  /** True if the server's time is known. A browser hides `Date` from the client, and some gateways remove it. */
  get isServerKnown(): boolean {
    return this.#server !== undefined
  }

  /** True if the call certainly began after a time on the server's clock. The client's wall clock is not used. */
  beganAfter(time: number): boolean {
    return this.#server !== undefined && time < this.#server.began - tolerance
  }

  /** True if a time on the server's clock can lie within the call. If the server's time is not known, the client's is used. */
  includes(time: number): boolean {
    if (this.#server !== undefined) return !this.beganAfter(time) && time <= this.#server.now + tolerance
    const now = this.#clock.currentTimeMillisUnsafe()
    return time >= this.#startTime - localTolerance && time <= now + localTolerance
  }
}

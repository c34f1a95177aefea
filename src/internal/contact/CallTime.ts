import type * as Clock from "effect/Clock"
import * as HttpDate from "../call/reply/HttpDate.ts"

/** The largest difference between the clocks of servers behind one address, in milliseconds. */
const tolerance = 60_000

/** The largest difference between the server's clock and this one if responses have no `Date`, in milliseconds. */
const localTolerance = 600_000

/**
 * Compares times on the server's clock with the time of a call. The server's time at the beginning of the call is the `Date`
 * of a response, less the time since the call began on the client's monotonic clock.
 */
export class CallTime {
  readonly #clock: Clock.Clock
  readonly #wall: number
  readonly #monotonic: bigint
  /** The server's clock when the call began, at the earliest, and at the last response, at the latest. */
  #server: { readonly began: number; readonly now: number } | undefined

  /** A call that begins now. */
  constructor(clock: Clock.Clock) {
    this.#clock = clock
    this.#wall = clock.currentTimeMillisUnsafe()
    this.#monotonic = clock.monotonicTimeNanosUnsafe()
  }

  /** The time since the call began, in milliseconds. */
  get elapsed(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe() - this.#monotonic) / 1e6
  }

  /** Reads the server's clock off the `Date` of a response that has just come. It has whole seconds, rounded down. */
  learn(date: string | undefined): void {
    const time = HttpDate.parse(date ?? "")
    this.#server = time === undefined ? undefined : { began: time - this.elapsed, now: time + 1000 }
  }

  /** True if the server's clock is known. A browser does not show `Date`, and some gateways remove it. */
  get isServerKnown(): boolean {
    return this.#server !== undefined
  }

  /** True if the call certainly began after a time of the server. The client's own wall clock is not used. */
  beganAfter(time: number): boolean {
    return this.#server !== undefined && time < this.#server.began - tolerance
  }

  /** True if a time of the server can lie within the call. If its clock is not known, the client's is used. */
  includes(time: number): boolean {
    if (this.#server !== undefined) return !this.beganAfter(time) && time <= this.#server.now + tolerance
    const now = this.#clock.currentTimeMillisUnsafe()
    return time >= this.#wall - localTolerance && time <= now + localTolerance
  }
}

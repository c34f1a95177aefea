import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Transport from "../transport/Transport.ts"
import * as Failure from "./failure/Failure.ts"
import type { Settings } from "./options/Settings.ts"
import type * as RateLimit from "./rateLimit/RateLimit.ts"

/** The parts of a client that its requests are sent with. */
export interface Connection {
  readonly transport: Transport.Transport
  readonly rateLimit: RateLimit.RateLimit
  readonly settings: Settings
}

const isTransient = (failure: Failure.Failure): boolean => failure.transient

const breakerOpen = { ...Failure.unavailable("The circuit breaker is open"), isCircuitBreakerOpen: true }

/** Runs an attempt under the circuit breaker, if there is one. Only transient failures count as failures of the server. */
export const withCircuitBreaker = <A>(
  { settings: { circuitBreaker, server } }: Connection,
  attempt: Effect.Effect<A, Failure.Failure>
): Effect.Effect<A, Failure.Failure> =>
  circuitBreaker === undefined
    ? attempt
    : circuitBreaker
        .execute(attempt, {
          key: server.address,
          classify: (exit) => ({
            _tag: Option.exists(Exit.findErrorOption(exit), isTransient) ? "Failure" : "Success"
          })
        })
        .pipe(Effect.mapError((error) => ("_tag" in error ? breakerOpen : error)))

/** Acquires the rate limit. While the circuit breaker is open, it fails at once, without waiting for the rate limit. */
export const acquire = ({ rateLimit, settings }: Connection): Effect.Effect<void, Failure.Failure> => {
  const { circuitBreaker, server } = settings
  return circuitBreaker === undefined
    ? rateLimit.acquire
    : Effect.flatMap(
        Effect.mapError(circuitBreaker.state(server.address), () => breakerOpen),
        (state) =>
          state._tag === "Open" && Duration.isPositive(state.retryAfter) ? Effect.fail(breakerOpen) : rateLimit.acquire
      )
}

/** After a 429, every request of the client backs off. */
export const backOff = ({ rateLimit, settings }: Connection, failure: Failure.Failure): Effect.Effect<void> =>
  failure.tag === "RateLimited" ? rateLimit.backOff(failure.retryAfter, settings.retry.maxDelay) : Effect.void

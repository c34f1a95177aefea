import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Failure from "./Failure.ts"
import type { Settings } from "./Options.ts"

/** What stands before every request of a client: those that it holds back wait in line. */
export interface Gate {
  /** Waits until a request may be sent. */
  readonly pass: Effect.Effect<void, Failure.Failure>
  /**
   * Lets nobody pass for so many milliseconds: the server has said that it is too much. Where it has not said for how long,
   * that is the window, and at most `max`.
   */
  readonly holdBack: (millis: number | undefined, max: number) => Effect.Effect<void>
}

/** Lets everybody pass. */
const open: Gate = { pass: Effect.void, holdBack: () => Effect.void }

/** Lets so many pass in each window, as the limiter counts them. */
const limited = (limiter: RateLimiter.RateLimiter, rateLimit: NonNullable<Settings["rateLimit"]>): Gate => {
  let heldUntil = 0
  const hold: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    heldUntil <= now ? Effect.void : Effect.andThen(Effect.sleep(heldUntil - now), hold)
  )
  const turn = limiter.consume({ ...rateLimit, algorithm: "fixed-window", onExceeded: "delay" }).pipe(
    Effect.mapError(() => Failure.unavailable("The store of the rate limiter failed")),
    Effect.flatMap(({ delay }) => (Duration.isZero(delay) ? Effect.void : Effect.sleep(delay)))
  )
  return {
    // Others may be told that it is too much while this one waits for its turn.
    pass: Effect.andThen(hold, Effect.andThen(turn, hold)),
    holdBack: (millis, max) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        heldUntil = Math.max(heldUntil, now + Math.min(millis ?? Duration.toMillis(rateLimit.window), max))
      })
  }
}

/** Makes the gate of a limit. */
export type Factory = (rateLimit: Settings["rateLimit"]) => Effect.Effect<Gate>

/** Makes gates that count in the store in the context, or else in one in memory that they share. */
export const factory: Effect.Effect<Factory> = Effect.gen(function* () {
  const given = yield* Effect.serviceOption(RateLimiter.RateLimiterStore)
  const limiter = yield* Effect.cached(
    Effect.gen(function* () {
      const store = Option.isSome(given)
        ? given.value
        : Context.get(yield* Effect.scoped(Layer.build(RateLimiter.layerStoreMemory)), RateLimiter.RateLimiterStore)
      return yield* Effect.provideService(RateLimiter.make, RateLimiter.RateLimiterStore, store)
    })
  )
  return (rateLimit) =>
    rateLimit === undefined ? Effect.succeed(open) : Effect.map(limiter, (made) => limited(made, rateLimit))
})

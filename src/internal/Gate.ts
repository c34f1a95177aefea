import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as RateLimiter from "effect/persistence/RateLimiter"
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

type RateLimit = NonNullable<Settings["rateLimit"]>

/** Lets everybody pass. */
const open: Gate = { pass: Effect.void, holdBack: () => Effect.void }

/** As much of a `RateLimiterStore` as fixed windows need. */
type Store = Pick<typeof RateLimiter.RateLimiterStore.Service, "fixedWindow">

/** The tag by its key: the module that it is from would come along with it. */
const RateLimiterStore = Context.Service<RateLimiter.RateLimiterStore, Store>(
  "effect/persistence/RateLimiter/RateLimiterStore"
)

/** Counts in this process, as `RateLimiter.layerStoreMemory` does. */
const inMemory = (): Store => {
  const counters = new Map<string, { count: number; emptyAt: number }>()
  return {
    fixedWindow: ({ key, refillRate, tokens }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const last = counters.get(key)
        const counter = last === undefined || last.emptyAt <= now ? { count: 0, emptyAt: now } : last
        counter.count += tokens
        counter.emptyAt += tokens * Duration.toMillis(refillRate)
        counters.set(key, counter)
        return [counter.count, counter.emptyAt - now]
      })
  }
}

/**
 * Takes one's turn, and says for how many milliseconds to wait for it: what `RateLimiter` makes of the same store, without
 * all that it can do besides. A test holds the two together.
 */
const takeTurn = (store: Store, { key, limit, window }: RateLimit) => {
  const millis = Math.max(1, Duration.toMillis(window))
  const refillRate = Duration.millis(millis / limit)
  return Effect.map(
    store.fixedWindow({ key, tokens: 1, refillRate, limit: undefined }),
    ([count, ttl]) => Math.floor((count - 1) / limit) * millis - (count * Duration.toMillis(refillRate) - ttl)
  )
}

/** Lets so many pass in each window, as the store counts them. */
const limited = (store: Store, rateLimit: RateLimit): Gate => {
  let heldUntil = 0
  const hold: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    heldUntil <= now ? Effect.void : Effect.andThen(Effect.sleep(heldUntil - now), hold)
  )
  const turn = takeTurn(store, rateLimit).pipe(
    Effect.mapError(() => Failure.unavailable("The store of the rate limiter failed")),
    Effect.flatMap((delay) => (delay > 0 ? Effect.sleep(delay) : Effect.void))
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
export const factory: Effect.Effect<Factory> = Effect.map(Effect.serviceOption(RateLimiterStore), (given) => {
  const store = Option.getOrElse(given, inMemory)
  return (rateLimit) => Effect.succeed(rateLimit === undefined ? open : limited(store, rateLimit))
})

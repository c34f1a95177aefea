import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as RateLimiter from "effect/persistence/RateLimiter"
import * as Expiring from "./Expiring.ts"

/** The part of a `RateLimiterStore` that fixed windows need. */
export type Store = Pick<typeof RateLimiter.RateLimiterStore.Service, "fixedWindow">

/** The tag by its key: importing it would add its whole module to the bundle. */
export const RateLimiterStore = Context.Service<RateLimiter.RateLimiterStore, Store>(
  "effect/persistence/RateLimiter/RateLimiterStore"
)

/** The time of the monotonic clock, in milliseconds. Unlike the wall clock, it never goes back. */
export const monotonicMillis = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

interface Counter {
  readonly count: number
  readonly emptyAt: number
}

/** The tolerance for rounding errors, in milliseconds: sums of fractions are not exact. */
const rounding = 1e-6

const isEmpty = ({ emptyAt }: Counter, now: number): boolean => emptyAt - rounding <= now

/** A store that counts in this process, as `RateLimiter.layerStoreMemory` does, but by the monotonic clock. It answers synchronously. */
export const inMemory = (): Store => {
  const counters = Expiring.make(isEmpty)
  return {
    fixedWindow: ({ key, limit = Number.POSITIVE_INFINITY, refillRate, tokens }) =>
      Effect.clockWith((clock) => {
        const now = monotonicMillis(clock)
        const known = counters.get(key)
        const { count, emptyAt } = known === undefined || isEmpty(known, now) ? { count: 0, emptyAt: now } : known
        if (count + tokens > limit) return Effect.succeed([count + tokens, emptyAt - now])
        const next = { count: count + tokens, emptyAt: emptyAt + tokens * Duration.toMillis(refillRate) }
        counters.set(key, next, now)
        return Effect.succeed([next.count, next.emptyAt - now])
      })
  }
}

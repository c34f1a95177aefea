import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as Gate from "../../src/internal/Gate.ts"

const rateLimits = [
  { limit: 1, window: Duration.seconds(1) },
  { limit: 3, window: Duration.seconds(10) },
  { limit: 7, window: Duration.millis(100) },
  { limit: 2, window: Duration.micros(10n) },
  { limit: 5, window: Duration.infinity }
]

/** How long after one another requests come, in milliseconds: together, in windows of their own, and in between. */
const pauses = [0, 0, 0, 0, 50, 0, 0, 3000, 0, 1, 0, 0, 0, 60_000, 0, 9999, 0, 0, 0, 0]

/** When each request gets its turn. */
const turns = <E>(pass: Effect.Effect<void, E>) =>
  Effect.gen(function* () {
    const fibers: Array<Fiber.Fiber<number, E>> = []
    for (const pause of pauses) {
      yield* TestClock.adjust(pause)
      fibers.push(yield* Effect.forkChild(Effect.andThen(pass, Clock.currentTimeMillis), { startImmediately: true }))
    }
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.joinAll(fibers)
  }).pipe(Effect.provide(TestClock.layer()))

const passing = (rateLimit: (typeof rateLimits)[number]) =>
  Effect.gen(function* () {
    const gates = yield* Gate.factory
    return yield* turns((yield* gates({ ...rateLimit, key: "a" })).pass)
  })

describe.each(rateLimits.map((rateLimit) => [rateLimit.limit, String(rateLimit.window), rateLimit] as const))(
  "%s in %s",
  (_limit, _window, rateLimit) => {
    const expected = Effect.gen(function* () {
      const limiter = yield* RateLimiter.RateLimiter
      const consume = limiter.consume({ ...rateLimit, key: "a", onExceeded: "delay" })
      return yield* turns(Effect.flatMap(consume, ({ delay }) => Effect.sleep(delay)))
    }).pipe(Effect.provide(RateLimiter.layer))

    it.effect("everybody gets the turn that Effect's rate limiter gives", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* passing(rateLimit), yield* Effect.provide(expected, RateLimiter.layerStoreMemory))
      })
    )

    it.effect("also over a store in the context", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* Effect.provide(passing(rateLimit), RateLimiter.layerStoreMemory),
          yield* Effect.provide(expected, RateLimiter.layerStoreMemory)
        )
      })
    )
  }
)

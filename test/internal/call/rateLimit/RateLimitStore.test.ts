import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as RateLimitStore from "../../../../src/internal/call/rateLimit/RateLimitStore.ts"

const one = { key: "a", limit: 2, refillRate: Duration.seconds(1), tokens: 1 }

/** The answers of a store, each after a pause in milliseconds. */
const answers = (store: RateLimitStore.Store) =>
  Effect.gen(function* () {
    const all: Array<readonly [count: number, millis: number]> = []
    for (const pause of [0, 0, 0, 500, 600, 2000, 0]) {
      yield* TestClock.adjust(pause)
      all.push(yield* Effect.orDie(store.fixedWindow(one)))
    }
    return all
  })

describe("inMemory", () => {
  it.effect("counts up to the limit, and gives the time until the count is zero", () =>
    Effect.gen(function* () {
      const store = RateLimitStore.inMemory()
      assert.deepStrictEqual(yield* store.fixedWindow(one), [1, 1000])
      assert.deepStrictEqual(yield* store.fixedWindow(one), [2, 2000])
      assert.deepStrictEqual(yield* store.fixedWindow(one), [3, 2000])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* store.fixedWindow(one), [3, 1500])
      yield* TestClock.adjust("1500 millis")
      assert.deepStrictEqual(yield* store.fixedWindow(one), [1, 1000])
    })
  )

  it.effect("answers as Effect's store in memory", () =>
    Effect.gen(function* () {
      const ours = yield* answers(RateLimitStore.inMemory()).pipe(Effect.provide(TestClock.layer()))
      const theirs = yield* Effect.flatMap(RateLimiter.RateLimiterStore, answers).pipe(
        Effect.provide(RateLimiter.layerStoreMemory),
        Effect.provide(TestClock.layer())
      )
      assert.deepStrictEqual(ours, theirs)
    })
  )

  it.effect("counts each key by itself", () =>
    Effect.gen(function* () {
      const store = RateLimitStore.inMemory()
      yield* store.fixedWindow(one)
      assert.deepStrictEqual(yield* store.fixedWindow({ ...one, key: "b" }), [1, 1000])
    })
  )

  it.effect("is the service that RateLimiter provides", () =>
    Effect.gen(function* () {
      const theirs = yield* RateLimiter.RateLimiterStore
      assert.strictEqual<unknown>(yield* RateLimitStore.RateLimiterStore, theirs)
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory))
  )
})

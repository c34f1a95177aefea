import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, Context, Duration, Effect, Exit, Fiber, Layer, Redacted, Result } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import type * as Options from "../../../../src/internal/call/options/Options.ts"
import * as Settings from "../../../../src/internal/call/options/Settings.ts"
import * as RateLimit from "../../../../src/internal/call/rateLimit/RateLimit.ts"

const rateLimits = [
  { limit: 1, window: Duration.seconds(1) },
  { limit: 3, window: Duration.seconds(10) },
  { limit: 7, window: Duration.millis(100) },
  { limit: 2, window: Duration.micros(10n) }
]

const settings = (options: Partial<Options.Options>) =>
  Result.getOrThrow(Settings.resolve({ secret: Redacted.make("sk-1"), ...options }))

/** The times between requests, in milliseconds: none, a part of a window, and more than one. */
const pauses = [0, 0, 0, 0, 50, 0, 0, 3000, 0, 1, 0, 0, 0, 60_000, 0, 9999, 0, 0, 0, 0]

/** The times at which requests may be sent. */
const times = <E>(acquire: Effect.Effect<void, E>) =>
  Effect.gen(function* () {
    const fibers: Array<Fiber.Fiber<number, E>> = []
    for (const pause of pauses) {
      yield* TestClock.adjust(pause)
      fibers.push(yield* Effect.forkChild(Effect.andThen(acquire, Clock.currentTimeMillis), { startImmediately: true }))
    }
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.joinAll(fibers)
  }).pipe(Effect.provide(TestClock.layer()))

const acquired = (rateLimit: (typeof rateLimits)[number]) =>
  Effect.gen(function* () {
    return yield* times((yield* RateLimit.makeAll)(settings({ rateLimit })).acquire)
  })

describe.each(rateLimits.map((rateLimit) => [rateLimit.limit, String(rateLimit.window), rateLimit] as const))(
  "%s in %s",
  (_limit, _window, rateLimit) => {
    const expected = Effect.gen(function* () {
      const limiter = yield* RateLimiter.RateLimiter
      const consume = limiter.consume({ ...rateLimit, key: "a", onExceeded: "delay" })
      return yield* times(Effect.flatMap(consume, ({ delay }) => Effect.sleep(delay)))
    }).pipe(Effect.provide(RateLimiter.layer))

    it.effect("each request is sent when Effect's rate limiter would send it", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* acquired(rateLimit),
          yield* Effect.provide(expected, RateLimiter.layerStoreMemory)
        )
      })
    )

    it.effect("also over a store in the context", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* Effect.provide(acquired(rateLimit), RateLimiter.layerStoreMemory),
          yield* Effect.provide(expected, RateLimiter.layerStoreMemory)
        )
      })
    )
  }
)

const oneAMinute = settings({ rateLimit: { limit: 1, window: "1 minute" } })

/** The store of a rate limiter with these answers. */
const storeOf = (fixedWindow: typeof RateLimiter.RateLimiterStore.Service.fixedWindow) => {
  const unused = () => Effect.die("only fixed windows are used")
  return { fixedWindow, tokenBucket: unused, adaptiveConsume: unused, adaptiveFeedback: unused }
}

const under =
  (store: typeof RateLimiter.RateLimiterStore.Service | undefined) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    store === undefined ? effect : Effect.provideService(effect, RateLimiter.RateLimiterStore, store)

const forkNow = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkChild(effect, { startImmediately: true })

/** The requests record their names when they may be sent. */
const recorded = (acquire: Effect.Effect<void, unknown>) => {
  const sent: Array<string> = []
  return {
    sent,
    request: (name: string) =>
      Effect.andThen(
        acquire,
        Effect.sync(() => sent.push(name))
      )
  }
}

const stores = {
  "in memory": Effect.succeed(undefined),
  "over Effect's store": Effect.map(Layer.build(RateLimiter.layerStoreMemory), (context) =>
    Context.get(context, RateLimiter.RateLimiterStore)
  ),
  "over a slow store": Effect.map(Layer.build(RateLimiter.layerStoreMemory), (context) => {
    const store = Context.get(context, RateLimiter.RateLimiterStore)
    return {
      ...store,
      fixedWindow: (options) => Effect.delay(store.fixedWindow(options), "3 millis")
    } satisfies typeof store
  })
}

describe.each(Object.entries(stores))("a request that stops waiting, %s,", (_name, store) => {
  it.effect("uses up nothing if it is interrupted", () =>
    Effect.gen(function* () {
      const makeAll = under(yield* store)(RateLimit.makeAll)
      const { request, sent } = recorded((yield* makeAll)(oneAMinute).acquire)
      yield* forkNow(request("first"))
      yield* TestClock.adjust("1 second")
      const waiting = yield* Effect.forEach(Array.from({ length: 1000 }), () => forkNow(request("interrupted")))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interruptAll(waiting)
      yield* forkNow(request("second"))
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(sent, ["first", "second"])
    })
  )

  it.effect("uses up nothing if it times out, however many do so", () =>
    Effect.gen(function* () {
      const makeAll = under(yield* store)(RateLimit.makeAll)
      const { request, sent } = recorded((yield* makeAll)(oneAMinute).acquire)
      for (let minute = 0; minute < 20; minute++) {
        for (let second = 0; second < 60; second += 5) {
          yield* forkNow(Effect.exit(Effect.timeout(request(String(minute)), "7 seconds")))
          yield* TestClock.adjust("5 seconds")
        }
      }
      // Each window begins when the request that opens it is counted, and a request comes every five seconds.
      assert.isAtLeast(sent.length, 18)
    })
  )

  it.effect("does not change the order of the others", () =>
    Effect.gen(function* () {
      const makeAll = under(yield* store)(RateLimit.makeAll)
      const rateLimit = { limit: 3, window: "1 minute" } as const
      const { request, sent } = recorded((yield* makeAll)(settings({ rateLimit })).acquire)
      const names = Array.from({ length: 30 }, (_, index) => String(index))
      const fibers = yield* Effect.forEach(names, (name) => forkNow(request(name)))
      yield* TestClock.adjust("1 second")
      const isInterrupted = (_: unknown, index: number) => index >= 3 && index % 4 === 3
      yield* Fiber.interruptAll(fibers.filter(isInterrupted))
      yield* TestClock.adjust("20 minutes")
      assert.deepStrictEqual(
        sent,
        names.filter((name, index) => !isInterrupted(name, index))
      )
    })
  )
})

describe("the order", () => {
  it.effect("is that of arrival, also of requests that the store refuses at first", () =>
    Effect.gen(function* () {
      const store = yield* stores["over a slow store"]
      const rateLimit = { limit: 4, window: "1 minute" } as const
      const { request, sent } = recorded((yield* under(store)(RateLimit.makeAll))(settings({ rateLimit })).acquire)
      const names = Array.from({ length: 20 }, (_, index) => String(index))
      for (const name of names) {
        yield* forkNow(request(name))
        yield* TestClock.adjust("1 millis")
      }
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(sent, names)
    })
  )

  it.effect("sends a thousand requests together when a window has room for them, with few queries of the store", () =>
    Effect.gen(function* () {
      const inner = yield* stores["over a slow store"]
      let queries = 0
      const store = storeOf((options) => {
        queries++
        return inner.fixedWindow(options)
      })
      const rateLimit = { limit: 1000, window: "1 minute" } as const
      const { request, sent } = recorded((yield* under(store)(RateLimit.makeAll))(settings({ rateLimit })).acquire)
      const fiber = yield* forkNow(
        Effect.forEach(Array.from({ length: 2000 }), () => request(""), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("5 millis")
      assert.lengthOf(sent, 1000)
      yield* TestClock.adjust("1 minute")
      yield* TestClock.adjust("10 millis")
      yield* Fiber.join(fiber)
      assert.isAtMost(queries, 3001)
    })
  )
})

describe("a store", () => {
  it.effect("that never answers fails a request after the attempt timeout, and those behind it at the same time", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const failures: Array<[at: number, failure: unknown]> = []
      let answers = true
      const store = storeOf(({ limit = 0 }) => (answers ? Effect.succeed([limit, 60_000]) : Effect.never))
      const { acquire } = (yield* under(store)(RateLimit.makeAll))(oneAMinute)
      yield* acquire
      answers = false
      const fibers = yield* Effect.forEach(Array.from({ length: 50 }), () =>
        forkNow(
          Effect.catch(acquire, (failure) =>
            Effect.sync(() => failures.push([clock.currentTimeMillisUnsafe(), failure]))
          )
        )
      )
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.joinAll(fibers)
      assert.lengthOf(failures, 50)
      for (const [at, failure] of failures) {
        assert.strictEqual(at, 90_000)
        assert.deepInclude(failure, { tag: "TransportError", outcome: "not-sent", transient: true })
      }
    })
  )

  it.effect("that answers again is used again", () =>
    Effect.gen(function* () {
      let answers = false
      const store = storeOf(() => (answers ? Effect.succeed([1, 60_000]) : Effect.never))
      const { acquire } = (yield* under(store)(RateLimit.makeAll))(oneAMinute)
      const first = yield* forkNow(Effect.flip(acquire))
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(first)
      answers = true
      yield* acquire
    })
  )

  it.effect.each([Number.NaN, -1, -2, Number.POSITIVE_INFINITY, 3_600_000])(
    "whose window ends in %s ms is queried again after one window",
    (ttl) =>
      Effect.gen(function* () {
        let queries = 0
        const store = storeOf(() => Effect.sync(() => [queries++ === 0 ? 2 : 1, ttl]))
        const { request, sent } = recorded((yield* under(store)(RateLimit.makeAll))(oneAMinute).acquire)
        yield* forkNow(request("a"))
        yield* TestClock.adjust("59999 millis")
        assert.strictEqual(queries, 1)
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual(sent, ["a"])
      })
  )

  it.effect("that has a bug is a defect of the request that queried it, and the next request queries it anew", () =>
    Effect.gen(function* () {
      let queries = 0
      const store = storeOf(() => {
        if (++queries === 2) throw new Error("bug")
        return Effect.succeed([1, 60_000])
      })
      const { acquire } = (yield* under(store)(RateLimit.makeAll))(oneAMinute)
      yield* acquire
      const exits = yield* forkNow(
        Effect.all([Effect.exit(acquire), Effect.exit(acquire)], { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("10 minutes")
      const [second, third] = yield* Fiber.join(exits)
      assert.isTrue(Exit.isFailure(second) && Cause.hasDies(second.cause))
      assert.isTrue(Exit.isSuccess(third))
    })
  )
})

describe("the wall clock", () => {
  it.effect.each([-3_600_000, 3_600_000, -86_400_000])(
    "may be set by %s ms: the limit and a back-off last as long as before",
    (jump) =>
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        let offset = 0
        const jumping: Clock.Clock = Object.create(clock, {
          currentTimeMillisUnsafe: { value: () => clock.currentTimeMillisUnsafe() + offset },
          currentTimeMillis: { get: () => Effect.sync(() => clock.currentTimeMillisUnsafe() + offset) }
        })
        yield* Effect.gen(function* () {
          const { acquire, backOff } = (yield* RateLimit.makeAll)(oneAMinute)
          const { request, sent } = recorded(acquire)
          yield* request("first")
          offset = jump
          yield* forkNow(request("second"))
          yield* TestClock.adjust("59 seconds")
          assert.deepStrictEqual(sent, ["first"])
          yield* TestClock.adjust("1 second")
          assert.deepStrictEqual(sent, ["first", "second"])
          yield* TestClock.adjust("1 minute")
          yield* backOff(Duration.seconds(5), 10_000)
          offset = 0
          yield* forkNow(request("third"))
          yield* TestClock.adjust("4999 millis")
          assert.lengthOf(sent, 2)
          yield* TestClock.adjust("1 millis")
          assert.lengthOf(sent, 3)
        }).pipe(Effect.provideService(Clock.Clock, jumping))
      })
  )
})

describe("a back-off", () => {
  it.effect("delays all limits with the same key, and no other", () =>
    Effect.gen(function* () {
      const limits = yield* RateLimit.makeAll
      const limitOf = (limit: number, key: string) =>
        limits(settings({ rateLimit: { limit, window: "1 minute", key } }))
      yield* limitOf(5, "a").backOff(Duration.seconds(7), 10_000)
      const same = recorded(limitOf(5, "a").acquire)
      const larger = recorded(limitOf(50, "a").acquire)
      const other = recorded(limitOf(5, "b").acquire)
      for (const { request } of [same, larger, other]) yield* forkNow(request("sent"))
      yield* TestClock.adjust("6999 millis")
      assert.deepStrictEqual([same.sent, larger.sent, other.sent], [[], [], ["sent"]])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual([same.sent, larger.sent], [["sent"], ["sent"]])
    })
  )

  it.effect("that begins while the store is queried delays the request too", () =>
    Effect.gen(function* () {
      const store = yield* stores["over a slow store"]
      const rateLimit = { limit: 5, window: "1 minute" } as const
      const { acquire, backOff } = (yield* under(store)(RateLimit.makeAll))(settings({ rateLimit }))
      const { request, sent } = recorded(acquire)
      yield* forkNow(request("sent"))
      yield* backOff(Duration.seconds(5), 10_000)
      yield* TestClock.adjust("4999 millis")
      assert.isEmpty(sent)
      yield* TestClock.adjust("10 millis")
      assert.deepStrictEqual(sent, ["sent"])
    })
  )
})

it.effect("a small limit that is used up does not delay a larger one with the same key", () =>
  Effect.gen(function* () {
    const limits = yield* RateLimit.makeAll
    const small = recorded(limits(settings({ rateLimit: { limit: 1, window: "1 hour", key: "a" } })).acquire)
    const large = recorded(limits(settings({ rateLimit: { limit: 9, window: "1 hour", key: "a" } })).acquire)
    yield* small.request("1")
    yield* forkNow(small.request("2"))
    yield* large.request("1")
    assert.deepStrictEqual([small.sent, large.sent], [["1"], ["1"]])
  })
)

it.effect("a request that waits keeps no timer when it is interrupted", () =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    let sleeping = 0
    const counting: Clock.Clock = Object.create(clock, {
      sleep: {
        value: (duration: Duration.Duration) =>
          Effect.suspend(() => {
            sleeping++
            return Effect.ensuring(
              clock.sleep(duration),
              Effect.sync(() => sleeping--)
            )
          })
      }
    })
    yield* Effect.gen(function* () {
      const { acquire } = (yield* RateLimit.makeAll)(oneAMinute)
      yield* acquire
      const waiting = yield* Effect.forEach([1, 2, 3], () => forkNow(acquire))
      assert.strictEqual(sleeping, 1)
      yield* Fiber.interruptAll(waiting)
      assert.strictEqual(sleeping, 0)
    }).pipe(Effect.provideService(Clock.Clock, counting))
  })
)

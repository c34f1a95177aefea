import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { CircuitBreaker, RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import { errorReply, found, id, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"

const fetch = Contact.fetch(id)
const rateLimit = { limit: 3, window: "10 seconds" } as const

/** A fake, and the times at which it got each request. */
const timed = (first: Fake.Step, last: Fake.Step = first) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const times: Array<number> = []
    const record = (step: Fake.Step): Fake.Step => ({
      run: () => {
        times.push(clock.currentTimeMillisUnsafe())
        return typeof step === "function" ? step() : new Response()
      }
    })
    return { fake: Fake.script(record(first), record(last)), times }
  })

describe("rateLimit", () => {
  it.effect("sends at most `limit` requests in each window, and the others in the next windows", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const all = over(fake, { rateLimit })(
        Effect.forEach(Array.from({ length: 8 }), () => fetch, { concurrency: "unbounded" })
      )
      const fiber = yield* Effect.forkChild(all)
      yield* Fake.settle
      assert.lengthOf(times, 3)
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(times, 6)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 0, 0, 10_000, 10_000, 10_000, 20_000, 20_000])
    })
  )

  it.effect("a 429 delays every request, not only the one it answered", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(Fake.json(429, {}, { "retry-after": "7" }), found)
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit: { limit: 1000, window: "1 second" } })(
          Effect.gen(function* () {
            const first = yield* Effect.forkChild(fetch)
            yield* Fake.settle
            const others = yield* Effect.forEach(Array.from({ length: 5 }), () => Effect.forkChild(fetch))
            yield* Fiber.joinAll([first, ...others])
          })
        )
      )
      yield* Fake.settle
      assert.deepStrictEqual(times, [0])
      yield* TestClock.adjust("6999 millis")
      assert.deepStrictEqual(times, [0])
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 7000, 7000, 7000, 7000, 7000, 7000])
    })
  )

  it.effect("a 429 that is not retried delays other calls too, without Retry-After for one window", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(Fake.json(429, {}), found)
      const options = { rateLimit: { limit: 1000, window: "4 seconds" }, retry: { retries: 0 } } as const
      const fiber = yield* Effect.forkChild(over(fake, options)(Effect.andThen(Effect.exit(fetch), fetch)))
      yield* Fake.settle
      yield* TestClock.adjust("4 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 4000])
    })
  )

  it.effect("a 429 under withOptions delays the next call under equal options", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(Fake.json(429, {}, { "retry-after": "7" }), found)
      const limited = () =>
        Client.withOptions({ rateLimit: { limit: 1000, window: "1 second" }, retry: { retries: 0 } })
      const fiber = yield* Effect.forkChild(
        over(fake)(Effect.andThen(Effect.exit(fetch.pipe(limited())), fetch.pipe(limited())))
      )
      yield* Fake.settle
      yield* TestClock.adjust("6999 millis")
      assert.deepStrictEqual(times, [0])
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 7000])
    })
  )

  it.effect("a 429 under withOptions delays the calls of the layer too, if the rate limit is the layer's", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(Fake.json(429, {}, { "retry-after": "7" }), found)
      const other = Client.withOptions({ runAsUserId: "u", retry: { retries: 0 } })
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit })(Effect.andThen(Effect.exit(fetch.pipe(other)), fetch))
      )
      yield* Fake.settle
      yield* TestClock.adjust("7 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 7000])
    })
  )

  it.effect("calls whose total timeout ends before their turn do not delay calls that wait longer", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const impatient = fetch.pipe(Client.withOptions({ timeout: { total: "1 second" } }))
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit: { limit: 1, window: "1 minute" } })(
          Effect.gen(function* () {
            yield* fetch
            yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.exit(impatient), { concurrency: 10 })
            yield* fetch
          })
        )
      )
      yield* Fake.settle
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 60_000])
    })
  )

  it.effect("a store that never answers fails the call after the timeout of an attempt", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const never = () => Effect.never
      const store = { fixedWindow: never, tokenBucket: never, adaptiveConsume: never, adaptiveFeedback: never }
      const before = yield* Clock.currentTimeMillis
      const failure = yield* Fake.failureOf(
        over(fake, { rateLimit, timeout: { attempt: "2 seconds" } })(fetch).pipe(
          Effect.provideService(RateLimiter.RateLimiterStore, store)
        )
      )
      assert.strictEqual((yield* Clock.currentTimeMillis) - before, 2000)
      assert.deepInclude(failure, { _tag: "TransportError", outcome: "not-sent", attempts: 0, isRetryable: true })
      assert.include(failure.message, "The store of the rate limit did not answer")
      assert.isEmpty(times)
    })
  )

  it.effect("each server has its own limit", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      yield* over(fake, { rateLimit: { ...rateLimit, limit: 1 } })(
        Effect.andThen(fetch, fetch.pipe(Client.withOptions({ baseUrl: "http://other.test" })))
      )
      assert.deepStrictEqual(times, [0, 0])
    })
  )

  it.effect("a call that is interrupted while it waits is never sent", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit: { ...rateLimit, limit: 1 } })(Effect.forEach([1, 2, 3], () => fetch))
      )
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(times, [0])
    })
  )

  it.effect("clients with a shared store share a limit if they have the same key", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const store = yield* Layer.build(RateLimiter.layerStoreMemory)
      const under = (key: string) => over(fake, { rateLimit: { ...rateLimit, limit: 1, key } })(fetch)
      const fiber = yield* Effect.forkChild(
        Effect.all([under("a"), under("a"), under("b")], { concurrency: 3 }).pipe(Effect.provide(store))
      )
      yield* Fake.settle
      assert.deepStrictEqual(times, [0, 0])
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 0, 10_000])
    })
  )

  it.effect("a failing store fails the call, and nothing is sent", () =>
    Effect.gen(function* () {
      const { fake, times } = yield* timed(found)
      const reason = new RateLimiter.RateLimitStoreError({ message: "down: sk-canary" })
      const fail = () => Effect.fail(new RateLimiter.RateLimiterError({ reason }))
      const store = { fixedWindow: fail, tokenBucket: fail, adaptiveConsume: fail, adaptiveFeedback: fail }
      const failure = yield* Fake.failureOf(
        over(fake, { rateLimit })(fetch).pipe(Effect.provideService(RateLimiter.RateLimiterStore, store))
      )
      assert.deepInclude(failure, { _tag: "TransportError", outcome: "not-sent", attempts: 0, isRetryable: true })
      assert.notInclude(Fake.renderings(failure), "canary")
      assert.isEmpty(times)
    })
  )

  it.effect.each([
    [{ limit: 0, window: "1 second" }, "rateLimit.limit"],
    [{ limit: 1.5, window: "1 second" }, "rateLimit.limit"],
    [{ limit: 1, window: 0 }, "rateLimit.window"],
    [{ limit: 1, window: "Infinity" }, "rateLimit.window"],
    [{ limit: 1, window: "1 second", key: "" }, "rateLimit.key"]
  ] as const)("%j is refused", ([rateLimit, option]) =>
    Effect.gen(function* () {
      const layer = Fake.layer(Fake.script(found), { rateLimit })
      const failure = yield* Effect.flip(Effect.provide(Client.Client, layer))
      assert.deepInclude(failure, { _tag: "InvalidOptions", option })
    })
  )
})

describe("circuitBreaker", () => {
  const breaker = CircuitBreaker.make({ tripPolicy: CircuitBreaker.consecutive(3), openDuration: "30 seconds" }).pipe(
    Effect.provide(CircuitBreaker.layerStoreMemory())
  )

  it.effect("opens after failures of the server, fails at once, and closes again", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503), errorReply(503), errorReply(503), found)
      const options = { circuitBreaker: yield* breaker, retry: { retries: 0 } }
      const call = over(fake, options)(fetch)
      for (let times = 0; times < 3; times++) assert.strictEqual((yield* Fake.failureOf(call))._tag, "ServerError")
      const failure = yield* Fake.failureOf(call)
      assert.deepInclude(failure, { _tag: "TransportError", outcome: "not-sent", attempts: 0, isRetryable: true })
      assert.lengthOf(fake.sent, 3)
      yield* TestClock.adjust("30 seconds")
      yield* Fake.successOf(call)
      yield* Fake.successOf(call)
      assert.lengthOf(fake.sent, 5)
    })
  )

  it.effect("fails at once while it is open, and does not wait for the rate limit", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503))
      const options = {
        circuitBreaker: yield* breaker,
        rateLimit: { limit: 3, window: "1 hour" },
        retry: { retries: 0 }
      } as const
      const failures = yield* over(fake, options)(Effect.forEach([1, 2, 3, 4], () => Effect.flip(fetch)))
      assert.deepStrictEqual(
        failures.map(({ _tag }) => _tag),
        ["ServerError", "ServerError", "ServerError", "TransportError"]
      )
    })
  )

  it.effect("that never answers fails the call after the total timeout, and nothing is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const circuitBreaker = { ...(yield* breaker), state: () => Effect.never }
      const call = over(fake, { circuitBreaker, timeout: { total: "1 minute" } })(fetch)
      const fiber = yield* Effect.forkChild(Effect.flip(call))
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* Fiber.join(fiber), {
        _tag: "Timeout",
        phase: "total",
        attempts: 0,
        outcome: "not-sent"
      })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect.each([
    ["before the attempt", 0, "not-sent"],
    ["after the attempt", 1, "unknown"]
  ] as const)("that never comes back %s fails the call after the total timeout", ([when, attempts, outcome]) =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const execute = <A, E>(attempt: Effect.Effect<A, E>) =>
        when === "after the attempt" ? Effect.andThen(attempt, Effect.never) : Effect.never
      const circuitBreaker: CircuitBreaker.CircuitBreaker = Object.create(yield* breaker, {
        execute: { value: execute }
      })
      const fiber = yield* Effect.forkChild(
        Effect.flip(over(fake, { circuitBreaker, timeout: { total: "1 minute" } })(fetch))
      )
      yield* Fake.settle
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Timeout", phase: "total", attempts, outcome })
      assert.lengthOf(fake.sent, attempts)
    })
  )

  it.effect("does not count refusals as failures of the server", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(404))
      const call = over(fake, { circuitBreaker: yield* breaker })(fetch)
      for (let times = 0; times < 10; times++) assert.strictEqual((yield* Fake.failureOf(call))._tag, "NotFound")
      assert.lengthOf(fake.sent, 10)
    })
  )

  it.effect("ends the retries of a call when it opens", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503))
      const failure = yield* Fake.failureOf(
        over(fake, { circuitBreaker: yield* breaker, retry: { retries: 10 } })(fetch)
      )
      assert.deepInclude(failure, { _tag: "ServerError", status: 503, attempts: 3 })
      assert.lengthOf(fake.sent, 3)
    })
  )
})

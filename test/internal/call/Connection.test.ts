import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as Connection from "../../../src/internal/call/Connection.ts"
import * as Failure from "../../../src/internal/call/failure/Failure.ts"
import * as Settings from "../../../src/internal/call/options/Settings.ts"
import * as HttpClientTransport from "../../../src/internal/transport/HttpClientTransport.ts"
import * as Fake from "../../support/FakeHttp.ts"

/** A connection whose rate limit records its uses, and whose circuit breaker opens after one failure. */
const connection = Effect.gen(function* () {
  const circuitBreaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(1),
    openDuration: "30 seconds"
  }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
  const uses: Array<unknown> = []
  const rateLimit = {
    acquire: Effect.sync(() => void uses.push("acquire")),
    backOff: (duration: Duration.Duration | undefined, max: number) =>
      Effect.sync(() => void uses.push([duration && Duration.toMillis(duration), max]))
  }
  const settings = Result.getOrThrow(Settings.resolve({ secret: Redacted.make("sk-1"), circuitBreaker }))
  return { connection: { transport: HttpClientTransport.make(Fake.script("never").http), rateLimit, settings }, uses }
})

const refused = Failure.refused("name", "too long")
const transient = Failure.unavailable("The server is away")

describe("guard", () => {
  it.effect("opens the circuit breaker after a transient failure, and keeps the failure", () =>
    Effect.gen(function* () {
      const { connection: over } = yield* connection
      assert.strictEqual(yield* Effect.flip(Connection.withCircuitBreaker(over, Effect.fail(transient))), transient)
      let runs = 0
      const attempt = Effect.sync(() => ++runs)
      const open = yield* Effect.flip(Connection.withCircuitBreaker(over, attempt))
      assert.deepInclude(open, { tag: "TransportError", outcome: "not-sent", isCircuitBreakerOpen: true })
      assert.strictEqual(runs, 0)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* Connection.withCircuitBreaker(over, attempt), 1)
    })
  )

  it.effect("does not count a refusal as a failure of the server", () =>
    Effect.gen(function* () {
      const { connection: over } = yield* connection
      assert.strictEqual(yield* Effect.flip(Connection.withCircuitBreaker(over, Effect.fail(refused))), refused)
      assert.strictEqual(yield* Connection.withCircuitBreaker(over, Effect.succeed(1)), 1)
    })
  )
})

describe("acquire", () => {
  it.effect("acquires the rate limit only while the circuit breaker is not open", () =>
    Effect.gen(function* () {
      const { connection: over, uses } = yield* connection
      yield* Connection.acquire(over)
      assert.deepStrictEqual(uses, ["acquire"])
      yield* Effect.flip(Connection.withCircuitBreaker(over, Effect.fail(transient)))
      assert.isTrue((yield* Effect.flip(Connection.acquire(over))).isCircuitBreakerOpen)
      assert.deepStrictEqual(uses, ["acquire"])
      yield* TestClock.adjust("30 seconds")
      yield* Connection.acquire(over)
      assert.deepStrictEqual(uses, ["acquire", "acquire"])
    })
  )
})

describe("backOff", () => {
  it.effect("delays all requests after a 429, and after no other failure", () =>
    Effect.gen(function* () {
      const { connection: over, uses } = yield* connection
      yield* Connection.backOff(over, transient)
      assert.deepStrictEqual(uses, [])
      yield* Connection.backOff(over, { ...transient, tag: "RateLimited", retryAfter: Duration.seconds(7) })
      assert.deepStrictEqual(uses, [[7000, 10_000]])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Random, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import { errorReply, found, calls, callNames, callOf, over } from "./support/Calls.ts"

const stalled =
  (status: number, type = "application/json") =>
  () =>
    new Response(Fake.bodyOf(['{"id"'], { end: "hang" }), { status, headers: { "content-type": type } })

describe("timeouts", () => {
  const options = { timeout: { attempt: "5 seconds" }, retry: { retries: 0 } } as const

  it.effect.each(callNames)("%s waits for headers until the timeout of the attempt", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const failure = yield* Fake.failureOf(over(fake, options)(callOf(name)))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "headers", outcome: "unknown", attempts: 1 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 5000)
      assert.strictEqual(fake.interrupted(), 1)
    })
  )

  it.effect("the body counts towards the timeout, and the failure names the phase", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(stalled(200)), options)(calls.create))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "body", status: 200, outcome: "unknown" })
      assert.strictEqual(yield* Clock.currentTimeMillis, 5000)
    })
  )

  it.effect.each([400, 401, 404, 429])("an error body that stalls does not hide status %s", (status) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(stalled(status)), options)(calls.fetch))
      assert.deepInclude(failure, { status, outcome: "rejected" })
    })
  )

  it.effect("each attempt has its own timeout", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never", "never", found)
      yield* Fake.successOf(over(fake, { timeout: { attempt: "5 seconds" } })(calls.fetch))
      assert.strictEqual(fake.sent.length, 3)
      assert.isAtLeast(yield* Clock.currentTimeMillis, 10_000)
    })
  )

  it.effect("the timeout of an attempt can be turned off", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const fiber = yield* Effect.forkChild(over(fake, { timeout: { attempt: "Infinity" } })(calls.fetch))
      yield* Fake.settle
      yield* TestClock.adjust("365 days")
      assert.isUndefined(fiber.pollUnsafe())
    })
  )

  describe("total", () => {
    const total = { timeout: { attempt: "5 seconds", total: "12 seconds" } } as const

    it.effect("ends a call during an attempt, with an unknown outcome", () =>
      Effect.gen(function* () {
        const fake = Fake.script("never")
        const failure = yield* Fake.failureOf(over(fake, total)(calls.update))
        assert.deepInclude(failure, { _tag: "Timeout", phase: "total", outcome: "unknown", attempts: 3 })
        assert.strictEqual(yield* Clock.currentTimeMillis, 12_000)
        assert.strictEqual(fake.interrupted(), 3)
      })
    )

    it.effect("ends a call that waits to retry, with the outcome of its attempts", () =>
      Effect.gen(function* () {
        const fake = Fake.script(Fake.json(429, {}, { "retry-after": "10" }))
        const failure = yield* Fake.failureOf(over(fake, { timeout: { total: "12 seconds" } })(calls.create))
        assert.deepInclude(failure, { _tag: "Timeout", phase: "total", outcome: "rejected", attempts: 2 })
        assert.strictEqual(yield* Clock.currentTimeMillis, 12_000)
      })
    )

    it.effect.each(Array.from({ length: 40 }, (_, seed) => seed))("ends a call exactly then, seed %s", (seed) =>
      Effect.gen(function* () {
        const options = { timeout: { total: "12 seconds" }, retry: { retries: 100, maxDelay: "700 millis" } } as const
        const fiber = yield* Effect.forkChild(Effect.flip(over(Fake.script(errorReply(503)), options)(calls.fetch)), {
          startImmediately: true
        })
        for (let second = 1; second < 12; second++) {
          yield* Fake.settle
          yield* TestClock.setTime(second * 1000)
        }
        yield* Fake.settle
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.setTime(12_000)
        yield* Fake.settle
        assert.isDefined(fiber.pollUnsafe())
      }).pipe(Random.withSeed(seed))
    )

    it.effect("does not end a list", () =>
      Effect.gen(function* () {
        const fake = Fake.script(Fake.jsonLines(Fake.item("c1")))
        const list = Contact.list().pipe(Stream.tap(() => Effect.sleep("20 seconds")))
        assert.lengthOf(yield* Fake.successOf(over(fake, total)(Stream.runCollect(list))), 1)
      })
    )
  })
})

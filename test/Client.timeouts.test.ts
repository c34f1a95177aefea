import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Fake from "./support/FakeHttp.ts"
import { found, calls, names, callOf, over } from "./support/Calls.ts"

const stalled =
  (status: number, type = "application/json") =>
  () =>
    new Response(Fake.bodyOf(['{"id"'], { end: "hang" }), { status, headers: { "content-type": type } })

describe("timeouts", () => {
  const options = { timeout: { attempt: "5 seconds" }, retry: { retries: 0 } } as const

  it.effect.each(names)("%s waits for headers so long", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const failure = yield* Fake.failureOf(over(fake, options)(callOf(name)))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "headers", outcome: "unknown", attempts: 1 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 5000)
      assert.strictEqual(fake.interrupted(), 1)
    })
  )

  it.effect("the body counts, and the phase is named", () =>
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

  it.effect("each attempt has its own", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never", "never", found)
      yield* Fake.successOf(over(fake, { timeout: { attempt: "5 seconds" } })(calls.fetch))
      assert.strictEqual(fake.sent.length, 3)
      assert.isAtLeast(yield* Clock.currentTimeMillis, 10_000)
    })
  )

  it.effect("can be turned off", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const fiber = yield* Effect.forkChild(over(fake, { timeout: { attempt: "Infinity" } })(calls.fetch))
      yield* Fake.settle
      yield* TestClock.adjust("365 days")
      assert.isUndefined(fiber.pollUnsafe())
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Deadline } from "../../../src/internal/call/Deadline.ts"

describe("a deadline", () => {
  it.effect("has less and less time left, and never less than none", () =>
    Effect.gen(function* () {
      const deadline = new Deadline(yield* Clock.Clock, Duration.seconds(2))
      assert.strictEqual(deadline.left, 2000)
      yield* TestClock.adjust("1500 millis")
      assert.strictEqual(deadline.left, 500)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(deadline.left, 0)
    })
  )

  it.effect("without a limit has all the time", () =>
    Effect.gen(function* () {
      const deadline = new Deadline(yield* Clock.Clock, Duration.infinity)
      yield* TestClock.adjust("1 day")
      assert.strictEqual(deadline.left, Infinity)
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Deadline } from "../../../src/internal/call/Deadline.ts"

describe("a deadline", () => {
  it.effect("has less time left as time passes, and never less than 0", () =>
    Effect.gen(function* () {
      const deadline = new Deadline(yield* Clock.Clock, 2000)
      assert.strictEqual(deadline.left, 2000)
      yield* TestClock.adjust("1500 millis")
      assert.strictEqual(deadline.left, 500)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(deadline.left, 0)
    })
  )

  it.effect("without a limit never passes", () =>
    Effect.gen(function* () {
      const deadline = new Deadline(yield* Clock.Clock, Infinity)
      yield* TestClock.adjust("1 day")
      assert.strictEqual(deadline.left, Infinity)
    })
  )
})

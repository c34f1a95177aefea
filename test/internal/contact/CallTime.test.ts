import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { CallTime } from "../../../src/internal/contact/CallTime.ts"

const minute = 60_000
const serverTime = Date.UTC(2026, 0, 2, 3, 4, 5)

it.effect("a call compares times with the server's clock, less the time since the call began", () =>
  Effect.gen(function* () {
    const time = new CallTime(yield* Clock.Clock)
    yield* TestClock.adjust("10 seconds")
    assert.strictEqual(time.elapsed, 10_000)
    time.learn(new Date(serverTime).toUTCString())
    const began = serverTime - 10_000
    assert.isTrue(time.isServerKnown)
    assert.isTrue(time.beganAfter(began - minute - 1))
    assert.isFalse(time.beganAfter(began - minute))
    assert.isFalse(time.includes(began - minute - 1))
    assert.isTrue(time.includes(began - minute))
    // A `Date` is rounded down to whole seconds.
    assert.isTrue(time.includes(serverTime + 1000 + minute))
    assert.isFalse(time.includes(serverTime + 1001 + minute))
  })
)

it.effect(
  "without the server's date, a call includes ten minutes before and after it, and never says that it began after a time",
  () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(serverTime)
      const time = new CallTime(yield* Clock.Clock)
      for (const date of [undefined, "", "yesterday"]) {
        time.learn(date)
        assert.isFalse(time.isServerKnown)
        assert.isFalse(time.beganAfter(0))
        assert.isFalse(time.includes(serverTime - 10 * minute - 1))
        assert.isTrue(time.includes(serverTime - 10 * minute))
        assert.isTrue(time.includes(serverTime + 10 * minute))
        assert.isFalse(time.includes(serverTime + 10 * minute + 1))
      }
    })
)

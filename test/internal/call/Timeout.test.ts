import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, type Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { timeoutOrElse } from "../../../src/internal/call/Timeout.ts"

const second = 1000
const late = () => Effect.fail("late")

/** The clock, and the number of its sleeps. */
const counted = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  let sleeps = 0
  const counting: Clock.Clock = Object.create(clock, {
    sleep: {
      value: (duration: Duration.Duration) => {
        sleeps++
        return clock.sleep(duration)
      }
    }
  })
  return { clock: counting, sleeps: () => sleeps }
})

describe("timeoutOrElse", () => {
  it.effect("ends as the effect does if that is in time", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* timeoutOrElse(Effect.succeed(1), second, late), 1)
      assert.strictEqual(yield* Effect.flip(timeoutOrElse(Effect.fail("failed"), second, late)), "failed")
      const defect = yield* Effect.exit(timeoutOrElse(Effect.die("defect"), second, late))
      assert.isTrue(Exit.isFailure(defect) && Cause.hasDies(defect.cause))
      const interrupted = yield* Effect.exit(timeoutOrElse(Effect.interrupt, second, late))
      assert.isTrue(Exit.isFailure(interrupted) && Cause.hasInterrupts(interrupted.cause))
      const asleep = yield* Effect.forkChild(timeoutOrElse(Effect.as(Effect.sleep("999 millis"), 2), second, late))
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* Fiber.join(asleep), 2)
    })
  )

  it.effect("does not sleep if the effect is synchronous or has no limit", () =>
    Effect.gen(function* () {
      const { clock, sleeps } = yield* counted
      yield* Effect.gen(function* () {
        yield* timeoutOrElse(Effect.void, second, late)
        yield* timeoutOrElse(Effect.yieldNow, Infinity, late)
        assert.strictEqual(sleeps(), 0)
        yield* timeoutOrElse(Effect.yieldNow, second, late)
        assert.strictEqual(sleeps(), 1)
      }).pipe(Effect.provideService(Clock.Clock, clock))
    })
  )

  it.effect("interrupts the effect when time is up, and waits until it has cleaned up", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const slow = Effect.never.pipe(
        Effect.onInterrupt(() =>
          Effect.andThen(
            Effect.sleep("1 second"),
            Effect.sync(() => events.push("cleaned up"))
          )
        )
      )
      const orElse = () => {
        events.push("late")
        return Effect.fail("late")
      }
      const fiber = yield* Effect.forkChild(Effect.flip(timeoutOrElse(slow, second, orElse)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(events, [])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
      assert.deepStrictEqual(events, ["cleaned up", "late"])
    })
  )

  it.effect("interrupts the effect when it is interrupted, and waits for it", () =>
    Effect.gen(function* () {
      let cleanedUp = false
      const cleanUp = Effect.sync(() => {
        cleanedUp = true
      })
      const fiber = yield* Effect.forkChild(
        timeoutOrElse(
          Effect.onInterrupt(Effect.never, () => cleanUp),
          second,
          late
        ),
        {
          startImmediately: true
        }
      )
      yield* Fiber.interrupt(fiber)
      assert.isTrue(cleanedUp)
    })
  )

  it.effect("runs the effect in the context of its caller", () =>
    Effect.gen(function* () {
      const parent = yield* Effect.currentSpan
      const seen = yield* timeoutOrElse(Effect.orDie(Effect.currentSpan), second, late)
      assert.strictEqual(seen, parent)
    }).pipe(Effect.withSpan("caller"))
  )
})

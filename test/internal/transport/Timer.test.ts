import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, beforeEach, vi } from "vitest"
import * as Timer from "../../../src/internal/transport/Timer.ts"

describe("a timer on a test clock", () => {
  it.effect("elapses once, exactly when it is time", () =>
    Effect.gen(function* () {
      let elapsed = 0
      Timer.start(yield* Effect.context<never>(), 1000, () => elapsed++)
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(elapsed, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(elapsed, 1)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(elapsed, 1)
    })
  )

  it.effect("does not elapse once it is stopped, or without a limit", () =>
    Effect.gen(function* () {
      let elapsed = 0
      const context = yield* Effect.context<never>()
      Timer.start(context, 1000, () => elapsed++)()
      Timer.start(context, Infinity, () => elapsed++)
      yield* TestClock.adjust("365 days")
      assert.strictEqual(elapsed, 0)
    })
  )
})

describe("a timer on the clock of the runtime", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("elapses with setTimeout, and starts no fiber", () => {
    let elapsed = 0
    Timer.start(Context.empty(), 1000, () => elapsed++)
    assert.strictEqual(vi.getTimerCount(), 1)
    vi.advanceTimersByTime(999)
    assert.strictEqual(elapsed, 0)
    vi.advanceTimersByTime(1)
    assert.strictEqual(elapsed, 1)
  })

  it("leaves no timeout behind once it is stopped, or without a limit", () => {
    Timer.start(Context.empty(), 1000, () => undefined)()
    Timer.start(Context.empty(), Infinity, () => undefined)
    assert.strictEqual(vi.getTimerCount(), 0)
  })

  it("may be longer than setTimeout allows", async () => {
    let elapsed = 0
    Timer.start(Context.empty(), Duration.toMillis("30 days"), () => elapsed++)
    await vi.advanceTimersByTimeAsync(Duration.toMillis("29 days"))
    assert.strictEqual(elapsed, 0)
    await vi.advanceTimersByTimeAsync(Duration.toMillis("1 day"))
    assert.strictEqual(elapsed, 1)
  })

  it("sleeps on another clock, if the context has one", () => {
    const sleeps: Array<number> = []
    const clock: Clock.Clock = Object.create(Context.get(Context.empty(), Clock.Clock), {
      sleep: {
        value: (duration: Duration.Duration) => {
          sleeps.push(Duration.toMillis(duration))
          return Effect.void
        }
      }
    })
    Timer.start(Context.make(Clock.Clock, clock), 3000, () => undefined)
    assert.deepStrictEqual(sleeps, [3000])
  })
})

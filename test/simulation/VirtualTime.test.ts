import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect } from "effect"
import { skewed, VirtualTime } from "./VirtualTime.ts"

const day = Duration.toMillis("1 day")

describe("virtual time", () => {
  it("advances to the next timer, in the order of the timers", () => {
    const time = new VirtualTime(1000, 30 * day)
    const woken: Array<readonly [string, number]> = []
    const sleeper = (name: string, millis: number) =>
      Effect.gen(function* () {
        yield* Effect.sleep(millis)
        woken.push([name, yield* Clock.currentTimeMillis])
      })
    const exit = time.run(
      Effect.all([sleeper("late", 5 * day), sleeper("early", 10), sleeper("early too", 10)], {
        concurrency: "unbounded",
        discard: true
      })
    )
    assert.strictEqual(exit?._tag, "Success")
    assert.deepStrictEqual(woken, [
      ["early", 1010],
      ["early too", 1010],
      ["late", 1000 + 5 * day]
    ])
    assert.strictEqual(time.elapsed, 5 * day)
  })

  it("has no exit for an effect that waits for ever, or for longer than the limit", () => {
    assert.isUndefined(new VirtualTime(0, day).run(Effect.never))
    assert.isUndefined(new VirtualTime(0, day).run(Effect.sleep("2 days")))
  })

  it("runs timeouts", () => {
    const time = new VirtualTime(0, day)
    const exit = time.run(Effect.timeoutOption(Effect.never, "1 hour"))
    assert.strictEqual(exit?._tag, "Success")
    assert.strictEqual(time.elapsed, Duration.toMillis("1 hour"))
  })

  it("differs on a skewed clock, whose timers are still exact", () => {
    const time = new VirtualTime(10 * day, day)
    const program = Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      yield* Effect.sleep("1 hour")
      return [began, yield* Clock.currentTimeMillis]
    })
    const exit = time.run(
      Effect.provideService(
        program,
        Clock.Clock,
        skewed(time.clock, () => -day)
      )
    )
    assert.deepStrictEqual(exit?._tag === "Success" ? exit.value : [], [9 * day, 9 * day + Duration.toMillis("1 hour")])
    assert.strictEqual(time.elapsed, Duration.toMillis("1 hour"))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Persistence from "../../../../src/internal/jobs/worker/Persistence.ts"

/** An effect that has a defect some times, and then succeeds. */
const failing = (times: number) => {
  let calls = 0
  return Effect.suspend(() => (calls++ < times ? Effect.die(new Error("The database is away")) : Effect.succeed(calls)))
}

class Mark extends Context.Service<Mark, true>()("test/Mark") {}

/** An interruption with a mark, as that by which the engine takes a run away. */
const marked = Effect.failCause(Cause.annotate(Cause.interrupt(), Context.make(Mark, true)))

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("5 minutes")
    return yield* Fiber.await(fiber)
  })

describe.each([
  { name: "retryDefects", retry: Persistence.retryDefects },
  { name: "retryForever", retry: Persistence.retryForever }
])("Persistence.$name", ({ retry }) => {
  it.effect("repeats after defects", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(retry(failing(5))), Exit.succeed(6))
    })
  )

  it.effect("keeps the mark of an interruption", () =>
    Effect.gen(function* () {
      const exit = yield* run(retry(marked))
      assert(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
      assert.isTrue(Context.getOrUndefined(Cause.annotations(exit.cause), Mark))
    })
  )
})

describe("Persistence.retryDefects", () => {
  it.effect("gives up after about half a minute", () =>
    Effect.gen(function* () {
      const exit = yield* run(Persistence.retryDefects(failing(100)))
      assert(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )
})

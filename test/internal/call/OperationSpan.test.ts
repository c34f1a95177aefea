import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Option } from "effect"
import * as OperationSpan from "../../../src/internal/call/OperationSpan.ts"

/** A span of Effect's own, without a stack trace. */
const withSpan = <A, E>(self: Effect.Effect<A, E>, name: string): Effect.Effect<A, E> =>
  Effect.withSpan(self, name, { captureStackTrace: false })

const inOperation = <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> => OperationSpan.make("Contact.fetch")(self)

const pretty = (exit: Exit.Exit<unknown, unknown>): string => (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")

describe("the span of an operation", () => {
  it.effect("is the current span of the operation, and a child of the span around it", () =>
    Effect.gen(function* () {
      const span = yield* withSpan(inOperation(Effect.currentSpan), "outer")
      const parent = Option.getOrThrow(span.parent)
      assert.strictEqual(span.name, "Contact.fetch")
      assert.strictEqual(parent._tag === "Span" ? parent.name : "", "outer")
    })
  )

  it.effect("ends with the operation, after which the span around it is the current one again", () =>
    Effect.gen(function* () {
      const [inner, outer] = yield* withSpan(Effect.all([inOperation(Effect.currentSpan), Effect.currentSpan]), "outer")
      assert.strictEqual(inner.status._tag, "Ended")
      assert.strictEqual(outer.name, "outer")
    })
  )

  it.effect("names the operation in the stack of a failure and of a bug, as a span of Effect's own does", () =>
    Effect.gen(function* () {
      for (const failure of [Effect.fail("no"), Effect.die("bug")]) {
        const own = pretty(yield* Effect.exit(withSpan(inOperation(failure), "outer")))
        const effects = pretty(yield* Effect.exit(withSpan(withSpan(failure, "Contact.fetch"), "outer")))
        assert.include(own, "at Contact.fetch\n    at outer")
        assert.strictEqual(own, effects)
      }
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as OverridesCache from "../../../../src/internal/call/options/OverridesCache.ts"
import type { Overrides } from "../../../../src/internal/call/options/Options.ts"

/** A cache that counts how often a result is made. */
const counting = () => {
  let made = 0
  return OverridesCache.cached(() => Effect.sync(() => ++made))
}

describe("the cache of overrides", () => {
  it.effect("gives the same result while the object stays the same", () =>
    Effect.gen(function* () {
      const cached = counting()
      const overrides: Overrides = { runAsUserId: "one", timeout: { idle: { seconds: 1 } } }
      assert.deepStrictEqual([yield* cached(overrides), yield* cached(overrides)], [1, 1])
      assert.strictEqual(yield* cached({ ...overrides }), 2)
    })
  )

  it.effect("makes a new result after a change at any depth", () =>
    Effect.gen(function* () {
      const cached = counting()
      const baseUrl = new URL("http://one.test")
      const idle = { seconds: 1 }
      const headers: Record<string, string | null> = { "x-a": "1" }
      const overrides: { -readonly [K in keyof Overrides]: Overrides[K] } = { baseUrl, headers, timeout: { idle } }
      const changes = [
        () => (overrides.runAsUserId = "two"),
        () => (overrides.runAsUserId = null),
        () => (baseUrl.port = "81"),
        () => (headers["x-a"] = null),
        () => delete headers["x-a"],
        () => (headers["x-b"] = "1"),
        () => (idle.seconds = 2),
        () => (overrides.timeout = { total: idle })
      ]
      let expected = yield* cached(overrides)
      for (const change of changes) {
        change()
        expected++
        assert.deepStrictEqual([yield* cached(overrides), yield* cached(overrides)], [expected, expected])
      }
    })
  )

  it.effect("caches no refusal, and no value that is not an object or cannot be read", () =>
    Effect.gen(function* () {
      let tries = 0
      const cached = OverridesCache.cached(() => Effect.suspend(() => Effect.fail(++tries)))
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      const wrong = {}
      const values = [undefined, null, "text", proxy, proxy, wrong, wrong]
      for (const [index, value] of values.entries()) {
        assert.strictEqual(yield* Effect.flip(cached(value as Overrides)), index + 1)
      }
    })
  )
})

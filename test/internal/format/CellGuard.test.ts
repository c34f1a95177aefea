import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as CellGuard from "../../../src/internal/format/CellGuard.ts"

const start = Schema.Array(Schema.Literals(["'", "=", "+", "-", "@", "\t", "\r", "\n", "a"])).check(
  Schema.isMaxLength(4)
)

describe("CellGuard", () => {
  it.effect.prop("restores every text, and leaves no formula", [start, Schema.String], ([drawn, rest]) =>
    Effect.sync(() => {
      const text = drawn.join("") + rest
      const guarded = CellGuard.add(text)
      assert.strictEqual(CellGuard.remove(guarded), text)
      assert.notMatch(guarded, /^[=+\-@\t\r\n]/)
    })
  )

  it("guards a phone number, and no other text", () => {
    assert.strictEqual(CellGuard.add("+442079460000"), "'+442079460000")
    for (const text of ["", "a", "'", "'a", "1-1", "ada@example.com"]) {
      assert.strictEqual(CellGuard.add(text), text)
      assert.strictEqual(CellGuard.remove(text), text)
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { RowKeys } from "../../../src/internal/bulk/RowKeys.ts"

const Step = Schema.Struct({
  key: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })),
  action: Schema.Literals(["claim", "claim", "release", "mark"])
})

describe("the keys of rows", () => {
  it.effect.prop(
    "are held by the first row that claims them, until it releases them",
    [Schema.Array(Step)],
    ([steps]) =>
      Effect.sync(() => {
        const keys = new RowKeys()
        const expected = new Map<string, { readonly row: number; readonly isSettled: boolean }>()
        for (const [index, { action, key: number }] of steps.entries()) {
          const row = index + 1
          const key = `key ${number}`
          const holder = expected.get(key)
          if (action === "claim") {
            if (holder === undefined) expected.set(key, { row, isSettled: true })
            assert.deepStrictEqual(keys.claim(key, row), expected.get(key))
          } else if (action === "release") {
            keys.release(key)
            expected.delete(key)
          } else if (holder !== undefined) {
            keys.markUnsettled(key, holder.row)
            expected.set(key, { row: holder.row, isSettled: false })
          }
        }
      })
  )

  it("are told apart, and found again, in a table that grows", () => {
    const keys = new RowKeys()
    const count = 100_000
    for (let row = 1; row <= count; row++) assert.strictEqual(keys.claim(`key ${row}`, row).row, row)
    for (let row = 1; row <= count; row++) assert.strictEqual(keys.claim(`key ${row}`, count + row).row, row)
  })

  it("have rows with large numbers", () => {
    const keys = new RowKeys()
    const row = 2_000_000_000
    keys.claim("key", row)
    keys.markUnsettled("key", row)
    assert.deepStrictEqual(keys.claim("key", row + 1), { row, isSettled: false })
  })
})

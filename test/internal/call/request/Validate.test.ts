import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import * as Validate from "../../../../src/internal/call/request/Validate.ts"

describe("make", () => {
  const check = Validate.make(Schema.Struct({ name: Schema.String, take: Schema.optionalKey(Schema.Int) }))

  it("returns the input itself", () => {
    const input = { take: 1, name: "a" }
    const checked = Result.getOrThrow(check(input))
    assert.strictEqual<unknown>(checked, input)
  })

  it.each([
    [{ name: "canary@example.com", take: "canary" }, "take"],
    [{ name: "a", canary: "canary" }, "canary"],
    ["canary", "request"],
    [{}, "name"]
  ])("names the field of %j, and does not show its value", (input, field) => {
    const checked = check(input)
    assert.isTrue(Result.isFailure(checked))
    if (Result.isSuccess(checked)) return
    assert.strictEqual(checked.failure.field, field)
    assert.notInclude(checked.failure.description, "canary")
  })

  it("says that an unknown field does not exist", () => {
    assert.deepStrictEqual(
      check({ name: "a", nome: "b" }),
      Result.fail({ field: "nome", description: "There is no such field" })
    )
  })
})

describe("fieldOf", () => {
  it.each([
    [[], "request"],
    [["meta", "a", "0"], "meta.a.0"],
    [["meta", "a b"], "meta.…"],
    [["meta", "a".repeat(65)], "meta.…"],
    [["1", "2", "3", "4", "5", "6", "7", "8"], "1.2.3.4.5.6.7.8"],
    [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "1.2.3.4.5.6.7.8.…"]
  ])("shows %j as %j", (path, field) => {
    assert.strictEqual(Validate.fieldOf(path, "request"), field)
  })
})

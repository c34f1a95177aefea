import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as FilterPath from "../../../src/internal/list/FilterPath.ts"

describe("the path of a condition", () => {
  it.each([
    ["tier", "tier"],
    ["tags[0].name", "tags[0].name"],
    ["a[0][12].b", "a[0][12].b"],
    ['"tier"', "tier"],
    ['"a.b".c', '"a.b".c'],
    ["first name", '"first name"'],
    ["1st", '"1st"'],
    ['"a\\u0062"', "ab"]
  ])("of the key %s is %s", (key, path) => {
    assert.deepStrictEqual(FilterPath.fromKey(key), Result.succeed(path))
  })

  it.each(["", ".", "a.", ".a", "a..b", '"a', '"a"b', "a[", "a[]", "a[-1]", "a[01]", "a[0]b", "[0]", '"\\x"'])(
    "of the key %s is refused",
    (key) => {
      assert.isTrue(Result.isFailure(FilterPath.fromKey(key)))
    }
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as ListFilter from "../../../src/internal/list/ListFilter.ts"

const longest = "x".repeat(ListFilter.maxLength)

describe("the conditions of a list", () => {
  it("may have any paths, texts and booleans", () => {
    assert.isUndefined(ListFilter.problemOf({ tier: "gold", "tags[0]": true, '"a.b"': longest, [longest]: " " }))
  })

  it("are at least one", () => {
    assert.isString(ListFilter.problemOf({}))
  })

  it.each([
    ["an empty key", { "": "a" }],
    ["a blank key", { " ": "a" }],
    ["a key that is too long", { [`${longest}x`]: "a" }],
    ["a key that is no path", { "a.": "a" }],
    ["an empty text", { a: "" }],
    ["a text that is too long", { a: `${longest}x` }],
    ["a text that is the name of an object's member", { a: "constructor" }]
  ])("do not have %s", (_, meta) => {
    assert.deepNestedInclude(ListFilter.problemOf(meta), { path: Object.keys(meta) })
  })

  it("have one condition on each path, however it is written", () => {
    assert.deepInclude(ListFilter.problemOf({ a: "1", '"a"': "2" }), { path: ['"a"'] })
  })
})

import { assert, it } from "@effect/vitest"
import * as ListQuery from "../../../src/internal/list/ListQuery.ts"

it("the query of a list has the caller's parameters in the caller's order", () => {
  assert.deepStrictEqual(
    ListQuery.make({ take: 5, meta: { "first name": "Ada", active: false }, order: "asc", cursor: "c1" }),
    [
      ["take", "5"],
      ['meta."first name"', "Ada"],
      ["meta.active", "false"],
      ["order", "asc"],
      ["cursor", "c1"]
    ]
  )
})

it("the query of a list leaves out what is undefined", () => {
  assert.deepStrictEqual(ListQuery.make({ cursor: undefined, take: undefined }), [])
})

import { assert, it } from "@effect/vitest"
import { defined } from "../../../src/internal/call/Defined.ts"

it("leaves out the fields that are undefined, and no others", () => {
  assert.deepStrictEqual<unknown>(defined({ a: undefined, b: null, c: 0, d: "", e: false }), {
    b: null,
    c: 0,
    d: "",
    e: false
  })
})

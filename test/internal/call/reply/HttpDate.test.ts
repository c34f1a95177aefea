import { assert, describe, it } from "@effect/vitest"
import * as HttpDate from "../../../../src/internal/call/reply/HttpDate.ts"

describe("parse", () => {
  it("reads a date in the form of RFC 9110", () => {
    assert.strictEqual(HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT"), Date.UTC(1994, 10, 6, 8, 49, 37))
  })

  it.each([
    ["an obsolete form of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT"],
    ["the form of asctime", "Sun Nov  6 08:49:37 1994"],
    ["an ISO date", "1994-11-06T08:49:37Z"],
    ["another time zone", "Sun, 06 Nov 1994 08:49:37 +0100"],
    ["the wrong day of the week", "Mon, 06 Nov 1994 08:49:37 GMT"],
    ["a day that does not exist", "Wed, 30 Feb 1994 08:49:37 GMT"],
    ["a number", "120"],
    ["an empty text", ""],
    ["other text", "soon"]
  ])("refuses %s", (_name, text) => {
    assert.isUndefined(HttpDate.parse(text))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import * as PathSegment from "../../../../src/internal/call/request/PathSegment.ts"

const refused = {
  empty: "",
  blank: " \t\n",
  "no-break blank": "\u00a0",
  dot: ".",
  "two dots": "..",
  "dots in blanks": " .. ",
  "encoded dot": "%2e",
  "encoded dots": "%2E%2e",
  "half encoded dots": ".%2e",
  "twice encoded dots": "%252e%252E",
  "often encoded dots": "%2525252e.",
  "a path": "../../bot/abc",
  "a path with backslashes": "..\\..\\bot",
  "an encoded path": "..%2f..%252Fbot",
  "dots within": "a/./b",
  NUL: "c\0d",
  "high surrogate": "a\ud800",
  "low surrogate": "\udc00a"
}

const hostile = [
  "a/b",
  "a?contactId=b",
  "a#b",
  "a;b=c",
  "a%2fb",
  "%2f",
  "...",
  "....",
  "%",
  "%zz",
  "@alias",
  "(Ada Lovelace)",
  "a\r\nb",
  "é😀",
  "//host/x",
  "http://host/x",
  "a\u2028b",
  "\uff0e\uff0e"
]

const isOneSegment = (id: string): boolean =>
  Result.match(PathSegment.encode(id), {
    onFailure: (problem) => problem !== "",
    onSuccess: (segment) => {
      const { hash, pathname, search } = new URL(`https://host/v1/contact/${segment}/delete`)
      const parts = pathname.split("/")
      return (
        parts.length === 5 &&
        parts.slice(0, 3).join("/") === "/v1/contact" &&
        parts[3] === segment &&
        decodeURIComponent(segment) === id.trim() &&
        parts[4] === "delete" &&
        search === "" &&
        hash === ""
      )
    }
  })

describe("encode", () => {
  it.each(Object.entries(refused))("refuses: %s", (_, id) => {
    assert.isTrue(Result.isFailure(PathSegment.encode(id)))
  })

  it.each([undefined, null, 1, {}, ["a"], new String("a")])("refuses a value that is not a string: %s", (id) => {
    assert.isTrue(Result.isFailure(PathSegment.encode(id)))
  })

  it.each(hostile)("returns one segment: %j", (id) => {
    assert.isTrue(Result.isSuccess(PathSegment.encode(id)))
    assert.isTrue(isOneSegment(id))
  })

  it("trims, as the server does", () => {
    assert.deepStrictEqual(PathSegment.encode("  c1\n"), Result.succeed("c1"))
  })

  it.effect.prop("any string is refused or is one segment", [Schema.String], ([id]) =>
    Effect.sync(() => assert.isTrue(isOneSegment(id), JSON.stringify(id)))
  )

  const pieces = [
    ".",
    "..",
    "/",
    "\\",
    "%",
    "%2e",
    "%2f",
    "%25",
    "?",
    "#",
    "\0",
    "\ud800",
    "\udc00",
    " ",
    "a",
    ";",
    "é"
  ]
  const tricky = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Schema.Literals(pieces)), { maxLength: 6 }), (parts) =>
    parts.join("")
  )
  it.effect.prop("any mixture of special characters is refused or is one segment", [tricky], ([id]) =>
    Effect.sync(() => assert.isTrue(isOneSegment(id), JSON.stringify(id)))
  )
})

describe("isPlain", () => {
  it.each(["cmwsk55x8000com7dj9qcuwx6", " c1 ", "a-b_C"])("yes: %j", (id) => assert.isTrue(PathSegment.isPlain(id)))
  it.each(["", "(Ada)", "@alias", "a b", "ada@example.com", "+12025550123", "a\nb", "é"])("no: %j", (id) =>
    assert.isFalse(PathSegment.isPlain(id))
  )
})

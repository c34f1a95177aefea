import { assert, describe, it } from "@effect/vitest"
import * as Charset from "../../../../src/internal/server/http/Charset.ts"
import * as ContentType from "../../../../src/internal/server/http/ContentType.ts"
import * as Target from "../../../../src/internal/server/http/Target.ts"

const moved = (location: string, bare: boolean) => ({ _tag: "Moved", location, bare })
const path = (path: string, query = "") => ({ _tag: "Path", path, query })

const targets: ReadonlyArray<readonly [url: string, target: object]> = [
  ["/", path("/")],
  ["/v1/contact/list?a=b", path("/v1/contact/list", "a=b")],
  ["/v1/contact/list?", path("/v1/contact/list")],
  ["/v1/contact/list??take=1", path("/v1/contact/list", "?take=1")],
  ["/v1/contact/list#fragment?a", path("/v1/contact/list")],
  ["/v1/a%2F..%2Fb/fetch", path("/v1/a%2F..%2Fb/fetch")],
  ["/v1/..a/.b/c..", path("/v1/..a/.b/c..")],
  ["*", path("*")],
  ["//", moved("/", true)],
  ["/v1//", moved("/v1/", true)],
  ["/v1\\a?b=\\", moved("/v1/a?b=\\", true)],
  ["//%", moved("/%", true)],
  ["/v1/?a=1", moved("/v1?a=1", false)],
  ["/v1/a/..", moved("/v1", false)],
  ["/v1/a/.", moved("/v1/a", false)],
  ["/..", path("/")],
  ["/v1/%", { _tag: "Undecodable" }],
  ["/v1/%/", { _tag: "Undecodable" }],
  ["/v1/a?b=%", path("/v1/a", "b=%")]
]

describe("Targets (contract 0)", () => {
  for (const [url, target] of targets) {
    it(`${url} is read`, () => assert.deepStrictEqual<object>(Target.read(url), target))
  }
})

const types: ReadonlyArray<readonly [header: string | undefined, type: string, charset: string | undefined]> = [
  ["application/json", "application/json", undefined],
  ["Application/JSON; Charset=UTF-8", "application/json", "UTF-8"],
  ['application/json;charset="utf\\-8"  ', "application/json", "utf-8"],
  ["application/json; a=b; charset=x", "application/json", "x"],
  ["application/json ; a=b", "application/json", undefined],
  [undefined, "text/plain", undefined],
  ...[
    "",
    "application/json;",
    "application/json; charset",
    "application/json; charset=",
    "application/json; charset=utf-8;",
    "application/json; charset=a b",
    "application/json, text/plain",
    "application",
    "*"
  ].map((header) => [header, "text/plain", undefined] as const)
]

describe("Content types (contract 6)", () => {
  for (const [header, type, charset] of types) {
    it(`${header}`, () => assert.deepStrictEqual(ContentType.parse(header), { type, charset }))
  }
})

const decoded = (label: string | undefined, ...bytes: ReadonlyArray<number>) =>
  Charset.decoder(label)?.(bytes.map((byte) => Uint8Array.of(byte)))

describe("Charsets (contract 6)", () => {
  it("strip a byte order mark once", () => {
    assert.strictEqual(decoded(undefined, 0xef, 0xbb, 0xbf, 0x61), "a")
    assert.strictEqual(decoded("utf-8", 0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61), "\ufeffa")
    assert.strictEqual(decoded("utf-16le", 0xff, 0xfe, 0x61, 0x00), "a")
  })

  it("distinguish Latin-1 from windows-1252", () => {
    assert.strictEqual(decoded("iso-8859-1", 0x80, 0x9f, 0xff), "\u0080\u009fÿ")
    assert.strictEqual(decoded("windows-1252", 0x80), "€")
    assert.strictEqual(decoded("us-ascii", 0x61, 0x80), "a\ufffd")
  })

  it("are found by any spelling; unknown ones are not found", () => {
    for (const label of ["UTF-8", "utf8", "utf_8", "Latin_1", "ISO8859-1", "UCS2", "utf16le", "shift_jis"]) {
      assert.isDefined(Charset.decoder(label), label)
    }
    for (const label of ["nope", "x", "utf-9"]) assert.isUndefined(Charset.decoder(label), label)
  })
})

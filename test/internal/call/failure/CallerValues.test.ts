import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { CallerValues, type Parts } from "../../../../src/internal/call/failure/CallerValues.ts"
import { quotations } from "../../../support/Quotations.ts"

const isQuoted = (text: string, parts: Parts): boolean => new CallerValues(parts).areQuotedIn(text)
const body = (request: object): Parts => ({ body: JSON.stringify(request) })

const values: ReadonlyArray<readonly [name: string, parts: Parts, value: string]> = [
  ["a name", body({ name: "Canary \n  Lovelace" }), "Canary \n  Lovelace"],
  ["a name with diacritics", body({ name: "Zoë Brontë-Ünlü" }), "Zoë Brontë-Ünlü"],
  ["a name in Chinese", body({ name: "王小明" }), "王小明"],
  ["a name in Korean", body({ name: "김하늘" }), "김하늘"],
  ["a name in Cyrillic", body({ name: "Ада Лавлейс" }), "Ада Лавлейс"],
  ["quotation marks", body({ description: `the "first" <programmer> & 'countess'` }), `the "first" <programmer>`],
  ["an e-mail address", body({ email: "canary+tag@example.com" }), "canary+tag@example.com"],
  ["a phone number", body({ phone: "+12025550199" }), "+12025550199"],
  ["a number", body({ meta: { count: 2025550177 } }), "2025550177"],
  ["a meta key", body({ meta: { a: { "canary key": 1 } } }), "canary key"],
  ["a meta value", body({ meta: { a: [{ b: "canary value" }] } }), "canary value"],
  ["a filter key", { query: [["meta.canary key", "x"]] }, "canary key"],
  ["a filter value", { query: [["meta.x", "canary value"]] }, "canary value"],
  ["a cursor", { query: [["cursor", "canary-cursor"]] }, "canary-cursor"],
  ["a header", { headers: { "x-key": "canary header" } }, "canary header"],
  ["a name in place of an id", { ids: ["(Canary Lovelace)"] }, "Canary Lovelace"],
  ["an alias", { ids: ["c1", "@canary"] }, "canary"],
  ["the token", { token: "sk-canary-secret" }, "sk-canary-secret"]
]

describe("areQuotedIn", () => {
  it.each(values)("finds %s in any quotation", (_, parts, value) => {
    for (const [name, quote] of quotations) {
      for (const message of [quote(value), `No "${quote(value)}" here`, `no ${quote(value)}…`]) {
        assert.isTrue(isQuoted(message, parts), `${name}: ${message}`)
      }
    }
  })

  it.each(values)("finds %s cut short after five characters or more", (_, parts, value) => {
    const plain = value.replace(/[^\p{L}\p{N}]+/gu, " ").trim()
    for (let length = 5; length < plain.length; length++) {
      for (const cut of [plain.slice(0, length), plain.slice(-length)]) {
        // Words of a few characters may be left.
        if (cut.split(" ").every((word) => word.length < 4)) continue
        assert.isTrue(isQuoted(`no ${cut}…`, parts), cut)
        assert.isTrue(isQuoted(`no …${cut}`, parts), cut)
      }
    }
  })

  it.each([
    ["+12025550199", "(202) 555-0199"],
    ["+12025550199", "202.555.0199"],
    ["+33612345678", "06 12 34 56 78"],
    ["+33612345678", "06 12 34"],
    ["+442079460958", "020 7946 0958"],
    ["+4915112345678", "0151/12345678"],
    ["(202) 555-0123", "+12025550123"]
  ])("finds the phone number %s written as %s", (phone, written) =>
    assert.isTrue(isQuoted(`"phone" ${written} is taken`, body({ phone })))
  )

  it.each([
    ["Al", "nick Al taken"],
    ["Ada", "ADA is taken"],
    ["Zoë", "zoe is taken"],
    ["Ada Lovelace", "no Ada L… here"],
    ["Li Wei", "LI-WEI is taken"],
    ["Zoey", "no {nick:'Zoey'}"],
    ["Zoey", String.raw`no \"\nZoey\"`]
  ])("finds the short value %j in %j", (nick, text) => assert.isTrue(isQuoted(text, body({ nick }))))

  it.each([
    ["Also, the plan is full", body({ nick: "Al" })],
    ["The plan is full", body({ name: "Ada Lovelace", email: "ada@example.com", phone: "+12025550199" })],
    ["Workspace quota of 100 contacts exhausted", body({ name: "Ada Lovelace", meta: { tier: "gold", age: 100 } })],
    // The fields of a request are the API's words.
    ["preferences and description", body({ preferences: "x", description: "y" })],
    ["Something went wrong", {}],
    ["", body({ name: "Ada" })]
  ])("finds nothing in %j", (text, parts) => assert.isFalse(isQuoted(text, parts)))

  it("searches a body nested far deeper than the call stack", () => {
    const deep = `{"meta":${"[".repeat(100_000)}"bottom"${"]".repeat(100_000)}}`
    assert.isTrue(isQuoted("bottom", { body: deep }))
    assert.isFalse(isQuoted("top of it", { body: deep }))
  })

  it("treats any text as a quotation of a request that is too long to search", () => {
    const parts = { token: "sk", ids: ["x".repeat(5_000_000)] }
    assert.isTrue(isQuoted("The plan is full", parts))
    assert.isTrue(isQuoted("The plan is full", { body: "x".repeat(5_000_000) }))
  })

  it.effect.prop("accepts any text and any values", [Schema.String, Schema.Json], ([text, meta]) =>
    Effect.sync(() => assert.isBoolean(isQuoted(text, body({ meta }))))
  )

  it.effect.prop("finds a value whatever surrounds it", [Schema.String, Schema.String], ([before, after]) =>
    Effect.sync(() =>
      assert.isTrue(isQuoted(`${before} Canary Lovelace ${after}`.slice(0, 400), body({ name: "Canary Lovelace" })))
    )
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { leaves, scrub } from "../../src/internal/Scrub.ts"

describe("scrub", () => {
  it.each([
    ['"ada@example.com" is not valid', [], '"…" is not valid'],
    ["no contact ada+tag@mail.example.co.uk here", [], "no contact … here"],
    ["call +1 (202) 555-0123 now", [], "call … now"],
    ["call 2025550123", [], "call …"],
    ["bad token sk-abc_123", [], "bad token …"],
    ["bad token oaac-1 and oart-2", [], "bad token … and …"],
    ["jwt eyJhbGciOi.eyJzdWIi.c2ln", [], "jwt …"],
    ["Ada Lovelace is taken", ["Ada Lovelace"], "… is taken"],
    ["Ada Lovelace, Ada", ["Ada", "Ada Lovelace"], "…, …"],
    ["at /x/Ada%20Lovelace/y", ["Ada Lovelace"], "at /x/…/y"],
    ["$& and $1", ["$&"], "… and $1"],
    // Short values where they stand alone, and in any case.
    ["nick Al taken, Also", ["Al"], "nick … taken, Also"],
    ["ADA LOVELACE is taken", ["Ada Lovelace"], "… is taken"],
    ["a.c abc", ["a.c"], "… abc"],
    // What the server trimmed or escaped before it quoted it.
    ["Ada Lovelace is taken", ["  Ada Lovelace\n"], "… is taken"],
    ['"Ada \\"the\\" Countess" is taken', ['Ada "the" Countess'], '"…" is taken'],
    ["line\r\nbreak\u001b[31m", [], "line break [31m"],
    ["  ", [], ""]
  ])("%j less %j is %j", (text, sent, expected) => assert.strictEqual(scrub(text, sent), expected))

  it.each(["Not found", '"foo" is not allowed', "Unique constraint violation", "Body exceeded 1mb limit"])(
    "leaves the server's own words: %s",
    (text) => assert.strictEqual(scrub(text, ["id", "1", ""]), text)
  )

  it("bounds the length", () => assert.isAtMost(scrub("x ".repeat(10_000), []).length, 301))

  it.effect.prop("nothing that was sent survives, whatever surrounds it", [Schema.String, Schema.String], ([a, b]) =>
    Effect.sync(() => {
      const canary = "Canary Lovelace"
      assert.notInclude(scrub(`${a}${canary}${b}`, [canary]), canary)
    })
  )

  it.effect.prop(
    "any text and any sent values are taken",
    [Schema.String, Schema.Array(Schema.String)],
    ([text, sent]) => Effect.sync(() => assert.isString(scrub(text, sent)))
  )

  it("takes well-formed and ill-formed text", () => {
    assert.strictEqual(scrub("a \ud800bc d", ["\ud800bc"]), "a … d")
  })
})

describe("leaves", () => {
  it("is every string and number, however deep, and every key but the request's own", () => {
    const found = [...leaves({ a: "x", b: [1, { c: "y", d: null, e: true }], f: undefined })]
    assert.sameMembers(found, ["x", "1", "y", "c", "d", "e"])
    assert.deepStrictEqual([...leaves(undefined)], [])
  })

  it("takes a value nested far deeper than the call stack", () => {
    let deep: unknown = "bottom"
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    assert.deepStrictEqual([...leaves(deep)], ["bottom"])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { isEmailValid } from "@hapi/address"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { isEmail } from "../../../../src/internal/server/contacts/EmailSyntax.ts"

const pieces = [
  ..."ab.@-_+%!#$&'*/=?^`{|}~ \t\n\0,;:\\\"()<>[]0129",
  "..",
  "@b.co",
  "é",
  "e\u0301",
  "日本",
  "😀",
  "\ud800",
  "\u3002",
  "\u00ad",
  "ß",
  "xn--",
  "a".repeat(30),
  "é".repeat(31),
  ".com",
  ".museum",
  ".c1",
  ".1c",
  "1.2.3.4",
  "%41",
  "%zz"
]

const text = Effect.gen(function* () {
  const length = yield* Random.nextIntBetween(1, 8)
  let out = ""
  for (let index = 0; index < length; index++) out += yield* Random.choice(pieces)
  return out
})

describe("E-mail syntax (contract 2)", () => {
  for (const [email, valid] of [
    ["a@b.co", true],
    ["ü@exämple.de", true],
    ["a@b", false],
    [" a@b.co", false],
    [`${"x".repeat(64)}@b.co`, true],
    [`${"x".repeat(65)}@b.co`, false],
    [`${"é".repeat(33)}@b.co`, false],
    [`a@${"x".repeat(63)}.co`, true],
    [`a@${"x".repeat(64)}.co`, false],
    [`a@${"x.".repeat(125)}co`, true],
    [`a@${"x.".repeat(126)}co`, false]
  ] as const) {
    it(`${email.slice(0, 20)} (${email.length}) -> ${valid}`, () => {
      assert.strictEqual(isEmail(email), valid)
      assert.strictEqual(isEmailValid(email), valid)
    })
  }

  it.effect("agrees with @hapi/address, which the real server uses", () =>
    Effect.gen(function* () {
      let valid = 0
      for (let index = 0; index < 20_000; index++) {
        const email = index % 2 === 0 ? `${yield* text}@${yield* text}.co` : yield* text
        const expected = isEmailValid(email)
        if (expected) valid++
        assert.strictEqual(isEmail(email), expected, JSON.stringify(email))
      }
      assert.isAbove(valid, 100)
    }).pipe(Random.withSeed("email"))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { uriRegex } from "@hapi/address"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { isHttpUri } from "../../../../src/internal/server/secrets/proxy/UriSyntax.ts"

const { regex } = uriRegex({ scheme: ["http", "https"] })

const pieces = [
  ..."aZ09-._~%!$&'()*+,;=:@/?#[]v \t\n\0\"<>\\^`{|}",
  "://",
  "http",
  "https",
  "HTTP",
  "::",
  "[::1]",
  "[::ffff:1.2.3.4]",
  "[1:2:3:4:5:6:7:8]",
  "[1:2:3:4:5:6:1.2.3.4]",
  "[v1.a:b]",
  "256.1.1.1",
  "%41",
  "é",
  "\u{1f600}",
  "\ud800",
  "x".repeat(256)
]

const addressPieces = [..."019aFgv.:", "::", "ffff", "255", "256", "1.2.3.4"]

const textOf = (choices: ReadonlyArray<string>, most: number) =>
  Effect.gen(function* () {
    const length = yield* Random.nextIntBetween(0, most)
    let out = ""
    for (let index = 0; index < length; index++) out += yield* Random.choice(choices)
    return out
  })

describe("URI syntax (contract 3.9.5)", () => {
  it.effect("agrees with @hapi/address, which joi uses", () =>
    Effect.gen(function* () {
      let valid = 0
      for (let index = 0; index < 30_000; index++) {
        const host = index % 3 === 0 ? `[${yield* textOf(addressPieces, 12)}]` : "third.example"
        const uri = index % 5 === 0 ? yield* textOf(pieces, 8) : `https://${host}${yield* textOf(pieces, 5)}`
        const expected = regex.test(uri)
        if (expected) valid++
        assert.strictEqual(isHttpUri(uri), expected, JSON.stringify(uri))
      }
      assert.isAbove(valid, 1000)
    }).pipe(Random.withSeed("uri"))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { createHmac } from "node:crypto"
import * as Hmac from "../../../../src/internal/server/secrets/value/Hmac.ts"

describe("HMAC-SHA-256", () => {
  it.effect("is that of Node, for any key and text", () =>
    Effect.gen(function* () {
      for (let length = 0; length < 300; length++) {
        const key = new Uint8Array(yield* Effect.replicateEffect(Random.nextIntBetween(0, 256), length % 65))
        const text = String.fromCharCode(...(yield* Effect.replicateEffect(Random.nextIntBetween(1, 0xd800), length)))
        assert.deepStrictEqual(
          [...Hmac.sha256(key, text)],
          [...createHmac("sha256", key).update(text).digest()],
          `${length}`
        )
      }
    }).pipe(Random.withSeed("hmac"))
  )
})

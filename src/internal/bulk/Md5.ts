import * as Digest from "effect/crypto/Digest"

const encoder = /* @__PURE__ */ new TextEncoder()

/** The MD5 of a text: 16 bytes. It is synchronous, in browsers too. */
export const md5 = (text: string): Uint8Array => {
  const { implementation } = Digest.md5
  if (implementation === undefined) throw new Error("Effect has no implementation of MD5")
  return implementation(encoder.encode(text))
}

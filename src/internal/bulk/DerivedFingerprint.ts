/** The fingerprints of rows without one. They are the same in every run of a job, so that the server keeps rows from being made twice. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"

const encoder = /* @__PURE__ */ new TextEncoder()

/** The part that the fingerprints of a job have in common: 128 bits of the SHA-256 of its name. */
export const prefix = (job: string): Effect.Effect<string> =>
  Digest.Digest.use((digest) => digest.digestHex(Digest.sha256, encoder.encode(job))).pipe(
    Effect.map((hex) => `${hex.slice(0, 32)}-`),
    Effect.provide(Digest.layerWebCrypto)
  )

/** Lets SHA-256 come at once: the workflow engine would take it from WebCrypto, and virtual time cannot wait for a promise. */
import * as Digest from "effect/crypto/Digest"
import { createHash } from "node:crypto"

export const install = (): void => {
  Object.defineProperty(Digest.sha256, "implementation", {
    value: (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest())
  })
}

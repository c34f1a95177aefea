import type * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { ApiFailure } from "../../http/ApiFailure.ts"
import * as Exceptions from "../../http/Exceptions.ts"
import * as Hmac from "./Hmac.ts"

const encoder = new TextEncoder()

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text))

/** A JSON Web Token with these claims, signed with HS256. The secret has at most 64 bytes. */
export const signWithSecret = (claims: object, secret: Uint8Array): string => {
  const input = signedPart({ alg: "HS256" }, claims)
  return `${input}.${Base64Url.encode(Hmac.sha256(secret, input))}`
}

/** True for a token that was signed with HS256 and this secret, and has not expired. `now` is in milliseconds. */
export const isValid = (token: string, secret: Uint8Array, now: number): boolean => {
  const [header = "", payload = "", signature = "", ...more] = token.split(".")
  if (more.length > 0 || signature !== Base64Url.encode(Hmac.sha256(secret, `${header}.${payload}`))) return false
  const claims: unknown = JSON.parse(Result.getOrElse(Base64Url.decodeString(payload), () => "null"))
  return Predicate.hasProperty(claims, "exp") && typeof claims.exp === "number" && claims.exp * 1000 > now
}

type SigningAlgorithm = RsaHashedImportParams & RsaPssParams & EcKeyImportParams & EcdsaParams

/** The parameters of WebCrypto for an algorithm of a JSON Web Token; undefined if it can't be signed with a PKCS #8 key. */
const parametersOf = (algorithm: string): SigningAlgorithm | { readonly name: string } | undefined => {
  const [, family, bits = ""] = /^(RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? []
  const hash = `SHA-${bits}`
  if (family === "RS") return { name: "RSASSA-PKCS1-v1_5", hash }
  if (family === "PS") return { name: "RSA-PSS", hash, saltLength: Number(bits) / 8 }
  if (family === "ES") return { name: "ECDSA", hash, namedCurve: bits === "512" ? "P-521" : `P-${bits}` }
  return algorithm === "EdDSA" || algorithm === "Ed25519" ? { name: "Ed25519" } : undefined
}

const pemHeader = "-----BEGIN PRIVATE KEY-----"
const pemFrame = /-----(?:BEGIN|END) PRIVATE KEY-----|\s/g
const minRsaBits = 2048

/**
 * A JSON Web Token with these claims, signed with a private key: PKCS #8 in PEM (wire contract 3.9.2). A bad key or
 * algorithm is the 500 with the message of `jose`, the library of the real server, or of the runtime.
 */
export const signWithPrivateKey = (
  claims: object,
  { algorithm, pem }: { readonly algorithm: string; readonly pem: string }
): Effect.Effect<string, ApiFailure> =>
  Exceptions.attemptPromise(async () => {
    if (!pem.startsWith(pemHeader)) throw new TypeError('"pkcs8" must be PKCS#8 formatted string')
    const parameters = parametersOf(algorithm)
    if (parameters === undefined) throw new TypeError('Invalid or unsupported "alg" (Algorithm) value')
    const der = Uint8Array.from(atob(pem.replace(pemFrame, "")), (char) => char.charCodeAt(0))
    const key = await crypto.subtle.importKey("pkcs8", der, parameters, false, ["sign"])
    if (Predicate.hasProperty(key.algorithm, "modulusLength") && Number(key.algorithm.modulusLength) < minRsaBits) {
      throw new TypeError(`${algorithm} requires key modulusLength to be ${minRsaBits} bits or larger`)
    }
    const input = signedPart({ alg: algorithm }, claims)
    const signature = await crypto.subtle.sign(parameters, key, toBytes(input))
    return `${input}.${Base64Url.encode(new Uint8Array(signature))}`
  })

const signedPart = (header: object, claims: object): string => `${part(header)}.${part(claims)}`

const part = (value: object): string => Base64Url.encode(JSON.stringify(value))

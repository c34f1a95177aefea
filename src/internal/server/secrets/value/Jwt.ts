import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { ApiFailure } from "../../http/ApiFailure.ts"
import * as Exceptions from "../../http/Exceptions.ts"

const hmac = { name: "HMAC", hash: "SHA-256" } as const

const encoder = new TextEncoder()

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text))

/** A JSON Web Token with these claims, signed with HS256. */
export const signWithSecret = (claims: object, secret: Uint8Array<ArrayBuffer>): Effect.Effect<string> =>
  Effect.promise(async () => {
    const key = await crypto.subtle.importKey("raw", secret, hmac, false, ["sign"])
    return signed({ alg: "HS256" }, claims, (data) => crypto.subtle.sign(hmac, key, data))
  })

/** True for a token that was signed with HS256 and this secret, and has not expired. `now` is in milliseconds. */
export const isValid = (token: string, secret: Uint8Array<ArrayBuffer>, now: number): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const [header = "", payload = "", signature = "", ...more] = token.split(".")
    const decoded = Base64Url.decode(signature)
    if (more.length > 0 || Result.isFailure(decoded)) return false
    const key = await crypto.subtle.importKey("raw", secret, hmac, false, ["verify"])
    const data = toBytes(`${header}.${payload}`)
    if (!(await crypto.subtle.verify(hmac, key, new Uint8Array(decoded.success), data))) return false
    const claims: unknown = JSON.parse(Result.getOrElse(Base64Url.decodeString(payload), () => "null"))
    return Predicate.hasProperty(claims, "exp") && typeof claims.exp === "number" && claims.exp * 1000 > now
  })

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
    return signed({ alg: algorithm }, claims, (data) => crypto.subtle.sign(parameters, key, data))
  })

const signed = async (
  header: object,
  claims: object,
  sign: (data: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>
): Promise<string> => {
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${Base64Url.encode(new Uint8Array(await sign(toBytes(input))))}`
}

const part = (value: object): string => Base64Url.encode(JSON.stringify(value))

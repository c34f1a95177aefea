import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import type { SecretRecord } from "../../../../src/internal/server/secrets/SecretRecord.ts"
import type { SecretSeed } from "../../../../src/internal/server/secrets/SecretSeeds.ts"
import { generic, layer, parse } from "../Harness.ts"
import {
  act,
  claims,
  makeUpstream,
  missing,
  seedContacts,
  seedPersonal,
  seedSecrets,
  seedValue
} from "./SecretHarness.ts"

/** The value of the personal secret `s` as a third party gets it; undefined if there is none. */
const sent = (seeding: Effect.Effect<void, never, Effect.Services<ReturnType<typeof seedPersonal>>>) => {
  const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
  return Effect.gen(function* () {
    yield* seeding
    const got = yield* act("proxy", "s")
    if (got.status === 409) assert.match(parse(got.text).message, /^A linked secret exists/)
    else assert.strictEqual(got.status, 200, got.text)
    return seen[0]?.headers["authorization"]
  }).pipe(Effect.provide(layer({ upstream, secretTemplates: { crm: { type: "bearer", config: { schema: "Crm" } } } })))
}

const basic = (credentials: string) => `Basic ${Base64.encode(credentials)}`

describe("value by type (contract 3.9.2)", () => {
  const cases: ReadonlyArray<readonly [type: SecretRecord["type"], stored: string, value: string | undefined]> = [
    ["plain", "text", "text"],
    ["plain", "a  b", "a  b"],
    ["basic", "user:password", basic("user:password")],
    ["basic", " user:pass:word ", basic("user:pass:word")],
    ["basic", "user:pässword", basic("user:pässword")],
    ["basic", "just text", basic("just text")],
    ["basic", '{"username":"u","password":"p"}', basic("u:p")],
    ["basic", '{"user":"u","pass":"p"}', basic("u:p")],
    ["basic", '{"user":"u"}', basic("u:")],
    ["basic", '{"password":"p"}', basic(":p")],
    ["basic", '{"username":"a","user":"b","pass":"p"}', basic("a:p")],
    ["basic", '{"other":"x"}', undefined],
    ["basic", '{"user":1}', undefined],
    ["basic", "{}", undefined],
    ["basic", "username: u\npassword: p", basic("u:p")],
    ["basic", "user: 'u'\npass: \"p\"", basic("u:p")],
    ["basic", "user:u\npass:p", basic("u:p")],
    ["basic", "username=u\npassword=p", basic("u:p")],
    ["basic", "# comment\n\n user = u\r\n pass = p=q ", basic("u:p=q")],
    ["basic", "user=u", basic("u:")],
    ["basic", "user: u", basic("u:")],
    ["basic", "user:", basic("user:")],
    ["basic", "other=x\nanother=y", undefined],
    ["basic", "\n ", undefined],
    ["bearer", " token ", "Bearer token"],
    ["bearer", "\t \n", undefined],
    ["jwt", " ", undefined]
  ]
  for (const [type, stored, value] of cases) {
    it.effect(`${type} stored as ${JSON.stringify(stored)}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* sent(seedPersonal(stored, { type })), value)
      })
    )
  }

  const schemas: ReadonlyArray<readonly [schema: string | number, value: string]> = [
    ["Token", "Token token"],
    [" Key ", "Key token"],
    ["", "Bearer token"],
    [" ", "Bearer token"],
    [1, "Bearer token"]
  ]
  for (const [schema, value] of schemas) {
    it.effect(`bearer with the schema ${JSON.stringify(schema)}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* sent(seedPersonal("token", { type: "bearer", config: { schema } })), value)
      })
    )
  }
})

const pem = (der: ArrayBuffer) =>
  `-----BEGIN PRIVATE KEY-----\n${Base64.encode(new Uint8Array(der)).replace(/.{1,64}/g, "$&\n")}-----END PRIVATE KEY-----\n`

const makeKey = (algorithm: RsaHashedKeyGenParams | EcKeyGenParams | { readonly name: "Ed25519" }) =>
  Effect.promise(async () => {
    const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
    if (!("privateKey" in pair)) throw new Error("no pair")
    return { publicKey: pair.publicKey, pem: pem(await crypto.subtle.exportKey("pkcs8", pair.privateKey)) }
  })

const rsa = (name: string, bits: number, modulusLength = 2048) => ({
  name,
  hash: `SHA-${bits}`,
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1])
})
const rs256 = rsa("RSASSA-PKCS1-v1_5", 256)
const es256 = { name: "ECDSA", namedCurve: "P-256" }

describe("jwt (contract 3.9.2)", () => {
  const algorithms: ReadonlyArray<readonly [algorithm: string, key: Parameters<typeof makeKey>[0], verify: object]> = [
    ["RS256", rs256, {}],
    ["RS512", rsa("RSASSA-PKCS1-v1_5", 512), {}],
    ["PS384", rsa("RSA-PSS", 384), { saltLength: 48 }],
    ["ES256", es256, { hash: "SHA-256" }],
    ["ES384", { name: "ECDSA", namedCurve: "P-384" }, { hash: "SHA-384" }],
    ["ES512", { name: "ECDSA", namedCurve: "P-521" }, { hash: "SHA-512" }],
    ["EdDSA", { name: "Ed25519" }, {}]
  ]
  for (const [algorithm, key, verify] of algorithms) {
    it.effect(`signs with ${algorithm}`, () =>
      Effect.gen(function* () {
        const { pem, publicKey } = yield* makeKey(key)
        yield* seedPersonal(pem, { type: "jwt", config: { algorithm } })
        const { token } = parse((yield* act("mint", "s")).text)
        const [header = "", payload = "", signature = ""] = String(token).split(".")
        assert.deepStrictEqual(parse(Result.getOrThrow(Base64Url.decodeString(header))), { alg: algorithm })
        const valid = yield* Effect.promise(() =>
          crypto.subtle.verify(
            { ...key, ...verify },
            publicKey,
            new Uint8Array(Result.getOrThrow(Base64Url.decode(signature))),
            new TextEncoder().encode(`${header}.${payload}`)
          )
        )
        assert.isTrue(valid)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("RS256 for 600 seconds by default, from the Clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_900)
      const { pem } = yield* makeKey(rs256)
      yield* seedPersonal(`\n${pem} `, { type: "jwt" })
      const { expiresAt, token } = parse((yield* act("mint", "s")).text)
      assert.strictEqual(expiresAt, 1_700_000_600_900)
      assert.deepStrictEqual(claims(token), { iat: 1_700_000_000, exp: 1_700_000_600 })
      assert.strictEqual(token, parse((yield* act("mint", "s")).text).token)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("with claims, a lifetime and a scheme word", () =>
    Effect.gen(function* () {
      const { pem } = yield* makeKey(es256)
      const config = {
        algorithm: "ES256",
        expiresInSeconds: 60,
        claims: { iss: "app", aud: ["x"], exp: 1 },
        schema: "Jwt"
      }
      const value = yield* sent(seedPersonal(pem, { type: "jwt", config }))
      assert.strictEqual(value?.slice(0, 4), "Jwt ")
      assert.deepStrictEqual(claims(value ?? ""), { iss: "app", aud: ["x"], exp: 60, iat: 0 })
    })
  )

  it.effect("a bad key or algorithm is another error, with the text of the library or the runtime", () =>
    Effect.gen(function* () {
      const ec = yield* makeKey(es256)
      const short = yield* makeKey(rsa("RSASSA-PKCS1-v1_5", 256, 1024))
      yield* seedContacts
      const cases: ReadonlyArray<readonly [value: string, algorithm: string, message: string]> = [
        ["key", "RS256", '"pkcs8" must be PKCS#8 formatted string'],
        ["-----BEGIN RSA PRIVATE KEY-----", "RS256", '"pkcs8" must be PKCS#8 formatted string'],
        ["-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----", "RS256", "Invalid character"],
        ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "RS256", "Invalid keyData"],
        [ec.pem, "HS256", 'Invalid or unsupported "alg" (Algorithm) value'],
        [ec.pem, "none", 'Invalid or unsupported "alg" (Algorithm) value'],
        [ec.pem, "RS256", "Invalid key type"],
        [ec.pem, "ES384", "Named curve mismatch"],
        [short.pem, "RS256", "RS256 requires key modulusLength to be 2048 bits or larger"]
      ]
      for (const [index, [value, algorithm, message]] of cases.entries()) {
        yield* seedSecrets([{ id: `s${index}`, kind: "personal", type: "jwt", config: { algorithm } }])
        yield* seedValue(`s${index}`, value)
        const minted = yield* act("mint", `s${index}`)
        assert.strictEqual(minted.text, generic(message))
        const verified = yield* act("verify", `s${index}`)
        assert.strictEqual(verified.text, JSON.stringify({ message, code: "CONFLICT" }))
      }
    }).pipe(Effect.provide(layer()))
  )
})

describe("template and reference (contract 3.9.2)", () => {
  const bearer = { id: "b", type: "bearer", alias: "b", name: "B", config: { schema: "Key" }, value: "own" } as const
  const seeding = (config: SecretSeed["config"] & object, ...others: ReadonlyArray<SecretSeed>) =>
    Effect.gen(function* () {
      yield* seedPersonal("token", { type: "reference", config })
      yield* seedSecrets([bearer, ...others])
    })

  for (const config of [{ reference: "b" }, { secretId: "@b" }, { id: "(B)" }, { reference: "b", id: "missing" }]) {
    it.effect(`${JSON.stringify(config)}: as that secret, with the contact's own value`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* sent(seeding(config)), "Key token")
      })
    )
  }

  it.effect("a reference to a reference", () =>
    Effect.gen(function* () {
      const through = { id: "r", type: "reference", config: { reference: "b" } } as const
      assert.strictEqual(yield* sent(seeding({ reference: "r" }, through)), "Key token")
    })
  )

  it.effect("a template", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* sent(seedPersonal("token", { type: "template", config: { template: "crm" } })),
        "Crm token"
      )
    })
  )

  it.effect("a template whose configuration the caller changes later stays as it was", () => {
    const config = { schema: "Crm" }
    const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
    return Effect.gen(function* () {
      yield* seedPersonal("token", { type: "template", config: { template: "crm" } })
      config.schema = "Changed"
      yield* act("proxy", "s")
      assert.strictEqual(seen[0]?.headers["authorization"], "Crm token")
    }).pipe(Effect.provide(layer({ upstream, secretTemplates: { crm: { type: "bearer", config } } })))
  })

  it.effect("without a value of the contact it is missing, whatever it stands for", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined, { type: "reference", config: { reference: "b" } })
      yield* seedSecrets([bearer])
      assert.match(parse((yield* act("mint", "s")).text).message, missing)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a shared reference without a value of its own has that of the secret it stands for", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "s", type: "reference", config: { reference: "b" } }, bearer])
      assert.strictEqual((yield* act("verify", "s")).text, '{"id":"s","status":"authenticated"}')
    }).pipe(Effect.provide(layer()))
  )

  const unknown: ReadonlyArray<readonly [secret: SecretSeed, message: string]> = [
    [{ type: "template" }, "Cannot find secret template"],
    [{ type: "template", config: { template: "nothing" } }, "Cannot find secret template"],
    [{ type: "template", config: { template: 1 } }, "Cannot find secret template"],
    [{ type: "template", config: { template: "toString" } }, "Cannot find secret template"],
    [{ type: "reference" }, "Cannot find secret reference"],
    [{ type: "reference", config: { reference: "missing" } }, "Cannot find secret reference"],
    [{ type: "reference", config: { reference: "theirs" } }, "Cannot find secret reference"],
    [{ type: "reference", config: { reference: "s" } }, "Cannot find secret reference"],
    [{ type: "reference", config: { reference: "()" } }, "Name is required"]
  ]
  for (const [secret, message] of unknown) {
    it.effect(`${JSON.stringify(secret)} is another error`, () =>
      Effect.gen(function* () {
        yield* seedPersonal("value", secret)
        yield* seedSecrets([{ id: "theirs" }], "sk-other")
        for (const action of ["mint", "proxy", "revoke"] as const) {
          const got = yield* act(action, "s")
          assert.strictEqual(got.status, 500)
          assert.strictEqual(got.text, generic(message))
        }
        assert.strictEqual((yield* act("verify", "s")).text, JSON.stringify({ message, code: "CONFLICT" }))
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("a reference is resolved as its owner", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets(
        [
          { id: "s", kind: "personal", visibility: "public", type: "reference", config: { reference: "@b" } },
          { ...bearer, id: "theirs" }
        ],
        "sk-other"
      )
      yield* seedSecrets([{ ...bearer, type: "jwt" }])
      yield* seedValue("s", "token")
      assert.strictEqual((yield* act("verify", "s")).text, '{"id":"s","status":"authenticated"}')
    }).pipe(Effect.provide(layer()))
  )
})

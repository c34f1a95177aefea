import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { SecretRecord } from "../../../../src/internal/server/secrets/SecretRecord.ts"
import { generic, layer, parse } from "../Harness.ts"
import { act, authorization, missing, seedContacts, seedPersonal, seedSecrets, seedValue } from "./SecretHarness.ts"

const staticType = (type: string) =>
  JSON.stringify({
    error: "not_mintable",
    message: `Secrets of type '${type}' cannot be minted for a token; use the egress proxy instead.`
  })

const shared = JSON.stringify({
  error: "not_mintable",
  message: "Shared secrets cannot be minted in a contact context; use the unscoped /secret/{secretId}/mint endpoint."
})

const isOwnError = (headers: Readonly<Record<string, string>>) => {
  assert.strictEqual(headers["content-type"], "application/json")
  assert.isUndefined(headers["x-failure-code"])
}

describe("mint (contract 3.9.4)", () => {
  it.effect("gives the access token, and its expiry or null", () =>
    Effect.gen(function* () {
      yield* seedPersonal(JSON.stringify({ accessToken: "token-1", accessTokenExpiresAt: 5000 }), { type: "oauth" })
      const expiring = yield* act("mint", "s")
      assert.strictEqual(expiring.status, 200)
      assert.strictEqual(expiring.text, '{"token":"token-1","expiresAt":5000}')
      yield* seedSecrets([{ id: "lasting", kind: "personal", type: "oauth" }])
      yield* seedValue("lasting", "accessToken: token-2\n")
      const lasting = yield* act("mint", "lasting")
      assert.strictEqual(lasting.text, '{"token":"token-2","expiresAt":null}')
    }).pipe(Effect.provide(layer()))
  )

  const types: ReadonlyArray<SecretRecord["type"]> = ["plain", "basic", "bearer"]
  for (const type of types) {
    it.effect(`409 for the type ${type}`, () =>
      Effect.gen(function* () {
        yield* seedPersonal("value", { type })
        const got = yield* act("mint", "s")
        assert.strictEqual(got.status, 409)
        assert.strictEqual(got.text, staticType(type))
        isOwnError(got.headers)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("a reference is minted as the secret it stands for", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value", { type: "reference", config: { id: "plain" } })
      yield* seedSecrets([
        { id: "plain" },
        { id: "oauth", type: "oauth" },
        { id: "t", kind: "personal", type: "reference", config: { secretId: "oauth" } }
      ])
      yield* seedValue("t", "accessToken: token-1")
      const plain = yield* act("mint", "s")
      assert.strictEqual(plain.text, staticType("plain"))
      const oauth = yield* act("mint", "t")
      assert.strictEqual(oauth.text, '{"token":"token-1","expiresAt":null}')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 with URL without a value, before the type is looked at", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined, { type: "plain" })
      const got = yield* act("mint", "s")
      assert.strictEqual(got.status, 409)
      const body = parse(got.text)
      assert.deepStrictEqual(Object.keys(body), ["error", "message", "url"])
      assert.strictEqual(body.error, "authorization_required")
      assert.match(body.message, missing)
      assert.strictEqual(authorization(body.url).secretId, "s")
      isOwnError(got.headers)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 with URL if the value resolves to nothing", () =>
    Effect.gen(function* () {
      yield* seedPersonal("refreshToken: r", { type: "oauth" })
      const got = yield* act("mint", "s")
      assert.strictEqual(got.status, 409)
      const { url, ...rest } = parse(got.text)
      assert.deepStrictEqual(rest, {
        error: "authorization_required",
        message: "The secret has no value; authenticate it first."
      })
      assert.strictEqual(authorization(url).secretId, "s")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 without URL for a contact that is not verified", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      const got = yield* act("mint", "s", { contact: "bob" })
      assert.strictEqual(got.status, 409)
      assert.strictEqual(got.text, '{"error":"authorization_required","message":"Cannot obtain secret manager"}')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("403 for a shared secret, whoever the contact is", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "s", type: "oauth", value: "accessToken: token-1" }])
      for (const contact of ["ada", "bob"]) {
        const got = yield* act("mint", "s", { contact })
        assert.strictEqual(got.status, 403)
        assert.strictEqual(got.text, shared)
        isOwnError(got.headers)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 for a token that is the platform's own, but not for one that only looks so", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined, { type: "oauth" })
      const { text } = yield* act("authenticate", "s")
      const state: string = parse(text).url.match(/state=([^&]+)/)[1]
      yield* seedValue("s", JSON.stringify({ accessToken: state }))
      const own = yield* act("mint", "s")
      assert.strictEqual(own.status, 409)
      assert.strictEqual(
        own.text,
        '{"error":"not_mintable","message":"Platform-managed secrets cannot be minted for a token; use the egress proxy instead."}'
      )
      yield* seedSecrets([{ id: "t", kind: "personal", type: "oauth" }])
      const [header = "", payload = ""] = state.split(".")
      const forged = `${header}.${payload}.AAAA`
      yield* seedValue("t", JSON.stringify({ accessToken: forged }))
      const other = yield* act("mint", "t")
      assert.strictEqual(parse(other.text).token, forged)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("500 with the text of another error, code first", () =>
    Effect.gen(function* () {
      yield* seedPersonal("no key", { type: "jwt" })
      yield* seedSecrets([{ id: "t", kind: "personal", type: "template", config: { template: "nothing" } }])
      yield* seedValue("t", "value")
      const jwt = yield* act("mint", "s")
      assert.strictEqual(jwt.status, 500)
      assert.strictEqual(jwt.text, generic('"pkcs8" must be PKCS#8 formatted string'))
      const template = yield* act("mint", "t")
      assert.strictEqual(template.status, 500)
      assert.strictEqual(template.text, generic("Cannot find secret template"))
    }).pipe(Effect.provide(layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { generic, layer, parse } from "../Harness.ts"
import {
  act,
  authorization,
  makeUpstream,
  missing,
  seedContacts,
  seedPersonal,
  seedSecrets,
  seedValue,
  storedValue
} from "./SecretHarness.ts"

const conflict = (message: string) => JSON.stringify({ message, code: "CONFLICT" })
const noManager = '{"message":"Cannot obtain secret manager","code":"NOT_AUTHENTICATED"}'
const unknownTemplate = { type: "template", config: { template: "nothing" } } as const

const tokens = JSON.stringify({ accessToken: "token-1" })
const revocable = {
  type: "oauth",
  config: { revokeUrl: "https://provider.example/revoke", clientId: "id", clientSecret: "s&cret" }
} as const

describe("authenticate (contract 3.9.3)", () => {
  for (const stored of [undefined, "value"]) {
    it.effect(`gives the raw URL, ${stored === undefined ? "without" : "with"} a value`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_700_000_000_500)
        yield* seedPersonal(stored)
        const got = yield* act("authenticate", "s")
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.headers["content-type"], "application/json")
        const body = parse(got.text)
        assert.deepStrictEqual(Object.keys(body), ["id", "url"])
        assert.strictEqual(body.id, "s")
        const state = yield* ServerState.ServerState
        const { claims, secretId } = authorization(body.url)
        assert.strictEqual(secretId, "s")
        const { jti, ...others } = claims
        assert.isString(jti)
        assert.deepStrictEqual(others, {
          userId: state.secrets.get("s")?.account,
          secretId: "s",
          contact: { id: "ada" },
          iat: 1_700_000_000,
          exp: 1_700_000_900
        })
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("the URL is new each time, and has no side effect", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      const first = yield* act("authenticate", "s")
      const second = yield* act("authenticate", "s")
      assert.notStrictEqual(parse(first.text).url, parse(second.text).url)
      assert.strictEqual(yield* storedValue(), "value")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 for a contact that is not verified, and for a shared secret", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      yield* seedSecrets([{ id: "shared", value: "value" }])
      const unverified = yield* act("authenticate", "s", { contact: "bob" })
      assert.strictEqual(unverified.status, 409)
      assert.strictEqual(unverified.text, conflict("Cannot authenticate secret for this secret configuration"))
      for (const contact of ["ada", "bob"]) {
        const shared = yield* act("authenticate", "shared", { contact })
        assert.strictEqual(shared.status, 409)
        assert.strictEqual(shared.text, conflict("Cannot obtain secret for this secret type"))
        assert.isUndefined(shared.headers["x-failure-code"])
      }
    }).pipe(Effect.provide(layer()))
  )
})

describe("verify (contract 3.9.3)", () => {
  it.effect("authenticated with a value", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      const got = yield* act("verify", "s")
      assert.strictEqual(got.status, 200)
      assert.strictEqual(got.text, '{"id":"s","status":"authenticated"}')
      assert.strictEqual(yield* storedValue(), "value")
    }).pipe(Effect.provide(layer()))
  )

  const unauthenticated: ReadonlyArray<readonly [title: string, value: string | undefined, type: "plain" | "basic"]> = [
    ["no row", undefined, "plain"],
    ["an empty value", "", "plain"],
    ["a value that resolves to nothing", "user=\nother: x", "basic"]
  ]
  for (const [title, value, type] of unauthenticated) {
    it.effect(`unauthenticated with ${title}`, () =>
      Effect.gen(function* () {
        yield* seedPersonal(value, { type })
        const got = yield* act("verify", "s")
        assert.strictEqual(got.status, 200)
        const body = parse(got.text)
        assert.deepStrictEqual(Object.keys(body), ["id", "status", "action"])
        assert.deepStrictEqual(Object.keys(body.action), ["type", "url"])
        assert.strictEqual(body.status, "unauthenticated")
        assert.strictEqual(body.action.type, "authenticate")
        assert.strictEqual(authorization(body.action.url).claims.contact.id, "ada")
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("409 for a contact that is not verified", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      yield* seedValue("s", "value", "bob")
      const got = yield* act("verify", "s", { contact: "bob" })
      assert.strictEqual(got.status, 409)
      assert.strictEqual(got.text, conflict("Cannot verify secret for this secret configuration"))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 with the text of another error, personal or shared", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value", unknownTemplate)
      yield* seedSecrets([{ id: "shared", value: "value", ...unknownTemplate }])
      for (const secret of ["s", "shared"]) {
        const got = yield* act("verify", secret)
        assert.strictEqual(got.status, 409)
        assert.strictEqual(got.text, conflict("Cannot find secret template"))
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("shared: authenticated with a value, 409 without, whoever the contact is", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "full", value: "value" }, { id: "empty" }, { id: "blank", type: "bearer", value: " " }])
      for (const contact of ["ada", "bob"]) {
        const full = yield* act("verify", "full", { contact })
        assert.strictEqual(full.text, '{"id":"full","status":"authenticated"}')
        for (const secret of ["empty", "blank"]) {
          const got = yield* act("verify", secret, { contact })
          assert.strictEqual(got.status, 409)
          assert.strictEqual(got.text, conflict("Cannot obtain secret for this secret type"))
        }
      }
    }).pipe(Effect.provide(layer()))
  )
})

describe("revoke (contract 3.9.3)", () => {
  it.effect("deletes the value; repeated, it is 401 with the text of the missing value", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      const got = yield* act("revoke", "s")
      assert.strictEqual(got.status, 200)
      assert.strictEqual(got.text, '{"id":"s"}')
      assert.isUndefined(yield* storedValue())
      const again = yield* act("revoke", "s")
      assert.strictEqual(again.status, 401)
      const body = parse(again.text)
      assert.deepStrictEqual(Object.keys(body), ["message", "code"])
      assert.strictEqual(body.code, "NOT_AUTHENTICATED")
      assert.match(body.message, missing)
      assert.isUndefined(again.headers["x-failure-code"])
      const once = yield* act("revoke", "s")
      assert.notStrictEqual(parse(once.text).message, body.message)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("401 for a contact that is not verified, whose value stays", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined)
      yield* seedValue("s", "value", "bob")
      const got = yield* act("revoke", "s", { contact: "bob" })
      assert.strictEqual(got.status, 401)
      assert.strictEqual(got.text, noManager)
      assert.strictEqual(yield* storedValue("s", "bob"), "value")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("404 if the value resolves to nothing, and the row stays", () =>
    Effect.gen(function* () {
      yield* seedPersonal(" ", { type: "bearer" })
      const got = yield* act("revoke", "s")
      assert.strictEqual(got.status, 404)
      assert.strictEqual(got.text, '{"message":"Not found","code":"NOT_FOUND"}')
      assert.strictEqual(yield* storedValue(), " ")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("500 with the text of another error", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value", unknownTemplate)
      const got = yield* act("revoke", "s")
      assert.strictEqual(got.status, 500)
      assert.strictEqual(got.text, generic("Cannot find secret template"))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("shared: 500 with a value, 404 without", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "full", value: "value" }, { id: "empty" }])
      const full = yield* act("revoke", "full")
      assert.strictEqual(full.status, 500)
      assert.strictEqual(full.text, generic("System error occurred"))
      const empty = yield* act("revoke", "empty")
      assert.strictEqual(empty.status, 404)
    }).pipe(Effect.provide(layer()))
  )

  for (const status of [200, 503]) {
    it.effect(`oauth: tells the provider first, which answers ${status}`, () => {
      const { seen, upstream } = makeUpstream(() => ({ status }))
      return Effect.gen(function* () {
        yield* seedPersonal(tokens, revocable)
        const got = yield* act("revoke", "s")
        assert.strictEqual(got.text, '{"id":"s"}')
        assert.deepStrictEqual(seen, [
          {
            method: "POST",
            url: "https://provider.example/revoke",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: "token=token-1&client_id=id&client_secret=s%26cret"
          }
        ])
        assert.isUndefined(yield* storedValue())
      }).pipe(Effect.provide(layer({ upstream })))
    })
  }

  it.effect("oauth: a provider that can't be reached, or an invalid URL of it, is ignored", () =>
    Effect.gen(function* () {
      yield* seedPersonal(tokens, revocable)
      yield* seedSecrets([{ id: "odd", kind: "personal", type: "oauth", config: { revokeUrl: "http://" } }])
      yield* seedValue("odd", tokens)
      for (const secret of ["s", "odd"]) {
        const got = yield* act("revoke", secret)
        assert.strictEqual(got.text, JSON.stringify({ id: secret }))
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("oauth without a URL for it: nobody is told", () => {
    const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
    return Effect.gen(function* () {
      yield* seedPersonal(tokens, { type: "oauth" })
      yield* act("revoke", "s")
      assert.strictEqual(seen.length, 0)
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("a reference to an oauth secret tells its provider", () => {
    const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
    return Effect.gen(function* () {
      yield* seedPersonal(tokens, { type: "reference", config: { reference: "@provider" } })
      yield* seedSecrets([{ id: "r", alias: "provider", ...revocable }])
      const got = yield* act("revoke", "s")
      assert.strictEqual(got.text, '{"id":"s"}')
      assert.strictEqual(seen[0]?.url, "https://provider.example/revoke")
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("shared oauth: the provider is told, then 500", () => {
    const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
    return Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "s", value: tokens, ...revocable }])
      const got = yield* act("revoke", "s")
      assert.strictEqual(got.text, generic("System error occurred"))
      assert.strictEqual(seen.length, 1)
    }).pipe(Effect.provide(layer({ upstream })))
  })
})

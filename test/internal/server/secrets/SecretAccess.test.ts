import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, generic, layer, parse, seed } from "../Harness.ts"
import { act, actions, anyBody, seedContacts, seedPersonal, seedSecrets } from "./SecretHarness.ts"

const notAuthorized = '{"message":"Not authorized","code":"NOT_AUTHORIZED"}'
const notFound = '{"message":"Not found","code":"NOT_FOUND"}'
const badRequest = '{"message":"Bad request","code":"BAD_REQUEST"}'

const family: ServerState.Options = {
  accounts: [
    { id: "parent", tokens: ["sk-parent"] },
    { id: "main", tokens: ["sk-main"], parent: "parent" },
    { id: "sister", tokens: ["sk-sister"], parent: "parent", alias: "sis" },
    { id: "child", tokens: ["sk-child"], parent: "main" },
    { id: "other", tokens: ["sk-other"] }
  ]
}

describe("Identifiers of secrets (contract 3.9.1)", () => {
  const cases: ReadonlyArray<readonly [identifier: string, status: number, body?: string]> = [
    ["mine", 200],
    ["%20mine%20", 200],
    ["(My%20Key)", 200],
    ["(%20My%20Key%20)", 200],
    ["@key", 200],
    ["@@ours", 200],
    ["@sis@hers", 200],
    ["public", 200],
    ["missing", 404, notFound],
    ["(Nothing)", 404, notFound],
    ["(my%20key)", 404, notFound],
    ["(Public)", 404, notFound],
    ["@nothing", 404, notFound],
    ["@public", 404, notFound],
    ["@@key", 404, notFound],
    ["@sis@key", 404, notFound],
    ["private", 403, notAuthorized],
    ["%20", 400, badRequest],
    ["()", 500, generic("Name is required")],
    ["@", 500, generic("Alias is required")],
    ["@@", 500, generic("Alias is required")],
    ["@sis@", 500, generic("Resource alias is required")],
    ["@bro@key", 500, generic('User with alias "bro" not found')],
    ["mine?secretId=private", 200],
    ["private?secretId=mine", 403],
    ["mine?secretId=", 200]
  ]
  for (const [identifier, status, body] of cases) {
    it.effect(`${identifier} -> ${status}`, () =>
      Effect.gen(function* () {
        yield* seedPersonal(undefined, { id: "mine", alias: "key", name: "My Key" })
        yield* seedSecrets([{ id: "ours", alias: "ours", kind: "personal", visibility: "protected" }], "sk-parent")
        yield* seedSecrets([{ id: "hers", alias: "hers", kind: "personal", visibility: "protected" }], "sk-sister")
        yield* seedSecrets(
          [
            { id: "public", alias: "public", name: "Public", kind: "personal", visibility: "public" },
            { id: "private", kind: "personal" }
          ],
          "sk-other"
        )
        const [path = "", query] = identifier.split("?")
        const suffix = query === undefined ? "" : `?${query}`
        const got = yield* act("authenticate", path, { path: `/v1/contact/ada/secret/${path}/authenticate${suffix}` })
        assert.strictEqual(got.status, status, got.text)
        if (body !== undefined) assert.strictEqual(got.text, body)
      }).pipe(Effect.provide(layer(family)))
    )
  }

  it.effect("forms with another account are 500 for an account without a parent", () =>
    Effect.gen(function* () {
      yield* seedContacts
      const parent = yield* act("verify", "@@key")
      const sibling = yield* act("verify", "@a@key")
      assert.strictEqual(parent.text, generic("Parent ID is required for @@ identifier"))
      assert.strictEqual(sibling.text, generic("Parent ID is required for @user@resource identifier"))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a reply has the real id of the secret", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined, { id: "mine", alias: "key", name: "My Key" })
      for (const identifier of ["mine", "(My%20Key)", "@key"]) {
        const got = yield* act("authenticate", identifier)
        assert.strictEqual(parse(got.text).id, "mine")
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("the first secret with a name is found", () =>
    Effect.gen(function* () {
      yield* seedPersonal(undefined, { id: "first", name: "Key" })
      yield* seedSecrets([{ id: "second", name: "Key", kind: "personal" }])
      const got = yield* act("authenticate", "(Key)")
      assert.strictEqual(parse(got.text).id, "first")
    }).pipe(Effect.provide(layer()))
  )
})

describe("Rights to secrets (contract 3.9.1)", () => {
  const owners = ["main", "parent", "sister", "child", "other"] as const
  const related: ReadonlySet<string> = new Set(["main", "parent", "sister", "child"])
  for (const owner of owners) {
    for (const kind of ["shared", "personal"] as const) {
      for (const visibility of ["private", "protected", "public"] as const) {
        const usable =
          owner === "main" ||
          (kind === "personal" && (visibility === "public" || (visibility === "protected" && related.has(owner))))
        it.effect(`${owner}'s ${visibility} ${kind} secret is ${usable ? "" : "not "}usable`, () =>
          Effect.gen(function* () {
            yield* seedContacts
            yield* seedSecrets([{ id: "s", kind, visibility }], `sk-${owner}`)
            for (const action of actions) {
              const got = yield* act(action, "s")
              const allowed = action === "mint" ? owner === "main" : usable
              // A shared secret is refused with 403 too, but in words of its own.
              assert.strictEqual(got.text === notAuthorized, !allowed, `${action}: ${got.text}`)
              assert.strictEqual(got.headers["x-failure-code"], allowed ? undefined : "NOT_AUTHORIZED", action)
            }
          }).pipe(Effect.provide(layer(family)))
        )
      }
    }
  }

  it.effect("run-as counts as the account run as", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "theirs", verifiedAt: 1 }], yield* accountNamed("sk-child"))
      yield* seedSecrets([{ id: "s", kind: "personal" }], "sk-child")
      const got = yield* act("authenticate", "s", { contact: "theirs", headers: { "x-runas-user-id": "child" } })
      assert.strictEqual(got.status, 200)
    }).pipe(Effect.provide(layer(family)))
  )
})

describe("Order of checks (contract 3.9.1)", () => {
  for (const action of actions) {
    it.effect(action, () =>
      Effect.gen(function* () {
        yield* seedPersonal("value")
        yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
        yield* seedSecrets([{ id: "private", kind: "personal" }], "sk-other")
        const nobody = { contact: "missing" }
        const noType = { headers: { "content-type": "text/plain" } }
        const wrongBody = { json: { url: 1 } }
        const path = `/v1/contact/missing/secret/missing/${action}`
        const get = yield* act(action, "missing", { ...nobody, method: "GET", path, authorization: "Bearer bad" })
        assert.strictEqual(get.status, 405)
        const untyped = yield* act(action, "missing", { ...nobody, ...noType, authorization: "Bearer bad" })
        assert.strictEqual(untyped.status, 400)
        const unknown = yield* act(action, "missing", { ...nobody, ...wrongBody, authorization: "Bearer bad" })
        assert.strictEqual(unknown.status, 401)
        const anonymous = yield* act(action, "missing", { ...nobody, ...wrongBody, authorization: null })
        assert.strictEqual(anonymous.status, 403)
        const invalid = yield* act(action, "missing", { ...nobody, ...wrongBody })
        assert.strictEqual(invalid.status, action === "proxy" ? 400 : 404)
        const blankContact = yield* act(action, "%20", { contact: "%20" })
        assert.strictEqual(blankContact.text, badRequest)
        const noContact = yield* act(action, "%20", nobody)
        assert.strictEqual(noContact.text, notFound)
        const foreignContact = yield* act(action, "%20", { contact: "theirs" })
        assert.strictEqual(foreignContact.text, notAuthorized)
        assert.strictEqual(foreignContact.headers["x-failure-code"], "NOT_AUTHORIZED")
        const blankSecret = yield* act(action, "%20")
        assert.strictEqual(blankSecret.text, badRequest)
        const noSecret = yield* act(action, "missing")
        assert.strictEqual(noSecret.text, notFound)
        const foreignSecret = yield* act(action, "private")
        assert.strictEqual(foreignSecret.text, notAuthorized)
        assert.strictEqual(foreignSecret.headers["x-failure-code"], "NOT_AUTHORIZED")
      }).pipe(Effect.provide(layer()))
    )

    it.effect(`${action}: HEAD and OPTIONS need no credentials, and do nothing`, () =>
      Effect.gen(function* () {
        yield* seedPersonal("value")
        for (const method of ["HEAD", "OPTIONS"] as const) {
          const path = `/v1/contact/ada/secret/s/${action}`
          const got = yield* act(action, "s", { method, path, authorization: null })
          assert.strictEqual(got.status, 200)
        }
        const state = yield* ServerState.ServerState
        assert.strictEqual(state.secrets.valuesOf("ada").length, 1)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("the body is ignored but by proxy, also one that is no object", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      for (const json of [{ any: 1 }, [], null, 0, "x", anyBody]) {
        const got = yield* act("verify", "s", { json })
        assert.strictEqual(got.text, '{"id":"s","status":"authenticated"}')
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("an empty body is accepted, a malformed content type too; bad JSON is refused first", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      const untyped = { json: undefined, body: "text", headers: { "content-type": "application/json;" } }
      const bodies = [{ json: undefined, body: "" }, { json: undefined, body: "null" }, untyped]
      for (const rest of bodies) assert.strictEqual((yield* act("verify", "s", rest)).status, 200)
      const texts = []
      for (const rest of bodies) texts.push(parse((yield* act("proxy", "s", rest)).text).message)
      assert.deepStrictEqual(texts, ['"url" is required', "Bad request", '"value" must be of type object'])
      for (const action of actions) {
        const bad = yield* act(action, "s", { json: undefined, body: "{", authorization: null })
        assert.strictEqual(bad.status, 400)
        assert.strictEqual(bad.text, "Invalid JSON")
      }
    }).pipe(Effect.provide(layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, fetch, generic, layer, parse, remove, seed, send, update } from "../Harness.ts"

describe("Identifiers in paths (contract 3.2)", () => {
  const cases: ReadonlyArray<readonly [id: string, status: number, body?: string]> = [
    ["mine", 200],
    ["%20mine%20", 200],
    ["%6Dine", 200],
    ["(Ada%20Lovelace)", 200],
    ["(%20Ada%20Lovelace%20)", 200],
    ["%28Ada Lovelace%29", 200],
    ["(Nobody)", 404],
    ["(Theirs)", 404],
    ["(ada%20lovelace)", 404],
    ["missing", 404],
    ["MINE", 404],
    ["x".repeat(5000), 404],
    ["a%2Fb", 404],
    ["..%2F..%2Fbot", 404],
    ["theirs", 403],
    ["%20", 400, '{"message":"Bad request","code":"BAD_REQUEST"}'],
    ["", 308],
    ["%zz", 400],
    ["%E0%A4%A", 400],
    ["()", 500, generic("Name is required")],
    ["@alias", 500, generic("System error occurred")],
    ["@", 500, generic("Alias is required")],
    ["@@", 500, generic("Alias is required")],
    ["@@alias", 500, generic("Parent ID is required for @@ identifier")],
    ["@a@b", 500, generic("Parent ID is required for @user@resource identifier")],
    ["mine?contactId=theirs", 200],
    ["theirs?contactId=mine", 403],
    ["missing?contactId=(Ada+Lovelace)", 404],
    ["mine?contactId=", 200],
    ["mine?contactId=mine&contactId=theirs", 200]
  ]
  for (const prefix of ["/v1", "/api/v1"]) {
    for (const [id, status, body] of cases) {
      it.effect(`${prefix}: ${id.slice(0, 40)} -> ${status}`, () =>
        Effect.gen(function* () {
          yield* seed([{ id: "mine", name: "Ada Lovelace" }])
          yield* seed([{ id: "theirs", name: "Theirs" }], yield* accountNamed("sk-other"))
          const [path = "", query] = id.split("?")
          const suffix = query === undefined ? "" : `?${query}`
          const got = yield* send({ path: `${prefix}/contact/${path}/fetch${suffix}` })
          assert.strictEqual(got.status, status, got.text)
          if (status === 200) assert.strictEqual(parse(got.text).id, "mine")
          if (body !== undefined) assert.strictEqual(got.text, body)
        }).pipe(Effect.provide(layer()))
      )
    }
  }

  it.effect("403 repeats its code in a header, and its body has the message first", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
      for (const got of [yield* fetch("theirs"), yield* update("theirs", {}), yield* remove("theirs")]) {
        assert.strictEqual(got.status, 403)
        assert.strictEqual(got.text, '{"message":"Not authorized","code":"NOT_AUTHORIZED"}')
        assert.strictEqual(got.headers["x-failure-code"], "NOT_AUTHORIZED")
      }
      const state = yield* ServerState.ServerState
      assert.strictEqual(state.store.size, 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("aliases of an account with a parent reach the database", () =>
    Effect.gen(function* () {
      const authorization = "Bearer sk-child"
      const alias = yield* send({ path: "/v1/contact/@@alias/fetch", authorization })
      const sibling = yield* send({ path: "/v1/contact/@sib@alias/fetch", authorization })
      assert.strictEqual(alias.text, generic("System error occurred"))
      assert.strictEqual(sibling.text, generic('User with alias "sib" not found'))
    }).pipe(Effect.provide(layer({ accounts: [{ id: "c", tokens: ["sk-child"], parent: "p" }] })))
  )
})

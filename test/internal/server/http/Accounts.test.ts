import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import type { AccountOptions } from "../../../../src/internal/server/http/Accounts.ts"
import { layer, parse, post, seed, send, type Sent } from "../Harness.ts"

const notAuthenticated = '{"message":"Not authenticated","code":"NOT_AUTHENTICATED"}'

const names = (sent: Partial<Sent>) =>
  Effect.map(send({ path: "/v1/contact/list", ...sent }), (got) =>
    got.status === 200 ? parse(got.text).items.map((item: { readonly name: string }) => item.name) : got.status
  )

describe("Accounts (contract 7)", () => {
  const accounts: ReadonlyArray<AccountOptions> = [
    { id: "parent", tokens: ["sk-parent", "oaac-parent", "oart-parent", "oart-p.a.r", "p.a.r"] },
    { id: "child", tokens: ["sk-child"], parent: "parent", email: "child@example.com" },
    { id: "twin", tokens: [], parent: "parent", email: "twin@example.com" },
    { id: "stranger", tokens: ["sk-stranger"], email: "stranger@example.com" },
    {
      id: "limited",
      tokens: [
        { token: "l.i.m", allowedRoutes: ["contact/list", "/v1/contact/*/fetch", "!contact/secret/*"] },
        { token: "n.o.n", audience: "widget" },
        { token: "u.s.r", audience: "user" },
        { token: "e.x.p", expiresAt: 1000 },
        { token: "oaac-exp", expiresAt: 1000 }
      ]
    }
  ]
  const seeded = Effect.gen(function* () {
    for (const { id } of accounts) yield* seed([{ name: id }], id)
  })
  const cases: ReadonlyArray<
    readonly [token: string, headers: Readonly<Record<string, string>>, expected: string | 401]
  > = [
    ["sk-parent", {}, "parent"],
    ["oaac-parent", {}, "parent"],
    ["oart-parent", {}, 401],
    ["oart-p.a.r", {}, 401],
    ["p.a.r", {}, "parent"],
    ["sk-unknown", {}, 401],
    ["sk-child", {}, "child"],
    ["sk-parent", { "X-RunAs-User-Id": "child" }, "child"],
    ["sk-parent", { "x-runas-userid": "child" }, "child"],
    ["oaac-parent", { "X-RUNAS-USER-ID": "child" }, "child"],
    ["sk-parent", { "X-RunAs-Child-User-Email": "twin@example.com" }, "twin"],
    ["sk-parent", { "X-RunAs-Child-User-Email": "TWIN@example.com" }, 401],
    ["sk-parent", { "X-RunAs-User-Id": "child", "X-RunAs-Child-User-Email": "twin@example.com" }, "child"],
    ["sk-parent", { "X-RunAs-User-Id": "stranger", "X-RunAs-Child-User-Email": "twin@example.com" }, 401],
    ["sk-parent", { "X-RunAs-User-Id": "", "X-RunAs-Child-User-Email": "twin@example.com" }, "twin"],
    ["sk-parent", { "X-RunAs-User-Id": "parent" }, 401],
    ["sk-parent", { "X-RunAs-User-Id": "nobody" }, 401],
    ["sk-parent", { "X-RunAs-Child-User-Email": "stranger@example.com" }, 401],
    ["sk-child", { "X-RunAs-User-Id": "twin" }, 401],
    ["sk-child", { "X-RunAs-User-Id": "parent" }, 401],
    ["p.a.r", { "X-RunAs-User-Id": "stranger" }, "parent"],
    ["p.a.r", { "X-RunAs-Child-User-Email": "twin@example.com" }, "parent"],
    ["sk-parent", { "X-Timezone": "Europe/London" }, "parent"],
    ["l.i.m", {}, "limited"],
    ["u.s.r", {}, "limited"],
    ["n.o.n", {}, 401],
    ["e.x.p", {}, "limited"],
    ["oaac-exp", {}, "limited"]
  ]
  for (const [token, headers, expected] of cases) {
    it.effect(`${token} ${JSON.stringify(headers)} -> ${expected}`, () =>
      Effect.gen(function* () {
        yield* seeded
        const got = yield* names({ authorization: `Bearer ${token}`, headers })
        assert.deepStrictEqual(got, typeof expected === "string" ? [expected] : expected)
      }).pipe(Effect.provide(layer({ accounts })))
    )
  }

  for (const [path, status] of [
    ["/v1/contact/list", 200],
    ["/api/v1/contact/list", 200],
    ["/v1/contact/x/fetch", 404],
    ["/api/v1/contact/x/fetch", 404],
    ["/v1/contact/secret/fetch", 401],
    ["/v1/contact/export", 401]
  ] as const) {
    it.effect(`a token limited to routes: ${path} -> ${status}`, () =>
      Effect.map(send({ path, authorization: "Bearer l.i.m" }), (got) => assert.strictEqual(got.status, status)).pipe(
        Effect.provide(layer({ accounts }))
      )
    )
  }

  for (const token of ["e.x.p", "oaac-exp"]) {
    it.effect(`${token} expires`, () =>
      Effect.gen(function* () {
        const sent = { path: "/v1/contact/export", authorization: `Bearer ${token}` }
        yield* TestClock.setTime(999)
        assert.strictEqual((yield* send(sent)).status, 200)
        yield* TestClock.setTime(1000)
        const got = yield* send(sent)
        assert.strictEqual(got.status, 401)
        assert.strictEqual(got.text, notAuthenticated)
      }).pipe(Effect.provide(layer({ accounts })))
    )
  }

  it.effect("every distinct secret key is an account of its own", () =>
    Effect.gen(function* () {
      yield* send(post("/v1/contact/create", { name: "one" }, { authorization: "Bearer sk-1" }))
      yield* send(post("/v1/contact/create", { name: "two" }, { authorization: "Bearer sk-2" }))
      assert.deepStrictEqual(yield* names({ authorization: "Other sk-1" }), ["one"])
      assert.deepStrictEqual(yield* names({ authorization: "Bearer sk-2" }), ["two"])
      assert.deepStrictEqual(yield* names({ authorization: "Bearer sk-3" }), [])
    }).pipe(Effect.provide(layer()))
  )
})

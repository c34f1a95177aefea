import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as ServerState from "../../../src/internal/server/ServerState.ts"
import { account, accountNamed, layer, parse, post, seed, send } from "./Harness.ts"

const fingerprint = "crm-0001-ada-lovelace"
const conflict = '{"code":"CONFLICT","message":"Unique constraint violation"}'
const generic = (message: string) => JSON.stringify({ code: "GENERIC_ERROR", message })

const create = (json: unknown) => send(post("/v1/contact/create", json))
const ensure = (json: unknown) => send(post("/v1/contact/ensure", json))
const update = (id: string, json: unknown) => send(post(`/v1/contact/${id}/update`, json))
const remove = (id: string) => send(post(`/v1/contact/${id}/delete`, {}))
const fetch = (id: string) => send({ path: `/v1/contact/${id}/fetch` })
const created = (json: unknown) => Effect.map(create(json), (got): string => parse(got.text).id)
const fetched = (id: string) => Effect.map(fetch(id), (got) => parse(got.text))

describe("The record (contract 1)", () => {
  it.effect("has its fields in order, nulls included, and an id of the right shape", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_001_000)
      const id = yield* created({})
      assert.match(id, /^c[a-z0-9]{24}$/)
      const got = yield* fetch(id)
      assert.strictEqual(got.status, 200)
      assert.strictEqual(got.headers["content-type"], "application/json")
      const stored = parse(got.text).fingerprint
      assert.match(stored, /^c[a-z0-9]{24}$/)
      assert.strictEqual(
        got.text,
        `{"id":"${id}","name":"","description":"","fingerprint":"${stored}","email":null,"phone":null,"nick":null,` +
          `"preferences":null,"verifiedAt":null,"meta":null,"createdAt":1700000001000,"updatedAt":1700000001000}`
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("loses keys that start with # at any depth and keeps every other key", () =>
    Effect.gen(function* () {
      const meta =
        '{"#a":1,"b":{"#c":1,"d":[{"#e":1,"f":2}]},"-g":1,"$update":2,"constructor":{"x":1},"h":{"__proto__":3}}'
      const got = yield* send({ path: "/v1/contact/create", body: `{"meta":${meta}}` })
      const contact = yield* fetch(parse(got.text).id)
      const sent = '{"b":{"d":[{"f":2}]},"-g":1,"$update":2,"constructor":{"x":1},"h":{"__proto__":3}}'
      assert.include(contact.text, `"meta":${sent},`)
      assert.deepStrictEqual(Object.keys(Object.prototype), [])
      assert.strictEqual(Reflect.get({}, "x"), undefined)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("writes numbers that JSON lacks as text", () =>
    Effect.gen(function* () {
      const meta = { a: Infinity, b: [-Infinity, NaN], c: 2n ** 60n, d: 5n, e: new Date(7) }
      // The type of a seed is JSON; what a test of the rule needs is not.
      const [contact] = yield* seed([{ meta: meta as never }])
      const { meta: sent } = yield* fetched(contact?.id ?? "")
      assert.deepStrictEqual(sent, { a: "$Infinity", b: ["-$Infinity", "$NaN"], c: "1152921504606846976n", d: 5, e: 7 })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keeps an infinity in a body as null, as the real server's own re-encoding does", () =>
    Effect.gen(function* () {
      const got = yield* send({ path: "/v1/contact/create", body: '{"meta":{"a":1e999}}' })
      assert.deepStrictEqual((yield* fetched(parse(got.text).id)).meta, { a: null })
    }).pipe(Effect.provide(layer()))
  )
})

describe("create (contract 3.3)", () => {
  it.effect("stores what it is given", () =>
    Effect.gen(function* () {
      const given = {
        name: " Ada ",
        description: "d",
        fingerprint: `  ${fingerprint}  `,
        email: "Ada@Example.com",
        phone: "(202) 555-0123",
        nick: "",
        preferences: "p",
        verifiedAt: "1700000000000",
        meta: { a: [1, { b: null }] }
      }
      const id = yield* created(given)
      assert.deepStrictEqual(yield* fetched(id), {
        id,
        ...given,
        fingerprint,
        phone: "+12025550123",
        verifiedAt: 1_700_000_000_000,
        createdAt: 0,
        updatedAt: 0
      })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("makes a new contact every time without a fingerprint", () =>
    Effect.gen(function* () {
      assert.notStrictEqual(yield* created({ name: "a" }), yield* created({ name: "a" }))
    }).pipe(Effect.provide(layer()))
  )

  for (const taken of [fingerprint, "", " ".repeat(20)]) {
    it.effect(`409 for a fingerprint in use: "${taken}"`, () =>
      Effect.gen(function* () {
        yield* created({ fingerprint: taken })
        const got = yield* create({ fingerprint: taken })
        assert.strictEqual(got.status, 409)
        assert.strictEqual(got.text, conflict)
        assert.strictEqual(got.headers["x-failure-code"], undefined)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("has a fingerprint of its own in each account", () =>
    Effect.gen(function* () {
      yield* created({ fingerprint })
      const other = yield* send(post("/v1/contact/create", { fingerprint }, { authorization: "Bearer sk-other" }))
      assert.strictEqual(other.status, 200)
    }).pipe(Effect.provide(layer()))
  )

  for (const [verifiedAt, stored] of [
    [undefined, null],
    [0, null],
    ["0", null],
    [null, null],
    [1.9, 1],
    ["1e3", 1000],
    [-5, -5],
    [8.64e15, 8.64e15]
  ]) {
    it.effect(`verifiedAt ${String(verifiedAt)} is stored as ${String(stored)}`, () =>
      Effect.gen(function* () {
        const id = yield* created({ fingerprint, verifiedAt })
        assert.strictEqual((yield* fetched(id)).verifiedAt, stored)
      }).pipe(Effect.provide(layer()))
    )
  }
})

describe("ensure (contract 3.4)", () => {
  it.effect("creates a verified contact once and then ignores what is sent", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(5000)
      const first = yield* ensure({ fingerprint, name: "Ada", verifiedAt: 1 })
      yield* TestClock.setTime(6000)
      const second = yield* ensure({ fingerprint: ` ${fingerprint} `, name: "Other", email: "x@y.z" })
      assert.strictEqual(first.status, 200)
      assert.strictEqual(second.text, first.text)
      const contact = yield* fetched(parse(first.text).id)
      assert.deepInclude(contact, { fingerprint, name: "Ada", email: null, verifiedAt: 5000, updatedAt: 5000 })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("500 for an existing contact that is not verified", () =>
    Effect.gen(function* () {
      yield* created({ fingerprint })
      const got = yield* ensure({ fingerprint })
      assert.strictEqual(got.status, 500)
      assert.strictEqual(got.text, generic("Contact is not verified"))
    }).pipe(Effect.provide(layer()))
  )

  for (const short of ["x".repeat(16), "\t".repeat(16), " "]) {
    it.effect(`500 for a fingerprint of ${short.length} characters: ${JSON.stringify(short)}`, () =>
      Effect.gen(function* () {
        const got = yield* ensure({ fingerprint: short })
        assert.strictEqual(got.status, 500)
        assert.strictEqual(got.text, generic("fingerprint is too short"))
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("takes more than 16 blanks for a fingerprint", () =>
    Effect.gen(function* () {
      const got = yield* ensure({ fingerprint: " ".repeat(17) })
      const contact = yield* fetched(parse(got.text).id)
      assert.strictEqual(contact.fingerprint, " ".repeat(17))
      assert.strictEqual(contact.verifiedAt, 0)
    }).pipe(Effect.provide(layer()))
  )

  for (const [body, expected] of [
    [{}, "18d29b66-d358-5f36-81a9-bdfcf8b73786"],
    [{ fingerprint: "" }, "18d29b66-d358-5f36-81a9-bdfcf8b73786"],
    [{ fingerprint: null, description: "x", meta: {} }, "18d29b66-d358-5f36-81a9-bdfcf8b73786"],
    [{ name: "Guest User", email: "guest@example.com" }, "36133ebf-e743-5a8e-b513-74640424d5c0"],
    [{ name: "zoe" }, "d3dc1d24-7da4-5de6-9c44-7a3508583397"],
    [{ nick: "zoe" }, "d3dc1d24-7da4-5de6-9c44-7a3508583397"]
  ] as const) {
    it.effect(`${JSON.stringify(body)} has the fingerprint ${expected}`, () =>
      Effect.gen(function* () {
        const first = yield* ensure(body)
        assert.strictEqual((yield* ensure(body)).text, first.text)
        assert.deepInclude(yield* fetched(parse(first.text).id), { fingerprint: expected, verifiedAt: null })
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const [one, other, same] of [
    [{ name: "a", nick: "b" }, { name: "b", nick: "a" }, true],
    [{ phone: "(202) 555-0123" }, { phone: "+12025550123" }, true],
    [{ email: "a@b.co" }, { email: "A@b.co" }, false],
    [{ name: "zed", nick: null }, { name: "zed" }, false],
    [{ name: "zed", nick: "" }, { name: "zed" }, false]
  ] as const) {
    it.effect(`${JSON.stringify(one)} and ${JSON.stringify(other)} are ${same ? "one" : "two"}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* ensure(one)).text === (yield* ensure(other)).text, same)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("500 for an anonymous contact that was verified since; an update does not change the fingerprint", () =>
    Effect.gen(function* () {
      const { id } = parse((yield* ensure({ name: "zoe" })).text)
      yield* update(id, { name: "other" })
      assert.strictEqual(parse((yield* ensure({ name: "zoe" })).text).id, id)
      yield* update(id, { verifiedAt: 1 })
      const got = yield* ensure({ name: "zoe" })
      assert.strictEqual(got.status, 500)
      assert.strictEqual(got.text, generic("Contact is verified"))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("500 for a null name, but only if there is something to create", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ensure({ fingerprint, name: null })).text, generic("System error occurred"))
      yield* ensure({ fingerprint })
      assert.strictEqual((yield* ensure({ fingerprint, name: null })).status, 200)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("ignores a verifiedAt that no date can hold", () =>
    Effect.map(ensure({ fingerprint, verifiedAt: 8.7e15 }), (got) => assert.strictEqual(got.status, 200)).pipe(
      Effect.provide(layer())
    )
  )

  it.effect("500 for text that has no UTF-8", () =>
    Effect.gen(function* () {
      const got = yield* send({ path: "/v1/contact/ensure", body: '{"name":"\\ud800"}' })
      assert.strictEqual(got.status, 500)
      assert.strictEqual(parse(got.text).code, "GENERIC_ERROR")
    }).pipe(Effect.provide(layer()))
  )
})

describe("update (contract 3.6)", () => {
  const before = {
    name: "n",
    description: "d",
    fingerprint,
    email: "a@b.co",
    phone: "+12025550123",
    nick: "k",
    preferences: "p",
    verifiedAt: 5,
    meta: { a: 1, b: { c: 2 } }
  }

  for (const [body, changed] of [
    [{ name: "" }, { name: "" }],
    [
      { email: null, phone: null, nick: null, preferences: null },
      { email: null, phone: null, nick: null, preferences: null }
    ],
    [{ fingerprint: "another-fingerprint" }, { fingerprint: "another-fingerprint" }],
    [{ fingerprint }, {}],
    [{ verifiedAt: null }, { verifiedAt: null }],
    [{ verifiedAt: "7" }, { verifiedAt: 7 }],
    [{ meta: null }, { meta: null }],
    [{ meta: {} }, { meta: {} }],
    [{ meta: { z: 1 } }, { meta: { z: 1 } }],
    [
      { meta: { a: 1, "-x": 1, $y: 1, " z": 1, é: 1, "#h": 1, d: { "-kept": 1 } } },
      { meta: { a: 1, d: { "-kept": 1 } } }
    ],
    [{ meta: { $update: { b: { d: 3 }, e: 4 }, ignored: 1 } }, { meta: { a: 1, b: { d: 3 }, e: 4 } }],
    [
      { meta: { $update: { _x: 1, "-y": 1, é: 1, f: { _kept: 1 } } } },
      { meta: { a: 1, b: { c: 2 }, f: { _kept: 1 } } }
    ],
    [{ meta: { $update: null } }, {}],
    [{ meta: { constructor: 1, toString: 2 } }, { meta: { constructor: 1, toString: 2 } }]
  ] as const) {
    it.effect(`${JSON.stringify(body)} changes ${JSON.stringify(changed)}`, () =>
      Effect.gen(function* () {
        const id = yield* created(before)
        yield* TestClock.setTime(9)
        const got = yield* update(id, body)
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.text, JSON.stringify({ id }))
        assert.deepStrictEqual(yield* fetched(id), { id, ...before, ...changed, createdAt: 0, updatedAt: 9 })
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const body of [{}, { verifiedAt: 0 }, { verifiedAt: "0" }]) {
    it.effect(`${JSON.stringify(body)} is a no-op that leaves updatedAt`, () =>
      Effect.gen(function* () {
        const id = yield* created(before)
        yield* TestClock.setTime(9)
        assert.strictEqual((yield* update(id, body)).status, 200)
        assert.deepStrictEqual(yield* fetched(id), { id, ...before, createdAt: 0, updatedAt: 0 })
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("$update merges into nothing", () =>
    Effect.gen(function* () {
      const id = yield* created({})
      yield* update(id, { meta: { $update: { a: 1 } } })
      assert.deepStrictEqual((yield* fetched(id)).meta, { a: 1 })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("409 for a fingerprint in use, and then nothing is changed", () =>
    Effect.gen(function* () {
      yield* created({ fingerprint })
      const id = yield* created({ fingerprint: "another-fingerprint" })
      const got = yield* update(id, { fingerprint, name: "x" })
      assert.strictEqual(got.status, 409)
      assert.strictEqual(got.text, conflict)
      assert.deepInclude(yield* fetched(id), { fingerprint: "another-fingerprint", name: "" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("frees the fingerprint it replaces", () =>
    Effect.gen(function* () {
      const id = yield* created({ fingerprint })
      yield* update(id, { fingerprint: "another-fingerprint" })
      assert.strictEqual((yield* create({ fingerprint })).status, 200)
      assert.strictEqual((yield* create({ fingerprint: "another-fingerprint" })).status, 409)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("reports a bad body before an unknown id", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* update("missing", { foo: 1 })).status, 400)
      assert.strictEqual((yield* update("missing", {})).status, 404)
    }).pipe(Effect.provide(layer()))
  )
})

describe("delete (contract 3.7)", () => {
  it.effect("removes the contact and frees its fingerprint; then 404", () =>
    Effect.gen(function* () {
      const id = yield* created({ fingerprint })
      const got = yield* remove(id)
      assert.strictEqual(got.status, 200)
      assert.strictEqual(got.text, JSON.stringify({ id }))
      for (const again of [yield* remove(id), yield* fetch(id), yield* update(id, {})]) {
        assert.strictEqual(again.status, 404)
        assert.strictEqual(again.text, '{"message":"Not found","code":"NOT_FOUND"}')
      }
      assert.strictEqual((yield* create({ fingerprint })).status, 200)
    }).pipe(Effect.provide(layer()))
  )

  for (const body of ["", "{}", "null", "[1]", '{"foo":1}', '"x"']) {
    it.effect(`ignores its body: ${body}`, () =>
      Effect.gen(function* () {
        const id = yield* created({})
        const headers = { "content-type": "application/json" }
        const got = yield* send({ method: "POST", path: `/v1/contact/${id}/delete`, body, headers })
        assert.strictEqual(got.status, 200)
      }).pipe(Effect.provide(layer()))
    )
  }
})

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
    ["", 400, '{"message":"Bad request","code":"BAD_REQUEST"}'],
    ["%zz", 400],
    ["%E0%A4%A", 400],
    ["()", 500, generic("Name is required")],
    ["@alias", 500, generic("System error occurred")],
    ["@", 500, generic("Alias is required")],
    ["@@", 500, generic("Alias is required")],
    ["@@alias", 500, generic("Parent ID is required for @@ identifier")],
    ["@a@b", 500, generic("Parent ID is required for @user@resource identifier")],
    ["mine?contactId=theirs", 403],
    ["theirs?contactId=mine", 200],
    ["missing?contactId=(Ada+Lovelace)", 200],
    ["mine?contactId=", 400],
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

  it.effect("403 says so in a header, message first", () =>
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

  it.effect("aliases of an account with a parent get as far as the database", () =>
    Effect.gen(function* () {
      const authorization = "Bearer sk-child"
      const alias = yield* send({ path: "/v1/contact/@@alias/fetch", authorization })
      const sibling = yield* send({ path: "/v1/contact/@sib@alias/fetch", authorization })
      assert.strictEqual(alias.text, generic("System error occurred"))
      assert.strictEqual(sibling.text, generic('User with alias "sib" not found'))
    }).pipe(Effect.provide(layer({ accounts: [{ id: "c", tokens: ["sk-child"], parent: "p" }] })))
  )
})

describe("The handle", () => {
  it.effect("seeds with chosen ids and times, takes copies, clears", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      const id = yield* account
      const meta = { a: { b: 1 } }
      yield* seed([{ id: "x", createdAt: 5, meta }, { createdAt: 3 }])
      meta.a.b = 2
      const snapshot = yield* state.snapshot(id)
      assert.deepStrictEqual(
        snapshot.map((contact) => contact.createdAt),
        [3, 5]
      )
      const [, kept] = snapshot
      assert.deepInclude(kept, { id: "x", account: id, name: "", meta: { a: { b: 1 } }, updatedAt: 5 })
      assert.deepStrictEqual(yield* state.snapshot("nobody"), [])
      yield* state.clear
      assert.deepStrictEqual(yield* state.snapshot(), [])
      assert.strictEqual((yield* fetch("x")).status, 404)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("refuses to seed what is taken", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "x" }])
      const exit = yield* Effect.exit(seed([{ id: "x" }]))
      assert.strictEqual(exit._tag, "Failure")
    }).pipe(Effect.provide(layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { account, create, created, fetch, fetched, layer, parse, post, remove, seed, send, update } from "../Harness.ts"

const fingerprint = "crm-0001-ada-lovelace"
const conflict = '{"code":"CONFLICT","message":"Unique constraint violation"}'

describe("The record (contract 1)", () => {
  it.effect("has its fields in the order of the contract, nulls included, and an id of the right shape", () =>
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

  it.effect("loses keys that start with # at any depth, and __proto__, and keeps every other key", () =>
    Effect.gen(function* () {
      const meta =
        '{"#a":1,"b":{"#c":1,"d":[{"#e":1,"f":2}]},"-g":1,"$update":2,"constructor":{"x":1},"h":{"__proto__":3}}'
      const got = yield* send({ path: "/v1/contact/create", body: `{"meta":${meta}}` })
      const contact = yield* fetch(parse(got.text).id)
      const sent = '{"b":{"d":[{"f":2}]},"-g":1,"$update":2,"constructor":{"x":1},"h":{}}'
      assert.include(contact.text, `"meta":${sent},`)
      assert.deepStrictEqual(Object.keys(Object.prototype), [])
      assert.strictEqual(Reflect.get({}, "x"), undefined)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("writes numbers that JSON lacks as text", () =>
    Effect.gen(function* () {
      const meta = { a: Infinity, b: [-Infinity, NaN], c: 2n ** 60n, d: 5n, e: new Date(7) }
      // The type of a seed allows only JSON; this test needs other values.
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
  it.effect("stores the given fields", () =>
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

  it.effect("compares fingerprints case-sensitively", () =>
    Effect.gen(function* () {
      yield* created({ fingerprint })
      assert.strictEqual((yield* create({ fingerprint: fingerprint.toUpperCase() })).status, 200)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keeps fingerprints unique within an account only", () =>
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
    [253_402_300_799_999, 253_402_300_799_999]
  ]) {
    it.effect(`verifiedAt ${String(verifiedAt)} is stored as ${String(stored)}`, () =>
      Effect.gen(function* () {
        const id = yield* created({ fingerprint, verifiedAt })
        assert.strictEqual((yield* fetched(id)).verifiedAt, stored)
      }).pipe(Effect.provide(layer()))
    )
  }
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

  it.effect("gives 409 for a fingerprint in use, and changes nothing", () =>
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

describe("The handle", () => {
  it.effect("seeds with chosen ids and times, takes copies, clears", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      const id = yield* account
      const meta = { a: { b: 1 } }
      yield* seed([{ id: "x", createdAt: 5, meta }, { createdAt: 3 }])
      meta.a.b = 2
      const snapshot = yield* state.contacts(id)
      assert.deepStrictEqual(
        snapshot.map((contact) => contact.createdAt),
        [3, 5]
      )
      const [, kept] = snapshot
      assert.deepInclude(kept, { id: "x", account: id, name: "", meta: { a: { b: 1 } }, updatedAt: 5 })
      assert.deepStrictEqual(yield* state.contacts("nobody"), [])
      yield* state.clear
      assert.deepStrictEqual(yield* state.contacts(), [])
      assert.strictEqual((yield* fetch("x")).status, 404)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("refuses to seed a taken id or fingerprint", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "x" }])
      const exit = yield* Effect.exit(seed([{ id: "x" }]))
      assert.strictEqual(exit._tag, "Failure")
    }).pipe(Effect.provide(layer()))
  )
})

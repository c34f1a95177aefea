import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { created, ensure, fetched, generic, layer, parse, send, update } from "../Harness.ts"

const fingerprint = "crm-0001-ada-lovelace"

describe("ensure (contract 3.4)", () => {
  it.effect("creates a verified contact once, and then ignores the other fields", () =>
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

  it.effect("accepts more than 16 blanks as a fingerprint", () =>
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

  it.effect("500 for a null name, but only if a contact is created", () =>
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

  it.effect("500 for a lone surrogate", () =>
    Effect.gen(function* () {
      const got = yield* send({ path: "/v1/contact/ensure", body: '{"name":"\\ud800"}' })
      assert.strictEqual(got.status, 500)
      assert.strictEqual(parse(got.text).code, "GENERIC_ERROR")
    }).pipe(Effect.provide(layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { Client } from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import * as InMemory from "../src/layers/InMemory.ts"

const missing = "c000000000000000000000000"

describe("Contact", () => {
  it.effect("create stores every field and fetch reads it back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const request = {
        name: "Ada Lovelace",
        description: "Analyst",
        fingerprint: "crm-0001-ada-lovelace",
        email: "ada@example.com",
        phone: "(202) 555-0123",
        nick: "ada",
        preferences: "tea",
        verifiedAt: 1_600_000_000_000,
        meta: { tier: "gold", nested: { list: [1, null, "é"] } }
      }
      const { id } = yield* Contact.create(request)
      assert.match(id, /^c[a-z0-9]{24}$/)
      assert.deepStrictEqual(yield* Contact.fetch(id), {
        ...request,
        id,
        phone: "+12025550123",
        createdAt: 1_700_000_000_000,
        updatedAt: 1_700_000_000_000
      })
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("a field that is not set is null, or empty for name and description", () =>
    Effect.gen(function* () {
      const { id } = yield* Contact.create()
      const { createdAt, fingerprint, updatedAt, ...contact } = yield* Contact.fetch(id)
      assert.deepStrictEqual(contact, {
        id,
        name: "",
        description: "",
        email: null,
        phone: null,
        nick: null,
        preferences: null,
        verifiedAt: null,
        meta: null
      })
      assert.strictEqual(createdAt, updatedAt)
      assert.match(fingerprint, /^[0-9a-f]{32}$/)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("create with the fingerprint of another contact is a Conflict", () =>
    Effect.gen(function* () {
      const fingerprint = "crm-0001-ada-lovelace"
      yield* Contact.create({ fingerprint })
      yield* TestClock.adjust("2 minutes")
      const error = yield* Effect.flip(Contact.create({ fingerprint }))
      assert.strictEqual(error._tag, "Conflict")
      assert.strictEqual(error.code, "CONFLICT")
      assert.strictEqual(error.outcome, "rejected")
      assert.strictEqual(error.attempts, 1)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("update changes the given fields, clears those that are null and keeps the others", () =>
    Effect.gen(function* () {
      const { id } = yield* Contact.create({ name: "Ada", nick: "ada", email: "ada@example.com", meta: { a: 1, b: 2 } })
      assert.deepStrictEqual(yield* Contact.update(id, { nick: null, meta: { $update: { b: 3, c: 4 } } }), { id })
      const merged = yield* Contact.fetch(id)
      assert.strictEqual(merged.name, "Ada")
      assert.strictEqual(merged.email, "ada@example.com")
      assert.isNull(merged.nick)
      assert.deepStrictEqual(merged.meta, { a: 1, b: 3, c: 4 })
      yield* Contact.update(id, { meta: { only: true } })
      assert.deepStrictEqual((yield* Contact.fetch(id)).meta, { only: true })
      yield* Contact.update(id, { meta: null })
      assert.isNull((yield* Contact.fetch(id)).meta)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("update with another contact's fingerprint is a Conflict", () =>
    Effect.gen(function* () {
      yield* Contact.create({ fingerprint: "crm-0001-ada-lovelace" })
      const { id } = yield* Contact.create()
      const error = yield* Effect.flip(Contact.update(id, { fingerprint: "crm-0001-ada-lovelace" }))
      assert.strictEqual(error._tag, "Conflict")
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("delete removes the contact, which is NotFound afterwards", () =>
    Effect.gen(function* () {
      const { id } = yield* Contact.create()
      assert.deepStrictEqual(yield* Contact.delete(id), { id })
      for (const call of [Contact.fetch(id), Contact.update(id, { nick: "x" }), Contact.delete(id)]) {
        const error = yield* Effect.flip(call)
        assert.strictEqual(error._tag, "NotFound")
        assert.strictEqual(error._tag === "NotFound" ? error.contactId : undefined, id)
        assert.strictEqual(error.outcome, "rejected")
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("ensure makes a verified contact once, and never changes it", () =>
    Effect.gen(function* () {
      const fingerprint = "crm-0001-ada-lovelace"
      const first = yield* Contact.ensure({ fingerprint, name: "Ada" })
      const second = yield* Contact.ensure({ fingerprint, name: "Somebody else" })
      assert.deepStrictEqual(second, first)
      const ada = yield* Contact.fetch(first.id)
      assert.strictEqual(ada.name, "Ada")
      assert.isNotNull(ada.verifiedAt)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("ensure of an unverified contact is a ServerError and is not retried", () =>
    Effect.gen(function* () {
      const fingerprint = "crm-0001-ada-lovelace"
      yield* Contact.create({ fingerprint })
      const error = yield* Effect.flip(Contact.ensure({ fingerprint }))
      assert.strictEqual(error._tag, "ServerError")
      assert.strictEqual(error.description, "Contact is not verified")
      assert.strictEqual(error.attempts, 1)
      assert.isFalse(error.isRetryable)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("meta keys that name members of Object round-trip and pollute nothing", () =>
    Effect.gen(function* () {
      const meta = JSON.parse('{"constructor":"c","nested":{"constructor":{"prototype":{"polluted":true}}}}')
      const { id } = yield* Contact.create({ meta })
      const read = (yield* Contact.fetch(id)).meta
      assert.strictEqual(JSON.stringify(read), JSON.stringify(meta))
      assert.deepStrictEqual(Object.keys({}), [])
      assert.isUndefined(Object.getOwnPropertyDescriptor(Object.prototype, "polluted"))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("another account's contact is Forbidden", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [foreign] = yield* api.seed([{ name: "Grace" }], "sk-somebody-else")
      assert.isDefined(foreign)
      const error = yield* Effect.flip(Contact.fetch(foreign?.id ?? ""))
      assert.strictEqual(error._tag, "Forbidden")
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

/** A value of any type, as plain JavaScript can pass it. */
const untyped = <A>(value: unknown): A => value as A

const create = (request: unknown) => Contact.create(untyped(request))
const update = (request: unknown) => Contact.update(missing, untyped(request))
const ensure = (request: unknown) => Contact.ensure(untyped(request))
const list = (request: unknown) => Stream.runDrain(Contact.list(untyped(request)))
const listPage = (request: unknown) => Contact.listPage(untyped(request))

describe("bad input is refused before anything is sent", () => {
  const canary = "canary@example.com"
  const byId = [
    (id: unknown) => Contact.fetch(untyped(id)),
    (id: unknown) => Contact.update(untyped(id), {}),
    (id: unknown) => Contact.delete(untyped(id))
  ]

  const ids = ["", " ", "\t\n", ".", "..", " .. ", "%2e%2e", "%252E.", "a\0b", "\ud800", 5, null, undefined]
  const cases: ReadonlyArray<readonly [call: Effect.Effect<unknown, Errors.ContactError, Client>, field: string]> = [
    ...ids.flatMap((id) => byId.map((call) => [call(id), "id"] as const)),
    [create({ nam: canary }), "nam"],
    [create({ name: null }), "name"],
    [create({ email: 5 }), "email"],
    [create({ nick: [canary] }), "nick"],
    [create({ fingerprint: null }), "fingerprint"],
    [create({ verifiedAt: "2026-01-01" }), "verifiedAt"],
    [create({ verifiedAt: 9e15 }), "verifiedAt"],
    [create({ meta: [canary] }), "meta"],
    [create({ meta: canary }), "meta"],
    [create({ meta: { _a: canary } }), "meta._a"],
    [create({ meta: { "": canary } }), "meta."],
    [create({ meta: { a: Number.NaN } }), "meta.a"],
    [create({ meta: { a: new Date(0) } }), "meta.a"],
    [create(null), "request"],
    [create(canary), "request"],
    [update({ id: canary }), "id"],
    [update({ meta: { _a: 1 } }), "meta._a"],
    [update(undefined), "request"],
    [ensure({}), "fingerprint"],
    [ensure({ fingerprint: "x".repeat(16) }), "fingerprint"],
    [ensure({ fingerprint: ` ${"x".repeat(16)} ` }), "fingerprint"],
    [ensure({ fingerprint: " ".repeat(40) }), "fingerprint"],
    [ensure({ fingerprint: "x".repeat(17), verifiedAt: 1 }), "verifiedAt"],
    ...[list, listPage].flatMap(
      (call) =>
        [
          [call({ order: "ASC" }), "order"],
          [call({ take: -1 }), "take"],
          [call({ take: 1.5 }), "take"],
          [call({ take: "10" }), "take"],
          [call({ cursor: " " }), "cursor"],
          [call({ meta: { tier: "" } }), "meta.tier"],
          [call({ meta: { age: 30 } }), "meta.age"],
          [call({ contactId: canary }), "contactId"]
        ] as const
    )
  ]
  it.effect.each(cases.map(([call, field]) => ({ call, field })))("%#: $field", ({ call, field }) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const error = yield* Effect.flip(call)
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error._tag === "InvalidRequest" ? error.field : undefined, field)
      assert.strictEqual(error.outcome, "not-sent")
      assert.strictEqual(error.attempts, 0)
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, canary)
      assert.deepStrictEqual(yield* api.requests, [])
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import { connectionReset, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"
import * as Lookup from "./support/FakeLookup.ts"

const found = (fake: Fake.Fake) => Fake.successOf(over(fake)(Stream.runCollect(Contact.find())))

const failureOf = (fake: Fake.Fake, request?: unknown) =>
  Fake.failureOf(over(fake)(Stream.runDrain(Contact.find(request as Contact.FindRequest))))

describe("a lookup that fails", () => {
  const first = Lookup.page(
    Lookup.ids(100).map((id) => Lookup.contact(id)),
    true
  )
  const unavailable = Fake.json(503, { code: "SERVICE_UNAVAILABLE", message: "Unavailable" })

  it.effect("is a read: each page is retried", () =>
    Effect.gen(function* () {
      const unexpected = Lookup.errors({
        message: "Unexpected error.",
        extensions: { code: "INTERNAL_SERVER_ERROR" }
      })
      const second = Lookup.page([Lookup.contact("c100"), Lookup.contact("c101")])
      const cut = Fake.json(200, '{"data":{"contacts":{"edges":[')
      const fake = Fake.script(unavailable, cut, first, connectionReset, unexpected, second)
      assert.lengthOf(yield* found(fake), 101)
      assert.lengthOf(fake.sent, 6)
      assert.strictEqual(fake.sent[3]?.body, fake.sent[5]?.body)
    })
  )

  it.effect("says how far it came, and counts the attempts of all pages", () =>
    Effect.gen(function* () {
      const fake = Fake.script(first, unavailable)
      const failure = yield* failureOf(fake)
      assert.deepInclude(failure, {
        _tag: "ServerError",
        operation: "Contact.find",
        method: "POST",
        path: "/graphql",
        status: 503,
        attempts: 5,
        outcome: "unknown",
        isRetryable: true,
        lastId: "c100",
        received: 100
      })
    })
  )

  it.effect.each([
    [401, "NOT_AUTHENTICATED", "Unauthorized"],
    [403, "NOT_AUTHORIZED", "Forbidden"],
    [402, "NO_SUBSCRIPTION", "PaymentRequired"],
    [404, "NOT_FOUND", "UnexpectedResponse"],
    [409, "CONFLICT", "UnexpectedResponse"]
  ] as const)("with status %d is as any other operation", ([status, code, tag]) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(Fake.script(Fake.json(status, { message: "said", code })))
      assert.deepInclude(failure, { _tag: tag, status, code, attempts: 1, outcome: "rejected", received: 0 })
    })
  )

  it.effect("takes partial data beside errors for a failure", () =>
    Effect.gen(function* () {
      const error = { message: "Unexpected error.", extensions: { code: "INTERNAL_SERVER_ERROR" } }
      const contacts = { edges: [{ node: Lookup.node(Lookup.contact("c1")) }], pageInfo: { hasNextPage: false } }
      const fake = Fake.script(Fake.json(200, { errors: [error], data: { contacts } }))
      const failure = yield* failureOf(fake)
      assert.deepInclude(failure, { _tag: "ServerError", status: 200, attempts: 4, received: 0 })
    })
  )

  it.effect.each([
    ["null", null],
    ["no data", {}],
    ["no contacts", { data: { contacts: null } }],
    ["no edges", { data: { contacts: { edges: null, pageInfo: { hasNextPage: false } } } }],
    ["a null edge", { data: { contacts: { edges: [null], pageInfo: { hasNextPage: false } } } }],
    ["a null node", { data: { contacts: { edges: [{ node: null }], pageInfo: { hasNextPage: false } } } }],
    ["no page info", { data: { contacts: { edges: [] } } }],
    ["errors that are no list", { errors: "canary", data: { contacts: { edges: [] } } }],
    ["an error that is no object", { errors: ["canary"], data: null }],
    ["a list page", { items: [Fake.contact("c1")] }]
  ] as const)("with %s as its reply breaks the contract", ([, reply]) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(Fake.script(Fake.json(200, reply)))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", status: 200, attempts: 1 })
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect("names the field of a contact that breaks the contract, and not its value", () =>
    Effect.gen(function* () {
      const node = { ...Lookup.node(Lookup.contact("c1")), createdAt: "canary" }
      const reply = { data: { contacts: { edges: [{ node }], pageInfo: { hasNextPage: false } } } }
      const failure = yield* failureOf(Fake.script(Fake.json(200, reply)))
      assert.include(failure.description, "data.contacts.edges.0.node.createdAt: Expected a time as ISO text in UTC")
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect("takes empty errors for none", () =>
    Effect.gen(function* () {
      for (const errors of [[], null]) {
        const data = { contacts: { edges: [], pageInfo: { hasNextPage: false } } }
        assert.deepStrictEqual(yield* found(Fake.script(Fake.json(200, { errors, data }))), [])
      }
    })
  )

  it.effect("shows nothing of the caller's values, whatever the server quotes", () =>
    Effect.gen(function* () {
      const request = {
        fingerprints: ["canary-fingerprint-lovelace"],
        emails: ["canary.lovelace@example.com"],
        meta: { canaryKey: { name: "Lovelace, Canary" } }
      }
      const quotes = [
        'Variable "$fingerprints" got invalid value "canary-fingerprint-lovelace" at "fingerprints[0]"; no',
        'Variable "$canaryKey" got invalid value "Lovelace, Canary"',
        'Cannot query field "canaryKey" on type "Contact".',
        "Unknown canary-fingerprint-lovelace",
        "Invalid cursor: canary.lovelace@example.com"
      ]
      for (const message of quotes) {
        for (const code of [undefined, "BAD_REQUEST", "GRAPHQL_VALIDATION_FAILED", "canary-fingerprint-lovelace"]) {
          const fake = Fake.script(Lookup.errors({ message, extensions: { code } }))
          const failure = yield* failureOf(fake, request)
          assert.notMatch(Fake.renderings(failure), /canary(?!-secret)|lovelace/i, `${message} ${code}`)
        }
      }
    })
  )
})

describe("a lookup that is refused", () => {
  const refusalOf = (request: unknown) =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([]))
      const failure = yield* failureOf(fake, request)
      assert.isEmpty(fake.sent)
      assert.deepInclude(failure, { _tag: "InvalidRequest", outcome: "not-sent", attempts: 0, received: 0 })
      assert.notInclude(Fake.renderings(failure), "canary")
      return failure._tag === "InvalidRequest" ? failure : assert.fail()
    })

  it.effect.each([
    ["an empty value", { fingerprints: ["a", "b", "c", ""] }, "fingerprints.3"],
    ["a blank value", { ids: ["c1", " \t"] }, "ids.1"],
    ["a number as a value", { emails: [5] }, "emails.0"],
    ["a null value", { emails: ["a", null] }, "emails.1"],
    ["an undefined value", { ids: [undefined] }, "ids.0"],
    ["an object as a value", { ids: ["a", { toString: (): string => "canary" }] }, "ids.1"],
    ["a lone surrogate", { ids: ["\ud800"] }, "ids.0"],
    ["a value that is too large", { fingerprints: ["a", `canary${"x".repeat(1024 * 1024)}`] }, "fingerprints.1"],
    ["a single value instead of a list", { ids: "canary" }, "ids"],
    ["an object instead of a list", { ids: { 0: "canary" } }, "ids"],
    ["a set instead of a list", { ids: new Set(["canary"]) }, "ids"],
    ["a null list", { ids: null }, "ids"],
    ["another order", { order: "newest" }, "order"],
    ["an unknown field", { cursor: "c1" }, "cursor"],
    ["an empty meta", { meta: {} }, "meta"],
    ["a null meta", { meta: null }, "meta"],
    ["an array as meta", { meta: [] }, "meta"],
    ["null in meta", { meta: { tier: null } }, "meta.tier"],
    ["undefined in meta", { meta: { tier: undefined } }, "meta.tier"],
    ["an empty object in meta", { meta: { a: 1, tier: {} } }, "meta.tier"],
    ["an empty array in meta", { meta: { tier: [] } }, "meta.tier"],
    ["null deep in meta", { meta: { a: { b: [1, { c: null }] } } }, "meta.a.b.1.c"],
    ["undefined deep in meta", { meta: { a: [{ b: undefined }] } }, "meta.a.0.b"],
    ["an empty object deep in meta", { meta: { a: { b: {} } } }, "meta.a.b"],
    ["an array in an array in meta", { meta: { a: { b: [1, [2]] } } }, "meta.a.b.1"],
    ["NaN in meta", { meta: { a: Number.NaN } }, "meta.a"],
    ["a date in meta", { meta: { a: new Date(0) } }, "meta.a"],
    ["a bigint in meta", { meta: { a: 5n } }, "meta.a"],
    ["a meta that is too large", { meta: { a: "canary".repeat(200_000) } }, "meta.a"],
    ["a meta that leaves no room for the query", { meta: { a: "x".repeat(1024 * 1024 - 300) } }, "meta"],
    [
      "a meta that leaves no room for a value",
      { ids: ["a", "b".repeat(1000)], meta: { a: "x".repeat(1024 * 1024 - 2500) } },
      "ids.1"
    ]
  ] as const)("as it has %s, names the field", ([, request, field]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* refusalOf(request)).field, field)
    })
  )

  it.effect("reads a list only up to its first value that is no text, so that a list of any length is refused", () =>
    Effect.gen(function* () {
      const long: unknown = new Proxy(Object.assign([], { length: 2 ** 32 - 1 }), {
        get: (list, name) => (name === "1" ? assert.fail() : Reflect.get(list, name))
      })
      assert.strictEqual((yield* refusalOf({ emails: long })).field, "emails.0")
    })
  )

  it.effect("says what to do about an empty meta", () =>
    Effect.gen(function* () {
      const { description } = yield* refusalOf({ meta: {} })
      assert.strictEqual(description, "meta: Expected at least one value: to find contacts with any meta, leave it out")
    })
  )

  const throwing = () => {
    throw new Error("canary")
  }
  const revoked = (value: object) => {
    const { proxy, revoke } = Proxy.revocable(value, {})
    revoke()
    return proxy
  }

  it.effect.each([
    ["null", null],
    ["a number", 5],
    ["a text", "canary"],
    ["a symbol", Symbol("canary")],
    ["a function", throwing],
    ["an array", []],
    ["a date", new Date(0)],
    ["a map", new Map([["ids", ["canary"]]])],
    [
      "an instance of a class",
      new (class Request {
        ids = ["canary"]
      })()
    ],
    ["inherited lists", Object.create({ ids: ["canary"] })],
    ["a revoked proxy", revoked({})],
    ["a list that is a revoked proxy", { ids: revoked([]) }],
    ["a list of any length", { ids: new Proxy([], { get: (_, name) => (name === "length" ? Infinity : "canary") }) }],
    [
      "a getter that throws",
      {
        get ids() {
          return throwing()
        }
      }
    ],
    ["a value whose getter throws", { ids: Object.defineProperty(["a"], 0, { get: throwing }) }],
    [
      "a meta whose getter throws",
      {
        meta: {
          get a() {
            return throwing()
          }
        }
      }
    ],
    ["a proxy that throws on keys", new Proxy({}, { ownKeys: throwing })],
    ["a proxy that throws on its prototype", new Proxy({}, { getPrototypeOf: throwing })],
    ["a __proto__", JSON.parse('{"__proto__":{"ids":["canary"]}}')],
    ["a __proto__ in meta", { meta: JSON.parse('{"__proto__":{"a":1}}') }],
    [
      "meta in a circle",
      {
        meta: (() => {
          const circle: Record<string, unknown> = {}
          return (circle["a"] = circle)
        })()
      }
    ]
  ] as const)("is %s", ([, request]) => Effect.asVoid(refusalOf(request)))
})

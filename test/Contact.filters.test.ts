import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Fake from "./support/FakeHttp.ts"
import { over } from "./support/Calls.ts"

/** The requests that are sent for a list and a page, or their refusals. */
const listing = (request: unknown) =>
  Effect.gen(function* () {
    const listRequest = request as Contact.ListRequest
    const lines = Fake.script(Fake.jsonLines())
    const page = Fake.script(Fake.json(200, { items: [] }))
    const list = yield* Fake.drive(over(lines)(Stream.runDrain(Contact.list(listRequest))))
    yield* Fake.drive(over(page)(Contact.listPage(listRequest)))
    return { list, sent: [...lines.sent, ...page.sent] }
  })

const refusalOf = (request: unknown) =>
  Effect.gen(function* () {
    const listRequest = request as Contact.ListRequest
    const fake = Fake.script(Fake.jsonLines())
    const failures = [
      yield* Fake.failureOf(over(fake)(Stream.runDrain(Contact.list(listRequest)))),
      yield* Fake.failureOf(over(fake)(Contact.listPage(listRequest)))
    ]
    assert.isEmpty(fake.sent)
    assert.strictEqual(failures[0]?.description, failures[1]?.description)
    for (const failure of failures)
      assert.deepInclude(failure, { _tag: "InvalidRequest", outcome: "not-sent", attempts: 0 })
    const [failure] = failures
    return failure?._tag === "InvalidRequest" ? { field: failure.field, description: failure.description } : {}
  })

describe("the conditions of a list", () => {
  it.effect.each([
    ["tier", "meta.tier"],
    ["_a1.B_2", "meta._a1.B_2"],
    ["tags[0]", "meta.tags[0]"],
    ["rows[0][12].name", "meta.rows[0][12].name"],
    ["a-b", 'meta."a-b"'],
    ["first name.x", 'meta."first name".x'],
    ["1st", 'meta."1st"'],
    ["é", 'meta."é"'],
    ["a.b-c[3].d e", 'meta.a."b-c"[3]."d e"'],
    ['"a.b"', 'meta."a.b"'],
    ['"a.b"[0]."c[0]"', 'meta."a.b"[0]."c[0]"'],
    ['"tier"', "meta.tier"],
    ['a."say \\"hi\\""', 'meta.a."say \\"hi\\""'],
    ['say "hi"', 'meta."say \\"hi\\""'],
    ["*", 'meta."*"'],
    ["$", 'meta."$"'],
    ["a]", 'meta."a]"'],
    ['a.""', 'meta.a.""'],
    ["constructor", "meta.constructor"]
  ] as const)("the key %s is sent as %s", ([key, parameter]) =>
    Effect.gen(function* () {
      const { sent } = yield* listing({ meta: { [key]: "x" } })
      assert.isNotEmpty(sent)
      for (const { url } of sent) assert.strictEqual(url.searchParams.get(parameter), "x")
    })
  )

  it.effect.each([
    "",
    " ",
    ".",
    ".a",
    "a.",
    "a..b",
    "[0]",
    "a[0",
    "a[]",
    "a[x]",
    "a[-1]",
    "a[#-1]",
    "a[01]",
    "a[0]b",
    '"a',
    '"a"b',
    '"\\x"',
    "a.[0]"
  ])("the key %j is refused", (key) =>
    Effect.gen(function* () {
      const { description, field } = yield* refusalOf({ meta: { tier: "gold", [key]: "x" } })
      assert.match(field ?? "", /^meta\./)
      assert.match(description ?? "", /: Expected /)
    })
  )

  it.effect.each([..."toString constructor __proto__ hasOwnProperty valueOf __defineGetter__".split(" "), ""])(
    "the text %j is refused",
    (tier) =>
      Effect.gen(function* () {
        const { description, field } = yield* refusalOf({ meta: { tier } })
        assert.strictEqual(field, "meta.tier")
        assert.match(description ?? "", /: Expected (another text|text of)/)
      })
  )

  it.effect.each([[{}], [{ tier: undefined }], [{ tier: "gold", owner: undefined }], [{ tier: null }], [{ tier: 5 }]])(
    "%j is refused: it would list too many contacts",
    ([meta]) =>
      Effect.gen(function* () {
        const { field } = yield* refusalOf({ meta })
        assert.match(field ?? "", /^meta/)
      })
  )

  it.effect("an empty filter is refused, and the error says what to do", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refusalOf({ meta: {} }), {
        field: "meta",
        description: "meta: Expected at least one condition: to list all, leave it out"
      })
    })
  )

  it.effect("two conditions on one path are refused: the server would apply only one", () =>
    Effect.gen(function* () {
      const { description } = yield* refusalOf({ meta: { "a-b": "x", '"a-b"': "y" } })
      assert.include(description, "one condition on each path")
    })
  )

  it.effect("no filter sends no condition", () =>
    Effect.gen(function* () {
      for (const request of [{ meta: undefined }, {}, undefined]) {
        const { sent } = yield* listing(request)
        assert.strictEqual(sent[0]?.url.search, "")
        assert.isFalse(sent.some(({ url }) => url.search.includes("meta")))
      }
    })
  )

  it.effect("deleting each listed contact deletes nothing if the filter is empty", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ name: "a" }, { name: "b" }])
      const deleted = Contact.list({ meta: {} }).pipe(Stream.runForEach(({ id }) => Contact.delete(id)))
      assert.strictEqual((yield* Effect.flip(deleted))._tag, "InvalidRequest")
      assert.lengthOf(yield* Stream.runCollect(Contact.list()), 2)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("the conditions of a list, as the server reads them", () => {
  it.effect.each([
    ["tier", { tier: "x" }],
    ["a.b.c", { a: { b: { c: "x" } } }],
    ["tags[1]", { tags: ["y", "x"] }],
    ["rows[0][1].name", { rows: [[{}, { name: "x" }]] }],
    ["a-b", { "a-b": "x" }],
    ["first name", { "first name": "x" }],
    ["1st", { "1st": "x" }],
    ["é.ü", { é: { ü: "x" } }],
    ['"a.b"', { "a.b": "x" }],
    ['a."b[0]".c', { a: { "b[0]": { c: "x" } } }],
    ['"say \\"hi\\""', { 'say "hi"': "x" }],
    ['say "hi"', { 'say "hi"': "x" }],
    ["*", { "*": "x" }],
    ["$", { $: "x" }],
    ['a.""', { a: { "": "x" } }]
  ] as const)("the key %s finds its contact and no other", ([key, meta]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ meta: { other: "x" } }, { name: "wanted", meta }, { meta: null }])
      const found = yield* Stream.runCollect(Contact.list({ meta: { [key]: "x" } }))
      assert.deepStrictEqual(
        found.map(({ name }) => name),
        ["wanted"]
      )
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("any JavaScript value in place of a request", () => {
  const huge = "x".repeat(1024 * 1024)
  const throwing = () => {
    throw new Error("canary")
  }
  const proxy = (handler: ProxyHandler<object>) => new Proxy({}, handler)

  it.effect.each([
    ["null", null],
    ["a number", 5],
    ["a text", "canary"],
    ["a symbol", Symbol("canary")],
    ["a function", throwing],
    ["an array", []],
    ["a date", new Date(0)],
    ["an unknown member", { limit: 5 }],
    [
      "a getter that throws",
      {
        get cursor() {
          return throwing()
        }
      }
    ],
    [
      "a getter that throws in meta",
      {
        meta: {
          get tier() {
            return throwing()
          }
        }
      }
    ],
    [
      "a proxy that throws on get",
      proxy({
        get: throwing,
        ownKeys: () => ["cursor"],
        getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true })
      })
    ],
    ["a proxy that throws on keys", proxy({ ownKeys: throwing })],
    ["a proxy that throws on its prototype", proxy({ getPrototypeOf: throwing })],
    [
      "a revoked proxy",
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      })()
    ],
    ["a cursor with a toString", { cursor: { toString: () => "c1" } }],
    ["a cursor with a throwing toString", { cursor: { toString: throwing } }],
    ["a cursor that is a String object", { cursor: Object("c1") }],
    ["a cursor that is a symbol", { cursor: Symbol("canary") }],
    ["a cursor that is a bigint", { cursor: 5n }],
    ["a huge cursor", { cursor: huge }],
    ["a huge key", { meta: { [huge]: "x" } }],
    ["a huge value", { meta: { tier: huge } }],
    ["a cursor with a lone surrogate", { cursor: "\ud800" }],
    ["a key with a lone surrogate", { meta: { "\ud800": "x" } }],
    ["a take that is an object", { take: { valueOf: () => 5 } }],
    ["an order that is an object", { order: { toString: () => "asc" } }],
    ["a meta that is a Map", { meta: new Map([["tier", "gold"]]) }],
    ["a meta that is a proxy that throws", { meta: proxy({ ownKeys: throwing }) }]
  ] as const)("%s is refused", ([, request]) =>
    Effect.gen(function* () {
      const { description = "" } = yield* refusalOf(request)
      assert.notInclude(description, "canary")
      assert.isAtMost(description.length, 400)
    })
  )

  it.effect("the checked values are sent, whatever the getters return later", () =>
    Effect.gen(function* () {
      let reads = 0
      const request = {
        get cursor() {
          return reads++ === 0 ? "c1" : "c2"
        },
        meta: {
          get tier() {
            return reads++ === 1 ? "gold" : ""
          }
        }
      }
      const lines = Fake.script(Fake.jsonLines(), Fake.json(200, { items: [Fake.contact("c2")] }))
      yield* Fake.drive(over(lines)(Stream.runDrain(Contact.list(request))))
      assert.strictEqual(reads, 2)
      for (const { url } of lines.sent.slice(0, 1)) assert.strictEqual(url.search, "?cursor=c1&meta.tier=gold")
    })
  )
})

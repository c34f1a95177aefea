import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import type { NewContact } from "../../../../src/internal/server/store/Store.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, jsonl, layer, numbered, parse, seed, send } from "../Harness.ts"

const list = (query: string, path = "/v1/contact/list") =>
  Effect.map(send({ path: `${path}?${query}` }), (got) => {
    assert.strictEqual(got.status, 200, got.text)
    const { items, cursor } = parse(got.text)
    return { ids: items.map((item: { readonly id: string }) => item.id), cursor }
  })

const ids = (query: string) => Effect.map(list(query), (page) => page.ids)

describe("Paging (contract 4)", () => {
  const takes: ReadonlyArray<readonly [take: string, count: number]> = [
    ["", 100],
    ["take=", 100],
    ["take=0", 100],
    ["take=abc", 100],
    ["take=NaN", 100],
    ["take=-5", 1],
    ["take=1", 1],
    ["take=5.9", 5],
    ["take=10abc", 10],
    ["take=%2010", 10],
    ["take=1e2", 1],
    ["take=100", 100],
    ["take=101", 100],
    ["take=99999999999999999999", 100],
    ["take=2&take=7", 2],
    ["Take=2", 100],
    ["foo=1&take=3&bar", 3]
  ]
  for (const path of ["/v1/contact/list", "/api/v1/contact/export"]) {
    for (const [query, count] of takes) {
      it.effect(`${path}?${query} -> ${count}`, () =>
        Effect.gen(function* () {
          yield* seed(numbered(120))
          const page = yield* list(query, path)
          assert.strictEqual(page.ids.length, count)
          assert.strictEqual(page.ids[0], "id-0119")
          assert.strictEqual(page.cursor, page.ids.at(-1))
        }).pipe(Effect.provide(layer()))
      )
    }
  }

  for (const [query, first] of [
    ["", "id-0002"],
    ["order=desc", "id-0002"],
    ["order=asc", "id-0000"],
    ["order=%20asc%20", "id-0000"],
    ["order=ASC", "id-0002"],
    ["order=up", "id-0002"],
    ["order=desc&order=asc", "id-0002"]
  ] as const) {
    it.effect(`?${query} starts with ${first}`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(3))
        assert.strictEqual((yield* ids(query))[0], first)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("orders by the time of creation and then by id, not by arrival or update", () =>
    Effect.gen(function* () {
      yield* seed([
        { id: "b", createdAt: 2 },
        { id: "c", createdAt: 1, updatedAt: 9 },
        { id: "a", createdAt: 2 },
        { id: "d", createdAt: 3 }
      ])
      assert.deepStrictEqual(yield* ids("order=asc"), ["c", "a", "b", "d"])
      assert.deepStrictEqual(yield* ids(""), ["d", "b", "a", "c"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("an empty page has no cursor", () =>
    Effect.gen(function* () {
      yield* seed(numbered(2))
      const got = yield* send({ path: "/v1/contact/list?cursor=id-0000" })
      assert.strictEqual(got.text, '{"items":[]}')
      const last = yield* list("cursor=id-0001")
      assert.deepStrictEqual(last, { ids: ["id-0000"], cursor: "id-0000" })
    }).pipe(Effect.provide(layer()))
  )

  for (const [query, expected] of [
    ["cursor=id-0002", ["id-0001", "id-0000"]],
    ["cursor=%20id-0002%20", ["id-0001", "id-0000"]],
    ["cursor=", ["id-0004", "id-0003", "id-0002", "id-0001", "id-0000"]],
    ["cursor=%20", ["id-0004", "id-0003", "id-0002", "id-0001", "id-0000"]],
    ["cursor=id-0002&order=asc", ["id-0003", "id-0004"]],
    ["cursor=id-0002&take=1", ["id-0001"]],
    ["cursor=id-0002&cursor=id-0004", ["id-0001", "id-0000"]],
    ["cursor=unknown", []],
    ["cursor=ID-0002", []]
  ] as const) {
    it.effect(`?${query} -> ${expected.length} items`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(5))
        assert.deepStrictEqual(yield* ids(query), expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("the cursor of a deleted contact is an unknown one", () =>
    Effect.gen(function* () {
      yield* seed(numbered(5))
      yield* send({ path: "/v1/contact/id-0002/delete", json: {} })
      assert.deepStrictEqual(yield* ids("cursor=id-0002"), [])
      assert.deepStrictEqual(yield* ids(""), ["id-0004", "id-0003", "id-0001", "id-0000"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("the id of another account's contact is a position, and the first row from there on is left out", () =>
    Effect.gen(function* () {
      yield* seed(numbered(5))
      yield* seed([{ id: "theirs", createdAt: 2.5 }], yield* accountNamed("sk-other"))
      assert.deepStrictEqual(yield* ids("cursor=theirs"), ["id-0001", "id-0000"])
      assert.deepStrictEqual(yield* ids("cursor=theirs&order=asc"), ["id-0004"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a cursor that does not match the filter leaves out the next match", () =>
    Effect.gen(function* () {
      const tiers = ["gold", "silver", "gold", "gold", "silver", "gold"]
      yield* seed(tiers.map((tier, index) => ({ id: `id-${index}`, createdAt: index, meta: { tier } })))
      assert.deepStrictEqual(yield* ids("order=asc&meta.tier=gold&cursor=id-0"), ["id-2", "id-3", "id-5"])
      assert.deepStrictEqual(yield* ids("order=asc&meta.tier=gold&cursor=id-1"), ["id-3", "id-5"])
      assert.deepStrictEqual(yield* ids("meta.tier=gold&cursor=id-4"), ["id-2", "id-0"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("inserts do not shift pages, and accounts see only their own contacts", () =>
    Effect.gen(function* () {
      yield* seed(numbered(4))
      yield* seed([{ id: "theirs", createdAt: 1 }], yield* accountNamed("sk-other"))
      const first = yield* list("take=2")
      yield* seed([{ id: "new", createdAt: 99 }])
      assert.deepStrictEqual(first.ids, ["id-0003", "id-0002"])
      assert.deepStrictEqual(yield* ids(`take=2&cursor=${first.cursor}`), ["id-0001", "id-0000"])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Metadata filters (contract 4)", () => {
  const contacts: ReadonlyArray<NewContact> = [
    { id: "null", createdAt: 0, meta: null },
    {
      id: "gold",
      createdAt: 1,
      meta: { tier: "gold", age: 30, vip: true, nested: { deep: { key: "v" } }, list: ["x", { y: "z" }] }
    },
    { id: "text", createdAt: 2, meta: { tier: "gold", age: "30", vip: "true", "a-b": "c", "dot.ted": "d" } },
    { id: "odd", createdAt: 3, meta: { constructor: "x", empty: "", flag: false, nothing: null } }
  ]
  const cases: ReadonlyArray<readonly [query: string, expected: ReadonlyArray<string> | 500]> = [
    ["meta.tier=gold", ["gold", "text"]],
    ["meta[tier]=gold", ["gold", "text"]],
    ["meta%5Btier%5D=gold", ["gold", "text"]],
    ["meta.tier=gold&meta.age=30", ["text"]],
    ["meta.tier=gold&meta[tier]=silver", []],
    ["meta.tier=gold&meta.tier=silver", ["gold", "text"]],
    ["meta.age=30", ["text"]],
    ["meta.vip=true", ["gold"]],
    ["meta.vip=True", []],
    ["meta.flag=false", ["odd"]],
    ["meta.nothing=null", []],
    ["meta.nested.deep.key=v", ["gold"]],
    ["meta[nested.deep.key]=v", ["gold"]],
    ["meta.nested.deep=v", []],
    ["meta.list[0]=x", ["gold"]],
    ["meta.list[1].y=z", ["gold"]],
    ["meta.a-b=c", ["text"]],
    ["meta.dot.ted=d", []],
    ["meta.constructor=x", ["odd"]],
    ["meta.toString=x", []],
    ["meta.tier=", ["null", "gold", "text", "odd"]],
    ["meta.empty=", ["null", "gold", "text", "odd"]],
    ["meta=gold", ["null", "gold", "text", "odd"]],
    ["meta[tier=gold", ["null", "gold", "text", "odd"]],
    ["meta%5B%5D=", ["null", "gold", "text", "odd"]],
    ["metatier=gold", ["null", "gold", "text", "odd"]],
    ["meta[]=x", 500],
    ["meta.=x", 500],
    ["meta.a..b=x", 500],
    ["meta.a.=x", 500],
    ["meta.a[=x", []],
    ["meta.a[b]=x", []],
    ["meta.list[=x", 500],
    ["meta.list[b]=x", 500],
    ["meta.%22dot.ted%22=d", ["text"]],
    ["meta.tier=constructor", 500],
    ["meta.tier=toString", 500],
    ["meta.tier=__proto__", []]
  ]
  for (const [query, expected] of cases) {
    it.effect(`${query} -> ${String(expected)}`, () =>
      Effect.gen(function* () {
        yield* seed(contacts)
        if (expected !== 500) return assert.deepStrictEqual(yield* ids(`order=asc&${query}`), expected)
        for (const headers of [{}, jsonl]) {
          const got = yield* send({ path: `/v1/contact/list?${query}`, headers })
          assert.strictEqual(got.status, 500)
          assert.strictEqual(got.text, '{"code":"GENERIC_ERROR","message":"System error occurred"}')
          assert.strictEqual(got.headers["content-type"], "application/json")
        }
      }).pipe(Effect.provide(layer()))
    )
  }
})

const poll = (sent?: {
  readonly path?: string
  readonly authorization?: string
  readonly headers?: { readonly accept: string }
}) => send({ path: "/v1/contact/list", ...sent })

describe("The poll limit (contract 4)", () => {
  const limited = '{"code":"LIMITS_REACHED","message":"You have exceeded your allocated rate limits: rate/poll"}'
  it.effect("slides over 60 s, counts requests and not pages, and does not apply to export", () =>
    Effect.gen(function* () {
      yield* seed(numbered(250))
      assert.strictEqual((yield* poll({ headers: jsonl })).status, 200)
      yield* TestClock.setTime(30_000)
      assert.strictEqual((yield* poll()).status, 200)
      for (const headers of [undefined, jsonl]) {
        const got = yield* poll(headers === undefined ? {} : { headers })
        assert.strictEqual(got.status, 429)
        assert.strictEqual(got.text, limited)
        assert.strictEqual(got.headers["content-type"], "application/json")
        assert.strictEqual(got.headers["x-failure-code"], undefined)
        assert.strictEqual(got.headers["retry-after"], undefined)
      }
      assert.strictEqual((yield* poll({ path: "/v1/contact/export" })).status, 200)
      assert.strictEqual((yield* poll({ authorization: "Bearer sk-other" })).status, 200)
      yield* TestClock.setTime(59_999)
      assert.strictEqual((yield* poll()).status, 429)
      yield* TestClock.setTime(60_000)
      assert.strictEqual((yield* poll()).status, 200)
      assert.strictEqual((yield* poll()).status, 429)
      yield* (yield* ServerState.ServerState).clear
      assert.strictEqual((yield* poll()).status, 200)
    }).pipe(Effect.provide(layer({ rateLimit: 2 })))
  )

  it.effect("is that of the paying account", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* poll({ authorization: "Bearer sk-child" })).status, 200)
      assert.strictEqual((yield* poll({ authorization: "Bearer sk-parent" })).status, 429)
    }).pipe(
      Effect.provide(
        layer({
          accounts: [
            { id: "parent", tokens: ["sk-parent"], rateLimit: 1 },
            { id: "child", tokens: ["sk-child"], parent: "parent", rateLimit: 5 }
          ]
        })
      )
    )
  )

  it.effect("does not count a request that is refused before", () =>
    Effect.gen(function* () {
      yield* poll({ authorization: "Bearer nope" })
      yield* poll({ headers: { accept: "text/html" } })
      assert.strictEqual((yield* poll()).status, 200)
    }).pipe(Effect.provide(layer({ rateLimit: 1 })))
  )

  it.effect("is off by default", () =>
    Effect.gen(function* () {
      for (let index = 0; index < 200; index++) yield* poll()
      assert.strictEqual((yield* poll()).status, 200)
    }).pipe(Effect.provide(layer()))
  )
})

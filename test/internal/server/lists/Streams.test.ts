import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as Stream from "effect/Stream"
import type { NewContact } from "../../../../src/internal/server/store/Store.ts"
import { csv, jsonl, layer, lineIds, numbered, open, seed, send, sse } from "../Harness.ts"

describe("Negotiation (contract 5)", () => {
  const cases: ReadonlyArray<readonly [accept: string | undefined, contentType: string | undefined]> = [
    [undefined, "application/json"],
    ["", "application/json"],
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["APPLICATION/JSON", "application/json"],
    ["application/json;q=0.1", "application/json"],
    ["application/json, text/plain, */*", "application/json"],
    [" application/jsonl ; charset=utf-8 , text/html", "application/jsonl"],
    ["Application/JSONL", "application/jsonl"],
    ["text/event-stream", "text/event-stream"],
    ["text/csv", "text/csv"],
    ["text/html, application/json", undefined],
    ["text/html", undefined],
    ["application/x-ndjson", undefined],
    ["application/*", undefined],
    ["text/plain", undefined]
  ]
  for (const path of ["/v1/contact/list", "/api/v1/contact/export"]) {
    for (const [accept, contentType] of cases) {
      it.effect(`${path} ${accept} -> ${contentType ?? 400}`, () =>
        Effect.gen(function* () {
          yield* seed(numbered(1))
          const got = yield* send({ path, headers: accept === undefined ? {} : { accept } })
          assert.strictEqual(got.headers["content-type"], contentType ?? "application/json")
          assert.strictEqual(got.headers["x-failure-code"], undefined)
          if (contentType !== undefined) return assert.strictEqual(got.status, 200)
          assert.strictEqual(got.status, 400)
          assert.strictEqual(got.text, '{"code":"BAD_REQUEST","message":"Unsupported accept header"}')
        }).pipe(Effect.provide(layer()))
      )
    }
  }

  it.effect("only lists look at Accept", () =>
    Effect.gen(function* () {
      yield* seed(numbered(1))
      for (const sent of [{ path: "/v1/contact/id-0000/fetch" }, { path: "/v1/contact/create", json: {} }]) {
        const got = yield* send({ ...sent, headers: { accept: "text/html" } })
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.headers["content-type"], "application/json")
      }
    }).pipe(Effect.provide(layer()))
  )
})

describe("Stream formats (contract 5.2 to 5.4)", () => {
  const contacts: ReadonlyArray<NewContact> = [
    { id: "a", fingerprint: "f1", createdAt: 1, meta: { k: "v", "#h": 1, l: [1, { m: "n" }] } },
    {
      id: "b",
      fingerprint: "f2",
      createdAt: 2,
      name: 'q"q',
      description: "l1\nl2, =1+1",
      verifiedAt: 0,
      email: "é@b.co"
    }
  ]
  const listA =
    '{"id":"a","name":"","description":"","fingerprint":"f1","email":null,"phone":null,"nick":null,"preferences":null,' +
    '"verifiedAt":null,"meta":{"k":"v","l":[1,{"m":"n"}]},"createdAt":1,"updatedAt":1}'
  const listB =
    '{"id":"b","name":"q\\"q","description":"l1\\nl2, =1+1","fingerprint":"f2","email":"é@b.co","phone":null,"nick":null,' +
    '"preferences":null,"verifiedAt":0,"meta":null,"createdAt":2,"updatedAt":2}'
  const exportA = listA.replace(/"meta":(.*),("createdAt":1,"updatedAt":1)}/, '$2,"meta":$1}')
  const exportB = listB.replace('"meta":null,', "").replace(/}$/, ',"meta":{}}')

  const cases: ReadonlyArray<readonly [path: string, headers: { readonly accept: string }, text: string]> = [
    ["list", { accept: "application/json" }, `{"items":[${listA},${listB}],"cursor":"b"}`],
    ["export", { accept: "application/json" }, `{"items":[${exportA},${exportB}],"cursor":"b"}`],
    ["list", jsonl, `{"type":"item","data":${listA}}\n{"type":"item","data":${listB}}\n`],
    ["export", jsonl, `{"type":"item","data":${exportA}}\n{"type":"item","data":${exportB}}\n`],
    ["list", sse, `event: item\ndata: ${listA}\n\nevent: item\ndata: ${listB}\n\n`],
    ["export", sse, `event: item\ndata: ${exportA}\n\nevent: item\ndata: ${exportB}\n\n`],
    [
      "list",
      csv,
      "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,meta,createdAt,updatedAt\n" +
        '"a","","","f1","","","","","","[object Object]","1","1"\n' +
        '"b","q""q","l1\nl2, =1+1","f2","é@b.co","","","","0","","2","2"\n'
    ],
    [
      "export",
      csv,
      "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,createdAt,updatedAt,meta\n" +
        '"a","","","f1","","","","","","1","1","k: v\nl:\n  - 1\n  - m: \'n\'\n"\n' +
        '"b","q""q","l1\nl2, =1+1","f2","é@b.co","","","","0","2","2","{}\n"\n'
    ]
  ]
  for (const [path, headers, text] of cases) {
    it.effect(`${path} as ${headers.accept}`, () =>
      Effect.gen(function* () {
        yield* seed(contacts)
        const got = yield* send({ path: `/v1/contact/${path}?order=asc`, headers })
        assert.strictEqual(got.text, text)
        assert.strictEqual(got.headers["content-type"], headers.accept)
      }).pipe(Effect.provide(layer()))
    )
    it.effect(`no ${path} as ${headers.accept}`, () =>
      Effect.gen(function* () {
        const got = yield* send({ path: `/v1/contact/${path}`, headers })
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.text, headers.accept === "application/json" ? '{"items":[]}' : "")
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("the metadata of a CSV export is parsed back to the same value", () =>
    Effect.gen(function* () {
      const meta = {
        plain: "gold",
        quoted: ["30", "true", "null", "", " x", "a: b", "- a", "it's", "#", "2024-01-01", "yes", "~"],
        lines: "one\n two\n",
        control: "a\u0000b\tc\u2028",
        numbers: [0, -1, 1.5, 1e21, 1e-7],
        deep: { empty: {}, list: [], nested: [{ a: { b: null } }, 1] },
        "a key": true
      }
      yield* seed([{ id: "a", meta }])
      const { text } = yield* send({ path: "/v1/contact/export", headers: csv })
      const cell = text.slice(text.lastIndexOf('","') + 3, -2).replaceAll('""', '"')
      assert.deepStrictEqual(Yaml.parse(cell), meta)
    }).pipe(Effect.provide(layer()))
  )
})

describe("Streams page through everything (contract 5.1)", () => {
  const cases: ReadonlyArray<readonly [query: string, count: number]> = [
    ["", 450],
    ["take=0", 450],
    ["take=abc", 450],
    ["take=7", 7],
    ["take=100", 100],
    ["take=101", 200],
    ["take=150", 200],
    ["take=250", 300],
    ["take=400", 400],
    ["take=401", 450],
    ["take=9999", 450],
    ["take=-3", 1]
  ]
  for (const headers of [jsonl, sse, csv]) {
    for (const [query, count] of cases) {
      it.effect(`${headers.accept} ?${query} -> ${count}`, () =>
        Effect.gen(function* () {
          yield* seed(numbered(450))
          const got = yield* send({ path: `/v1/contact/list?${query}`, headers })
          const found = got.text.match(/\bid-\d{4}\b/g) ?? []
          const expected = Array.from({ length: count }, (_, index) => `id-${String(449 - index).padStart(4, "0")}`)
          assert.deepStrictEqual(found, expected)
        }).pipe(Effect.provide(layer()))
      )
    }
  }

  it.effect("start at the cursor, in the requested order, with the filter", () =>
    Effect.gen(function* () {
      yield* seed(numbered(300, (index) => ({ odd: String(index % 2) })))
      const got = yield* send({ path: "/v1/contact/list?order=asc&cursor=id-0001&meta.odd=1", headers: jsonl })
      const expected = Array.from({ length: 149 }, (_, index) => `id-${String(index * 2 + 3).padStart(4, "0")}`)
      assert.deepStrictEqual(lineIds(got.text), expected)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a page is read only when the one before it was consumed", () =>
    Effect.gen(function* () {
      yield* seed(numbered(300))
      const response = yield* open({ path: "/v1/contact/list?order=asc", headers: jsonl })
      const chunks = yield* response.stream.pipe(
        Stream.decodeText,
        Stream.tap((chunk) =>
          lineIds(chunk)[0] === "id-0000" ? send({ path: "/v1/contact/id-0099/delete", json: {} }) : Effect.void
        ),
        Stream.runCollect
      )
      // The contact that is the cursor of the second page is deleted, so that the page is empty and ends the stream.
      assert.strictEqual(chunks.length, 1)
    }).pipe(Effect.provide(layer()))
  )
})

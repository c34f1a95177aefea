import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SecretSeeds from "../../../../src/internal/server/secrets/SecretSeeds.ts"
import * as Interceptor from "../../../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, csv, generic, jsonl, layer, lineIds, parse, post, remove, seed, send, sse } from "../Harness.ts"
import { act, seedContacts, seedPersonal, seedSecrets, seedValue } from "./SecretHarness.ts"

const list = (query = "", rest: Partial<Parameters<typeof send>[0]> = {}) =>
  send({ path: `/v1/contact/ada/secret/list${query}`, ...rest })

const ids = (text: string): ReadonlyArray<string> => parse(text).items.map(({ id }: { readonly id: string }) => id)

const seedValues = (values: ReadonlyArray<SecretSeeds.SecretValueSeed>, contact = "ada") =>
  Effect.flatMap(ServerState.ServerState, (state) => SecretSeeds.seedValues(state, contact, values))

const idOf = (index: number) => `s${String(index).padStart(3, "0")}`

/** Personal secrets with a value for `ada` each, whose times are their index. */
const seedNumbered = (count: number) =>
  Effect.gen(function* () {
    yield* seedContacts
    const indices = Array.from({ length: count }, (_, index) => index)
    yield* seedSecrets(indices.map((index) => ({ id: idOf(index), kind: "personal" })))
    yield* seedValues(indices.map((index) => ({ id: `v${index}`, secretId: idOf(index), createdAt: index })))
  })

const seedTwo = Effect.gen(function* () {
  yield* seedContacts
  yield* seedSecrets([
    { id: "s1", kind: "personal", name: "Secret", description: "of all", type: "bearer", meta: { of: "secret" } },
    { id: "s2", kind: "personal", name: "Other", type: "oauth" }
  ])
  yield* seedValues([
    { id: "v1", secretId: "s1", value: "canary", createdAt: 1, updatedAt: 3 },
    {
      id: "v2",
      secretId: "s2",
      value: "canary",
      name: "Own",
      description: 'of "one"',
      meta: { tier: "gold", "#hidden": 1 },
      createdAt: 2
    }
  ])
})

const first =
  '{"name":"Secret","description":"of all","meta":null,"createdAt":1,"updatedAt":3,"id":"s1","type":"bearer"}'
const second =
  '{"name":"Own","description":"of \\"one\\"","meta":{"tier":"gold"},"createdAt":2,"updatedAt":2,"id":"s2","type":"oauth"}'

describe("secret/list (contract 3.8.1)", () => {
  it.effect("JSON, newest first, with the secret's names where the value has none", () =>
    Effect.gen(function* () {
      yield* seedTwo
      const got = yield* list()
      assert.strictEqual(got.status, 200)
      assert.strictEqual(got.text, `{"items":[${second},${first}],"cursor":"s1"}`)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("JSON Lines, server-sent events and CSV", () =>
    Effect.gen(function* () {
      yield* seedTwo
      const lines = yield* list("", { headers: jsonl })
      assert.strictEqual(lines.text, [second, first].map((data) => `{"type":"item","data":${data}}\n`).join(""))
      const events = yield* list("", { headers: sse })
      assert.strictEqual(events.text, [second, first].map((data) => `event: item\ndata: ${data}\n\n`).join(""))
      const table = yield* list("", { headers: csv })
      assert.strictEqual(
        table.text,
        "name,description,meta,createdAt,updatedAt,id,type\n" +
          '"Own","of ""one""","[object Object]","2","2","s2","oauth"\n' +
          '"Secret","of all","","1","3","s1","bearer"\n'
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("one item for each stored value of the contact, also of another account's secret", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([
        { id: "mine", kind: "personal" },
        { id: "empty", kind: "personal" },
        { id: "bobs", kind: "personal" },
        { id: "shared", value: "value" }
      ])
      yield* seedSecrets([{ id: "theirs", kind: "personal" }], "sk-other")
      yield* seedValue("mine", "value")
      yield* seedValue("theirs", "value")
      yield* seedValue("bobs", "value", "bob")
      assert.sameMembers([...ids((yield* list()).text)], ["mine", "theirs"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a contact that is not verified has its values listed", () =>
    Effect.gen(function* () {
      yield* seedContacts
      yield* seedSecrets([{ id: "s", kind: "personal" }])
      yield* seedValue("s", "value", "bob")
      const got = yield* send({ path: "/v1/contact/bob/secret/list" })
      assert.deepStrictEqual(ids(got.text), ["s"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("filters on the metadata of the value, not of the secret", () =>
    Effect.gen(function* () {
      yield* seedTwo
      assert.deepStrictEqual(ids((yield* list("?meta.tier=gold")).text), ["s2"])
      assert.deepStrictEqual(ids((yield* list("?meta[tier]=tin")).text), [])
      assert.deepStrictEqual(ids((yield* list("?meta.of=secret")).text), [])
      assert.strictEqual((yield* list("?meta.=x")).text, generic("System error occurred"))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("without values it is empty, and has no cursor", () =>
    Effect.gen(function* () {
      yield* seedContacts
      assert.strictEqual((yield* list()).text, '{"items":[]}')
      assert.strictEqual((yield* list("", { headers: jsonl })).text, "")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a revoked secret is gone, and so are the values of a deleted contact", () =>
    Effect.gen(function* () {
      yield* seedPersonal("value")
      yield* act("revoke", "s")
      assert.strictEqual((yield* list()).text, '{"items":[]}')
      yield* seedValue("s", "value")
      yield* remove("ada")
      yield* seed([{ id: "ada" }])
      assert.strictEqual((yield* list()).text, '{"items":[]}')
    }).pipe(Effect.provide(layer()))
  )
})

describe("paging of secret/list is broken (contract 3.8.1)", () => {
  it.effect("the cursor is the id of a secret, after which every page is empty", () =>
    Effect.gen(function* () {
      yield* seedNumbered(5)
      const page = yield* list("?take=2")
      assert.deepStrictEqual(ids(page.text), ["s004", "s003"])
      assert.strictEqual(parse(page.text).cursor, "s003")
      assert.strictEqual((yield* list("?take=2&cursor=s003")).text, '{"items":[]}')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("rows are paged by the id of the value row", () =>
    Effect.gen(function* () {
      yield* seedNumbered(5)
      assert.deepStrictEqual(ids((yield* list("?take=2&cursor=v3")).text), ["s002", "s001"])
      assert.deepStrictEqual(ids((yield* list("?take=2&cursor=v3&order=asc")).text), ["s004"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a stream stops after its first page: 100 are reachable from each end", () =>
    Effect.gen(function* () {
      yield* seedNumbered(150)
      const numbers = Array.from({ length: 150 }, (_, index) => idOf(index))
      const oldest = yield* list("?order=asc", { headers: jsonl })
      assert.deepStrictEqual(lineIds(oldest.text), numbers.slice(0, 100))
      const newest = yield* list("", { headers: jsonl })
      assert.deepStrictEqual(lineIds(newest.text), numbers.toReversed().slice(0, 100))
      assert.deepStrictEqual(
        lineIds((yield* list("?take=20", { headers: jsonl })).text),
        numbers.toReversed().slice(0, 20)
      )
      assert.lengthOf(ids((yield* list("?take=1000")).text), 100)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("rows without a secret are dropped after paging", () =>
    Effect.gen(function* () {
      yield* seedNumbered(3)
      yield* seedValues([{ secretId: "gone", createdAt: 10 }])
      const short = yield* list("?take=2")
      assert.deepStrictEqual(ids(short.text), ["s002"])
      const none = yield* list("?take=1")
      assert.strictEqual(none.text, '{"items":[]}')
      const stream = yield* list("?take=1", { headers: jsonl })
      assert.strictEqual(stream.text, "")
    }).pipe(Effect.provide(layer()))
  )
})

describe("order of checks of secret/list (contract 3.8.1)", () => {
  it.effect("verb, credentials, Accept, rate limit, id, contact, owner", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
      const at = (contact: string, rest: Partial<Parameters<typeof send>[0]> = {}) =>
        send({ path: `/v1/contact/${contact}/secret/list`, ...rest })
      const bad = { authorization: "Bearer bad" }
      const html = { headers: { accept: "text/html" } }
      assert.strictEqual((yield* send(post("/v1/contact/x/secret/list", {}, { ...bad, ...html }))).status, 405)
      assert.strictEqual((yield* at("missing", { ...bad, ...html })).status, 401)
      const unsupported = '{"code":"BAD_REQUEST","message":"Unsupported accept header"}'
      for (let count = 0; count < 5; count++) assert.strictEqual((yield* at("missing", html)).text, unsupported)
      assert.strictEqual((yield* at("%20")).text, '{"code":"BAD_REQUEST","message":"Bad request"}')
      const missing = yield* at("missing", { headers: jsonl })
      assert.strictEqual(missing.text, '{"code":"NOT_FOUND","message":"Not found"}')
      assert.strictEqual(missing.headers["content-type"], "application/json")
      const theirs = yield* at("theirs")
      assert.strictEqual(theirs.status, 403)
      assert.strictEqual(theirs.text, '{"code":"NOT_AUTHORIZED","message":"Not authorized"}')
      assert.isUndefined(theirs.headers["x-failure-code"])
      assert.strictEqual((yield* at("@x")).text, generic("System error occurred"))
      assert.strictEqual((yield* at("missing")).status, 429)
    }).pipe(Effect.provide(layer({ rateLimit: 4 })))
  )

  it.effect("the contact is looked up again for every page of a stream", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seedNumbered(2)
      state.interceptor = {
        ...Interceptor.none,
        page: (_, page) =>
          Effect.suspend(() => {
            if (page.index > 0) state.deleteContact("ada")
            return page.read(page.cursor)
          })
      }
      const got = yield* list("", { headers: jsonl })
      assert.deepStrictEqual(got.text.split("\n").slice(2), [
        '{"type":"error","data":{"code":"NOT_FOUND","message":"Not found"}}',
        ""
      ])
    }).pipe(Effect.provide(layer()))
  )
})

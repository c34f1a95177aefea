import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { contacts } from "../../../src/internal/contact/ContactList.ts"
import * as CompleteList from "../../../src/internal/list/CompleteList.ts"
import type { ListRequest } from "../../../src/internal/list/ListRequest.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

const list = Fake.jsonLines(Fake.item("c1"), Fake.item("c2"))
const noContacts = Fake.jsonLines()
const page = (...ids: ReadonlyArray<string>) => Fake.json(200, { items: ids.map((id) => Fake.contact(id)) })

/** Lists the contacts that a request selects. */
const run = (request: ListRequest, ...steps: readonly [...ReadonlyArray<Fake.Step>, Fake.Step]) =>
  Effect.gen(function* () {
    const fake = Fake.script(...steps)
    const client = yield* TestClient.make(fake, { retry: { retries: 0 } })
    const list = CompleteList.make(client, contacts, request)
    const result = yield* yield* Fake.drive(Effect.result(Stream.runCollect(list)))
    return {
      ids: Result.isSuccess(result) ? result.success.map(({ id }) => id) : undefined,
      error: Result.isFailure(result) ? result.failure : undefined,
      sent: fake.sent.map(({ headers, url }) => [headers["accept"], `${url.pathname}${url.search}`])
    }
  })

const jsonLines = "application/jsonl"
const json = "application/json"

describe("the requests of a list", () => {
  it.effect("are the list as a stream, and the page after the last contact but one", () =>
    Effect.gen(function* () {
      const { ids, sent } = yield* run({}, list, page("c2"))
      assert.deepStrictEqual(ids, ["c1", "c2"])
      assert.deepStrictEqual(sent, [
        [jsonLines, "/v1/contact/list"],
        [json, "/v1/contact/list?cursor=c1&take=100"]
      ])
    })
  )

  it.effect("have the order and the filter of the caller's request", () =>
    Effect.gen(function* () {
      const request = { order: "asc", meta: { tier: "gold" }, cursor: "c0", take: 5 } as const
      const { sent } = yield* run(request, noContacts, page(), Fake.json(200, Fake.contact("c0")))
      assert.deepStrictEqual(sent, [
        [jsonLines, "/v1/contact/list?order=asc&meta.tier=gold&cursor=c0&take=5"],
        [json, "/v1/contact/list?order=asc&meta.tier=gold&cursor=c0&take=100"],
        [json, "/v1/contact/c0/fetch"]
      ])
    })
  )

  it.effect("end once `take` is reached", () =>
    Effect.gen(function* () {
      const { ids, sent } = yield* run({ take: 1 }, list)
      assert.deepStrictEqual(ids, ["c1"])
      assert.lengthOf(sent, 1)
    })
  )

  it.effect("are none if `take` is 0", () =>
    Effect.gen(function* () {
      const { ids, sent } = yield* run({ take: 0 }, list)
      assert.deepStrictEqual(ids, [])
      assert.lengthOf(sent, 0)
    })
  )
})

describe("the cursor of an empty list", () => {
  const afterCursor = (reply: Fake.Step, cursor = "c9") => run({ cursor }, noContacts, page(), reply)

  it.effect.each([
    ["exists", Fake.json(200, Fake.contact("c9"))],
    ["is a contact of another account", Fake.json(403, { code: "NOT_AUTHORIZED", message: "no" })]
  ] as const)("%s: the list is complete", ([, reply]) =>
    Effect.gen(function* () {
      const { ids, sent } = yield* afterCursor(reply)
      assert.deepStrictEqual(ids, [])
      assert.deepStrictEqual(sent[2], [json, "/v1/contact/c9/fetch"])
    })
  )

  it.effect.each([
    [
      "does not exist",
      Fake.json(404, { code: "NOT_FOUND", message: "no" }),
      { _tag: "InvalidRequest", field: "cursor" }
    ],
    ["is hidden by a firewall", Fake.json(403, { code: "BLOCKED", message: "no" }), { _tag: "Forbidden", status: 403 }],
    ["cannot be read", Fake.json(503, {}), { _tag: "ServerError", status: 503 }]
  ] as const)("%s: the list fails", ([, reply, expected]) =>
    Effect.gen(function* () {
      const { error } = yield* afterCursor(reply)
      assert.deepInclude(error, { ...expected, operation: "Contact.list", attempts: 3, received: 0 })
    })
  )

  it.effect("is a name: nothing is fetched, and the list fails", () =>
    Effect.gen(function* () {
      const { error, sent } = yield* afterCursor(Fake.json(200, Fake.contact("c9")), "(Ada)")
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "cursor", attempts: 2 })
      assert.lengthOf(sent, 2)
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { HttpClientRequest } from "effect/http"
import * as ContactMemory from "../src/ContactMemory.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import { connectionReset, errorReply, id, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"

const found = Fake.json(200, { items: [{ id: "m1", text: "likes tea" }] })

const failureOf = (step: Fake.Step, call = ContactMemory.search(id, { search: "tea" })) =>
  Fake.failureOf(over(Fake.script(step), { retry: { retries: 0 } })(call))

describe("a search of memories", () => {
  it.effect("sends the text, and gives the memories as they come", () =>
    Effect.gen(function* () {
      const fake = Fake.script(
        Fake.json(200, {
          items: [
            { id: "m2", text: "b", score: 1 },
            { id: "m1", text: "a" }
          ]
        })
      )
      const memories = yield* over(fake)(ContactMemory.search(id, { search: " tea " }))
      assert.deepStrictEqual(memories, [
        { id: "m2", text: "b" },
        { id: "m1", text: "a" }
      ])
      const [sent] = fake.sent
      assert.deepInclude(sent, { method: "POST", body: '{"search":" tea "}' })
      assert.strictEqual(sent?.url.pathname, `/v1/contact/${id}/memory/search`)
      assert.deepInclude(sent?.headers, { accept: "application/json", "content-type": "application/json" })
    })
  )

  it.effect("may find nothing", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { items: [] }))
      assert.deepStrictEqual(yield* over(fake)(ContactMemory.search(id, { search: "tea" })), [])
    })
  )

  it.effect.each([
    ["a 503", Fake.json(503, {})],
    ["a lost answer", connectionReset]
  ] as const)("is sent again after %s: it changes nothing", ([, failing]) =>
    Effect.gen(function* () {
      const fake = Fake.script(failing, found)
      const memories = yield* Fake.successOf(over(fake)(ContactMemory.search(id, { search: "tea" })))
      assert.deepStrictEqual(memories, [{ id: "m1", text: "likes tea" }])
      assert.lengthOf(fake.sent, 2)
    })
  )

  it.effect.each([
    {},
    { search: "" },
    { search: null },
    { search: 5 },
    { search: "tea", take: 5 },
    { search: "\ud800" },
    [],
    undefined
  ])("refuses %j, and sends nothing", (request) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const call = ContactMemory.search(id, request as ContactMemory.SearchRequest)
      const error = yield* Fake.failureOf(over(fake)(call))
      assert.deepInclude(error, { _tag: "InvalidRequest", outcome: "not-sent", operation: "ContactMemory.search" })
      assert.lengthOf(fake.sent, 0)
    })
  )

  it.effect("refuses an id that cannot be one, and takes a name", () =>
    Effect.gen(function* () {
      const error = yield* failureOf("never", ContactMemory.search("../x", { search: "tea" }))
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "contactId", attempts: 0 })
      const fake = Fake.script(found)
      yield* over(fake)(ContactMemory.search("(Ada Lovelace)", { search: "tea" }))
      assert.strictEqual(fake.sent[0]?.url.pathname, "/v1/contact/(Ada%20Lovelace)/memory/search")
    })
  )

  it.effect.each([
    [errorReply(404, "NOT_FOUND"), { _tag: "NotFound", contactId: id }],
    [errorReply(403, "NOT_AUTHORIZED"), { _tag: "Forbidden" }],
    [errorReply(409, "CONFLICT"), { _tag: "UnexpectedResponse", status: 409 }],
    [Fake.json(200, { items: [{ id: "m1" }] }), { _tag: "UnexpectedResponse" }],
    [Fake.json(200, []), { _tag: "UnexpectedResponse" }],
    [Fake.jsonLines(), { _tag: "UnexpectedResponse" }]
  ] as const)("fails with its own failures (%#)", ([step, expected]) =>
    Effect.gen(function* () {
      const error = yield* failureOf(step)
      assert.deepInclude(error, { ...expected, operation: "ContactMemory.search" })
      assert.notProperty(error, "received")
    })
  )

  it.effect("shows its text in no rendering of a failure", () =>
    Effect.gen(function* () {
      const echo = {
        run: (request: HttpClientRequest.HttpClientRequest) => {
          const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
          return Fake.json(500, { code: "GENERIC_ERROR", message: `cannot rank ${body}` })()
        }
      }
      const error = yield* failureOf(echo, ContactMemory.search(id, { search: "canary question" }))
      assert.strictEqual(error._tag, "ServerError")
      assert.notInclude(Fake.renderings(error), "canary")
    })
  )

  it.effect("shows no text of the server when it fails, since that may quote memories", () =>
    Effect.gen(function* () {
      for (const status of [500, 503]) {
        const message = "Document 3 is too long: likes canary blue"
        const error = yield* failureOf(Fake.json(status, { code: "GENERIC_ERROR", message }))
        assert.deepInclude(error, { _tag: "ServerError", description: "The search failed", code: "GENERIC_ERROR" })
        assert.notInclude(Fake.renderings(error), "canary")
      }
    })
  )

  it.effect("finds what the in-memory API ranks first, at most 10", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }, { id: "grace" }])
      const texts = Array.from({ length: 20 }, (_, index) => ({ text: index === 7 ? "likes green tea" : "likes tea" }))
      const stored = yield* api.seedMemories("ada", texts)
      const memories = yield* ContactMemory.search("ada", { search: "green tea" })
      assert.lengthOf(memories, 10)
      assert.deepStrictEqual(memories[0], { id: stored[7]?.id ?? "", text: "likes green tea" })
      assert.deepStrictEqual(yield* ContactMemory.search("grace", { search: "tea" }), [])
      const error = yield* Effect.flip(ContactMemory.search("nobody", { search: "tea" }))
      assert.deepInclude(error, { _tag: "NotFound", contactId: "nobody" })
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

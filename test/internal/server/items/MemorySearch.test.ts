import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Assumptions from "../../../../src/internal/server/Assumptions.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, generic, layer, parse, post, seed, send, type Sent } from "../Harness.ts"
import { seedMemories } from "./Items.ts"

const path = "/v1/contact/ada/memory/search"
const search = (json: unknown, rest?: Partial<Sent>) => send(post(path, json, rest))

const found = (json: unknown) =>
  Effect.map(search(json), (got): ReadonlyArray<string> => {
    assert.strictEqual(got.status, 200, got.text)
    return parse(got.text).items.map(({ id }: { readonly id: string }) => id)
  })

const badRequest = (message: string) => JSON.stringify({ message, code: "BAD_REQUEST" })

describe("The search of memories (contract 3.8.2)", () => {
  it.effect("sends the id and the text only, the most words first and then the newest update", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", [
        { id: "none", text: "plays chess", createdAt: 9, updatedAt: 90, meta: { a: 1 } },
        { id: "old", text: "Green tea.", createdAt: 1, updatedAt: 10 },
        { id: "new", text: "TEA, tea and tea", createdAt: 1, updatedAt: 20 },
        { id: "both", text: "likes green\ntea", createdAt: 1, updatedAt: 1 },
        { id: "part", text: "owns a teapot", createdAt: 1, updatedAt: 5 }
      ])
      const got = yield* search({ search: " tea: likes tea " })
      assert.strictEqual(
        got.text,
        '{"items":[{"id":"both","text":"likes green\\ntea"},{"id":"new","text":"TEA, tea and tea"},' +
          '{"id":"old","text":"Green tea."},{"id":"none","text":"plays chess"},{"id":"part","text":"owns a teapot"}]}'
      )
      assert.strictEqual(got.headers["content-type"], "application/json")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("looks at the 50 most recently updated memories, and sends at most 10", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seedMemories(
        "ada",
        Array.from({ length: 60 }, (_, index) => ({
          id: `m${String(index).padStart(2, "0")}`,
          // Those created first were updated last.
          createdAt: index,
          updatedAt: 1000 - index,
          text: index === 49 || index === 50 ? "tea" : "coffee"
        }))
      )
      const [first, ...others] = yield* found({ search: "tea" })
      assert.strictEqual(first, "m49")
      assert.deepStrictEqual(others, ["m00", "m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is of the caller's memories of the contact", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }, { id: "bob" }])
      yield* seedMemories("ada", [{ id: "mine", text: "tea" }])
      yield* seedMemories("ada", [{ id: "theirs", text: "tea" }], yield* accountNamed("sk-other"))
      yield* seedMemories("bob", [{ id: "bobs", text: "tea" }])
      assert.deepStrictEqual(yield* found({ search: "tea" }), ["mine"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("of no memories finds nothing, also without a text to search", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      for (const body of [{ search: "tea" }, {}]) assert.strictEqual((yield* search(body)).text, '{"items":[]}')
      const empty = yield* send({ method: "POST", path, headers: { "content-type": "application/json" } })
      assert.strictEqual(empty.text, '{"items":[]}')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("without a text to search is a 500 if there are memories", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", [{ text: "tea" }])
      const got = yield* search({})
      assert.strictEqual(got.status, 500)
      assert.strictEqual(got.text, generic(Assumptions.searchWithoutQuery))
      // Blanks are a text, and rank nothing.
      assert.lengthOf(yield* found({ search: "  " }), 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("ignores Accept, checks no limit and changes nothing", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", [{ id: "m", text: "tea" }])
      const before = [state.store.rows(), state.items.rows()]
      for (const accept of ["text/html", "application/jsonl", "text/csv"]) {
        const got = yield* search({ search: "tea" }, { headers: { accept } })
        assert.strictEqual(got.text, '{"items":[{"id":"m","text":"tea"}]}')
      }
      assert.deepStrictEqual([state.store.rows(), state.items.rows()], before)
    }).pipe(Effect.provide(layer({ rateLimit: 1 })))
  )

  it.effect("takes a megabyte of words", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      const words = Array.from({ length: 100_000 }, (_, index) => `w${index}`).join(" ")
      yield* seedMemories(
        "ada",
        Array.from({ length: 50 }, (_, index) => ({
          id: `${index}`,
          createdAt: 1,
          text: `w${index} ${"x ".repeat(9999)}`
        }))
      )
      assert.lengthOf(yield* found({ search: words }), 10)
    }).pipe(Effect.provide(layer()))
  )

  const refusals: ReadonlyArray<readonly [body: string, message: string]> = [
    ['{"search":""}', '"search" is not allowed to be empty'],
    ['{"search":null}', '"search" must be a string'],
    ['{"search":5}', '"search" must be a string'],
    ['{"search":["tea"]}', '"search" must be a string'],
    ['{"take":1}', '"take" is not allowed'],
    ['{"search":"tea","take":1}', '"take" is not allowed'],
    ['{"take":1,"search":""}', '"search" is not allowed to be empty'],
    ['{"":1}', '"value" is not allowed'],
    ["[]", '"value" must be of type object'],
    ['"tea"', '"value" must be of type object'],
    ["5", '"value" must be of type object'],
    ["null", "Bad request"],
    ["false", "Bad request"],
    ["0", "Bad request"],
    ['""', "Bad request"]
  ]
  for (const [body, message] of refusals) {
    it.effect(`refuses ${body}: ${message}`, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        // The body is checked before the contact is looked up.
        for (const id of ["ada", "missing", "%20"]) {
          const got = yield* send({ path: `/v1/contact/${id}/memory/search`, body })
          assert.strictEqual(got.status, 400)
          assert.strictEqual(got.text, badRequest(message))
        }
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("takes the members of __proto__ for its own, as joi does", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", [{ id: "m", text: "tea" }])
      const got = yield* send({ path, body: '{"__proto__":{"search":"tea"}}' })
      assert.strictEqual(got.text, '{"items":[{"id":"m","text":"tea"}]}')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("checks in the order of the contract: the body, then the contact", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "theirs", name: "Theirs" }], yield* accountNamed("sk-other"))
      const at = (id: string) => `/v1/contact/${id}/memory/search`
      const cases: ReadonlyArray<readonly [sent: Sent, status: number, text: string, failureCode?: string]> = [
        [{ path: at("%20"), body: "{", authorization: null }, 400, "Invalid JSON"],
        [{ path: at("%20"), authorization: null }, 405, '{"message":"Method not allowed","code":"METHOD_NOT_ALLOWED"}'],
        [
          { path: at("%20"), body: "{}", headers: { "content-type": "text/plain" }, authorization: null },
          400,
          badRequest("Bad request")
        ],
        [
          post(at("%20"), { take: 1 }, { authorization: "Bearer x" }),
          401,
          '{"message":"Not authenticated","code":"NOT_AUTHENTICATED"}'
        ],
        [post(at("%20"), {}), 400, badRequest("Bad request")],
        [post(at("missing"), {}), 404, '{"message":"Not found","code":"NOT_FOUND"}'],
        [post(at("(Theirs)"), {}), 404, '{"message":"Not found","code":"NOT_FOUND"}'],
        [post(at("theirs"), {}), 403, '{"message":"Not authorized","code":"NOT_AUTHORIZED"}', "NOT_AUTHORIZED"],
        [post(at("()"), {}), 500, generic("Name is required")],
        [post(at("@x"), {}), 500, generic("System error occurred")]
      ]
      for (const [sent, status, text, failureCode] of cases) {
        const got = yield* send(sent)
        assert.deepStrictEqual([got.status, got.text, got.headers["x-failure-code"]], [status, text, failureCode])
      }
    }).pipe(Effect.provide(layer()))
  )
})

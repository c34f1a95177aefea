import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as ContactSecret from "../src/ContactSecret.ts"
import * as Fake from "./support/FakeHttp.ts"
import { connectionReset, over } from "./support/Calls.ts"
import { contactId, error, page, secret } from "./support/Secrets.ts"

/** The ids s1, s2 and so on: the order of a list from the newest on. */
const ids = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from + 1 }, (_, index) => `s${from + index}`)

const collect = (request?: ContactSecret.ListRequest) =>
  Effect.map(Stream.runCollect(ContactSecret.list(contactId, request)), (secrets) => secrets.map(({ id }) => id))

const queries = ({ sent }: Fake.Fake) => sent.map(({ url }) => url.search)

describe("list", () => {
  it.effect("reads both ends, and joins them in the caller's order", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(ids(1, 100)), page(ids(51, 150).toReversed()))
      assert.deepStrictEqual(yield* over(fake)(collect()), ids(1, 150))
      assert.deepStrictEqual(queries(fake), ["?order=desc&take=100", "?order=asc&take=100"])
      assert.deepStrictEqual(
        fake.sent.map(({ headers, method, url }) => [method, url.pathname, headers["accept"]]),
        [1, 2].map(() => ["GET", `/v1/contact/${contactId}/secret/list`, "application/json"])
      )
    })
  )

  it.effect("begins with the oldest for the order asc, and sends the conditions each time", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(["s2", "s1"]), page(["s1", "s2"]))
      assert.deepStrictEqual(yield* over(fake)(collect({ meta: { tier: "gold" }, order: "asc" })), ["s2", "s1"])
      assert.deepStrictEqual(queries(fake), [
        "?meta.tier=gold&order=asc&take=100",
        "?meta.tier=gold&order=desc&take=100"
      ])
    })
  )

  it.effect("is decoded: unknown fields are dropped, a new type passes", () =>
    Effect.gen(function* () {
      const item = secret("s1", { type: "passkey", meta: { a: 1 }, value: "canary" })
      const fake = Fake.script(Fake.json(200, { items: [item], cursor: "s1" }))
      const [found] = yield* over(fake)(Stream.runCollect(ContactSecret.list(contactId)))
      assert.deepStrictEqual(found, { ...secret("s1"), type: "passkey", meta: { a: 1 } })
    })
  )

  it.effect("needs one page if it has as many secrets as `take`", () =>
    Effect.gen(function* () {
      for (const take of [1, 99, 100]) {
        const fake = Fake.script(page(ids(1, 100)))
        assert.deepStrictEqual(yield* over(fake)(collect({ take })), ids(1, take))
        assert.deepStrictEqual(queries(fake), ["?take=100&order=desc"])
      }
    })
  )

  it.effect("gives exactly `take` of both pages, and with 0 sends nothing", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(ids(1, 100)), page(ids(51, 150).toReversed()))
      assert.deepStrictEqual(yield* over(fake)(collect({ take: 120 })), ids(1, 120))
      assert.deepStrictEqual(yield* over(fake)(collect({ take: 0 })), [])
      assert.strictEqual(fake.sent.length, 2)
    })
  )

  it.effect("is empty after two empty pages", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page([]))
      assert.deepStrictEqual(yield* over(fake)(collect()), [])
      assert.strictEqual(fake.sent.length, 2)
    })
  )

  it.effect("fails after the first page if the pages do not meet", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(ids(1, 100)), page(ids(151, 250).toReversed()))
      const found: Array<string> = []
      const failure = yield* ContactSecret.list(contactId).pipe(
        Stream.runForEach(({ id }) => Effect.sync(() => found.push(id))),
        Effect.flip,
        over(fake)
      )
      assert.deepStrictEqual(found, ids(1, 100))
      assert.deepInclude(failure, {
        _tag: "UnexpectedResponse",
        operation: "ContactSecret.list",
        lastId: "s100",
        received: 100,
        attempts: 2,
        isRetryable: false
      })
      assert.include(failure.message, "only the first and the last 100 secrets")
      assert.isFalse(fake.sent.some(({ url }) => url.searchParams.has("cursor")))
    })
  )

  it.effect("fails with the failure of its second page, and says how far it came", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(ids(1, 2)), connectionReset, error(404, "NOT_FOUND", "Not found"))
      const failure = yield* Fake.failureOf(over(fake)(collect()))
      assert.deepInclude(failure, { _tag: "NotFound", contactId, lastId: "s2", received: 2, attempts: 3 })
    })
  )

  it.effect("does not take JSON Lines for a page: a cut can shorten them", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(`${JSON.stringify({ type: "item", data: secret("s1") })}\n`))
      assert.strictEqual((yield* Fake.failureOf(over(fake)(collect())))._tag, "UnexpectedResponse")
    })
  )

  it.effect.each([
    ["a cursor", contactId, { cursor: "s1" }, "cursor"],
    ["no condition", contactId, { meta: {} }, "meta"],
    ["an undefined condition", contactId, { meta: { a: undefined } }, "meta.a"],
    ["a negative take", contactId, { take: -1 }, "take"],
    ["another order", contactId, { order: "up" }, "order"],
    ["the name of a contact", "(Ada)", {}, "contactId"],
    ["an alias", "@ada", {}, "contactId"]
  ] as const)("refuses %s", ([, id, request, field]) =>
    Effect.gen(function* () {
      const fake = Fake.script(page([]))
      const untyped: unknown = request
      const failure = yield* over(fake)(
        Effect.flip(Stream.runDrain(ContactSecret.list(id, untyped as ContactSecret.ListRequest)))
      )
      assert.deepInclude(failure, { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0, received: 0 })
      assert.strictEqual(fake.sent.length, 0)
    })
  )
})

describe("listPage", () => {
  it.effect("gives one page, without the cursor of the server", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(["s1", "s2"]))
      const found = yield* over(fake)(ContactSecret.listPage(contactId, { take: 2 }))
      assert.deepStrictEqual(found, { items: [secret("s1"), secret("s2")] })
      assert.deepStrictEqual(queries(fake), ["?take=2"])
      assert.deepStrictEqual(yield* over(fake)(ContactSecret.listPage(contactId, { take: 0 })), { items: [] })
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect("fails with an error body inside a 200", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { code: "NOT_FOUND", message: "Not found" }))
      const failure = yield* Fake.failureOf(over(fake)(ContactSecret.listPage(contactId)))
      assert.deepInclude(failure, { _tag: "NotFound", contactId })
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Contact from "../src/Contact.ts"
import { over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"

const error = (code: string) => `${JSON.stringify({ type: "error", data: { code, message: "said" } })}\n`

describe("listPage answered as JSON Lines", () => {
  it.effect("is the page that the server sends as JSON", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(Fake.item("c1"), '\n{"type":"nop","data":{}}\n', Fake.item("c2")))
      const page = yield* Fake.successOf(over(fake)(Contact.listPage()))
      assert.deepStrictEqual(page, { items: [Fake.contact("c1"), Fake.contact("c2")], cursor: "c2" })
    })
  )

  it.effect("may be empty", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Fake.successOf(over(Fake.script(Fake.jsonLines()))(Contact.listPage())), {
        items: []
      })
    })
  )

  it.effect.each([
    ["LIMITS_REACHED", "RateLimited"],
    ["GENERIC_ERROR", "ServerError"],
    ["NOT_AUTHENTICATED", "Unauthorized"]
  ] as const)("fails with the %s among its lines", ([code, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(Fake.item("c1"), error(code)))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(Contact.listPage()))
      assert.deepInclude(failure, { _tag: tag, code, status: 200 })
    })
  )

  it.effect.each(["{oops\n", '"text"\n', Fake.item("c1", { name: 5 }), '{"type":"item"}\n'])(
    "is an UnexpectedResponse if a line is %j",
    (line) =>
      Effect.gen(function* () {
        const failure = yield* Fake.failureOf(over(Fake.script(Fake.jsonLines(line)))(Contact.listPage()))
        assert.strictEqual(failure._tag, "UnexpectedResponse")
      })
  )

  it.effect("is an UnexpectedResponse for any other operation", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(Fake.jsonLines(Fake.item("c1"))))(Contact.fetch("c1")))
      assert.strictEqual(failure._tag, "UnexpectedResponse")
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Schema } from "effect"
import { HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Client from "../src/Client.ts"
import * as Fake from "./support/FakeHttp.ts"
import { over } from "./support/Calls.ts"

/** A service of the test, which the layer of the client can replace. */
const Bots = Schema.Struct({ items: Schema.Array(Schema.Struct({ id: Schema.String })) })

const bots = Effect.gen(function* () {
  const { httpClient } = yield* Client.Client
  const response = yield* httpClient.get("/bot/list", { urlParams: { take: 2 } })
  return yield* HttpClientResponse.schemaBodyJson(Bots)(response)
})

describe("the HttpClient of a client", () => {
  it.effect("sends to the API, with token and headers", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { items: [{ id: "b1", name: "Bot" }] }))
      const options = { runAsUserId: "user_1", headers: { "x-custom": "1" } }
      assert.deepStrictEqual(yield* over(fake, options)(bots), { items: [{ id: "b1" }] })
      assert.strictEqual(fake.sent[0]?.url.href, "https://api.chatbotkit.com/v1/bot/list?take=2")
      assert.deepInclude(fake.sent[0]?.headers, {
        authorization: `Bearer ${Fake.secret}`,
        "x-runas-user-id": "user_1",
        "x-custom": "1"
      })
    })
  )

  it.effect("puts an absolute URL behind the prefix too, so that the token goes nowhere else", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, {}))
      yield* over(fake)(
        Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.get("https://elsewhere.test/steal"))
      )
      assert.strictEqual(fake.sent[0]?.url.host, "api.chatbotkit.com")
    })
  )

  it.effect("sends once, whatever the answer", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(503, {}))
      const { status } = yield* over(fake)(
        Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.post("/bot/create"))
      )
      assert.strictEqual(status, 503)
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect("reads a secret that rotates for each request, and goes by other options", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { items: [] }))
      let turn = 0
      const secret = Effect.sync(() => Redacted.make(`sk-${++turn}`))
      yield* over(fake, { secret, runAsUserId: "user_1" })(
        Effect.andThen(bots, Client.withOptions(bots, { runAsUserId: "user_2" }))
      )
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => [headers["authorization"], headers["x-runas-user-id"]]),
        [
          ["Bearer sk-1", "user_1"],
          ["Bearer sk-2", "user_2"]
        ]
      )
    })
  )

  it.effect("acquires the rate limit", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { items: [] }))
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit: { limit: 1, window: "1 minute" } })(Effect.andThen(bots, bots))
      )
      yield* Fake.settle
      assert.lengthOf(fake.sent, 1)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.lengthOf(fake.sent, 2)
    })
  )

  it.effect("fails without sending, and without showing it, where the secret cannot be read or sent", () =>
    Effect.gen(function* () {
      for (const secret of [Effect.fail(new Error("canary")), Effect.succeed(Redacted.make("sk-canary\n"))]) {
        const fake = Fake.script(Fake.json(200, {}))
        const error = yield* Effect.flip(over(fake, { secret })(bots))
        assert.instanceOf(error, HttpClientError.HttpClientError)
        assert.notInclude(Fake.renderings(error), "canary")
        assert.isEmpty(fake.sent)
      }
    })
  )

  it.effect("shows no token in the failure of a request", () =>
    Effect.gen(function* () {
      const fake = Fake.script({ failWith: new Error("reset") })
      const error = yield* Effect.flip(over(fake)(bots))
      assert.notInclude(`${String(error)} ${JSON.stringify(error)}`, Fake.secret)
    })
  )
})

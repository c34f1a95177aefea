import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as Client from "../src/Client.ts"
import * as Fake from "./support/FakeHttp.ts"
import { calls, found, over } from "./support/Calls.ts"

/** An endpoint that this package does not cover. */
const Bots = Schema.Struct({ items: Schema.Array(Schema.Struct({ id: Schema.String })) })

const bots = Effect.gen(function* () {
  const { httpClient } = yield* Client.Client
  const response = yield* HttpClient.filterStatusOk(httpClient).get("/bot/list", { urlParams: { take: 2 } })
  return yield* HttpClientResponse.schemaBodyJson(Bots)(response)
})

describe("the HttpClient of a client", () => {
  it.effect("sends to the API with the token and headers of the options", () =>
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

  it.effect("appends an absolute URL to the base URL too, so that no other host gets the token", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, {}))
      yield* over(fake)(
        Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.get("https://elsewhere.test/steal"))
      )
      assert.strictEqual(fake.sent[0]?.url.host, "api.chatbotkit.com")
    })
  )

  it.effect("sends the headers of a request in place of those of the options, but not in place of the token", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, {}))
      const headers = { "x-custom": "2", authorization: "Bearer other" }
      yield* over(fake, { headers: { "x-custom": "1" } })(
        Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.get("/bot/list", { headers }))
      )
      assert.deepInclude(fake.sent[0]?.headers, { "x-custom": "2", authorization: `Bearer ${Fake.secret}` })
    })
  )

  it.effect("sends through transformClient", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { items: [] }))
      yield* over(fake, { transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-seen", "1")) })(bots)
      assert.strictEqual(fake.sent[0]?.headers["x-seen"], "1")
    })
  )

  it.effect.each([200, 302, 404, 429, 503])("sends a POST once, and returns a %i as a response", (status) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(status, { code: "CODE" }))
      const response = yield* over(fake)(
        Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.post("/bot/create"))
      )
      assert.strictEqual(response.status, status)
      assert.deepStrictEqual(yield* response.json, { code: "CODE" })
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect("fails by status and by schema, where the caller checks them", () =>
    Effect.gen(function* () {
      const notFound = yield* Effect.flip(over(Fake.script(Fake.json(404, {})))(bots))
      assert.isTrue(HttpClientError.isHttpClientError(notFound) && notFound.reason._tag === "StatusCodeError")
      const other = yield* Effect.flip(over(Fake.script(Fake.json(200, { items: 5 })))(bots))
      assert.strictEqual(other._tag, "SchemaError")
    })
  )

  it.effect("makes fetch follow no redirect", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_, init) => {
        inits.push(init)
        return Promise.resolve(new Response(null, { status: 302, headers: { location: "https://elsewhere.test" } }))
      }
      const { status } = yield* Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.get("/bot/list")).pipe(
        Effect.provide(Client.layer({ secret: Redacted.make("sk-1") })),
        Effect.provide(FetchHttpClient.layer),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      assert.strictEqual(status, 302)
      assert.deepStrictEqual(
        inits.map((init) => init?.redirect),
        ["manual"]
      )
    })
  )

  it.effect("reads a rotating secret for each request, and uses the options of withOptions", () =>
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

  it.effect("backs off after a 429, which delays the operations of the client too", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(429, {}, { "retry-after": "5" }), found)
      const httpClient = Effect.flatMap(Client.Client, ({ httpClient }) => httpClient.get("/bot/list"))
      const fiber = yield* Effect.forkChild(
        over(fake, { rateLimit: { limit: 9, window: "1 minute" } })(Effect.andThen(httpClient, calls.fetch))
      )
      yield* Fake.settle
      yield* TestClock.adjust("4999 millis")
      assert.lengthOf(fake.sent, 1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      assert.lengthOf(fake.sent, 2)
    })
  )

  it.effect("fails at once while the circuit breaker is open", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(503, {}))
      const circuitBreaker = yield* CircuitBreaker.make({
        tripPolicy: CircuitBreaker.consecutive(1),
        openDuration: "30 seconds"
      }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
      const error = yield* over(fake, { circuitBreaker, retry: { retries: 0 } })(
        Effect.andThen(Effect.flip(calls.fetch), Effect.flip(bots))
      )
      assert.isTrue(HttpClientError.isHttpClientError(error) && error.reason._tag === "TransportError")
      assert.include(String(error), "The circuit breaker is open")
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect("fails without sending, and does not show the secret, if the secret cannot be read or sent", () =>
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

  it.effect("shows no header in the renderings of a failure, although the failure has the request", () =>
    Effect.gen(function* () {
      const options = { headers: { "x-key": "canary-key" }, runAsUserId: "canary-user" }
      for (const step of [{ failWith: new Error("reset") }, Fake.json(404, {})]) {
        const error = yield* Effect.flip(over(Fake.script(step), options)(bots))
        assert.isTrue(HttpClientError.isHttpClientError(error))
        if (HttpClientError.isHttpClientError(error)) {
          assert.strictEqual(error.request.headers["authorization"], `Bearer ${Fake.secret}`)
          assert.strictEqual(error.request.headers["x-key"], "canary-key")
        }
        const text = Fake.renderings(error)
        for (const value of [Fake.secret, "canary-key", "canary-user"]) assert.notInclude(text, value)
      }
    })
  )
})

describe("the settings of a client", () => {
  it.effect("show the options, and hide the secret when printed", () =>
    Effect.gen(function* () {
      const { settings } = yield* over(Fake.script("never"), { timezone: "UTC" })(Client.Client)
      assert.strictEqual(settings.headers["x-timezone"], "UTC")
      assert.strictEqual(settings.prefix, "https://api.chatbotkit.com/v1")
      assert.notInclude(`${inspect(settings, { depth: 9 })} ${JSON.stringify(settings)}`, Fake.secret)
    })
  )
})

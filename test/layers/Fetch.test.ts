import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as Browser from "../../src/internal/transport/Browser.ts"
import * as Fetch from "../../src/layers/Fetch.ts"

const secret = Redacted.make("sk-canary-secret")
const ownServer = "https://api.example.com"

const sent: Array<Request> = []
const fetch: typeof globalThis.fetch = async (input, init) => {
  sent.push(new Request(input, init))
  return new Response('{"id":"c1"}', { headers: { "content-type": "application/json" } })
}

/** Provides the recording `fetch`, in a browser or elsewhere. */
const within = (isBrowser: boolean) =>
  Effect.provide(
    Layer.mergeAll(Layer.succeed(Browser.IsBrowser, isBrowser), Layer.succeed(FetchHttpClient.Fetch, fetch)),
    { local: true }
  )

/** The option that the layer refuses, or `accepted`. */
const refusal = (options: Partial<Client.Options>, isBrowser = true) =>
  Client.Client.pipe(
    Effect.as("accepted"),
    Effect.provide(Fetch.layer({ secret, ...options }), { local: true }),
    Effect.catchTag("InvalidOptions", ({ option }) => Effect.succeed(option)),
    within(isBrowser)
  )

const refused = [
  ["runAsUserId", { runAsUserId: "canary" }],
  ["runAsChildUserEmail", { runAsChildUserEmail: "canary@example.com" }],
  ["timezone", { timezone: "Europe/Berlin" }],
  ["headers.x-own", { headers: { "X-Own": "canary" } }]
] as const

const accepted = [
  {},
  { headers: { "X-Requested-With": "XMLHttpRequest" } },
  { headers: { "accept-language": "de" } },
  { baseUrl: "https://api.chatbotkit.com/v1" }
]

describe("layers/Fetch in a browser", () => {
  it.effect.each(refused)("refuses %s, which the hosted server does not allow browsers to send", ([option, options]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* refusal(options), option)
      assert.strictEqual(yield* refusal({ ...options, baseUrl: "https://api.chatbotkit.com/v1" }), option)
      assert.strictEqual(yield* refusal({ ...options, baseUrl: ownServer }), "accepted")
      assert.strictEqual(yield* refusal(options, false), "accepted")
    })
  )

  it.effect.each(refused)("refuses %s in withOptions, also in a nested one", ([option, options]) =>
    Effect.gen(function* () {
      const before = sent.length
      const call = Contact.create({}).pipe(Client.withOptions(options))
      for (const effect of [call, Client.withOptions({ retry: { retries: 0 } })(call)]) {
        const error = yield* Effect.flip(effect)
        assert.strictEqual(error._tag === "InvalidOptions" ? error.option : error._tag, option)
        assert.include(error.message, "api.chatbotkit.com")
        assert.notInclude(error.message, "canary")
        assert.notInclude(error.message, "Berlin")
      }
      assert.strictEqual(sent.length, before)
      yield* Client.withOptions({ baseUrl: ownServer })(call)
      assert.strictEqual(sent.length, before + 1)
    }).pipe(Effect.provide(Fetch.layer({ secret }), { local: true }), within(true))
  )

  it.effect.each(accepted)("accepts %j", (options) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* refusal(options), "accepted")
    })
  )

  it.effect("refuses the same options from a ConfigProvider", () =>
    Effect.gen(function* () {
      const provider = ConfigProvider.fromUnknown({ CHATBOTKIT_API_SECRET: "sk-canary-secret" })
      const layer = Fetch.layerConfig({ timezone: Config.succeed("Europe/Berlin") })
      const error = yield* Client.Client.pipe(
        Effect.provide(layer, { local: true }),
        Effect.provideService(ConfigProvider.ConfigProvider, provider),
        Effect.flip
      )
      assert.strictEqual(error._tag === "InvalidOptions" ? error.option : error._tag, "timezone")
    }).pipe(within(true))
  )

  it.effect("sends no headers other than accept, authorization and content-type", () =>
    Effect.gen(function* () {
      const before = sent.length
      yield* Contact.create({ name: "Ada" })
      const [request] = sent.slice(before)
      assert.deepStrictEqual(Array.from(request?.headers.keys() ?? []).toSorted(), [
        "accept",
        "authorization",
        "content-type"
      ])
    }).pipe(Effect.provide(Fetch.layer({ secret }), { local: true }), within(true))
  )
})

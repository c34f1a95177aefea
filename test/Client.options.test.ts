import { assert, describe, it } from "@effect/vitest"
import { Cause, ConfigProvider, Effect, Exit, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as Fetch from "../src/layers/Fetch.ts"
import * as Fake from "./support/FakeHttp.ts"
import { ok, found, calls, over, errorReply } from "./support/Calls.ts"

const fromConfig = (env: unknown, fake: Fake.Fake, options?: Client.ConfigOptions) =>
  calls.fetch.pipe(
    Effect.provide(
      Client.layerConfig(options).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, fake.http)),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env)))
      )
    )
  )

describe("options", () => {
  it.effect("withOptions and withOptionsStream apply to the wrapped effect or stream only", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found, found, Fake.jsonLines(Fake.item("c1")), found)
      yield* Effect.gen(function* () {
        yield* calls.fetch
        yield* calls.fetch.pipe(Client.withOptions({ runAsUserId: "u", headers: { "x-b": "2" } }))
        yield* Stream.runDrain(
          Contact.list({ take: 1 }).pipe(Client.withOptionsStream({ secret: Redacted.make("sk-2") }))
        )
        yield* calls.fetch
      }).pipe(over(fake, { headers: { "x-a": "1" } }))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => [headers["x-a"], headers["x-b"], headers["x-runas-user-id"]]),
        [
          ["1", undefined, undefined],
          ["1", "2", "u"],
          ["1", undefined, undefined],
          ["1", undefined, undefined]
        ]
      )
      assert.strictEqual(fake.sent[2]?.headers["authorization"], "Bearer sk-2")
    })
  )

  it.effect("a bad override fails before anything is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const bad = { timezone: "a\nb" }
      const failures = [
        yield* Fake.failureOf(over(fake)(calls.fetch.pipe(Client.withOptions(bad)))),
        yield* Fake.failureOf(over(fake)(Stream.runDrain(Contact.list().pipe(Client.withOptionsStream(bad)))))
      ]
      for (const failure of failures) assert.deepInclude(failure, { _tag: "InvalidOptions", option: "timezone" })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect.each([undefined, null, 5, "text", [], () => {}])("withOptions refuses %o", (value) =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const bad = value as Client.Overrides
      const failures = [
        yield* Fake.failureOf(over(fake)(calls.fetch.pipe(Client.withOptions(bad)))),
        yield* Fake.failureOf(over(fake)(Stream.runDrain(Contact.list().pipe(Client.withOptionsStream(bad)))))
      ]
      for (const failure of failures) assert.deepInclude(failure, { _tag: "InvalidOptions", option: "options" })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("withOptions and withOptionsStream take the effect or stream first or last", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found, found, Fake.jsonLines(Fake.item("c1")), Fake.jsonLines(Fake.item("c1")))
      const list = Contact.list({ take: 1 })
      yield* Effect.gen(function* () {
        yield* Client.withOptions(calls.fetch, { runAsUserId: "a" })
        yield* calls.fetch.pipe(Client.withOptions({ runAsUserId: "b" }))
        yield* Stream.runDrain(Client.withOptionsStream(list, { runAsUserId: "c" }))
        yield* Stream.runDrain(list.pipe(Client.withOptionsStream({ runAsUserId: "d" })))
      }).pipe(over(fake))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => headers["x-runas-user-id"]),
        ["a", "b", "c", "d"]
      )
    })
  )

  it.effect("null in overrides unsets an option, and undefined keeps it", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const options = {
        runAsUserId: "user_1",
        timezone: "Europe/Paris",
        headers: { "X-One": "1", "X-Two": "2" },
        rateLimit: { limit: 1, window: "1 hour" },
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-transformed", "1"))
      } satisfies Partial<Client.Options>
      const overrides = {
        runAsUserId: null,
        timezone: undefined,
        headers: { "x-one": null },
        rateLimit: null,
        transformClient: null
      }
      // The second call would wait for an hour if the rate limit were still there.
      yield* over(fake, options)(Client.withOptions(Effect.andThen(calls.fetch, calls.fetch), overrides))
      assert.lengthOf(fake.sent, 2)
      for (const { headers } of fake.sent) {
        assert.deepInclude(headers, { "x-timezone": "Europe/Paris", "x-two": "2" })
        for (const name of ["x-runas-user-id", "x-one", "x-transformed"]) assert.notProperty(headers, name)
      }
    })
  )

  it.effect("checks an overrides object once, and again after each change", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const url = new URL("http://one.test")
      const headers: Record<string, string> = { "x-a": "1" }
      const overrides = { runAsUserId: "one", baseUrl: url, headers }
      const seen: Array<Client.Service> = []
      const call = Effect.gen(function* () {
        seen.push(yield* Client.Client)
        yield* calls.fetch
      }).pipe(Client.withOptions(overrides))
      yield* Effect.gen(function* () {
        yield* call
        yield* call
        overrides.runAsUserId = "two"
        yield* call
        url.hostname = "two.test"
        yield* call
        headers["x-a"] = "2"
        yield* call
        yield* call
      }).pipe(over(fake))
      assert.deepStrictEqual(
        fake.sent.map(({ headers, url }) => `${headers["x-runas-user-id"]} ${url.hostname} ${headers["x-a"]}`),
        ["one one.test 1", "one one.test 1", "two one.test 1", "two two.test 1", "two two.test 2", "two two.test 2"]
      )
      assert.lengthOf(new Set(seen), 4)
    })
  )

  it.effect("checks an overrides object again after a change that its own fields do not show", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      let user = "one"
      class Tenant {
        readonly headers: Record<string, string> = Object.assign(Object.create(null), { "x-a": "1" })
        get runAsUserId() {
          return user
        }
      }
      const overrides = new Tenant()
      const call = Client.withOptions(calls.fetch, overrides)
      yield* Effect.gen(function* () {
        yield* call
        user = "two"
        yield* call
        overrides.headers["x-a"] = "2"
        yield* call
      }).pipe(over(fake))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => `${headers["x-runas-user-id"]} ${headers["x-a"]}`),
        ["one 1", "two 1", "two 2"]
      )
    })
  )

  it.effect("checks an overrides object for each client", () =>
    Effect.gen(function* () {
      const fakes = [Fake.script(found), Fake.script(found)] as const
      const call = calls.fetch.pipe(Client.withOptions({ runAsUserId: "u" }))
      yield* over(fakes[0], { headers: { "x-a": "1" } })(call)
      yield* over(fakes[1], { headers: { "x-a": "2" } })(call)
      assert.deepStrictEqual(
        fakes.map(({ sent }) => sent[0]?.headers["x-a"]),
        ["1", "2"]
      )
    })
  )

  it.effect("layerConfig reads the token and the base URL", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      yield* Fake.successOf(fromConfig({ CHATBOTKIT_API_SECRET: "sk-9" }, fake))
      yield* Fake.successOf(
        fromConfig({ CHATBOTKIT_API_SECRET: "sk-9", CHATBOTKIT_BASE_URL: "http://localhost:9" }, fake)
      )
      assert.deepStrictEqual(
        fake.sent.map(({ headers, url }) => [headers["authorization"], url.origin]),
        [
          ["Bearer sk-9", "https://api.chatbotkit.com"],
          ["Bearer sk-9", "http://localhost:9"]
        ]
      )
    })
  )

  it.effect("layerConfig names the missing or wrong variable, and shows no value", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const missing = yield* Fake.failureOf(fromConfig({}, fake))
      assert.strictEqual(missing._tag, "ConfigError")
      assert.include(String(missing), "CHATBOTKIT_API_SECRET")
      const bad = yield* Fake.failureOf(fromConfig({ CHATBOTKIT_API_SECRET: "sk-canary\n" }, fake))
      assert.deepInclude(bad, { _tag: "InvalidOptions", option: "secret" })
      assert.notInclude(Fake.renderings(bad), "canary")
      const empty = yield* Fake.failureOf(fromConfig({ CHATBOTKIT_API_SECRET: "" }, fake))
      assert.include(String(empty), "CHATBOTKIT_API_SECRET")
      const bearer = yield* Fake.failureOf(fromConfig({ CHATBOTKIT_API_SECRET: "Bearer sk-9" }, fake))
      assert.deepInclude(bearer, { _tag: "InvalidOptions", option: "secret" })
      assert.match(bearer.message, /CHATBOTKIT_API_SECRET.*without "Bearer "/)
      const server = { CHATBOTKIT_API_SECRET: "sk-9", CHATBOTKIT_BASE_URL: "localhost:8787" }
      const wrong = yield* Fake.failureOf(fromConfig(server, fake))
      assert.deepInclude(wrong, { _tag: "InvalidOptions", option: "baseUrl" })
      assert.match(wrong.message, /CHATBOTKIT_BASE_URL.*put https/)
    })
  )

  it.effect.each([null, 5, "text", []])("layerConfig refuses %o", (value) =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const bad = value as Client.ConfigOptions
      const failure = yield* Fake.failureOf(
        Effect.suspend(() => fromConfig({ CHATBOTKIT_API_SECRET: "sk-9" }, fake, bad))
      )
      assert.deepInclude(failure, { _tag: "InvalidOptions", option: "options" })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("transformClient gets every attempt once", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503), found)
      let seen = 0
      const transformClient = HttpClient.mapRequest((request: HttpClientRequest.HttpClientRequest) => {
        seen++
        return HttpClientRequest.setHeader(request, "x-seen", String(seen))
      })
      yield* Fake.successOf(over(fake, { transformClient })(calls.fetch))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => headers["x-seen"]),
        ["1", "2"]
      )
    })
  )

  it.effect("transformClient may change a copy of the client", () =>
    Effect.gen(function* () {
      let seen = 0
      const transformClient = (client: HttpClient.HttpClient): HttpClient.HttpClient => ({
        ...client,
        execute: (request) => {
          seen++
          return client.execute(request)
        }
      })
      yield* calls.fetch.pipe(
        Effect.provide(Layer.fresh(Fetch.layer({ secret: Redacted.make(Fake.secret), transformClient }))),
        Effect.provideService(FetchHttpClient.Fetch, () => Promise.resolve(found()))
      )
      assert.strictEqual(seen, 1)
    })
  )

  it.effect("a transformClient that filters by status does not change the failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(409, "CONFLICT"))
      const failure = yield* Fake.failureOf(over(fake, { transformClient: HttpClient.filterStatusOk })(calls.create))
      assert.deepInclude(failure, { _tag: "Conflict", status: 409, code: "CONFLICT", description: "said" })
    })
  )

  it.effect("fetch keeps the RequestInit of its layer, but follows no redirect", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_, init) => {
        inits.push(init)
        return Promise.resolve(ok())
      }
      const layer = Client.layer({ secret: Redacted.make("sk-1") }).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { cache: "no-store", redirect: "follow" })),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
      )
      yield* Fake.successOf(calls.create.pipe(Effect.provide(layer)))
      assert.strictEqual(inits[0]?.redirect, "manual")
      assert.strictEqual(inits[0]?.cache, "no-store")
    })
  )

  it.effect("defects stay defects", () =>
    Effect.gen(function* () {
      const boom = new Error("boom")
      const throws = () => {
        throw boom
      }
      const exits = [
        yield* Fake.drive(over(Fake.script({ dieWith: boom }))(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { transformClient: throws })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { transformClient: HttpClient.mapRequest(throws) })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { secret: Effect.die(boom) })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found))(calls.fetch.pipe(Client.withOptions({ transformClient: throws }))))
      ]
      for (const exit of exits) {
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause) && !Cause.hasFails(exit.cause))
      }
    })
  )
})

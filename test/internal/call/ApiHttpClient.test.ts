import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import { HttpClientRequest } from "effect/http"
import * as ApiHttpClient from "../../../src/internal/call/ApiHttpClient.ts"
import type { Options } from "../../../src/internal/call/options/Options.ts"
import * as Settings from "../../../src/internal/call/options/Settings.ts"
import * as HttpClientTransport from "../../../src/internal/transport/HttpClientTransport.ts"
import * as Fake from "../../support/FakeHttp.ts"

/** A client over a fake, and the uses of its rate limit. */
const over = (fake: Fake.Fake, options: Partial<Options> = {}) => {
  const uses: Array<unknown> = []
  const rateLimit = {
    acquire: Effect.sync(() => void uses.push(["acquire", fake.sent.length])),
    backOff: (duration: Duration.Duration | undefined, max: number) =>
      Effect.sync(() => void uses.push(["back off", duration && Duration.toMillis(duration), max]))
  }
  const settings = Result.getOrThrow(Settings.resolve({ secret: Redacted.make(Fake.secret), ...options }))
  const transport = HttpClientTransport.make(fake.http)
  return { client: ApiHttpClient.make(fake.http, { transport, rateLimit, settings }), uses }
}

const reply = Fake.json(200, {})

describe("a request", () => {
  it.effect("has the URL, the headers and the token of the options", () =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const { client } = over(fake, {
        baseUrl: "http://localhost:3000/base",
        headers: { "X-Custom": "1", "x-other": "2" }
      })
      yield* client.get("/bot/list?take=2", { headers: { "x-custom": "3" } })
      assert.strictEqual(fake.sent[0]?.url.href, "http://localhost:3000/base/api/v1/bot/list?take=2")
      assert.deepInclude(fake.sent[0]?.headers, {
        authorization: `Bearer ${Fake.secret}`,
        "x-custom": "3",
        "x-other": "2"
      })
    })
  )

  it.effect("may have any method and body", () =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const { client } = over(fake)
      yield* client.execute(HttpClientRequest.bodyText(HttpClientRequest.patch("/bot/b1"), "text"))
      assert.deepInclude(fake.sent[0], { method: "PATCH", body: "text" })
    })
  )

  it.effect("acquires the rate limit before it is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const { client, uses } = over(fake)
      yield* client.get("/a")
      yield* client.get("/b")
      assert.deepStrictEqual(uses, [
        ["acquire", 0],
        ["acquire", 1]
      ])
    })
  )

  it.effect("is not sent if the secret cannot be read, and then fails without its error's message", () =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const { client } = over(fake, { secret: Effect.fail(Object.assign(new Error("canary"), { code: "EACCES" })) })
      const error = yield* Effect.flip(client.get("/a"))
      assert.deepInclude(error.reason, { _tag: "TransportError", description: "The secret could not be read: EACCES" })
      assert.notInclude(Fake.renderings(error), "canary")
      assert.lengthOf(fake.sent, 0)
    })
  )
})

describe("a response", () => {
  it.effect.each([
    ["10", 10_000],
    [undefined, undefined]
  ] as const)("of status 429 with the Retry-After %s backs off", ([after, delay]) =>
    Effect.gen(function* () {
      const limited = Fake.json(429, {}, after === undefined ? {} : { "retry-after": after })
      const { client, uses } = over(Fake.script(limited), { retry: { maxDelay: "20 seconds" } })
      assert.strictEqual((yield* client.get("/a")).status, 429)
      assert.deepStrictEqual(uses, [
        ["acquire", 0],
        ["back off", delay, 20_000]
      ])
    })
  )

  it.effect.each([200, 404, 500, 503])("of status %d does not back off", (status) =>
    Effect.gen(function* () {
      const { client, uses } = over(Fake.script(Fake.json(status, {}, { "retry-after": "10" })))
      assert.strictEqual((yield* client.get("/a")).status, status)
      assert.deepStrictEqual(uses, [["acquire", 0]])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { parse, post, send } from "../internal/server/Harness.ts"
import * as Sockets from "../support/Sockets.ts"

const layer = (upstream: InMemory.Upstream) => Layer.merge(Emulator.layer({ upstream }), NodeHttpClient.layerUndici)

const authorization = "Bearer sk-in-memory"

const seeded = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.seed([{ id: "ada", verifiedAt: 1 }])
  yield* api.seedSecrets([{ id: "s", kind: "personal", type: "bearer" }])
  yield* api.seedSecretValues("ada", [{ secretId: "s", value: "token" }])
})

const body = JSON.stringify({ url: "https://third.example/path" })

/** The bytes of the reply to a proxied request, as text. */
const exchange = Effect.gen(function* () {
  yield* seeded
  const { url } = yield* Emulator.Emulator
  const { received, socket } = yield* Sockets.dial(url)
  socket.end(
    "POST /v1/contact/ada/secret/s/proxy HTTP/1.1\r\nHost: emulator.example\r\nConnection: close\r\n" +
      `Authorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  )
  return (yield* Deferred.await(received)).toString().split("\r\n")
}).pipe(Effect.scoped)

describe("a proxied request over a socket (contract 3.9.5)", () => {
  it.effect("the answer has the standard reason phrase, is sent in chunks, and has one cookie", () =>
    Effect.gen(function* () {
      const lines = yield* exchange
      assert.strictEqual(lines[0], "HTTP/1.1 418 I'm a Teapot")
      const headers = lines.slice(1, lines.indexOf("")).map((line) => line.toLowerCase())
      assert.include(headers, "transfer-encoding: chunked")
      assert.include(headers, "x-own: 1")
      assert.deepStrictEqual(
        headers.filter((line) => /^(?:content-|set-cookie|keep-alive)/.test(line)),
        ["set-cookie: b=2"]
      )
      assert.include(lines, "text")
    }).pipe(
      Effect.provide(
        layer(() =>
          Effect.succeed({
            status: 418,
            headers: { "x-own": "1", "set-cookie": ["a=1", "b=2"], "content-length": "4", "keep-alive": "timeout=5" },
            body: Stream.make(new TextEncoder().encode("text"))
          })
        )
      )
    )
  )

  for (const status of [204, 304]) {
    it.effect(`an answer ${status} has no body`, () =>
      Effect.gen(function* () {
        const lines = yield* exchange
        assert.strictEqual(lines[0]?.split(" ")[1], String(status))
        assert.deepStrictEqual(lines.slice(lines.indexOf("")), ["", ""])
      }).pipe(Effect.provide(layer(() => Effect.succeed({ status, body: "text" }))))
    )
  }

  it.effect("a redirect is passed through", () =>
    Effect.gen(function* () {
      yield* seeded
      const { url } = yield* Emulator.Emulator
      const got = yield* send(post("/v1/contact/ada/secret/s/proxy", parse(body), { authorization }), url)
      assert.strictEqual(got.status, 302)
      assert.strictEqual(got.headers["location"], "https://elsewhere.example/")
    }).pipe(
      Effect.provide(layer(() => Effect.succeed({ status: 302, headers: { location: "https://elsewhere.example/" } })))
    )
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as InProcess from "../../src/internal/server/http/InProcess.ts"
import * as Interceptor from "../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { jsonl, makeHanging, open, parse, post, seed, send, toRequest, type Sent } from "../internal/server/Harness.ts"
import * as Sockets from "../support/Sockets.ts"

const layer = (options?: ServerState.Options) =>
  Emulator.layerServed().pipe(Layer.provideMerge(ServerState.layer(options)), Layer.merge(NodeHttpClient.layerUndici))

const url = Effect.map(Emulator.Emulator, (emulator) => emulator.url)
const sendTo = (sent: Sent) => Effect.flatMap(url, (base) => send(sent, base))

/** Sends bytes over a connection of their own, and gives the text of all replies. */
const sendRaw = (bytes: string | Uint8Array, end = true) =>
  Effect.gen(function* () {
    const { received, socket } = yield* Sockets.dial(yield* url)
    socket.write(bytes)
    if (end) socket.end()
    return (yield* Deferred.await(received)).toString()
  }).pipe(Effect.scoped)

const many = Array.from({ length: 250 }, (_, index) => ({ id: `id-${index}`, createdAt: index }))

const assertIntact = Effect.gen(function* () {
  const got = yield* sendTo({ path: "/v1/contact/id-7/fetch" })
  assert.strictEqual(got.status, 200)
  const state = yield* ServerState.ServerState
  assert.strictEqual(state.store.size, many.length)
})

describe("The emulator", () => {
  it.effect("provides the handle on the API that it serves", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [ada] = yield* api.seed([{ name: "Ada" }], "sk-test")
      const { url } = yield* Emulator.Emulator
      const got = yield* send({ path: `/v1/contact/${ada?.id}/fetch`, authorization: "Bearer sk-test" }, url)
      assert.strictEqual(parse(got.text).name, "Ada")
      assert.lengthOf(yield* api.requests, 1)
    }).pipe(Effect.provide(Layer.merge(Emulator.layer({ host: "127.0.0.1", port: 0 }), NodeHttpClient.layerUndici)))
  )

  it.effect("has a URL and its own state, and closes with its layer", () =>
    Effect.gen(function* () {
      const base = yield* Effect.scoped(
        Effect.gen(function* () {
          const context = yield* Layer.build(layer())
          return yield* Effect.gen(function* () {
            const base = yield* url
            assert.match(base, /^http:\/\/127\.0\.0\.1:\d+$/)
            const created = yield* sendTo(post("/v1/contact/create", { name: "Ada" }))
            const state = yield* ServerState.ServerState
            assert.strictEqual(state.store.get(parse(created.text).id)?.name, "Ada")
            return base
          }).pipe(Effect.provide(context))
        })
      )
      const after = yield* Effect.exit(send({ path: "/v1/contact/list" }, base))
      assert.strictEqual(after._tag, "Failure")
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )

  it.effect("answers as the API does in process", () =>
    Effect.gen(function* () {
      const base = yield* url
      const client = yield* InProcess.makeHttpClient({ baseUrl: base })
      yield* seed(many)
      const requests: ReadonlyArray<Sent> = [
        { path: "/v1/contact/list?take=3" },
        { path: "/v1/contact/list", headers: jsonl },
        { path: "/api/v1/contact/export", headers: { accept: "text/csv" } },
        { path: "/v1/contact/list", headers: { accept: "text/html" } },
        { path: "/v1/contact/id-1/fetch" },
        { path: "/v1/contact/%zz/fetch" },
        { path: "/v1/contact/@x/fetch" },
        { path: "/v1/contact/id-1/fetch", authorization: null },
        { path: "/v1/contact/create", json: {}, authorization: null },
        { path: "/v1/contact/create", json: { foo: 1 } },
        { path: "/v1/contact/create", body: "{" },
        { path: "/v1/contact/create", body: "x".repeat(2_000_000) },
        { path: "/v1/contact/list", method: "HEAD" },
        { path: "/v1/contact/list", method: "OPTIONS" },
        { path: "/v1/contact/list", method: "DELETE" },
        { path: "/nope" }
      ]
      const transport = new Set(["connection", "keep-alive", "transfer-encoding"])
      const comparable = (headers: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => !transport.has(name)))
      for (const sent of requests) {
        const local = yield* client.execute(toRequest(sent, base))
        const expected = { status: local.status, headers: comparable({ ...local.headers }), text: yield* local.text }
        const got = yield* sendTo(sent)
        assert.deepStrictEqual({ ...got, headers: comparable(got.headers) }, expected, sent.path)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("shares its state with the API in process", () =>
    Effect.gen(function* () {
      const client = yield* InProcess.makeHttpClient()
      yield* client.execute(toRequest(post("/v1/contact/create", { name: "Ada" })))
      const got = yield* sendTo({ path: "/v1/contact/list" })
      assert.strictEqual(parse(got.text).items[0].name, "Ada")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("uses the Clock under which it was started", () =>
    Effect.gen(function* () {
      yield* seed(many)
      const state = yield* ServerState.ServerState
      const reading = yield* Deferred.make<void>()
      state.interceptor = {
        ...Interceptor.none,
        page: (_, page) =>
          Deferred.succeed(reading, undefined).pipe(
            Effect.andThen(Effect.sleep(20_000)),
            Effect.andThen(page.read(page.cursor))
          )
      }
      const fiber = yield* Effect.forkChild(sendTo({ path: "/v1/contact/list", headers: jsonl }))
      yield* Deferred.await(reading)
      yield* TestClock.adjust(100_000)
      const got = yield* Fiber.join(fiber)
      assert.isTrue(got.text.startsWith('{"type":"nop","data":{}}\n{"type":"item"'))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("interrupts a handler when its client disconnects", () =>
    Effect.gen(function* () {
      yield* seed(many)
      const state = yield* ServerState.ServerState
      const { ended, hang, started } = yield* makeHanging
      state.interceptor = {
        ...Interceptor.none,
        page: (_, page) => (page.index === 0 ? page.read(page.cursor) : hang)
      }
      const response = yield* open({ path: "/v1/contact/list", headers: jsonl }, yield* url)
      yield* response.stream.pipe(Stream.take(1), Stream.runDrain)
      yield* started
      yield* ended
    }).pipe(Effect.provide(layer()))
  )

  it.effect("closes at once, although requests are open", () =>
    Effect.gen(function* () {
      const { ended, hang, started } = yield* makeHanging
      const fiber = yield* Effect.gen(function* () {
        const idle = yield* Effect.forkDetach(sendRaw("GET /v1/contact/list HTTP/1.1\r\nHost:", false))
        const waiting = yield* Effect.forkDetach(Effect.exit(sendTo({ path: "/v1/contact/x/fetch" })))
        yield* started
        return [idle, waiting] as const
      }).pipe(Effect.provide(layer({ interceptor: { ...Interceptor.none, reply: () => hang } })))
      yield* ended
      assert.strictEqual(yield* Fiber.join(fiber[0]), "")
      assert.strictEqual((yield* Fiber.join(fiber[1]))._tag, "Failure")
    })
  )

  it.effect("disconnects when an interceptor says so, before a reply and inside it", () =>
    Effect.gen(function* () {
      yield* seed(many)
      const state = yield* ServerState.ServerState
      state.interceptor = {
        ...Interceptor.none,
        reply: ({ attempt }) =>
          attempt === 1
            ? Effect.fail(new Interceptor.ConnectionReset())
            : Effect.succeed(
                HttpServerResponse.stream(
                  Stream.concat(Stream.succeed(Uint8Array.of(123)), Stream.fail(new Interceptor.ConnectionReset()))
                )
              )
      }
      const cut = yield* Effect.flip(sendTo({ path: "/v1/contact/x/fetch" }))
      assert.strictEqual(cut.reason._tag, "TransportError")
      const response = yield* open({ path: "/v1/contact/x/fetch" }, yield* url)
      assert.strictEqual(response.status, 200)
      assert.strictEqual((yield* Effect.exit(response.text))._tag, "Failure")
      state.interceptor = Interceptor.none
      yield* assertIntact
    }).pipe(Effect.provide(layer()))
  )
})

describe("Bad input to the emulator", () => {
  const head = "Host: x\r\nAuthorization: Bearer sk-main\r\n"
  const cases: ReadonlyArray<readonly [name: string, bytes: string | Uint8Array, reply: RegExp]> = [
    ["no HTTP at all", "hello\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["binary noise", Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256), /^HTTP\/1\.1 400 /],
    ["a TLS handshake", Uint8Array.of(22, 3, 1, 0, 5, 1, 0, 0, 1, 0), /^HTTP\/1\.1 400 /],
    ["an unknown verb", `BREW /v1/contact/list HTTP/1.1\r\n${head}\r\n`, /^HTTP\/1\.1 400 /],
    ["a malformed header", "GET /v1/contact/list HTTP/1.1\r\nHost: x\r\nA B\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["no Host header", "GET /v1/contact/list HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "a URL of 10 MB",
      `GET /v1/contact/${"x".repeat(10_000_000)}/fetch HTTP/1.1\r\n${head}\r\n`,
      /^HTTP\/1\.1 431 |^$/
    ],
    [
      "a header of 1 MB",
      `GET /v1/contact/list HTTP/1.1\r\n${head}X: ${"x".repeat(1_000_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 |^$/
    ],
    ["half a request line", "GET /v1/con", /^HTTP\/1\.1 400 |^$/],
    ["half of the headers", `GET /v1/contact/list HTTP/1.1\r\n${head}`, /^HTTP\/1\.1 400 |^$/],
    [
      "half a body",
      `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{}`,
      /^HTTP\/1\.1 400 |^$/
    ],
    [
      "a malformed chunk size",
      `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      /^HTTP\/1\.1 400 |^$/
    ],
    [
      "two Content-Length headers",
      `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      /^HTTP\/1\.1 400 /
    ],
    ["OPTIONS *", `OPTIONS * HTTP/1.1\r\n${head}Connection: close\r\n\r\n`, /^HTTP\/1\.1 404 /],
    [
      "an absolute URL as target",
      `GET http://y/v1/contact/id-7/fetch HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
      /^HTTP\/1\.1 200 [^]*"id":"id-7"/
    ],
    [
      "a null byte in the path",
      `GET /v1/contact/%00/fetch HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
      /^HTTP\/1\.1 404 /
    ],
    [
      "Latin-1 in the path",
      `GET /v1/contact/\u00e9/fetch HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
      /^HTTP\/1\.1 40[04] /
    ],
    [
      "CONNECT",
      `CONNECT x:80 HTTP/1.1\r\n${head}\r\n`,
      /^HTTP\/1\.1 500 Internal Server Error\r\n[^]*Internal Server Error/
    ],
    [
      "a request to upgrade to WebSocket",
      `GET /v1/contact/id-7/fetch HTTP/1.1\r\n${head}Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      /^HTTP\/1\.1 200 /
    ],
    [
      "a request that expects 100 Continue",
      `POST /v1/contact/id-7/update HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /
    ]
  ]
  for (const [name, bytes, reply] of cases) {
    it.effect(`${name} -> ${reply.source}`, () =>
      Effect.gen(function* () {
        yield* seed(many)
        assert.match(yield* sendRaw(bytes), reply)
        yield* assertIntact
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("a chunked body of 2 MB -> 413", () =>
    Effect.gen(function* () {
      yield* seed(many)
      const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`
      const request = `POST /v1/contact/create HTTP/1.1\r\n${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
      const got = yield* sendRaw(request + chunk.repeat(32) + "0\r\n\r\n")
      assert.match(got, /^HTTP\/1\.1 413 Body exceeded 1mb limit\r\n/)
      assert.isTrue(got.endsWith("Body exceeded 1mb limit") || got.includes("Body exceeded 1mb limit\r\n0"))
      yield* assertIntact
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keys such as __proto__ change nothing but the contact", () =>
    Effect.gen(function* () {
      const body = '{"meta":{"constructor":{"prototype":{"bad":1}},"a":{"__proto__":{"bad":1}}},"__proto__":{"bad":1}}'
      const { id } = parse((yield* sendTo({ path: "/v1/contact/create", body })).text)
      const got = yield* sendTo({ path: `/v1/contact/${id}/fetch` })
      assert.include(got.text, '"meta":{"constructor":{"prototype":{"bad":1}},"a":{}},')
      assert.strictEqual(Reflect.get({}, "bad"), undefined)
    }).pipe(Effect.provide(layer()))
  )
})

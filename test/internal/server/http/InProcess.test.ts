import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { gunzipSync } from "node:zlib"
import * as InProcess from "../../../../src/internal/server/http/InProcess.ts"
import * as Interceptor from "../../../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { jsonl, layer, makeHanging, open, parse, post, seed, send, toRequest } from "../Harness.ts"

const many = Array.from({ length: 250 }, (_, index) => ({ id: `id-${index}`, createdAt: index }))

/** Records the end of the scope of each request. */
const watched = (closed: Ref.Ref<ReadonlyArray<string>>): Interceptor.Interceptor => ({
  ...Interceptor.none,
  reply: ({ operation }, reply) =>
    Effect.addFinalizer((exit) => Ref.update(closed, (all) => [...all, `${operation} ${exit._tag}`])).pipe(
      Effect.andThen(reply)
    )
})

const intercept = (interceptor: Interceptor.Interceptor) =>
  Effect.map(ServerState.ServerState, (state) => {
    state.interceptor = interceptor
  })

describe("The client in process", () => {
  it.effect("uses the Clock and Random of the caller", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const create = send(post("/v1/contact/create", {})).pipe(Random.withSeed("seed"))
      const first = parse((yield* create).text)
      yield* (yield* ServerState.ServerState).clear
      const fetched = parse((yield* send({ path: `/v1/contact/${parse((yield* create).text).id}/fetch` })).text)
      assert.strictEqual(fetched.createdAt, 1_700_000_000_000)
      assert.strictEqual(first.id.slice(-8), fetched.id.slice(-8))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("accepts bodies of every kind", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode('{"name":"é"}')
      const requests = [
        toRequest({ path: "/v1/contact/create", body: bytes }),
        HttpClientRequest.bodyStream(
          toRequest({ method: "POST", path: "/v1/contact/create" }),
          Stream.fromIterable(Array.from(bytes, (byte) => Uint8Array.of(byte))),
          { contentType: "application/json" }
        )
      ]
      for (const request of requests) {
        const { id } = parse(yield* Effect.flatMap(HttpClient.execute(request), (response) => response.text))
        assert.strictEqual(parse((yield* send({ path: `/v1/contact/${id}/fetch` })).text).name, "é")
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("decodes a body by its charset", () =>
    Effect.gen(function* () {
      const body = Uint8Array.from('{"name":"\u00e9"}', (char) => char.charCodeAt(0))
      const headers = { "content-type": "application/json; charset=iso-8859-1" }
      const { id } = parse((yield* send({ path: "/v1/contact/create", body, headers })).text)
      assert.strictEqual(parse((yield* send({ path: `/v1/contact/${id}/fetch` })).text).name, "\u00e9")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("stops reading a body above the limit", () =>
    Effect.gen(function* () {
      const sent = yield* Ref.make(0)
      const endless = Stream.fromEffectRepeat(
        Effect.as(
          Ref.update(sent, (n) => n + 1),
          new Uint8Array(65_536)
        )
      )
      const response = yield* HttpClient.execute(
        HttpClientRequest.bodyStream(toRequest({ method: "POST", path: "/v1/contact/create" }), endless, {
          contentType: "application/json"
        })
      )
      assert.strictEqual(response.status, 413)
      assert.isAtMost(yield* Ref.get(sent), 18)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not act on a body that was cut", () =>
    Effect.gen(function* () {
      const cut = Stream.concat(Stream.succeed(new TextEncoder().encode("{}")), Stream.fail(new Error("cut")))
      const response = yield* HttpClient.execute(
        HttpClientRequest.bodyStream(toRequest({ method: "POST", path: "/v1/contact/create" }), cut, {
          contentType: "application/json"
        })
      )
      assert.strictEqual(response.status, 400)
      assert.strictEqual((yield* ServerState.ServerState).store.size, 0)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("closes the scope of a request after its reply, or at the end of a streamed body", () =>
    Effect.gen(function* () {
      const closed = yield* Ref.make<ReadonlyArray<string>>([])
      yield* seed(many)
      yield* intercept(watched(closed))
      yield* send({ path: "/v1/contact/id-1/fetch" })
      assert.deepStrictEqual(yield* Ref.get(closed), ["Contact.fetch Success"])
      const response = yield* open({ path: "/v1/contact/list", headers: jsonl })
      assert.strictEqual((yield* Ref.get(closed)).length, 1)
      yield* Stream.runDrain(response.stream)
      assert.deepStrictEqual((yield* Ref.get(closed))[1], "Contact.list Success")
      const abandoned = yield* open({ path: "/v1/contact/export", headers: jsonl })
      yield* abandoned.stream.pipe(Stream.take(1), Stream.runDrain)
      assert.strictEqual((yield* Ref.get(closed)).length, 3)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("closes bodies that were never read when its own scope closes", () =>
    Effect.gen(function* () {
      const closed = yield* Ref.make<ReadonlyArray<string>>([])
      const scope = yield* Scope.make()
      const client = yield* Scope.provide(InProcess.makeHttpClient(), scope)
      yield* seed(many)
      yield* intercept(watched(closed))
      yield* client.execute(toRequest({ path: "/v1/contact/list", headers: jsonl }))
      assert.deepStrictEqual(yield* Ref.get(closed), [])
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* Ref.get(closed), ["Contact.list Success"])
    }).pipe(Effect.provide(ServerState.layer()))
  )

  for (const [name, sent] of [
    ["a fetch", { path: "/v1/contact/x/fetch" }],
    ["a list", { path: "/v1/contact/list" }],
    ["a stream", { path: "/v1/contact/list", headers: jsonl }]
  ] as const) {
    it.effect(`interrupting ${name} interrupts its handler`, () =>
      Effect.gen(function* () {
        const { ended, hang, started } = yield* makeHanging
        yield* intercept(
          sent.path.endsWith("fetch")
            ? { ...Interceptor.none, reply: () => hang }
            : { ...Interceptor.none, page: () => hang }
        )
        const fiber = yield* Effect.forkChild(send(sent))
        yield* started
        yield* Fiber.interrupt(fiber)
        yield* ended
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("interrupting the reading of a body interrupts the page being read", () =>
    Effect.gen(function* () {
      const { ended, hang, started } = yield* makeHanging
      yield* seed(many)
      yield* intercept({
        ...Interceptor.none,
        page: (_, page) => (page.index === 0 ? page.read(page.cursor) : hang)
      })
      const response = yield* open({ path: "/v1/contact/list", headers: jsonl })
      const fiber = yield* Effect.forkChild(Stream.runDrain(response.stream))
      yield* started
      yield* Fiber.interrupt(fiber)
      yield* ended
    }).pipe(Effect.provide(layer()))
  )
})

describe("The interceptor", () => {
  it.effect("gets the operation and the attempt, and can replace, repeat and cut replies", () =>
    Effect.gen(function* () {
      const told = yield* Ref.make<ReadonlyArray<string>>([])
      yield* intercept({
        ...Interceptor.none,
        reply: ({ attempt, operation }, reply) =>
          Ref.update(told, (all) => [...all, `${operation} ${attempt}`]).pipe(
            Effect.andThen(
              attempt === 1
                ? Effect.andThen(reply, Effect.succeed(HttpServerResponse.empty({ status: 503 })))
                : attempt === 2
                  ? Effect.fail(new Interceptor.ConnectionReset())
                  : reply
            )
          )
      })
      const create = send(post("/v1/contact/create", { fingerprint: "crm-0001-ada-lovelace" }))
      const first = yield* create
      assert.strictEqual(first.status, 503)
      assert.strictEqual(first.headers["access-control-allow-origin"], "*")
      const cut = yield* Effect.flip(create)
      assert.strictEqual(cut.reason._tag, "TransportError")
      assert.strictEqual((yield* create).status, 409)
      yield* send({ path: "/v1/contact/create" })
      yield* send({ path: "/nope" })
      assert.deepStrictEqual(
        yield* Ref.get(told),
        [1, 2, 3, 4].map((attempt) => `Contact.create ${attempt}`)
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("can fail the body of a reply", () =>
    Effect.gen(function* () {
      yield* intercept({
        ...Interceptor.none,
        reply: () =>
          Effect.succeed(
            HttpServerResponse.stream(
              Stream.concat(Stream.succeed(Uint8Array.of(123)), Stream.fail(new Interceptor.ConnectionReset()))
            )
          )
      })
      const response = yield* open({ path: "/v1/contact/x/fetch" })
      assert.strictEqual(response.status, 200)
      assert.strictEqual((yield* Effect.exit(response.text))._tag, "Failure")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("can leave out rows and pages", () =>
    Effect.gen(function* () {
      yield* seed(many)
      yield* intercept({
        ...Interceptor.none,
        page: (_, page) =>
          Effect.flatMap(page.read(page.cursor), (rows) =>
            page.index === 1 ? page.read(rows.at(-1)?.id) : Effect.succeed(rows.slice(0, 10))
          )
      })
      const got = yield* send({ path: "/v1/contact/list", headers: jsonl })
      const ids = got.text
        .split("\n")
        .filter(Boolean)
        .map((line) => parse(line).data.id)
      assert.deepStrictEqual(ids.slice(0, 11), [
        ...many
          .slice(-10)
          .toReversed()
          .map(({ id }) => id),
        "id-139"
      ])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Two clients", () => {
  it.effect("share nothing but the state that they are given", () =>
    Effect.gen(function* () {
      const one = yield* InProcess.makeHttpClient()
      const two = yield* InProcess.makeHttpClient()
      yield* one.execute(toRequest(post("/v1/contact/create", {})))
      const seen = yield* Effect.flatMap(
        two.execute(toRequest({ path: "/v1/contact/list" })),
        (response) => response.text
      )
      assert.strictEqual(parse(seen).items.length, 1)
      const other = yield* send({ path: "/v1/contact/list" }).pipe(Effect.provide(Layer.fresh(layer())))
      assert.strictEqual(other.text, '{"items":[]}')
    }).pipe(Effect.provide(ServerState.layer()))
  )
})

describe("Hosts in process", () => {
  const asking = (base: string) => send({ path: "/v1/contact/list" }, base)

  it.effect("are the vendor's and that of the base URL", () =>
    Effect.gen(function* () {
      const ours = "http://emulator.example:8787"
      const client = yield* InProcess.makeHttpClient({ baseUrl: `${ours}/ignored` })
      const get = (base: string) =>
        Effect.provideService(asking(base), HttpClient.HttpClient, client).pipe(Effect.map(({ status }) => status))
      assert.strictEqual(yield* get("https://api.chatbotkit.com"), 200)
      assert.strictEqual(yield* get("https://API.chatbotkit.com:443"), 200)
      assert.strictEqual(yield* get(ours), 200)
      for (const other of [
        "http://emulator.example",
        "https://api.chatbotkit.co",
        "https://chatbotkit.com",
        "http://localhost:8787",
        "http://127.0.0.1"
      ]) {
        const error = yield* Effect.flip(get(other))
        assert.strictEqual(error.reason._tag, "TransportError", other)
        const { cause } = error.reason
        assert.instanceOf(cause, Error)
        assert.strictEqual(Reflect.get(cause, "code"), "ENOTFOUND")
        assert.strictEqual(cause.message, `getaddrinfo ENOTFOUND ${new URL(other).hostname}`)
      }
      const state = yield* ServerState.ServerState
      assert.strictEqual(state.log.total, 3)
    }).pipe(Effect.provide(ServerState.layer()))
  )

  it.effect("get a cookie with their name", () =>
    Effect.gen(function* () {
      const response = yield* open({ path: "/v1/contact/list" })
      assert.strictEqual(
        response.headers["set-cookie"],
        "chatbotkit.host=api.chatbotkit.com; Path=/; Secure; SameSite=Lax"
      )
      assert.deepStrictEqual(Object.keys(response.cookies.cookies), ["chatbotkit.host"])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Compression in process", () => {
  it.effect("is that of the emulator, for a request that accepts it", () =>
    Effect.gen(function* () {
      yield* seed(many)
      const headers = { "accept-encoding": "br, gzip" }
      const plain = yield* send({ path: "/v1/contact/list" })
      assert.isUndefined(plain.headers["content-encoding"])
      const response = yield* open({ path: "/v1/contact/list", headers })
      assert.strictEqual(response.headers["content-encoding"], "gzip")
      assert.strictEqual(gunzipSync(new Uint8Array(yield* response.arrayBuffer)).toString(), plain.text)
      const lines = yield* send({ path: "/v1/contact/list", headers: { ...jsonl, ...headers } })
      assert.isUndefined(lines.headers["content-encoding"])
      assert.lengthOf(lines.text.trim().split("\n"), many.length)
    }).pipe(Effect.provide(layer({ compression: true })))
  )

  it.effect("fails the body if the connection is reset within it", () =>
    Effect.gen(function* () {
      yield* seed(many)
      yield* intercept({
        ...Interceptor.none,
        reply: (_, reply) =>
          Effect.map(reply, (response) =>
            HttpServerResponse.stream(Stream.fail(new Interceptor.ConnectionReset()), {
              contentType: response.headers["content-type"] ?? ""
            })
          )
      })
      const response = yield* open({ path: "/v1/contact/list", headers: { "accept-encoding": "gzip" } })
      assert.strictEqual((yield* Effect.exit(response.text))._tag, "Failure")
    }).pipe(Effect.provide(layer({ compression: true })))
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import type { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import { item } from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"

const transports = [
  // Node's `fetch` may start a call before it notices that the connection of the previous call is free.
  { transport: "Fetch", layer: Fetch.layer, connections: 2 },
  { transport: "Node", layer: Node.layer, connections: 1 }
]

// The sockets are real, so the tests run in real time, but none waits for a clock.
describe.each(transports)("over $transport", ({ connections, layer }) => {
  const connect = (baseUrl: string) => layer({ secret: InMemory.secret, baseUrl })

  it.live("a stream that is interrupted closes its socket", () =>
    Effect.gen(function* () {
      const begun = Deferred.makeUnsafe<void>()
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, { "content-type": "application/jsonl" })
        response.write(item("c1"))
      })
      yield* Effect.gen(function* () {
        const fiber = yield* Contact.list().pipe(
          Stream.runForEach(() => Deferred.succeed(begun, undefined)),
          Effect.forkChild
        )
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
        const [exchange] = server.exchanges
        assert.isDefined(exchange)
        if (exchange !== undefined) yield* Deferred.await(exchange.closed)
        assert.lengthOf(server.exchanges, 1)
      }).pipe(Effect.provide(connect(server.url)))
    })
  )

  it.live("a stream that is left early closes its socket", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, { "content-type": "application/jsonl" })
        response.write(item("c1") + item("c2"))
      })
      yield* Effect.gen(function* () {
        assert.lengthOf(yield* Stream.runCollect(Stream.take(Contact.list(), 1)), 1)
        const [exchange] = server.exchanges
        if (exchange !== undefined) yield* Deferred.await(exchange.closed)
      }).pipe(Effect.provide(connect(server.url)))
    })
  )

  it.live("a call that is interrupted before its response closes its socket", () =>
    Effect.gen(function* () {
      const arrived = Deferred.makeUnsafe<void>()
      const server = yield* Sockets.serve(() => Deferred.doneUnsafe(arrived, Effect.void))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Contact.create())
        yield* Deferred.await(arrived)
        yield* Fiber.interrupt(fiber)
        const [exchange] = server.exchanges
        if (exchange !== undefined) yield* Deferred.await(exchange.closed)
        assert.lengthOf(server.exchanges, 1)
      }).pipe(Effect.provide(connect(server.url)))
    })
  )

  it.live("a cut stream fails with `received` and `lastId`", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, { "content-type": "application/jsonl" })
        response.write(item("c1") + item("c2"), () => response.destroy())
      })
      const client = layer({ secret: InMemory.secret, baseUrl: server.url, retry: { retries: 0 } })
      const error = yield* Effect.flip(Stream.runDrain(Contact.list()).pipe(Effect.provide(client)))
      assert.strictEqual(error._tag, "TransportError")
      if (error._tag !== "TransportError") return
      assert.strictEqual(error.received, 2)
      assert.strictEqual(error.lastId, "c2")
    })
  )

  it.live.each([301, 302, 303, 307, 308])("a %d is not followed, and its target never sees the token", (status) =>
    Effect.gen(function* () {
      const other = yield* Sockets.serve(({ response }) => response.end())
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(status, { location: `${other.url}/api/v1/contact/create` }).end()
      })
      const calls: ReadonlyArray<Effect.Effect<unknown, Errors.ContactError, Client>> = [
        Contact.create({ name: "Ada" }),
        Contact.fetch("id"),
        Stream.runDrain(Contact.list())
      ]
      for (const call of calls) {
        const error = yield* Effect.flip(Effect.provide(call, connect(server.url)))
        assert.strictEqual(error._tag, "UnexpectedResponse")
      }
      assert.lengthOf(server.exchanges, 3)
      assert.lengthOf(other.exchanges, 0)
    })
  )

  it.live("a body that is not read to its end closes its socket", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, { "content-type": "text/html" })
        response.write("x".repeat(300_000))
      })
      yield* Effect.gen(function* () {
        for (let call = 0; call < 5; call++) {
          assert.strictEqual((yield* Effect.flip(Contact.fetch("id")))._tag, "UnexpectedResponse")
        }
        for (const exchange of server.exchanges) yield* Deferred.await(exchange.closed)
        assert.lengthOf(server.exchanges, 5)
      }).pipe(Effect.provide(connect(server.url)))
    })
  )

  it.live("failing calls one after another reuse their connections", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response
          .writeHead(404, { "content-type": "application/json" })
          .end('{"code":"NOT_FOUND","message":"Not found"}')
      })
      yield* Effect.gen(function* () {
        for (let call = 0; call < 50; call++) yield* Effect.flip(Contact.fetch("id"))
      }).pipe(Effect.provide(connect(server.url)))
      assert.isAtMost(new Set(server.exchanges.map(({ request }) => request.socket)).size, connections)
    })
  )

  it.live("no trace headers and no cookies are sent", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, { "content-type": "application/json" }).end('{"id":"c"}')
      })
      yield* Contact.create({ name: "Ada" }).pipe(Effect.withSpan("parent"), Effect.provide(connect(server.url)))
      const [exchange] = server.exchanges
      const sent = Object.keys(exchange?.request.headers ?? {})
      // `fetch` adds some headers of its own. Trace headers would make a browser send a preflight.
      for (const name of ["traceparent", "b3", "cookie"]) assert.notInclude(sent, name)
      assert.includeMembers(sent, ["accept", "authorization", "content-type", "content-length"])
    })
  )

  it.live("a refused connection is retried and has the outcome `not-sent`, also for a create", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(
        Effect.map(
          Sockets.serve(() => {}),
          (server) => server.url
        )
      )
      const error = yield* Contact.create().pipe(
        Effect.flip,
        Effect.provide(layer({ secret: InMemory.secret, baseUrl: url, retry: { delay: 0 } }))
      )
      assert.strictEqual(error._tag, "TransportError")
      if (error._tag !== "TransportError") return
      assert.strictEqual(error.outcome, "not-sent")
      assert.strictEqual(error.attempts, 4)
      assert.include(error.message, "ECONNREFUSED")
    })
  )
})

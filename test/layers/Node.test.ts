import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent, type Dispatcher, ProxyAgent } from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { createServer, type IncomingMessage } from "node:http"
import { connect as connectSocket, type Socket } from "node:net"
import { vi } from "vitest"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import { version } from "../../src/internal/transport/Version.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import * as Tls from "../support/Tls.ts"

const id = "cmwsk55x8000com7dj9qcuwx6"

const options = (baseUrl: string, more: Partial<Client.Options> = {}): Client.Options => ({
  secret: InMemory.secret,
  baseUrl,
  exactlyOnce: false,
  ...more
})

const connect = (baseUrl: string, more: Partial<Client.Options> = {}) => Node.layer(options(baseUrl, more))

const contact = JSON.stringify(Fake.contact(id))

const sendContact = ({ response }: Sockets.Exchange) => {
  response.setHeader("content-type", "application/json")
  response.end(contact)
}

/** The fields of a failure that concern sending. */
const summary = (error: Errors.ContactError) => ({
  tag: error._tag,
  outcome: error.outcome,
  attempts: error.attempts,
  isRetryable: error.isRetryable,
  ...(error._tag === "Timeout" ? { phase: error.phase } : {})
})

/** The summary of a failed create with `exactlyOnce: false`, which is not sent twice. */
const failedCreate = Effect.map(Effect.flip(Contact.create({ name: "Ada" })), summary)

const closed = (socket: Socket) =>
  Effect.callback<void>((resume) => {
    if (socket.closed) return resume(Effect.void)
    socket.once("close", () => resume(Effect.void))
  })

describe("a client over undici uses HTTP/1.1", () => {
  const served = Tls.serve((_, response) => {
    response.setHeader("content-type", "application/json")
    response.end(contact)
  })

  it.live("with a server that also offers HTTP/2", () =>
    Effect.gen(function* () {
      yield* Tls.trusted
      const server = yield* served
      yield* Effect.provide(Contact.fetch(id), connect(server.url))
      assert.deepStrictEqual(server.versions, ["1.1"])
    })
  )

  it.live("also through an agent of the caller, which would use HTTP/2", () =>
    Effect.gen(function* () {
      const server = yield* served
      const { cert: ca } = Tls.certificate()
      const dispatcher = Layer.succeed(NodeHttpClient.Dispatcher, new Agent({ connect: { ca } }))
      yield* Effect.provide(Contact.fetch(id), Layer.provide(connect(server.url), dispatcher))
      assert.deepStrictEqual(server.versions, ["1.1"])
    })
  )
})

describe("a failure over undici has the outcome `not-sent`", () => {
  it.live("if the certificate is not accepted", () =>
    Effect.gen(function* () {
      const server = yield* Tls.serve((_, response) => response.end())
      const error = yield* Effect.provide(failedCreate, connect(server.url))
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "not-sent", attempts: 1, isRetryable: false })
      assert.deepStrictEqual(server.versions, [])
    })
  )

  it.live("if the server does not use TLS", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => response.end())
      const url = server.url.replace("http:", "https:")
      const error = yield* Effect.provide(failedCreate, connect(url))
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "not-sent", attempts: 1, isRetryable: false })
      assert.lengthOf(server.exchanges, 0)
    })
  )

  it.live("if the connection is reset in the TLS handshake, and is retried", () =>
    Effect.gen(function* () {
      let connections = 0
      const server = yield* Sockets.serveTcp((socket) => {
        connections++
        socket.resetAndDestroy()
      })
      const retry = { retries: 1, delay: 0 }
      const error = yield* Effect.provide(failedCreate, connect(server.secureUrl, { retry }))
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "not-sent", attempts: 2, isRetryable: true })
      assert.strictEqual(connections, 2)
    })
  )

  it.live.each(["attempt", "total"] as const)("if the connection takes longer than timeout.%s", (limit) =>
    Effect.gen(function* () {
      const server = yield* Sockets.serveTcp()
      const more: Partial<Client.Options> = { retry: { retries: 0 }, timeout: { [limit]: 20 } }
      const error = yield* Effect.provide(failedCreate, connect(server.secureUrl, more))
      const phase = limit === "attempt" ? "connect" : "total"
      assert.deepStrictEqual(error, { tag: "Timeout", outcome: "not-sent", attempts: 1, isRetryable: true, phase })
    })
  )

  it.live("if the client is used after its layer was closed", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => response.end())
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(connect(server.url), scope)
      yield* Scope.close(scope, Exit.void)
      const error = yield* Effect.provide(failedCreate, context)
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "not-sent", attempts: 1, isRetryable: false })
      assert.lengthOf(server.exchanges, 0)
    })
  )

  it.live("if undici refuses the request", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => response.end())
      const layer = connect(server.url, {
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("expect", "x"))
      })
      const error = yield* Effect.provide(failedCreate, layer)
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "not-sent", attempts: 1, isRetryable: false })
      assert.lengthOf(server.exchanges, 0)
    })
  )

  it.live("but not if the request was sent", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const error = yield* Effect.provide(failedCreate, connect(server.url))
      assert.deepStrictEqual(error, { tag: "TransportError", outcome: "unknown", attempts: 1, isRetryable: false })
    })
  )

  it.live("but not if a transformClient sent it before", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const scope = yield* Scope.make()
      const transformClient: Client.Options["transformClient"] = (client) =>
        HttpClient.transformResponse(client, (sent) =>
          // The second request fails, since the pool of connections is closed.
          Effect.catch(sent, () => Effect.andThen(Scope.close(scope, Exit.void), sent))
        )
      const context = yield* Layer.buildWithScope(connect(server.url, { transformClient }), scope)
      const error = yield* Effect.provide(failedCreate, context)
      assert.strictEqual(error.outcome, "unknown")
    })
  )
})

describe("a client over undici whose server stops answering", () => {
  it.effect("uses another connection for the next call", () =>
    Effect.gen(function* () {
      const sockets: Array<Socket> = []
      const advance = yield* Sockets.clockAdvance
      const server = yield* Sockets.serve((exchange) => {
        sockets.push(exchange.request.socket)
        return sockets.length === 2 ? advance("30 seconds") : sendContact(exchange)
      })
      yield* Effect.gen(function* () {
        yield* Contact.fetch(id)
        const error = yield* Effect.flip(Contact.fetch(id))
        assert.deepInclude(summary(error), { phase: "headers", outcome: "unknown" })
        yield* Contact.fetch(id)
      }).pipe(Effect.provide(connect(server.url, { retry: { retries: 0 } })))
      const [first, second, third] = sockets
      assert.strictEqual(first, second)
      assert.notStrictEqual(second, third)
      if (second !== undefined) yield* closed(second)
    })
  )
})

/** A proxy, and the targets of the tunnels it opened. */
const proxy = Effect.gen(function* () {
  const tunnels: Array<string | undefined> = []
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnels.push(request.url)
    const [host, port] = (request.url ?? "").split(":")
    const upstream = connectSocket(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    sockets.add(upstream)
    upstream.on("error", () => undefined)
  })
  const port = yield* Sockets.listen(server, sockets)
  return { url: `http://127.0.0.1:${port}`, tunnels }
})

describe("a client over undici uses the dispatcher in the context", () => {
  const given = (baseUrl: string, dispatcher: Dispatcher) =>
    Layer.provide(connect(baseUrl), Layer.succeed(NodeHttpClient.Dispatcher, dispatcher))

  it.live("with a proxy", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(sendContact)
      const { tunnels, url } = yield* proxy
      const dispatcher = new ProxyAgent({ uri: url, proxyTunnel: true })
      yield* Effect.provide(Contact.fetch(id), given(server.url, dispatcher))
      assert.deepStrictEqual(tunnels, [server.url.replace("http://", "")])
      yield* Effect.promise(() => dispatcher.destroy())
    })
  )

  it.live("with a CA and a limit of connections, and does not close it", () =>
    Effect.gen(function* () {
      const sockets = new Set<unknown>()
      const server = yield* Tls.serve((request, response) => {
        sockets.add(request.socket)
        response.setHeader("content-type", "application/json")
        response.end(contact)
      })
      const dispatcher = new Agent({ connections: 1, connect: { ca: Tls.certificate().cert } })
      const tenTimes = Effect.forEach(Array.from({ length: 10 }), () => Contact.fetch(id), { concurrency: 10 })
      yield* Effect.provide(tenTimes, given(server.url, dispatcher))
      yield* Effect.provide(tenTimes, given(server.url, dispatcher))
      assert.lengthOf(server.versions, 20)
      assert.strictEqual(sockets.size, 1)
      assert.isFalse(dispatcher.destroyed)
      assert.isFalse(dispatcher.closed)
      yield* Effect.promise(() => dispatcher.destroy())
    })
  )

  it.live("whose only connection goes to the next call when waiting calls are interrupted", () =>
    Effect.gen(function* () {
      const arrived = Deferred.makeUnsafe<void>()
      const server = yield* Sockets.serve(({ response }) => {
        response.setHeader("content-type", "application/json")
        if (server.exchanges.length === 1) return Deferred.doneUnsafe(arrived, Effect.void)
        return response.end(contact)
      })
      const dispatcher = new Agent({ connections: 1 })
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(Contact.fetch(id))
        yield* Deferred.await(arrived)
        const waiting = yield* Effect.forEach(Array.from({ length: 20 }), () =>
          Effect.forkChild(Contact.fetch(id), { startImmediately: true })
        )
        yield* Fiber.interruptAll(waiting)
        const next = yield* Effect.forkChild(Contact.fetch(id), { startImmediately: true })
        server.exchanges[0]?.response.end(contact)
        yield* Fiber.join(first)
        yield* Fiber.join(next)
      }).pipe(Effect.provide(given(server.url, dispatcher)))
      assert.lengthOf(server.exchanges, 2)
      assert.strictEqual(new Set(server.exchanges.map(({ request }) => request.socket)).size, 1)
      yield* Effect.promise(() => dispatcher.destroy())
    })
  )

  it.live("of each client in one program", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(sendContact)
      let dispatched = 0
      const agent = new Agent()
      const counting = agent.compose((dispatch) => (opts, handler) => {
        dispatched++
        return dispatch(opts, handler)
      })
      const one = Layer.effectDiscard(Contact.fetch(id)).pipe(Layer.provide(given(server.url, counting)))
      const other = Layer.effectDiscard(Contact.fetch(id)).pipe(Layer.provide(connect(server.url)))
      yield* Layer.build(Layer.mergeAll(one, other))
      assert.strictEqual(dispatched, 1)
      assert.lengthOf(server.exchanges, 2)
      yield* Effect.promise(() => agent.destroy())
    })
  )
})

describe("layers/Node fails with its requirements", () => {
  const needs = /layers\/Node needs Node\.js 22\.19 or later.*use layers\/Fetch/

  const defectOf = <A, E>(layer: Layer.Layer<A, E>) =>
    Effect.map(Effect.exit(Effect.scoped(Layer.build(layer))), (exit) =>
      Exit.isFailure(exit) && Cause.hasDies(exit.cause) ? Cause.pretty(exit.cause) : "no defect"
    )

  const under = (versions: Readonly<Record<string, string | undefined>>) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const before = process.versions
        Object.defineProperty(process, "versions", { value: { ...before, ...versions }, configurable: true })
        return before
      }),
      (before) => Effect.sync(() => Object.defineProperty(process, "versions", { value: before, configurable: true }))
    )

  it.live.each(["20.19.5", "22.18.0", "18.20.0", "8.0.0", ""])("on Node.js %s", (node) =>
    Effect.gen(function* () {
      yield* under({ node })
      assert.match(yield* defectOf(connect("http://127.0.0.1:1")), needs)
    })
  )

  it.live.each(["22.19.0", "22.20.1", "24.0.0", "100.0.0"])("but not on Node.js %s", (node) =>
    Effect.gen(function* () {
      yield* under({ node })
      assert.strictEqual(yield* defectOf(connect("http://127.0.0.1:1")), "no defect")
    })
  )

  it.live("if the dispatcher cannot dispatch, as in Bun", () =>
    Effect.gen(function* () {
      const dispatcher = Layer.succeed(NodeHttpClient.Dispatcher, {} as never)
      assert.match(yield* defectOf(Layer.provide(connect("http://127.0.0.1:1"), dispatcher)), needs)
    })
  )
})

describe("a client over undici", () => {
  it.live("sends User-Agent and Accept-Encoding, unless the options replace them", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(sendContact)
      yield* Effect.provide(Contact.fetch(id), connect(server.url))
      yield* Effect.provide(Contact.fetch(id), connect(server.url, { headers: { "User-Agent": "crm/2" } }))
      const [first, second] = server.exchanges.map(({ request }) => request.headers)
      assert.strictEqual(first?.["user-agent"], `effect-chatbotkit/${version}`)
      assert.strictEqual(first?.["accept-encoding"], "gzip, deflate, br")
      assert.strictEqual(second?.["user-agent"], "crm/2")
    })
  )

  it.live("works under the fake timers of a test", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.setHeader("content-type", "application/json")
        response.setHeader("keep-alive", "timeout=600")
        response.end(contact)
      })
      yield* Effect.gen(function* () {
        // This call leaves a connection for reuse.
        yield* Contact.fetch(id)
        yield* Effect.acquireUseRelease(
          Effect.sync(() => vi.useFakeTimers({ toFake: ["setImmediate", "setTimeout", "setInterval", "Date"] })),
          () => Effect.andThen(Contact.fetch(id), Contact.fetch(id)),
          () => Effect.sync(() => vi.useRealTimers())
        )
        yield* Contact.fetch(id)
      }).pipe(Effect.provide(connect(server.url)))
      assert.lengthOf(server.exchanges, 4)
    })
  )

  it.live("closes pending connections when its layer closes", () =>
    Effect.gen(function* () {
      const accepted = Deferred.makeUnsafe<Socket>()
      const server = yield* Sockets.serveTcp((socket) => Deferred.doneUnsafe(accepted, Effect.succeed(socket)))
      // Both ends of the connection count.
      const sockets = () => process.getActiveResourcesInfo().filter((name) => /^T(?:CP|LS)/.test(name)).length
      let connecting = 0
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Contact.fetch(id))
        yield* Deferred.await(accepted)
        yield* Fiber.interrupt(fiber)
        connecting = sockets()
      }).pipe(Effect.provide(connect(server.secureUrl)))
      // Without that, undici closes it after ten seconds.
      yield* Fake.settle
      assert.isBelow(sockets(), connecting)
    })
  )

  it.live("uses one connection for calls one after another", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.serve(({ response }) => {
        response.setHeader("content-type", "application/jsonl")
        response.write(Fake.item("c1"))
        setImmediate(() => response.end(Fake.item("c2")))
      })
      const tenTimes = Effect.forEach(Array.from({ length: 10 }), () => Stream.runDrain(Contact.list({ take: 2 })))
      yield* Effect.provide(tenTimes, connect(server.url))
      assert.lengthOf(server.exchanges, 10)
      assert.strictEqual(new Set(server.exchanges.map(({ request }) => request.socket)).size, 1)
    })
  )
})

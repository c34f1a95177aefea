import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { networkInterfaces } from "node:os"
import { Agent, ProxyAgent } from "@effect/platform-node/Undici"
import * as Contact from "../../src/Contact.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Sockets from "../support/Sockets.ts"
import * as Run from "./Run.ts"
import { correct } from "./Behaviours.ts"

/** The results of all calls in the same setup. */
const observed = (setup: Omit<Run.Setup, "behaviour" | "call" | "times">) =>
  Effect.forEach(
    Run.callNames,
    (call) =>
      Effect.map(Run.observe({ behaviour: correct, times: 0, ...setup, call }), (text) => [call, text] as const),
    { concurrency: "unbounded" }
  ).pipe(Effect.map(Object.fromEntries<string>))

/** The same result for every call. No contact is created. */
const everyCall = (outcome: string) => ({
  fetch: outcome,
  update: outcome,
  create: `${outcome}, 0 created`,
  plainCreate: `${outcome}, 0 created`,
  list: outcome
})

const success = {
  ...everyCall("ok, 1 sent"),
  create: "ok, 1 sent, 1 created",
  plainCreate: "ok, 1 sent, 1 created",
  list: "ok, 2 sent"
}

/** Nothing was sent, and a retry is useless. */
const notRetried = everyCall("TransportError not-sent, 1 attempt, 0 sent")

/** Nothing was sent, and a retry may succeed. So a create is retried also with `exactlyOnce: false`. */
const retried = everyCall("TransportError not-sent, 3 attempts, 0 sent")

/** Nothing was sent, but the client cannot know that. */
const unknown = {
  ...everyCall("TransportError unknown, 3 attempts, 0 sent"),
  plainCreate: "TransportError unknown, 1 attempt, 0 sent, 0 created"
}

/** A port without a listener. A connection holds it while the scope lives, so that no other program gets it. */
const closedPort = (host = "127.0.0.1") =>
  Effect.acquireRelease(
    Effect.callback<{ readonly server: Server; readonly socket: Socket }>((resume) => {
      const server = createServer()
      server.listen(0, host, () => {
        const { port } = server.address() as AddressInfo
        const socket = connect(port, host, () => resume(Effect.succeed({ server, socket })))
      })
    }),
    ({ server, socket }) =>
      Effect.sync(() => {
        socket.destroy()
        server.close()
      })
  ).pipe(Effect.map(({ socket }) => socket.localPort ?? 0))

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1")
)

describe.each(["Fetch", "Node"] as const)("connections over %s", (transport) => {
  it.live("a self-signed certificate: not sent, and not retried", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, server: { tls: true } }), notRetried)
    })
  )

  it.live("https to a server that speaks http: not sent, and not retried", () =>
    Effect.gen(function* () {
      const overHttps = (baseUrl: string) => baseUrl.replace("http:", "https:")
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: overHttps }), notRetried)
    })
  )

  it.live("a server that closes the connection instead of a TLS handshake: not sent, and retried", () =>
    Effect.gen(function* () {
      const { secureUrl } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.end()))
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => secureUrl }), retried)
    })
  )

  it.live("a refused connection: not sent, and retried", () =>
    Effect.gen(function* () {
      const port = yield* closedPort()
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://127.0.0.1:${port}` }), retried)
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://localhost:${port}` }), retried)
    })
  )

  it.live("a host that is not found: not sent, and retried", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => "http://no-such-host.invalid" }), retried)
    })
  )

  it.live("http to a server that speaks TLS: the outcome is unknown, so retried where safe", () =>
    Effect.gen(function* () {
      const overHttp = (baseUrl: string) => baseUrl.replace("https:", "http:")
      assert.deepStrictEqual(yield* observed({ transport, server: { tls: true }, baseUrl: overHttp }), unknown)
    })
  )

  it.live(
    "a server that resets the connection instead of a TLS handshake: not sent, if the transport reports that",
    () =>
      Effect.gen(function* () {
        const { secureUrl } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()))
        assert.deepStrictEqual(
          yield* observed({ transport, baseUrl: () => secureUrl }),
          transport === "Node" ? retried : unknown
        )
      })
  )

  it.live("a TLS handshake that never ends: not sent, if the transport reports that", () =>
    Effect.gen(function* () {
      const { secureUrl } = yield* Sockets.serveTcp()
      const client = { timeout: { attempt: 200 } }
      const timedOut =
        transport === "Node"
          ? everyCall("Timeout not-sent, 3 attempts, 0 sent")
          : {
              ...everyCall("Timeout unknown, 3 attempts, 0 sent"),
              plainCreate: "Timeout unknown, 1 attempt, 0 sent, 0 created"
            }
      assert.deepStrictEqual(yield* observed({ transport, client, baseUrl: () => secureUrl }), timedOut)
    })
  )

  describe("through a proxy", () => {
    const secure = (url: string) => url.replace("http:", "https:")

    const through = (proxy: string) =>
      Effect.acquireRelease(
        Effect.sync(() => new ProxyAgent(proxy)),
        (agent) => Effect.promise(() => agent.destroy())
      )

    /** A proxy that answers CONNECT with a status line. */
    const answering = (line: string) =>
      Effect.map(
        Sockets.serveTcp((socket) =>
          socket.once("data", () => socket.end(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\n\r\n`))
        ),
        ({ url }) => url
      )

    it.live.each(["407 Proxy Authentication Required", "403 Forbidden"])(
      "that answers %s: not sent, and not retried",
      (line) =>
        Effect.gen(function* () {
          const dispatcher = yield* Effect.flatMap(answering(line), through)
          assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), notRetried)
        })
    )

    it.live.each(["502 Bad Gateway", "503 Service Unavailable"])("that answers %s: not sent, and retried", (line) =>
      Effect.gen(function* () {
        const dispatcher = yield* Effect.flatMap(answering(line), through)
        assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), retried)
      })
    )

    it.live("that cannot be reached: not sent, and retried", () =>
      Effect.gen(function* () {
        const dispatcher = yield* through(`http://127.0.0.1:${yield* closedPort()}`)
        assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), retried)
      })
    )

    it.live("that closes the connection: not sent, if the transport reports that", () =>
      Effect.gen(function* () {
        const { url } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.end()))
        const dispatcher = yield* through(url)
        assert.deepStrictEqual(
          yield* observed({ transport, dispatcher, baseUrl: secure }),
          transport === "Node" ? retried : unknown
        )
      })
    )
  })

  it.live.skipIf(!hasIPv6)("an IPv6 address works like any other", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, server: { host: "::1" } }), success)
      const port = yield* closedPort("::1")
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://[::1]:${port}` }), retried)
    })
  )
})

describe("a port that fetch blocks", () => {
  it.live("not sent, and not retried", () =>
    Effect.gen(function* () {
      const baseUrl = () => "http://127.0.0.1:6000"
      assert.deepStrictEqual(yield* observed({ transport: "Fetch", baseUrl }), notRetried)
    })
  )
})

describe("a dispatcher of another undici than that of fetch", () => {
  it.live("not sent, and not retried", () =>
    Effect.gen(function* () {
      const dispatcher = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent()),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const given = Layer.mergeAll(
        Layer.succeed(FetchHttpClient.Fetch, globalThis.fetch),
        Layer.succeed(FetchHttpClient.RequestInit, { dispatcher } as RequestInit)
      )
      const { url } = yield* Sockets.serveTcp()
      const layer = Layer.provide(Fetch.layer({ secret: InMemory.secret, baseUrl: url }), given)
      const error = yield* Effect.flip(Effect.provide(Contact.create(), layer, { local: true }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", outcome: "not-sent", attempts: 1, isRetryable: false })
    })
  )
})

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
import { well } from "./Wires.ts"

const calls = ["fetch", "update", "create", "unguarded", "list"] as const satisfies ReadonlyArray<Run.CallName>

/** What comes of every call, under the same circumstances. */
const observed = (setup: Omit<Run.Setup, "call" | "times" | "wire">) =>
  Effect.forEach(
    calls,
    (call) => Effect.map(Run.observe({ wire: well, times: 0, ...setup, call }), (text) => [call, text] as const),
    { concurrency: "unbounded" }
  ).pipe(Effect.map(Object.fromEntries<string>))

/** Of a create, no contact is made. */
const everyCall = (outcome: string) => ({
  fetch: outcome,
  update: outcome,
  create: `${outcome}, 0 made`,
  unguarded: `${outcome}, 0 made`,
  list: outcome
})

const fine = {
  ...everyCall("ok, 1 sent"),
  create: "ok, 1 sent, 1 made",
  unguarded: "ok, 1 sent, 1 made",
  list: "ok, 2 sent"
}

/** Nothing was sent, and it is no use to try again. */
const final = everyCall("TransportError not-sent 1x, 0 sent")

/** Nothing was sent, and another attempt may get through: so a create without a fingerprint is tried again, too. */
const again = everyCall("TransportError not-sent 3x, 0 sent")

/** Nothing arrived, but nobody knows that. */
const lost = {
  ...everyCall("TransportError unknown 3x, 0 sent"),
  unguarded: "TransportError unknown 1x, 0 sent, 0 made"
}

/** A port that nobody listens on, and that nobody else gets as long as the scope lives: a connection has it. */
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
  it.live("a certificate that nobody has signed: not sent, and not tried again", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, server: { tls: true } }), final)
    })
  )

  it.live("https to a server that speaks http: not sent, and not tried again", () =>
    Effect.gen(function* () {
      const overHttps = (baseUrl: string) => baseUrl.replace("http:", "https:")
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: overHttps }), final)
    })
  )

  it.live("a server that closes the connection instead of a TLS handshake: not sent, and tried again", () =>
    Effect.gen(function* () {
      const { secureUrl } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.end()))
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => secureUrl }), again)
    })
  )

  it.live("a refused connection: not sent, and tried again", () =>
    Effect.gen(function* () {
      const port = yield* closedPort()
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://127.0.0.1:${port}` }), again)
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://localhost:${port}` }), again)
    })
  )

  it.live("a host that is not found: not sent, and tried again", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => "http://no-such-host.invalid" }), again)
    })
  )

  it.live("http to a server that speaks TLS: nobody knows, and so tried again where that is safe", () =>
    Effect.gen(function* () {
      const overHttp = (baseUrl: string) => baseUrl.replace("https:", "http:")
      assert.deepStrictEqual(yield* observed({ transport, server: { tls: true }, baseUrl: overHttp }), lost)
    })
  )

  it.live(
    "a server that resets the connection instead of a TLS handshake: not sent, as far as the transport tells",
    () =>
      Effect.gen(function* () {
        const { secureUrl } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()))
        assert.deepStrictEqual(
          yield* observed({ transport, baseUrl: () => secureUrl }),
          transport === "Node" ? again : lost
        )
      })
  )

  it.live("a TLS handshake that never ends: not sent, as far as the transport tells", () =>
    Effect.gen(function* () {
      const { secureUrl } = yield* Sockets.serveTcp()
      const client = { timeout: { attempt: 200 } }
      const timedOut =
        transport === "Node"
          ? everyCall("Timeout not-sent 3x, 0 sent")
          : { ...everyCall("Timeout unknown 3x, 0 sent"), unguarded: "Timeout unknown 1x, 0 sent, 0 made" }
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

    /** A proxy that answers so when it is asked for a connection. */
    const answering = (line: string) =>
      Effect.map(
        Sockets.serveTcp((socket) =>
          socket.once("data", () => socket.end(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\n\r\n`))
        ),
        ({ url }) => url
      )

    it.live.each(["407 Proxy Authentication Required", "403 Forbidden"])(
      "that answers %s: not sent, and not tried again",
      (line) =>
        Effect.gen(function* () {
          const dispatcher = yield* Effect.flatMap(answering(line), through)
          assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), final)
        })
    )

    it.live.each(["502 Bad Gateway", "503 Service Unavailable"])("that answers %s: not sent, and tried again", (line) =>
      Effect.gen(function* () {
        const dispatcher = yield* Effect.flatMap(answering(line), through)
        assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), again)
      })
    )

    it.live("that cannot be reached: not sent, and tried again", () =>
      Effect.gen(function* () {
        const dispatcher = yield* through(`http://127.0.0.1:${yield* closedPort()}`)
        assert.deepStrictEqual(yield* observed({ transport, dispatcher, baseUrl: secure }), again)
      })
    )

    it.live("that closes the connection: not sent, as far as the transport tells", () =>
      Effect.gen(function* () {
        const { url } = yield* Sockets.serveTcp((socket) => socket.once("data", () => socket.end()))
        const dispatcher = yield* through(url)
        assert.deepStrictEqual(
          yield* observed({ transport, dispatcher, baseUrl: secure }),
          transport === "Node" ? again : lost
        )
      })
    )
  })

  it.live.skipIf(!hasIPv6)("an address of IPv6 is like any other", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ transport, server: { host: "::1" } }), fine)
      const port = yield* closedPort("::1")
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `http://[::1]:${port}` }), again)
    })
  )
})

describe("a port that fetch does not send to", () => {
  it.live("not sent, and not tried again", () =>
    Effect.gen(function* () {
      const baseUrl = () => "http://127.0.0.1:6000"
      assert.deepStrictEqual(yield* observed({ transport: "Fetch", baseUrl }), final)
    })
  )
})

describe("a dispatcher that is of another undici than fetch", () => {
  it.live("not sent, and not tried again", () =>
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

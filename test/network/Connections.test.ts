import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, type AddressInfo } from "node:net"
import { networkInterfaces } from "node:os"
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

/** A port that nobody listens on. */
const closedPort = (host = "127.0.0.1") =>
  Effect.callback<number>((resume) => {
    const server = createServer()
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resume(Effect.succeed(port)))
    })
  })

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
      const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end()))
      yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
      const { port } = server.address() as AddressInfo
      assert.deepStrictEqual(yield* observed({ transport, baseUrl: () => `https://127.0.0.1:${port}` }), again)
      server.close()
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
      const lost = everyCall("TransportError unknown 3x, 0 sent")
      assert.deepStrictEqual(yield* observed({ transport, server: { tls: true }, baseUrl: overHttp }), {
        ...lost,
        unguarded: "TransportError unknown 1x, 0 sent, 0 made"
      })
    })
  )

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

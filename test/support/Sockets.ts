import { Deferred, type Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net"

/** Listens on a free loopback port while the scope lives, then closes the server and its `sockets`. Gives the port. */
export const listen = (server: Server, sockets = new Set<Socket>()) => {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    // Each request over a connection adds a listener to its socket.
    socket.setMaxListeners(0)
  })
  return Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )
}

/** A port of loopback that was free a moment ago. */
export const freePort: Effect.Effect<number> = Effect.scoped(Effect.suspend(() => listen(createTcpServer())))

/** Advances the test clock from a callback of a server, for example in place of a reply. */
export const clockAdvance = Effect.map(
  Effect.context(),
  (context) =>
    (duration: Duration.Input): void =>
      void Effect.runForkWith(context)(TestClock.adjust(duration))
)

/** A request as an HTTP server receives it, its response, and its connection. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Done when the connection of the request is closed. */
  readonly closed: Deferred.Deferred<void>
}

/** An HTTP server on a free loopback port while the scope lives. `exchanges` has the requests it received. */
export const serve = (handle: (exchange: Exchange) => void) =>
  Effect.gen(function* () {
    const exchanges: Array<Exchange> = []
    const server = createHttpServer((request, response) => {
      const closed = Deferred.makeUnsafe<void>()
      request.socket.once("close", () => Deferred.doneUnsafe(closed, Effect.void))
      const exchange = { request, response, closed }
      exchanges.push(exchange)
      handle(exchange)
    })
    const port = yield* listen(server)
    return { url: `http://127.0.0.1:${port}`, exchanges }
  })

/** A TCP server on a free loopback port while the scope lives, which hands each connection to `connected`. */
export const serveTcp = (connected: (socket: Socket) => void = () => undefined) =>
  Effect.gen(function* () {
    const port = yield* listen(createTcpServer(connected))
    return { port, url: `http://127.0.0.1:${port}`, secureUrl: `https://127.0.0.1:${port}` }
  })

/** A connection to a server while the scope lives, and the bytes received until either side has closed it. */
export const dial = (url: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly socket: Socket; readonly received: Deferred.Deferred<Buffer> }>((resume) => {
      const { hostname, port } = new URL(url)
      const received = Deferred.makeUnsafe<Buffer>()
      const chunks: Array<Buffer> = []
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () =>
        resume(Effect.succeed({ socket, received }))
      )
      socket.on("data", (chunk: Buffer) => chunks.push(chunk))
      socket.on("error", () => undefined)
      socket.on("end", () => socket.end())
      socket.on("close", () => Deferred.doneUnsafe(received, Effect.succeed(Buffer.concat(chunks))))
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

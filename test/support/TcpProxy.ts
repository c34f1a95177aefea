import { Effect } from "effect"
import { connect, createServer, type Socket } from "node:net"
import * as Sockets from "./Sockets.ts"

/** A TCP proxy on a free loopback port, which can be cut. */
export interface TcpProxy {
  readonly port: number
  /** Resets all connections, and refuses new ones until {@link TcpProxy.mend}. */
  readonly cut: Effect.Effect<void>
  /** Lets new connections through again. */
  readonly mend: Effect.Effect<void>
}

/** Starts a proxy to a port of loopback, which runs while the scope lives. */
export const start = (target: number) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    let isCut = false
    const server = createServer((socket) => {
      if (isCut) return void socket.resetAndDestroy()
      const upstream = connect(target, "127.0.0.1")
      sockets.add(upstream)
      socket.pipe(upstream).pipe(socket)
      socket.on("close", () => upstream.destroy())
      upstream.on("error", () => undefined)
      upstream.on("close", () => {
        sockets.delete(socket)
        sockets.delete(upstream)
        socket.destroy()
      })
    })
    const port = yield* Sockets.listen(server, sockets)
    const proxy: TcpProxy = {
      port,
      cut: Effect.sync(() => {
        isCut = true
        for (const socket of sockets) socket.resetAndDestroy()
      }),
      mend: Effect.sync(() => {
        isCut = false
      })
    }
    return proxy
  })

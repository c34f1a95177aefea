import { Deferred, Effect } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A request as a hand-written server sees it, and what becomes of its connection. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Done when the connection of the request is closed. */
  readonly closed: Deferred.Deferred<void>
}

/** A server on a free loopback port, for as long as the scope lives. */
export const serve = (handle: (exchange: Exchange) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly exchanges: Array<Exchange>; readonly close: () => void }>(
      (resume) => {
        const exchanges: Array<Exchange> = []
        const server = createServer((request, response) => {
          const closed = Deferred.makeUnsafe<void>()
          request.socket.once("close", () => Deferred.doneUnsafe(closed, Effect.void))
          const exchange = { request, response, closed }
          exchanges.push(exchange)
          handle(exchange)
        })
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, exchanges, close }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )

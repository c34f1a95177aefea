/** A server that forwards requests to the emulator, and whose handler decides about every byte of the reply. */
import { Effect } from "effect"
import { request } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import * as Tls from "../support/Tls.ts"

/** A reply of the emulator. */
export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

/** A complete request. */
export interface Exchange {
  readonly socket: Socket
  readonly method: string
  readonly path: string
  /** The number of earlier requests to the server. */
  readonly before: number
  /** The number of earlier requests over the same connection. */
  readonly beforeOnConnection: number
  /** Forwards the request to the emulator. */
  readonly forward: () => Promise<Reply>
}

/** A listening server. */
export interface RawServer {
  readonly url: string
  readonly port: number
  /** The methods and paths of the complete requests. */
  readonly requests: Array<string>
  readonly connections: () => number
  /** Sets the handlers of requests and connections. */
  readonly handle: (onRequest: (exchange: Exchange) => void, onConnection?: (socket: Socket) => void) => void
}

const headEnd = Buffer.from("\r\n\r\n")

/** The first complete request in these bytes, and its length in bytes. */
const requestIn = (bytes: Buffer) => {
  const end = bytes.indexOf(headEnd)
  if (end === -1) return undefined
  const head = bytes.subarray(0, end).toString("latin1")
  const length = end + headEnd.length + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  if (bytes.length < length) return undefined
  const [method = "", path = ""] = head.split(" ", 2)
  return { head, method, path, length, body: bytes.subarray(end + headEnd.length, length) }
}

type Request = NonNullable<ReturnType<typeof requestIn>>

const forward = ({ body, head, method, path }: Request, upstream: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const headers = Object.fromEntries(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(/: */, 2))
        .filter(([name = ""]) => /^(?:accept|authorization|content-type|content-length)$/i.test(name))
    )
    const sent = request(new URL(path, upstream), { method, headers, agent: false }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers["content-type"] ?? "",
          body: Buffer.concat(chunks)
        })
      )
    })
    sent.on("error", reject)
    sent.end(body)
  })

/** Listens on a free loopback port while the scope lives, with the emulator at `upstream`. */
export const serve = (upstream: string, { host = "127.0.0.1", tls = false } = {}) =>
  Effect.acquireRelease(
    Effect.callback<RawServer & { readonly server: Server; readonly sockets: Set<Socket> }>((resume) => {
      const sockets = new Set<Socket>()
      const requests: Array<string> = []
      let connections = 0
      let onRequest: (exchange: Exchange) => void = () => {}
      let onConnection: (socket: Socket) => void = () => {}
      const connected = (socket: Socket) => {
        connections++
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => sockets.delete(socket))
        onConnection(socket)
        let received = Buffer.alloc(0)
        let beforeOnConnection = 0
        socket.on("data", (chunk) => {
          received = Buffer.concat([received, chunk])
          // The first byte of a TLS handshake.
          if (received[0] === 0x16) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
          for (let next = requestIn(received); next !== undefined; next = requestIn(received)) {
            received = received.subarray(next.length)
            const { method, path } = next
            const before = requests.length
            requests.push(`${method} ${path}`)
            const current = next
            onRequest({
              socket,
              method,
              path,
              before,
              beforeOnConnection: beforeOnConnection++,
              forward: () => forward(current, upstream)
            })
          }
        })
      }
      const options = { allowHalfOpen: true, noDelay: true }
      const server = tls
        ? createTlsServer({ ...options, ...Tls.certificate() }, connected).on("tlsClientError", () => {})
        : createTcpServer(options, connected)
      server.listen(0, host, () => {
        const { port } = server.address() as AddressInfo
        const name = host.includes(":") ? `[${host}]` : host
        resume(
          Effect.succeed({
            url: `${tls ? "https" : "http"}://${name}:${port}`,
            port,
            requests,
            connections: () => connections,
            handle: (request, connection = () => {}) => {
              onRequest = request
              onConnection = connection
            },
            server,
            sockets
          })
        )
      })
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )

const reasons: Readonly<Record<number, string>> = { 200: "OK", 409: "Conflict" }

/** The status line and the headers of a reply, without Content-Length, and with further header lines. */
export const replyHead = (
  { contentType, status }: Pick<Reply, "contentType" | "status">,
  ...lines: Array<string>
): string =>
  [`HTTP/1.1 ${status} ${reasons[status] ?? "Status"}`, `content-type: ${contentType}`, ...lines, "", ""].join("\r\n")

/** The bytes of a complete reply, with further header lines. */
export const replyBytes = (reply: Reply, ...lines: Array<string>): Buffer =>
  Buffer.concat([Buffer.from(replyHead(reply, `content-length: ${reply.body.length}`, ...lines)), reply.body])

/** A body in chunks of this size, without the last chunk of size 0. */
export const chunked = (body: Buffer, size = body.length): Buffer => {
  const parts: Array<Buffer> = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"))
  }
  return Buffer.concat(parts)
}

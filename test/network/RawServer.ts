/** A server that decides about every byte: it has the emulator do what is asked, and answers as a case says. */
import { Effect } from "effect"
import { request } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import * as Tls from "../support/Tls.ts"

/** What the emulator answered. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

/** A whole request that has arrived. */
export interface Exchange {
  readonly socket: Socket
  readonly method: string
  readonly path: string
  /** How many requests the server had before this one. */
  readonly before: number
  /** How many of them came over the same connection. */
  readonly beforeOnConnection: number
  /** Has the emulator do what is asked. */
  readonly act: () => Promise<Answer>
}

export interface RawServer {
  readonly url: string
  readonly port: number
  /** The whole requests that arrived. */
  readonly requests: Array<string>
  readonly connections: () => number
  /** From now on these handle the requests. */
  readonly handle: (onRequest: (exchange: Exchange) => void, onConnection?: (socket: Socket) => void) => void
}

const headEnd = Buffer.from("\r\n\r\n")

/** The first whole request in these bytes, and how many bytes it has. */
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

const forward = ({ body, head, method, path }: Request, upstream: string): Promise<Answer> =>
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

/** Listens on a free loopback port for as long as the scope lives. The emulator at `upstream` does what is asked. */
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
            const whole = next
            const before = requests.length
            requests.push(`${method} ${path}`)
            const act = () => forward(whole, upstream)
            onRequest({ socket, method, path, before, beforeOnConnection: beforeOnConnection++, act })
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

/** The first line and the headers of an answer, with these lines in place of a length. */
export const head = (
  { contentType, status }: Pick<Answer, "contentType" | "status">,
  ...lines: Array<string>
): string =>
  [`HTTP/1.1 ${status} ${reasons[status] ?? "Status"}`, `content-type: ${contentType}`, ...lines, "", ""].join("\r\n")

/** A whole answer. */
export const whole = (answer: Answer, ...lines: Array<string>): Buffer =>
  Buffer.concat([Buffer.from(head(answer, `content-length: ${answer.body.length}`, ...lines)), answer.body])

/** A body in chunks of these sizes, without the last one. */
export const chunked = (body: Buffer, size = body.length): Buffer => {
  const parts: Array<Buffer> = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"))
  }
  return Buffer.concat(parts)
}

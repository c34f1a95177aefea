import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2"
import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import * as tls from "node:tls"

let made: { readonly key: string; readonly cert: string } | undefined

/** A certificate for 127.0.0.1 that no CA has signed, made by openssl for this process. */
export const certificate = (): { readonly key: string; readonly cert: string } => {
  if (made !== undefined) return made
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
  const subject = ["-subj", "/CN=effect-chatbotkit test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
  const options = ["req", "-x509", ...algorithm, ...subject, "-keyout", "-", "-out", "-"]
  const pem = execFileSync("openssl", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  const block = (name: RegExp) => name.exec(pem)?.[0] ?? ""
  return (made = {
    key: block(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/),
    cert: block(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/)
  })
}

/** Lets this process trust the certificate while the scope lives, as `NODE_EXTRA_CA_CERTS` would. */
export const trusted = Effect.acquireRelease(
  Effect.sync(() => {
    const before = tls.getCACertificates("default")
    tls.setDefaultCACertificates([...before, certificate().cert])
    return before
  }),
  (before) => Effect.sync(() => tls.setDefaultCACertificates(before))
)

const listening = (server: Server, sockets: Set<Socket>) => {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.once("close", () => sockets.delete(socket))
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

/** A server that offers HTTP/2 and HTTP/1.1, for as long as the scope lives. */
export const serve = (handle: (request: Http2ServerRequest, response: Http2ServerResponse) => void) =>
  Effect.gen(function* () {
    const versions: Array<string> = []
    const server = createSecureServer({ ...certificate(), allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion)
      handle(request, response)
    })
    // A client that does not accept the certificate.
    server.on("tlsClientError", () => undefined)
    const port = yield* listening(server, new Set())
    return { url: `https://127.0.0.1:${port}`, versions }
  })

/** A server that only does what `connected` does with each connection, for as long as the scope lives. */
export const raw = (connected: (socket: Socket) => void = () => undefined) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => connected(socket))
    const port = yield* listening(server, sockets)
    return { port, url: `http://127.0.0.1:${port}`, secureUrl: `https://127.0.0.1:${port}`, sockets }
  })

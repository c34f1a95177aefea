import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2"
import * as tls from "node:tls"
import * as Sockets from "./Sockets.ts"

let cached: { readonly key: string; readonly cert: string } | undefined

/** A self-signed certificate for 127.0.0.1, which openssl makes once in each process. */
export const certificate = (): { readonly key: string; readonly cert: string } => {
  if (cached !== undefined) return cached
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
  const subject = ["-subj", "/CN=effect-chatbotkit test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
  const options = ["req", "-x509", ...algorithm, ...subject, "-keyout", "-", "-out", "-"]
  const pem = execFileSync("openssl", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  const block = (pattern: RegExp) => pattern.exec(pem)?.[0] ?? ""
  return (cached = {
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

/** An HTTPS server that offers HTTP/2 and HTTP/1.1, on a free loopback port while the scope lives. */
export const serve = (handle: (request: Http2ServerRequest, response: Http2ServerResponse) => void) =>
  Effect.gen(function* () {
    const versions: Array<string> = []
    const server = createSecureServer({ ...certificate(), allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion)
      handle(request, response)
    })
    // The error of a client that refuses the certificate.
    server.on("tlsClientError", () => undefined)
    const port = yield* Sockets.listen(server)
    return { url: `https://127.0.0.1:${port}`, versions }
  })

import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Compression from "./Compression.ts"
import * as Reply from "./ServerReply.ts"

/** The facts that decide which headers are added to a reply. */
export interface Options {
  readonly request: HttpServerRequest
  /** The path of the request; undefined for replies that Next.js gives before it reads its configuration. */
  readonly path: string | undefined
  /** True if bodies are compressed for clients that accept it. */
  readonly compression: boolean
}

/** The CORS headers of every reply to a path under `/v1` or `/api/v1`. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization"
}

const none = {}

const vary = { vary: "Accept-Encoding" }

const corsPath = /^\/(?:api\/)?v1(?:\/|$)/i

/**
 * Adds the headers of every reply (wire contract 6): `Date`, `Set-Cookie`, those of CORS, and `Vary`. No reply has a
 * `Content-Length`: over a socket bodies are sent in chunks. A header that the reply already has stays as it is.
 */
export const add = (
  response: HttpServerResponse.HttpServerResponse,
  { compression, path, request }: Options
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  // By Effect's Clock, which a test may set: Node would add the time of the machine.
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const isCompressible = Compression.isCompressible(response.headers["content-type"])
    const unsized = Reply.withoutLength(response)
    const replied = HttpServerResponse.setHeaders(unsized, {
      date: dateText(Math.floor(now / 1000)),
      ...(path === undefined ? none : cookie(request.headers["host"])),
      ...(path !== undefined && corsPath.test(path) ? cors : none),
      ...(isCompressible ? vary : none),
      ...unsized.headers
    })
    const encoding =
      compression && isCompressible && request.method !== "HEAD" && response.headers["content-encoding"] === undefined
        ? Compression.negotiate(request.headers["accept-encoding"])
        : undefined
    return encoding === undefined ? Effect.succeed(replied) : Compression.compress(replied, encoding)
  })

/** Remembers the last result. Most replies have the same second and the same host as the one before. */
export const rememberLast = <A, B>(compute: (input: A) => B): ((input: A) => B) => {
  let last: { readonly input: A; readonly result: B } | undefined
  return (input) => {
    if (last === undefined || last.input !== input) last = { input, result: compute(input) }
    return last.result
  }
}

const dateText = rememberLast((seconds: number): string => new Date(seconds * 1000).toUTCString())

const hostname = /^(?:\[[^\]]*\]|[^:]+)/

/** The cookie with the requested host, without the port. */
const cookie = rememberLast((host: string | undefined): { readonly "set-cookie"?: string } => {
  const [name] = hostname.exec(host ?? "") ?? []
  return name === undefined
    ? none
    : { "set-cookie": `chatbotkit.host=${name.toLowerCase()}; Path=/; Secure; SameSite=Lax` }
})

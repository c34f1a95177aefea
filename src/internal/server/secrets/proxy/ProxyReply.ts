import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as Assumptions from "../../Assumptions.ts"
import * as ApiFailure from "../../http/ApiFailure.ts"
import * as Exceptions from "../../http/Exceptions.ts"
import * as Reply from "../../http/ServerReply.ts"
import * as OwnError from "../OwnError.ts"
import * as Upstream from "../Upstream.ts"

/** The headers of the third party that are not passed on (wire contract 3.9.5). */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-encoding",
  "content-length",
  "authorization"
])

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** The response of the third party as the caller gets it: its status, its body decompressed, and most of its headers. */
export const toReply = (
  method: string,
  response: Upstream.UpstreamResponse
): Effect.Effect<HttpServerResponse.HttpServerResponse, ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    const { status } = response
    if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
      return Effect.fail(ApiFailure.genericError('init["status"] must be in the range of 200 to 599, inclusive.'))
    }
    if (redirects.has(status) && Assumptions.proxyRedirect === "blocked") {
      return Effect.succeed(OwnError.redirectBlocked)
    }
    const all = headersOf(response)
    // The runtime refuses names and values that no response can have.
    const headers = Exceptions.attempt(() => new Headers([...all].filter(([name]) => !dropped.has(name))))
    return Effect.map(headers, (headers) => {
      const empty = HttpServerResponse.empty({ status, headers: Object.fromEntries(headers) })
      return method === "HEAD" || bodiless.has(status) || response.body === undefined
        ? empty
        : Reply.withBody(empty, decompressed(Upstream.bytes(response), all.get("content-encoding")))
    })
  })

/** The headers by their names in lower case. Several values are joined by commas, but of cookies the last one counts. */
const headersOf = ({ headers = {} }: Upstream.UpstreamResponse): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(headers).map(([name, value]) => {
      const lower = name.toLowerCase()
      const values = typeof value === "string" ? [value] : value
      return [lower, lower === "set-cookie" ? (values.at(-1) ?? "") : values.join(", ")]
    })
  )

const formats: ReadonlyMap<string, CompressionFormat> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"]
])

type Bytes = Stream.Stream<Uint8Array, unknown>

/** The body without the codings of its `content-encoding`. As it is, if one of them is unknown. */
const decompressed = (body: Bytes, contentEncoding = ""): Bytes => {
  const codings = contentEncoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "")
  const known = codings.flatMap((coding) => formats.get(coding) ?? [])
  return known.length < codings.length ? body : known.reduceRight(decompress, body)
}

const decompress = (body: Bytes, format: CompressionFormat): Bytes =>
  Stream.unwrap(
    Effect.map(Effect.context<never>(), (context) =>
      Stream.fromReadableStream({
        evaluate: () => {
          const decompressor: ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>> = new DecompressionStream(
            format
          )
          const chunks = Stream.map(body, (chunk) => new Uint8Array(chunk))
          return Stream.toReadableStreamWith(chunks, context).pipeThrough(decompressor)
        },
        onError: (cause) => cause
      })
    )
  )

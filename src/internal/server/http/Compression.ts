import * as Effect from "effect/Effect"
import * as HttpServerResponses from "effect/http/HttpServerResponse"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as Reply from "./ServerReply.ts"

/** The codings that Next.js compresses with; never `br` or `zstd`. */
export type Encoding = "gzip" | "deflate"

/**
 * True if Next.js compresses bodies of a content type: text and JSON, but not `application/jsonl` (wire contract 6).
 */
export const isCompressible = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^(?:text\/|application\/json(?:;|$))/i.test(contentType)

/**
 * The coding for an `Accept-Encoding` header: gzip wins over deflate, whatever their order and their q, unless its q is
 * 0.
 */
export const negotiate = (acceptEncoding: string | undefined): Encoding | undefined => {
  const allowed = new Map<string, boolean>()
  for (const range of (acceptEncoding ?? "").split(",")) {
    const [coding = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase())
    if (coding !== "") allowed.set(coding, !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter)))
  }
  const codings = ["gzip", "deflate"] as const
  return codings.find((coding) => allowed.get(coding) ?? allowed.get("*") ?? false)
}

/**
 * The reply with its body compressed. There is no minimum size. Data reaches the client when the compressor has enough
 * of it, or at the end.
 */
export const compress = (response: HttpServerResponse, encoding: Encoding): Effect.Effect<HttpServerResponse> =>
  Effect.map(Effect.context<never>(), (context) =>
    HttpServerResponses.setHeader(
      Reply.withBody(
        response,
        Stream.fromReadableStream({
          evaluate: () => Stream.toReadableStreamWith(bytes(response), context).pipeThrough(compressor(encoding)),
          onError: (cause) => cause
        })
      ),
      "content-encoding",
      encoding
    )
  )

const bytes = (response: HttpServerResponse): Stream.Stream<Uint8Array<ArrayBuffer>, unknown> =>
  Stream.map(Reply.body(response), (chunk) => new Uint8Array(chunk))

const compressor = (encoding: Encoding): ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>> =>
  new CompressionStream(encoding)

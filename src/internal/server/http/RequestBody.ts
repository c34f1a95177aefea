import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Stream from "effect/Stream"
import * as Assumptions from "../Assumptions.ts"
import * as ApiFailure from "./ApiFailure.ts"
import * as Charset from "./Charset.ts"
import * as ContentType from "./ContentType.ts"

/** A refusal by Next.js in plain text, given before the API sees the request (wire contract 6). */
export interface PlainRefusal {
  readonly status: number
  readonly text: string
}

/** The body of a request. */
export interface RequestBody {
  /** As text, empty if there was none; undefined if it was too large or unreadable. */
  readonly text: string | undefined
  /** The refusal of a request whose body can't be used. */
  readonly refusal: PlainRefusal | undefined
  /** The value of a JSON body, `{}` if it is empty; the text of a body that Next.js doesn't parse. */
  readonly value: unknown
}

/** The largest size of a body in bytes: the default of Next.js. */
const maxBytes = 1_048_576

/** The refusal of a body that is too long. */
export const oversized: PlainRefusal = { status: 413, text: "Body exceeded 1mb limit" }

/** The refusal of a body that is no JSON. */
const malformed: PlainRefusal = { status: 400, text: "Invalid JSON" }

/** The refusal of a body in an unknown charset, or of one cut while it was sent. */
const unreadable: PlainRefusal = { status: 400, text: "Invalid body" }

/** The refusal of a body nested too deep to parse, of TRACE, and of CONNECT. */
export const serverError: PlainRefusal = { status: 500, text: "Internal Server Error" }

const jsonTypes: ReadonlySet<string> = new Set(["application/json", "application/ld+json"])

const refused = (refusal: PlainRefusal, text?: string): RequestBody => ({ text, refusal, value: undefined })

/** Reads and parses a body as Next.js does, whatever the route and the method. */
export const read = (request: HttpServerRequest): Effect.Effect<RequestBody> =>
  Effect.suspend(() => {
    const { type, charset } = ContentType.parse(request.headers["content-type"])
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Effect.succeed(refused(oversized))
    const decode = Charset.decoder(charset)
    if (decode === undefined) return Effect.succeed(refused(unreadable))
    const toBody = (chunks: ReadonlyArray<Uint8Array>): RequestBody => {
      const text = decode(chunks)
      return jsonTypes.has(type) ? parse(text) : { text, refusal: undefined, value: text }
    }
    if (hasNone(request)) return Effect.sync(() => toBody([]))
    const chunks: Array<Uint8Array> = []
    let size = 0
    return request.stream.pipe(
      Stream.takeWhile((chunk) => (size += chunk.length) <= maxBytes),
      Stream.runForEach((chunk) => Effect.sync(() => chunks.push(chunk))),
      Effect.match({
        onFailure: () => refused(unreadable),
        onSuccess: () => (size > maxBytes ? refused(oversized) : toBody(chunks))
      })
    )
  })

/**
 * The value that a schema checks. The server serializes and parses it once more, which turns infinities to null. A body
 * that is null, false, zero or an empty text is refused here, and so only by endpoints that check a body.
 */
export const validated = (body: RequestBody): Effect.Effect<unknown, ApiFailure.ApiFailure> =>
  Effect.suspend(() =>
    body.value ? Effect.succeed(JSON.parse(JSON.stringify(body.value))) : Effect.fail(ApiFailure.badRequest())
  )

const methodsWithoutBody: ReadonlySet<string> = new Set(["GET", "HEAD", "TRACE", "CONNECT"])

const hasNone = ({ method, headers }: HttpServerRequest): boolean =>
  methodsWithoutBody.has(method) &&
  headers["content-length"] === undefined &&
  headers["transfer-encoding"] === undefined

const parse = (text: string): RequestBody => {
  if (text === "") return { text, refusal: undefined, value: {} }
  if (isTooDeep(text)) return refused(serverError, text)
  try {
    return { text, refusal: undefined, value: JSON.parse(text) }
  } catch {
    return refused(malformed, text)
  }
}

const [quote, backslash] = [0x22, 0x5c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/** True if lists and objects are nested deeper than the server can parse, whether or not the rest is valid. */
const isTooDeep = (text: string): boolean => {
  if (text.length <= Assumptions.maxBodyDepth) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === backslash) at++
      else if (code === quote) quoted = false
    } else if (code === quote) quoted = true
    else if (code === openBracket || code === openBrace) {
      if (++depth > Assumptions.maxBodyDepth) return true
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return false
}

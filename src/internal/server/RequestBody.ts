import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Stream from "effect/Stream"
import * as ApiFailure from "./ApiFailure.ts"
import * as Assumptions from "./Assumptions.ts"

/** A refusal in plain text, given by the framework before the API sees the request (wire contract 6). */
export interface PlainRefusal {
  readonly status: number
  readonly text: string
}

/** The body of a request, as far as it was read. */
export interface RequestBody {
  /** As text, empty if there was none; undefined if it was too large or unreadable. */
  readonly text: string | undefined
  /** Why the request goes no further. */
  readonly refusal: PlainRefusal | undefined
  /** The value of a JSON body; undefined if there was none or it is of another type. */
  readonly value: unknown
}

const jsonTypes: ReadonlySet<string> = new Set(["application/json", "application/ld+json"])
const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i

/** The media type of a content type header, without parameters. */
export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? "").split(";", 1).join("").trim().toLowerCase()

/** Reads and parses a body as the framework of the real server does, whatever the route. */
export const read = Effect.fnUntraced(function* (request: HttpServerRequest) {
  if (hasNone(request)) return empty
  if (Number(request.headers["content-length"] ?? 0) > Assumptions.maxBodyBytes) return oversized
  const chunks: Array<Uint8Array> = []
  let size = 0
  const complete = yield* request.stream.pipe(
    Stream.takeWhile((chunk) => (size += chunk.length) <= Assumptions.maxBodyBytes),
    Stream.runForEach((chunk) => Effect.sync(() => chunks.push(chunk))),
    Effect.match({ onFailure: () => false, onSuccess: () => true })
  )
  if (size > Assumptions.maxBodyBytes) return oversized
  const contentType = request.headers["content-type"]
  const text = complete ? decode(chunks, charset.exec(contentType ?? "")?.[1]) : undefined
  if (text === undefined) return unreadable
  return text === "" || !jsonTypes.has(mediaType(contentType)) ? { ...empty, text } : parse(text)
})

/**
 * The value a schema is checked against. The framework drops a body that is null, false, zero or an empty text, so
 * there is nothing to parse then; any other is written and parsed once more on its way, which turns infinities to null.
 */
export const validated = (body: RequestBody): Effect.Effect<unknown, ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    if (body.text === "") return Effect.succeed(Assumptions.emptyJsonBody)
    return body.value
      ? Effect.succeed(JSON.parse(JSON.stringify(body.value)))
      : Effect.fail(ApiFailure.badRequest(Assumptions.falsyJsonBodyMessage))
  })

const empty: RequestBody = { text: "", refusal: undefined, value: undefined }
const oversized: RequestBody = { text: undefined, refusal: Assumptions.oversizedBody, value: undefined }
const unreadable: RequestBody = { text: undefined, refusal: Assumptions.unreadableBody, value: undefined }

const hasNone = ({ method, headers }: HttpServerRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  headers["content-length"] === undefined &&
  headers["transfer-encoding"] === undefined

const decode = (chunks: ReadonlyArray<Uint8Array>, label: string = Assumptions.defaultCharset): string | undefined => {
  try {
    const decoder = new TextDecoder(label)
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode()
  } catch {
    return undefined
  }
}

const parse = (text: string): RequestBody => {
  try {
    return { text, refusal: undefined, value: JSON.parse(text) }
  } catch {
    return { text, refusal: Assumptions.malformedBody, value: undefined }
  }
}

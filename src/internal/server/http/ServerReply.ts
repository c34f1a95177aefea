import * as HttpBody from "effect/http/HttpBody"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as ApiFailure from "./ApiFailure.ts"
import type { PlainRefusal } from "./RequestBody.ts"

/** Exactly this, with no charset (wire contract 1). */
const contentType = "application/json"

/** The codes that handlers repeat in a header (wire contract 6). */
const announcedCodes: ReadonlySet<string> = new Set(["NOT_AUTHORIZED", "LIMITS_REACHED"])

/** 200 with a JSON document. */
export const json = (text: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(text, { contentType })

/** 200 with a body that comes in pieces. */
export const stream = (body: Stream.Stream<Uint8Array>, contentType: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(body, { contentType })

const encoder = new TextEncoder()

/** The body of a reply on its way out, whatever it is made of. */
export const body = ({ body }: HttpServerResponse.HttpServerResponse): Stream.Stream<Uint8Array, unknown> => {
  if (body._tag === "Stream") return body.stream
  if (body._tag === "Uint8Array") return Stream.succeed(body.body)
  if (body._tag !== "Raw") return Stream.empty
  // The API makes no other raw bodies than these.
  if (body.body instanceof Uint8Array) return Stream.succeed(body.body)
  return typeof body.body === "string" ? Stream.succeed(encoder.encode(body.body)) : Stream.empty
}

/** The same reply without a `Content-Length`, which none of the server's has: bodies are sent in chunks (wire contract 6). */
export const withoutLength = (
  response: HttpServerResponse.HttpServerResponse
): HttpServerResponse.HttpServerResponse => {
  const { body } = response
  if (body._tag === "Uint8Array") {
    return HttpServerResponse.setBody(response, HttpBody.raw(body.body, { contentType: body.contentType }))
  }
  return "content-length" in response.headers ? HttpServerResponse.removeHeader(response, "content-length") : response
}

/**
 * The same reply with another body, sent in pieces and without a length: one that the body does not keep is a mistake
 * of the server's, which it is not meant to look like.
 */
export const withBody = (
  response: HttpServerResponse.HttpServerResponse,
  body: Stream.Stream<Uint8Array, unknown>
): HttpServerResponse.HttpServerResponse => {
  const contentType = response.headers["content-type"]
  // A body that says nothing of its type gets one; a blank type is none, but leaves its header behind.
  const replaced = HttpServerResponse.setBody(response, HttpBody.stream(body, contentType ?? ""))
  return contentType === undefined ? HttpServerResponse.removeHeader(replaced, "content-type") : replaced
}

/** A refusal as an ordinary handler gives it. */
export const failure = (failure: ApiFailure.ApiFailure): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(ApiFailure.toJson(failure), {
    status: failure.status,
    contentType,
    headers: announcedCodes.has(failure.code) ? { "x-failure-code": failure.code } : {}
  })

/** A refusal as the list and stream wrapper gives it: `code` first, and no header. */
export const streamFailure = (failure: ApiFailure.ApiFailure): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(ApiFailure.toStreamJson(failure), { status: failure.status, contentType })

/** A refusal by Next.js: plain ASCII text, which is the reason phrase too, and no content type. */
export const plain = ({ status, text }: PlainRefusal): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(text, { status, statusText: text })

/** 308 to another path: its text is the body too, and there is no content type (wire contract 0). */
export const moved = (location: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(location, { status: 308, headers: { location } })

/** The answer to HEAD. */
export const head: HttpServerResponse.HttpServerResponse = HttpServerResponse.empty({ status: 200 })

/** The answer to OPTIONS. */
export const options: HttpServerResponse.HttpServerResponse = json("{}")

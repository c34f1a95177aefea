import * as HttpBody from "effect/http/HttpBody"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as ApiFailure from "./ApiFailure.ts"
import type { PlainRefusal } from "./RequestBody.ts"

/** The content type of JSON, without a charset (wire contract 1). */
const contentType = "application/json"

/** The codes that handlers repeat in a header (wire contract 6). */
const announcedCodes: ReadonlySet<string> = new Set(["NOT_AUTHORIZED", "LIMITS_REACHED"])

/** 200 with a JSON document. */
export const json = (text: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(text, { contentType })

/** 200 with a streamed body. */
export const stream = (body: Stream.Stream<Uint8Array>, contentType: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(body, { contentType })

const encoder = new TextEncoder()

/** The body of a reply as a stream of bytes. */
export const body = ({ body }: HttpServerResponse.HttpServerResponse): Stream.Stream<Uint8Array, unknown> => {
  if (body._tag === "Stream") return body.stream
  if (body._tag === "Uint8Array") return Stream.succeed(body.body)
  if (body._tag !== "Raw") return Stream.empty
  // The API makes no raw bodies but bytes and texts.
  if (body.body instanceof Uint8Array) return Stream.succeed(body.body)
  return typeof body.body === "string" ? Stream.succeed(encoder.encode(body.body)) : Stream.empty
}

/**
 * The same reply without a `Content-Length`, which none of the server's has: bodies are sent in chunks (wire contract
 * 6).
 */
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
 * The same reply with another body, streamed and without a length. A body that did not have the announced length would
 * look like an error of the server.
 */
export const withBody = (
  response: HttpServerResponse.HttpServerResponse,
  body: Stream.Stream<Uint8Array, unknown>
): HttpServerResponse.HttpServerResponse => {
  const contentType = response.headers["content-type"]
  // Effect gives a body without a content type a default one. A blank type prevents that, but sets an empty header.
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

/** 308 to another path, with that path as the body and no content type (wire contract 0). */
export const moved = (location: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(location, { status: 308, headers: { location } })

/** The answer to HEAD. */
export const head: HttpServerResponse.HttpServerResponse = HttpServerResponse.empty({ status: 200 })

/** The answer to OPTIONS. */
export const options: HttpServerResponse.HttpServerResponse = json("{}")

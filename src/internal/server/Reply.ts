import * as HttpBody from "effect/http/HttpBody"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Stream } from "effect/Stream"
import * as ApiFailure from "./ApiFailure.ts"
import type { PlainRefusal } from "./RequestBody.ts"

/** Exactly this, with no charset (wire contract 1). */
const contentType = "application/json"

/** The codes that handlers repeat in a header (wire contract 6). */
const announcedCodes: ReadonlySet<string> = new Set(["NOT_AUTHORIZED", "LIMITS_REACHED"])

/** 200 with a JSON document. */
export const json = (text: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(text, { contentType })

/** 200 with a body that comes in pieces. */
export const stream = (body: Stream<Uint8Array>, contentType: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(body, { contentType })

/**
 * The same reply with another body, sent in pieces and without a length: one that the body does not keep is a mistake
 * of the server's, which it is not meant to look like.
 */
export const withBody = (
  response: HttpServerResponse.HttpServerResponse,
  body: Stream<Uint8Array, unknown>
): HttpServerResponse.HttpServerResponse => {
  const contentType = response.headers["content-type"]
  // A body that says nothing of its type gets one; a blank type is none, but leaves its header behind.
  const replaced = HttpServerResponse.setBody(response, HttpBody.stream(body, contentType ?? ""))
  return contentType === undefined ? HttpServerResponse.removeHeader(replaced, "content-type") : replaced
}

/** A refusal as an ordinary handler gives it. */
export const failure = (failure: ApiFailure.ApiFailure): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(ApiFailure.toJson(failure), {
    status: failure.status,
    contentType,
    headers: announcedCodes.has(failure.code) ? { "x-failure-code": failure.code } : {}
  })

/** A refusal as the list and stream wrapper gives it: `code` first, and no header. */
export const streamFailure = (failure: ApiFailure.ApiFailure): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(ApiFailure.toStreamJson(failure), { status: failure.status, contentType })

/** A refusal by the framework: plain ASCII text, which is the reason phrase too, and no content type. */
export const plain = ({ status, text }: PlainRefusal): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.raw(text, { status, statusText: text, contentLength: text.length })

/** The answer to HEAD. */
export const head: HttpServerResponse.HttpServerResponse = HttpServerResponse.empty({ status: 200 })

/** The answer to OPTIONS. */
export const options: HttpServerResponse.HttpServerResponse = json("{}")

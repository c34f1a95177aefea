import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { version } from "./Version.ts"

/** The progress of an attempt. `unknown` if its transport does not report it: one that is not ours, or `fetch`. */
export type AttemptState = "unknown" | "not-sent" | "sent"

/**
 * The attempt that a request belongs to. The caller provides it, the transport sets its state, and once that is `sent` it
 * stays so, even if a `transformClient` sends the request again.
 */
export interface Attempt {
  state: AttemptState
  /** True if the attempt is interrupted because the total timeout of its call is over. */
  isOutOfTime?: boolean
}

/** The attempt that a transport reports to. A `Context.Reference`, so that no client needs to provide it. */
export const Attempt = Context.Reference<Attempt | undefined>("effect-chatbotkit/internal/transport/Attempt", {
  defaultValue: () => undefined
})

/** The `User-Agent` of requests that do not bring their own. */
export const userAgent = `effect-chatbotkit/${version}`

/** A request, taken apart as transports send it. */
export interface Outgoing {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: URL
  /** The client sends nothing but bytes. */
  readonly body: Uint8Array | undefined
}

/** Sends a request, up to the headers of its response. Interrupting it closes the connection. */
export type Send = (
  outgoing: Outgoing
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/**
 * Makes an `HttpClient` that does no more than to send: `HttpClient.make` makes a span, a registration with the garbage
 * collector, and a response around the response for each request, which together cost more than the request.
 */
export const make = (send: Send): HttpClient.HttpClient => {
  const client = HttpClient.makeWith(
    (request: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
      Effect.flatMap(request, (request) => {
        const url = HttpClientRequest.toUrl(request)
        if (Option.isNone(url)) return Effect.fail(failure(new HttpClientError.InvalidUrlError({ request })))
        const { body } = request
        if (body._tag === "Empty") return send({ request, url: url.value, body: undefined })
        if (body._tag === "Uint8Array") return send({ request, url: url.value, body: body.body })
        const description = "Only a body of bytes can be sent"
        return Effect.fail(failure(new HttpClientError.EncodeError({ request, description })))
      }),
    (request) => Effect.succeed(request)
  )
  own.add(client)
  return client
}

const own = new WeakSet<HttpClient.HttpClient>()

/** True if a client is a transport of ours, which neither traces nor follows redirects. */
export const isOwn = (client: HttpClient.HttpClient): boolean => own.has(client)

const failure = (reason: HttpClientError.HttpClientErrorReason) => new HttpClientError.HttpClientError({ reason })

/** Nothing came back, or nothing could be sent. */
export const failed = (request: HttpClientRequest.HttpClientRequest, cause: unknown): HttpClientError.HttpClientError =>
  failure(new HttpClientError.TransportError({ request, cause }))

/** No request can be made of this: nothing was sent. */
export const unsendable = (
  request: HttpClientRequest.HttpClientRequest,
  cause: unknown
): HttpClientError.HttpClientError => failure(new HttpClientError.EncodeError({ request, cause }))

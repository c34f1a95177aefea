import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import type * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as UrlParams from "effect/http/UrlParams"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { type Pipeable, pipeArguments } from "effect/Pipeable"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Body, ResponseHead } from "./Transport.ts"

/** Makes the response of a transport of this package. */
export const make = (
  request: HttpClientRequest.HttpClientRequest,
  head: ResponseHead,
  body: Body
): HttpClientResponse.HttpClientResponse => new Response(request, head, body)

/** Delivers the chunks of the body as they arrive, without a copy. */
class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse, Pipeable {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: string
  readonly status: number
  readonly headers: Headers.Headers
  // Not `#private`: those are missing from an object that inherits from this one, such as `Object.create(response)`.
  private readonly head: ResponseHead
  private readonly body: Body
  /** The whole body, once it was read as such. */
  private whole: ArrayBuffer | undefined

  constructor(request: HttpClientRequest.HttpClientRequest, head: ResponseHead, body: Body) {
    super()
    this.request = request
    this.url = head.url
    this.status = head.status
    this.headers = head.headers
    this.head = head
    this.body = body
    this.whole = undefined
  }

  /** The rest of the body, or the whole body if it was read as a whole before. */
  get stream(): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> {
    if (this.whole !== undefined) return Stream.make(new Uint8Array(this.whole))
    const { cancel, pull } = this.body
    const chunks = Effect.mapError(pull(Infinity), (error) =>
      Cause.isDone(error) ? error : this.undecodable(error._tag === "BodyError" ? error.cause : error)
    )
    return Stream.fromChannel(Channel.fromTransform((_, scope) => Effect.as(Scope.addFinalizer(scope, cancel), chunks)))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.HttpClientError> {
    return Effect.suspend(() =>
      this.whole === undefined
        ? Effect.map(Stream.mkArrayBuffer(this.stream), (bytes) => (this.whole = bytes))
        : Effect.succeed(this.whole)
    )
  }

  get text(): Effect.Effect<string, HttpClientError.HttpClientError> {
    return Effect.map(this.arrayBuffer, (bytes) => new TextDecoder().decode(bytes))
  }

  get json(): Effect.Effect<Schema.Json, HttpClientError.HttpClientError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: (): Schema.Json => (text === "" ? null : JSON.parse(text)),
        catch: (cause) => this.undecodable(cause)
      })
    )
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.HttpClientError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.HttpClientError> {
    return Effect.flatMap(this.arrayBuffer, (bytes) =>
      Effect.tryPromise({
        try: () => new globalThis.Response(bytes, { headers: this.headers }).formData(),
        catch: (cause) => this.undecodable(cause)
      })
    )
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(this.head.setCookie)
  }

  get upgrade(): Effect.Effect<never, HttpClientError.HttpClientError> {
    const description = "The connection is not handed over"
    const reason = new HttpClientError.StatusCodeError({ request: this.request, response: this, description })
    return Effect.fail(new HttpClientError.HttpClientError({ reason }))
  }

  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, {
      _id: "HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status
    })
  }

  pipe() {
    return pipeArguments(this, arguments)
  }

  private undecodable(cause: unknown): HttpClientError.HttpClientError {
    const reason = new HttpClientError.DecodeError({ request: this.request, response: this, cause })
    return new HttpClientError.HttpClientError({ reason })
  }
}

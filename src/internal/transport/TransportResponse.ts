import type * as Arr from "effect/Array"
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
import type * as Pull from "effect/Pull"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

type Chunks = Arr.NonEmptyReadonlyArray<Uint8Array>

/** The body of a response as it arrives. */
export interface Body {
  /** The chunks that have come since, or else the next. Fails with whatever the transport failed with. */
  readonly pull: Pull.Pull<Chunks, unknown>
  /** Lets go of the connection, unless the body has come to its end. */
  readonly cancel: Effect.Effect<void>
}

/** The parts of a response that come before its body. */
export interface Head {
  /** Without the fragment. */
  readonly url: string
  readonly status: number
  readonly headers: Headers.Headers
  /** The `Set-Cookie` fields, which cannot be joined into one. */
  readonly setCookie: () => ReadonlyArray<string>
}

/** Makes the response of a transport of ours. */
export const make = (
  request: HttpClientRequest.HttpClientRequest,
  head: Head,
  body: Body
): HttpClientResponse.HttpClientResponse => new Response(request, head, body)

/** The body of a response of ours, to be read without a stream around it; undefined of any other. */
export const bodyOf = (response: HttpClientResponse.HttpClientResponse): Body | undefined =>
  // Not of one made from it, which may have a body of its own.
  response instanceof Response && Object.getPrototypeOf(response) === Response.prototype ? response.body : undefined

/** Gives the body as it comes in, without a copy or a wrapper between. */
class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse, Pipeable {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: string
  readonly status: number
  readonly headers: Headers.Headers
  // Not `#private`: a response that was made from this one with `Object.create` must have them too.
  private readonly setCookie: () => ReadonlyArray<string>
  private readonly source: Body
  private read: ArrayBuffer | undefined

  constructor(request: HttpClientRequest.HttpClientRequest, head: Head, body: Body) {
    super()
    this.request = request
    this.url = head.url
    this.status = head.status
    this.headers = head.headers
    this.setCookie = head.setCookie
    this.source = body
    this.read = undefined
  }

  /** The rest of the body; all of it again once it has been read as a whole. */
  get body(): Body {
    return this.read === undefined ? this.source : whole(this.read)
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> {
    const { cancel, pull } = this.body
    const chunks = Effect.mapError(pull, (error) => (Cause.isDone(error) ? error : this.undecodable(error)))
    return Stream.fromChannel(Channel.fromTransform((_, scope) => Effect.as(Scope.addFinalizer(scope, cancel), chunks)))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.HttpClientError> {
    return Effect.suspend(() =>
      this.read === undefined
        ? Effect.map(Stream.mkArrayBuffer(this.stream), (bytes) => (this.read = bytes))
        : Effect.succeed(this.read)
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
    return Cookies.fromSetCookie(this.setCookie())
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

const whole = (bytes: ArrayBuffer): Body => {
  let isOver = bytes.byteLength === 0
  return {
    pull: Effect.suspend(() => {
      if (isOver) return Cause.done()
      isOver = true
      return Effect.succeed([new Uint8Array(bytes)] as const)
    }),
    cancel: Effect.void
  }
}

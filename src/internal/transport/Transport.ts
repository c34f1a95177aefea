/** The interface between the client and the transports that send its requests. */
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Predicate from "effect/Predicate"
import type * as Pull from "effect/Pull"
import type * as Tracer from "effect/Tracer"
import { version } from "./Version.ts"

/** The `User-Agent` of requests that do not bring their own. */
export const userAgent = `effect-chatbotkit/${version}`

/** The state of a request. `unknown` if the transport does not report it: `fetch`, or an `HttpClient` of another package. */
export type AttemptState = "unknown" | "not-sent" | "sent"

/**
 * The progress of an attempt to send a request. The caller makes the record, and the transport writes to it. Once `state` is
 * `sent` it stays so, even if a `transformClient` sends the request again.
 */
export interface AttemptProgress {
  state: AttemptState
  /** The head of the reply, once it has arrived. */
  head?: Head
  /** True if the attempt is interrupted because the total timeout of its call is over. */
  isOutOfTime?: boolean
  /** The span of the attempt, the parent of those that an `HttpClient` makes. */
  span?: Tracer.Span
}

/** The progress of the attempt that a request belongs to. A `Context.Reference`, so that no client needs to provide it. */
export const AttemptProgress = Context.Reference<AttemptProgress | undefined>(
  "effect-chatbotkit/internal/transport/Attempt",
  {
    defaultValue: () => undefined
  }
)

/** The part of a reply that comes before its body. */
export interface Head {
  readonly status: number
  /** The value of a header, whose name is given in lower case. */
  readonly header: (name: string) => string | undefined
  readonly headers: Headers.Headers
}

/** Chunks of a body that arrived together. */
export type Chunks = Arr.NonEmptyReadonlyArray<Uint8Array>

/** A body ended before it was complete. `cause` is the error of the transport. */
export class BodyError {
  readonly _tag = "BodyError"
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

/** A time limit has passed. */
export class TimeLimitError {
  readonly _tag = "TimeLimitError"
}

/** Fails since a time limit has passed. */
export const outOfTime: Effect.Effect<never, TimeLimitError> = /* @__PURE__ */ Effect.fail(
  /* @__PURE__ */ new TimeLimitError()
)

/** The body of a reply, read as it arrives. */
export interface Body {
  /** The chunks that have arrived since the last pull, or else the next ones, if they arrive within a time limit in milliseconds. */
  readonly pull: (limit: number) => Pull.Pull<Chunks, BodyError | TimeLimitError>
  /** Closes the connection, unless the body has ended. */
  readonly cancel: Effect.Effect<void>
}

/** A reply whose body is still to be read. */
export interface OpenReply {
  readonly head: Head
  readonly body: Body
}

/** The body of a reply as far as it was read. */
export interface WholeBody {
  readonly chunks: ReadonlyArray<Uint8Array>
  /** The reason why the body was not read to its end. Undefined if it was. */
  readonly problem: BodyError | "longer than the limit" | undefined
}

/** A reply that has been read. */
export interface WholeReply {
  readonly head: Head
  readonly body: WholeBody
}

/** The limits of an exchange. */
export interface ExchangeOptions {
  readonly attempt: AttemptProgress
  /** The time until the reply has to be complete, in milliseconds. */
  readonly timeout: number
  /** The largest body that is read for a reply, in bytes. 0 if the body is not to be read. */
  readonly maxBytes: (head: Head) => number
}

/** Sends requests for the client. Interrupting it closes the connection. */
export interface Transport {
  /** Sends a request, and reads the whole reply. */
  readonly exchange: (
    request: HttpClientRequest.HttpClientRequest,
    options: ExchangeOptions
  ) => Effect.Effect<WholeReply, HttpClientError.HttpClientError | TimeLimitError>
  /** Sends a request, up to the head of its reply. */
  readonly open: (
    request: HttpClientRequest.HttpClientRequest,
    attempt: AttemptProgress
  ) => Effect.Effect<OpenReply, HttpClientError.HttpClientError>
}

export const TypeId = "~effect-chatbotkit/internal/transport/Transport" as const

/** An `HttpClient` of this package. Through its transport, it can do more than the interface of `HttpClient` says. */
export interface TransportClient extends HttpClient.HttpClient {
  readonly [TypeId]: Transport
}

/** True for a client of this package. It neither traces nor follows redirects. */
export const isTransportClient = (client: HttpClient.HttpClient): client is TransportClient =>
  Predicate.hasProperty(client, TypeId)

/** The head of a reply as an `HttpClientResponse` needs it. */
export interface ResponseHead extends Head {
  /** Without the fragment. */
  readonly url: string
  /** The `Set-Cookie` fields, which cannot be joined into one. */
  readonly setCookie: ReadonlyArray<string>
}

const failure = (reason: HttpClientError.HttpClientErrorReason) => new HttpClientError.HttpClientError({ reason })

/** The error of a request without a reply. */
export const failed = (request: HttpClientRequest.HttpClientRequest, cause: unknown): HttpClientError.HttpClientError =>
  failure(new HttpClientError.TransportError({ request, cause }))

/** The error of a request that cannot be sent, and was not. */
export const unsendable = (
  request: HttpClientRequest.HttpClientRequest,
  options: { readonly cause?: unknown; readonly description?: string }
): HttpClientError.HttpClientError => failure(new HttpClientError.EncodeError({ request, ...options }))

/** The error of a request whose URL is not valid. */
export const invalidUrl = (request: HttpClientRequest.HttpClientRequest): HttpClientError.HttpClientError =>
  failure(new HttpClientError.InvalidUrlError({ request }))

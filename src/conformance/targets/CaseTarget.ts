import type { HttpClientError } from "effect/http/HttpClientError"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Rows, Setup } from "../Case.ts"
import type { Reply } from "../WireReply.ts"

/** A request as it is sent. */
export interface WireRequest {
  readonly method: HttpMethod
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
}

/** A request that the upstream has received. */
export interface UpstreamRequest {
  readonly method: string
  readonly url: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A server that cases run against. */
export interface Target {
  /** The part of a path before `/contact/…`. */
  readonly prefix: string
  /** The Authorization header of the main account. */
  readonly authorization: string
  /** A text unique to this run, which marks its contacts. */
  readonly run: string
  /** True for our own server, whose replies no proxy changes. */
  readonly controlled: boolean
  readonly send: (request: WireRequest) => Effect.Effect<Reply, HttpClientError>
  /** Sets the clock, in milliseconds from the start of the case. */
  readonly setClock: (millis: number) => Effect.Effect<void>
  /** The requests that the upstream has received since this was last read. */
  readonly received: Effect.Effect<ReadonlyArray<UpstreamRequest>>
  /** Seeds or reads rows of the store. */
  readonly rows: (rows: Rows, remembered: (name: string) => string) => Effect.Effect<unknown>
}

/** The header that marks the replies of the upstream, which a proxy call passes on. Invariants are not checked for them. */
export const upstreamHeader = "x-upstream"

/** Makes a target for one case. It lives as long as the scope. */
export type OpenTarget = (setup: Setup, name: string) => Effect.Effect<Target, unknown, Scope>

/** The limit of a reply in characters. A longer reply is taken for endless. */
const maxReplyLength = 4_000_000

/** Sends a request and reads the reply, up to its end or the break of the connection. */
export const exchange = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  origin: string,
  wireRequest: WireRequest
) {
  const { path, headers, body } = wireRequest
  const contentType = headers["content-type"]
  let request = HttpClientRequest.make(wireRequest.method)(origin + path).pipe(HttpClientRequest.setHeaders(headers))
  if (typeof body === "string") request = HttpClientRequest.bodyText(request, body, contentType)
  if (body instanceof Uint8Array) request = HttpClientRequest.bodyUint8Array(request, body, contentType)
  const response = yield* client.execute(request)
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let text = ""
  const cut = yield* response.stream.pipe(
    Stream.takeWhile(() => text.length < maxReplyLength),
    Stream.runForEach((bytes) => Effect.sync(() => (text += decoder.decode(bytes, { stream: true })))),
    Effect.match({ onFailure: (error) => error.reason._tag !== "EmptyBodyError", onSuccess: () => false })
  )
  const reply: Reply = {
    status: response.status,
    headers: { ...response.headers },
    text,
    cut: cut || text.length >= maxReplyLength
  }
  return reply
})

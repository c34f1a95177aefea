import type { HttpClientError } from "effect/http/HttpClientError"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Setup } from "../Case.ts"
import type { Reply } from "../Reply.ts"

/** A request as it goes over the wire. */
export interface Wire {
  readonly method: HttpMethod
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
}

/** A server that cases run against. */
export interface Target {
  /** What stands before `/contact/…`. */
  readonly prefix: string
  /** The Authorization header of the main account. */
  readonly authorization: string
  /** What marks the run's own data. */
  readonly run: string
  /** Whether it is all ours: nothing between us and the application adds to its replies. */
  readonly controlled: boolean
  readonly send: (wire: Wire) => Effect.Effect<Reply, HttpClientError>
  /** Sets the clock, in milliseconds from the start of the case. */
  readonly setClock: (millis: number) => Effect.Effect<void>
}

/** Makes a target for one case, for as long as the scope lives. */
export type Open = (setup: Setup, name: string) => Effect.Effect<Target, unknown, Scope>

/** No reply of a case is as long as this, in characters; one that is has no end. */
const longest = 4_000_000

/** Sends a request with a client and reads the whole reply, or as much of it as comes. */
export const exchange = Effect.fnUntraced(function* (client: HttpClient.HttpClient, origin: string, wire: Wire) {
  const { path, headers, body } = wire
  const contentType = headers["content-type"]
  let request = HttpClientRequest.make(wire.method)(origin + path).pipe(HttpClientRequest.setHeaders(headers))
  if (typeof body === "string") request = HttpClientRequest.bodyText(request, body, contentType)
  if (body instanceof Uint8Array) request = HttpClientRequest.bodyUint8Array(request, body, contentType)
  const response = yield* client.execute(request)
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let text = ""
  const cut = yield* response.stream.pipe(
    Stream.takeWhile(() => text.length < longest),
    Stream.runForEach((bytes) => Effect.sync(() => (text += decoder.decode(bytes, { stream: true })))),
    Effect.match({ onFailure: (error) => error.reason._tag !== "EmptyBodyError", onSuccess: () => false })
  )
  const reply: Reply = {
    status: response.status,
    headers: { ...response.headers },
    text,
    cut: cut || text.length >= longest
  }
  return reply
})

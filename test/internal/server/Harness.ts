import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as Layer from "effect/Layer"
import * as InProcess from "../../../src/internal/server/http/InProcess.ts"
import * as ServerState from "../../../src/internal/server/ServerState.ts"
import type { NewContact } from "../../../src/internal/server/store/Store.ts"

/** A request to send. `json` is sent as JSON, `body` unchanged; both have a JSON content type unless `headers` has another. */
export interface Sent {
  readonly method?: HttpMethod
  readonly path: string
  /** The Authorization header; null sends none. */
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly body?: string | Uint8Array
}

export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export const origin = "https://api.chatbotkit.com"
export const token = "sk-main"

export const layer = (options?: ServerState.Options) =>
  Layer.effect(HttpClient.HttpClient, InProcess.makeHttpClient()).pipe(Layer.provideMerge(ServerState.layer(options)))

export const toRequest = (sent: Sent, base = origin): HttpClientRequest.HttpClientRequest => {
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json)
  const method = sent.method ?? (body === undefined ? "GET" : "POST")
  let request = HttpClientRequest.make(method)(base + sent.path)
  if (typeof body === "string") request = HttpClientRequest.bodyText(request, body, "application/json")
  if (body instanceof Uint8Array) request = HttpClientRequest.bodyUint8Array(request, body, "application/json")
  const authorization = sent.authorization === undefined ? `Bearer ${token}` : sent.authorization
  if (authorization !== null) request = HttpClientRequest.setHeader(request, "authorization", authorization)
  return HttpClientRequest.setHeaders(request, sent.headers ?? {})
}

export const open = (
  sent: Sent,
  base?: string
): Effect.Effect<HttpClientResponse, HttpClientError, HttpClient.HttpClient> =>
  HttpClient.execute(toRequest(sent, base))

export const send = (sent: Sent, base?: string): Effect.Effect<Got, HttpClientError, HttpClient.HttpClient> =>
  Effect.flatMap(open(sent, base), (response) =>
    Effect.map(response.text, (text) => ({ status: response.status, headers: { ...response.headers }, text }))
  )

/** The account of the token that `send` uses by default. */
export const account = Effect.map(ServerState.ServerState, (state) => state.accountOf(token) ?? "")

export const seed = (seeds: Iterable<NewContact>, of?: string) =>
  Effect.gen(function* () {
    const state = yield* ServerState.ServerState
    return yield* state.seed(of ?? (yield* account), seeds)
  })

export const accountNamed = (name: string) =>
  Effect.map(ServerState.ServerState, (state) => state.accountOf(name) ?? "")

export const parse = (text: string): any => JSON.parse(text) // oxlint-disable-line typescript/no-explicit-any

export const post = (path: string, json: unknown, rest?: Partial<Sent>): Sent => ({ path, json, ...rest })

export const jsonl = { accept: "application/jsonl" } as const
export const sse = { accept: "text/event-stream" } as const
export const csv = { accept: "text/csv" } as const

/** The body of a 500 with that message. */
export const generic = (message: string) => JSON.stringify({ code: "GENERIC_ERROR", message })

export const create = (json: unknown) => send(post("/v1/contact/create", json))
export const ensure = (json: unknown) => send(post("/v1/contact/ensure", json))
export const update = (id: string, json: unknown) => send(post(`/v1/contact/${id}/update`, json))
export const remove = (id: string) => send(post(`/v1/contact/${id}/delete`, {}))
export const fetch = (id: string) => send({ path: `/v1/contact/${id}/fetch` })
export const created = (json: unknown) => Effect.map(create(json), (got): string => parse(got.text).id)
export const fetched = (id: string) => Effect.map(fetch(id), (got) => parse(got.text))

export const numbered = (
  count: number,
  meta?: (index: number) => { readonly odd: string }
): ReadonlyArray<NewContact> =>
  Array.from({ length: count }, (_, index) => ({
    id: `id-${String(index).padStart(4, "0")}`,
    createdAt: index,
    meta: meta?.(index) ?? null
  }))

export const lineIds = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => parse(line).data.id)

/** An effect that never ends by itself, and two that wait until it has started and until it was interrupted. */
export const makeHanging = Effect.gen(function* () {
  const started = yield* Deferred.make<void>()
  const ended = yield* Deferred.make<void>()
  const hang = Deferred.succeed(started, undefined).pipe(
    Effect.andThen(Effect.never),
    Effect.onInterrupt(() => Deferred.succeed(ended, undefined))
  )
  return { hang, started: Deferred.await(started), ended: Deferred.await(ended) }
})

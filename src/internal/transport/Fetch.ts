import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Response from "./Response.ts"
import * as Transport from "./Transport.ts"

/** The body of a response of `fetch`. */
const bodyOf = (response: globalThis.Response, controller: AbortController): Response.Body => {
  let isOver = false
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return {
    pull: Effect.callback((resume) => {
      if (isOver) return resume(Cause.done())
      reader ??= response.body?.getReader()
      // Not every runtime has streams.
      const read =
        reader?.read() ??
        response.arrayBuffer().then((whole) => {
          isOver = true
          return { done: whole.byteLength === 0, value: new Uint8Array(whole) }
        })
      read.then(
        ({ done, value }) => {
          isOver ||= done
          resume(value === undefined ? Cause.done() : Effect.succeed([value]))
        },
        (cause: unknown) => resume(Effect.fail(cause))
      )
    }),
    cancel: Effect.sync(() => {
      if (!isOver) controller.abort()
    })
  }
}

const send =
  (layer: Context.Context<never>): Transport.Send =>
  ({ body, request, url }) =>
    Effect.withFiber((fiber) => {
      const fetch =
        Context.getOrUndefined(fiber.context, FetchHttpClient.Fetch) ?? Context.get(layer, FetchHttpClient.Fetch)
      const init: RequestInit = {
        ...Context.getOrUndefined(layer, FetchHttpClient.RequestInit),
        ...Context.getOrUndefined(fiber.context, FetchHttpClient.RequestInit)
      }
      const controller = new AbortController()
      return Effect.tryPromise({
        try: () =>
          fetch(url, {
            ...init,
            method: request.method,
            headers: headersOf(request, init),
            ...(body === undefined ? {} : { body: new Uint8Array(body) }),
            redirect: "manual",
            signal: controller.signal
          }),
        catch: (cause) => Transport.failed(request, cause)
      }).pipe(
        Effect.onInterrupt(() => Effect.sync(() => controller.abort())),
        Effect.map((response) =>
          Response.make(
            request,
            {
              url: response.url,
              status: response.status,
              headers: Headers.fromInput(response.headers),
              setCookie: () => response.headers.getSetCookie()
            },
            bodyOf(response, controller)
          )
        )
      )
    })

/** The client's own go before those of an init. How long the body is, `fetch` finds out itself. */
const headersOf = ({ headers }: HttpClientRequest.HttpClientRequest, init: RequestInit): Headers.Headers =>
  Headers.remove(
    init.headers === undefined
      ? headers
      : Headers.merge(Headers.fromInput(new globalThis.Headers(init.headers)), headers),
    "content-length"
  )

/** An `HttpClient` over the global `fetch`, or over what `FetchHttpClient.Fetch` names. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.contextWith((context: Context.Context<never>) => Effect.succeed(Transport.make(send(context))))
)

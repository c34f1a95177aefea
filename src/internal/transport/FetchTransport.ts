import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SystemError from "../call/failure/SystemError.ts"
import * as Browser from "./Browser.ts"
import * as Response from "./TransportResponse.ts"
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
      if (isOver) return
      controller.abort()
      // Not every runtime ends a body with its signal.
      const cancelled = reader === undefined ? response.body?.cancel() : reader.cancel()
      cancelled?.catch(() => undefined)
    })
  }
}

const send =
  (layer: Context.Context<never>): Transport.Send =>
  ({ body, request, url }) =>
    Effect.withFiber((fiber) => {
      const fetch: unknown =
        Context.getOrUndefined(fiber.context, FetchHttpClient.Fetch) ?? Context.get(layer, FetchHttpClient.Fetch)
      if (!isFetch(fetch)) return Effect.die(new Error("layers/Fetch needs a global fetch"))
      const given: RequestInit = {
        ...Context.getOrUndefined(layer, FetchHttpClient.RequestInit),
        ...Context.getOrUndefined(fiber.context, FetchHttpClient.RequestInit)
      }
      const isBrowser = Context.get(layer, Browser.IsBrowser)
      const headers = Result.try(() => headersOf(request, given, isBrowser))
      if (Result.isFailure(headers)) return Effect.fail(Transport.unsendable(request, headers.failure))
      const controller = new AbortController()
      const init: RequestInit = {
        ...given,
        method: request.method,
        headers: headers.success,
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        redirect: "manual",
        signal: controller.signal
      }
      return Effect.tryPromise({
        try: () => fetch(url, init),
        catch: (cause) =>
          isSendable(url, init)
            ? Transport.failed(request, isBrowser ? inBrowser(headers.success, cause) : cause)
            : Transport.unsendable(request, cause)
      }).pipe(
        Effect.onInterrupt(() => Effect.sync(() => controller.abort())),
        Effect.map((response) =>
          Response.make(
            request,
            {
              // Not every runtime says where a response is from.
              url: response.url || url.href,
              status: response.status,
              headers: Headers.fromInput(response.headers),
              setCookie: () => response.headers.getSetCookie()
            },
            bodyOf(response, controller)
          )
        )
      )
    })

const isFetch = (value: unknown): value is typeof globalThis.fetch => typeof value === "function"

/** In a browser, it would need the server's permission. */
const userAgent = /* @__PURE__ */ Headers.fromInput({ "user-agent": Transport.userAgent })

/**
 * The request's own headers replace those of the init. How long the body is, and how that of the response may be compressed,
 * is for `fetch` to say.
 */
const headersOf = (
  { headers }: HttpClientRequest.HttpClientRequest,
  init: RequestInit,
  isBrowser: boolean
): Headers.Headers => {
  const defaults = isBrowser ? Headers.empty : userAgent
  const given =
    init.headers === undefined
      ? defaults
      : Headers.merge(defaults, Headers.fromInput(new globalThis.Headers(init.headers)))
  return Headers.remove(Headers.merge(given, headers), "content-length")
}

/** `fetch` fails before it sends anything where a request cannot be made. */
const isSendable = (url: URL, init: RequestInit): boolean => {
  if (typeof globalThis.Request !== "function") return true
  return Result.isSuccess(Result.try(() => new Request(url, init)))
}

/** A browser does not say why there was no response. */
const inBrowser = (headers: Headers.Headers, cause: unknown): unknown => {
  const names = Browser.blocked(headers)
  const hint = `no response, perhaps since the server's CORS settings do not allow these request headers: ${names.join(", ")}`
  return names.length === 0 ? cause : new SystemError.Shown(hint)
}

/** An `HttpClient` over the global `fetch`, or over what `FetchHttpClient.Fetch` names. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.contextWith((context: Context.Context<never>) => Effect.succeed(Transport.make(send(context))))
)

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constVoid } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SystemError from "../call/failure/SystemError.ts"
import * as Browser from "./Browser.ts"
import * as CallbackTransport from "./CallbackTransport.ts"
import * as Transport from "./Transport.ts"

/** The head of a response of `fetch`. It is read when it is used: a stub may give anything, and then its reader dies. */
class Head implements Transport.ResponseHead {
  readonly #response: globalThis.Response
  readonly #requestUrl: string

  constructor(response: globalThis.Response, requestUrl: string) {
    this.#response = response
    this.#requestUrl = requestUrl
  }

  get status(): number {
    return this.#response.status
  }

  readonly header = (name: string): string | undefined => this.#response.headers.get(name) ?? undefined

  get headers(): Headers.Headers {
    return Headers.fromInput(this.#response.headers)
  }

  get setCookie(): ReadonlyArray<string> {
    return this.#response.headers.getSetCookie()
  }

  /** Some runtimes do not give the URL of a response. */
  get url(): string {
    return this.#response.url || this.#requestUrl
  }
}

/** The body of a response of `fetch`. */
class Body implements CallbackTransport.CallbackBody {
  readonly #response: globalThis.Response
  readonly #controller: AbortController
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #isReading = false
  #isOver = false
  #onPart: ((part: CallbackTransport.BodyPart) => void) | undefined
  /** A part that arrived after its reader had given up. The next reader gets it. */
  #arrived: CallbackTransport.BodyPart | undefined

  constructor(response: globalThis.Response, controller: AbortController) {
    this.#response = response
    this.#controller = controller
  }

  read(onPart: (part: CallbackTransport.BodyPart) => void): void | (() => void) {
    const arrived = this.#arrived
    if (arrived !== undefined) {
      this.#arrived = undefined
      return onPart(arrived)
    }
    if (!this.#isReading) {
      if (this.#isOver) return onPart(CallbackTransport.end)
      this.#readNext()
    }
    this.#onPart = onPart
    return () => {
      this.#onPart = undefined
    }
  }

  #readNext(): void {
    this.#reader ??= this.#response.body?.getReader()
    const read: Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> =
      this.#reader?.read() ??
      // Some runtimes have no streams.
      this.#response.arrayBuffer().then((whole) => ({ done: true, value: new Uint8Array(whole) }))
    this.#isReading = true
    void read.then(
      ({ done, value }) => {
        this.#isOver ||= done
        this.#deliver(value === undefined ? CallbackTransport.end : { _tag: "Chunks", chunks: [value] })
      },
      (cause: unknown) => this.#deliver({ _tag: "Failed", cause })
    )
  }

  #deliver(part: CallbackTransport.BodyPart): void {
    const onPart = this.#onPart
    this.#isReading = false
    this.#onPart = undefined
    if (onPart === undefined) this.#arrived = part
    else onPart(part)
  }

  cancel(): void {
    if (this.#isOver) return
    this.#controller.abort()
    // Some runtimes do not end a body with its signal.
    const cancelStream = async () => (this.#reader ?? this.#response.body)?.cancel()
    cancelStream().catch(constVoid)
  }
}

const send = (layerContext: Context.Context<never>): CallbackTransport.Send => {
  const isBrowser = Context.get(layerContext, Browser.IsBrowser)
  const layerInit = Context.getOrUndefined(layerContext, FetchHttpClient.RequestInit)
  return ({ body, context, request, url }, onReply) => {
    const fetch: unknown =
      Context.getOrUndefined(context, FetchHttpClient.Fetch) ?? Context.get(layerContext, FetchHttpClient.Fetch)
    const controller = new AbortController()
    const abort = () => controller.abort()
    if (!isFetch(fetch)) {
      onReply(Exit.die(new Error("layers/Fetch needs a global fetch")))
      return abort
    }
    const init: RequestInit = {
      ...layerInit,
      ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
      method: request.method,
      redirect: "manual",
      signal: controller.signal
    }
    if (body !== undefined) init.body = new Uint8Array(body)
    const fail = (cause: unknown) =>
      onReply(
        Exit.fail(
          isSendable(url, init)
            ? Transport.failed(request, isBrowser ? withCorsHint(init.headers, cause) : cause)
            : Transport.unsendable(request, { cause })
        )
      )
    try {
      init.headers = headersOf(request, init.headers, isBrowser)
      fetch(url, init).then((response) => {
        const body = new Body(response, controller)
        // A stub may not obey its signal.
        if (controller.signal.aborted) body.cancel()
        else onReply(Exit.succeed({ head: new Head(response, url), body }))
      }, fail)
    } catch (cause) {
      fail(cause)
    }
    return abort
  }
}

const isFetch = (value: unknown): value is typeof globalThis.fetch => typeof value === "function"

/**
 * The request's own headers replace those of the init. `fetch` itself sets `Content-Length` and `Accept-Encoding`. In a browser,
 * a `User-Agent` would need the server's permission.
 */
const headersOf = (
  { headers }: HttpClientRequest.HttpClientRequest,
  given: RequestInit["headers"],
  isBrowser: boolean
): Record<string, string> => {
  const sent: Record<string, string> = isBrowser ? {} : { "user-agent": Transport.userAgent }
  if (given !== undefined) Object.assign(sent, Object.fromEntries(new globalThis.Headers(given)))
  Object.assign(sent, headers)
  delete sent["content-length"]
  return sent
}

/** True if the request can be made. If not, `fetch` has failed before it sent anything. */
const isSendable = (url: string, init: RequestInit): boolean => {
  if (typeof globalThis.Request !== "function") return true
  return Result.isSuccess(Result.try(() => new Request(url, init)))
}

/** Adds the possible reason to a failure in a browser, which does not tell the reason itself. */
const withCorsHint = (headers: object = {}, cause: unknown): unknown => {
  const names = Browser.blocked(headers)
  const hint = `no response, perhaps since the server's CORS settings do not allow these request headers: ${names.join(", ")}`
  return names.length === 0 ? cause : new SystemError.Shown(hint)
}

/** An `HttpClient` over the `fetch` in the service `FetchHttpClient.Fetch`, by default the global one. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.contextWith((context: Context.Context<never>) => Effect.succeed(CallbackTransport.make(send(context))))
)

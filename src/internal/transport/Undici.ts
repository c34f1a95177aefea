import { Agent, type Dispatcher } from "@effect/platform-node/Undici"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import type * as Pull from "effect/Pull"
import * as Response from "./Response.ts"
import * as Transport from "./Transport.ts"

type Request = HttpClientRequest.HttpClientRequest
type Received = HttpClientResponse.HttpClientResponse
type Chunks = Arr.NonEmptyReadonlyArray<Uint8Array>

/** How many bytes may wait for their reader before the socket has to. */
const highWaterMark = 256 * 1024

/** Closes the connections of responses that nobody has any more and whose bodies nobody has read. */
const unread = new FinalizationRegistry<Exchange>((exchange) => exchange.abort())

/** One request and its response, as undici's dispatcher tells of them. */
class Exchange implements Dispatcher.DispatchHandler, Response.Body {
  readonly #request: Request
  readonly #url: URL
  readonly #resume: (effect: Effect.Effect<Received, HttpClientError.HttpClientError>) => void
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false
  #hasHead = false
  /** The response, until it is handed on. */
  #response: Received | undefined
  #chunks: Array<Uint8Array> = []
  #buffered = 0
  #ended: Pull.Pull<never, unknown> | undefined
  /** The reader that waits for the next chunk. */
  #reader: ((pulled: Pull.Pull<Chunks, unknown>) => void) | undefined

  constructor(
    request: Request,
    url: URL,
    resume: (effect: Effect.Effect<Received, HttpClientError.HttpClientError>) => void
  ) {
    this.#request = request
    this.#url = url
    this.#resume = resume
  }

  readonly pull: Pull.Pull<Chunks, unknown> = Effect.suspend(() => this.#take() ?? this.#next)

  readonly cancel: Effect.Effect<void> = Effect.sync(() => this.abort())

  /** Closes the connection, unless the exchange is over. */
  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller?.abort(new Error("The request was interrupted"))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error("The request was interrupted"))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    // What is below announces the response, and is none.
    if (status < 200) return
    this.#hasHead = true
    const { href, hash } = this.#url
    const response = Response.make(
      this.#request,
      {
        url: hash === "" ? href : href.slice(0, -hash.length),
        status,
        headers: Headers.fromInput(headers),
        setCookie: () => Arr.ensure(headers["set-cookie"] ?? [])
      },
      this
    )
    this.#response = response
    // Not before undici is done with what came along with the headers; where that is all of it, with the end.
    queueMicrotask(() => {
      if (!this.#isOver) this.#answer()
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    if (this.#buffered > highWaterMark) controller.pause()
    this.#wake()
  }

  onResponseEnd(): void {
    this.#isOver = true
    // After undici has made the connection free, or the next request would open another: which is in an immediate that it
    // asks for once this is over.
    queueMicrotask(() =>
      setImmediate(() => {
        this.#end(Cause.done())
        this.#answer()
      })
    )
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#isOver = true
    queueMicrotask(() => {
      if (!this.#hasHead) return this.#resume(Effect.fail(Transport.failed(this.#request, error)))
      this.#end(Effect.fail(error))
      this.#answer()
    })
  }

  /** Hands on the response, once. */
  #answer(): void {
    const response = this.#response
    this.#response = undefined
    if (response === undefined) return
    if (!this.#isOver) unread.register(response, this)
    this.#resume(Effect.succeed(response))
  }

  #end(ended: Pull.Pull<never, unknown>): void {
    this.#ended = ended
    this.#wake()
  }

  #take(): Pull.Pull<Chunks, unknown> | undefined {
    const chunks = this.#chunks
    if (!Arr.isArrayNonEmpty(chunks)) return this.#ended
    const isHeld = this.#buffered > highWaterMark
    this.#chunks = []
    this.#buffered = 0
    // At once there may be more.
    if (isHeld) this.#controller?.resume()
    return Effect.succeed(chunks)
  }

  readonly #next: Pull.Pull<Chunks, unknown> = Effect.callback((resume) => {
    this.#reader = resume
    return Effect.sync(() => {
      this.#reader = undefined
    })
  })

  /** Lets the reader have all that comes at once, and undici finish before. */
  #wake(): void {
    const reader = this.#reader
    if (reader === undefined) return
    this.#reader = undefined
    queueMicrotask(() => {
      const taken = this.#take()
      if (taken !== undefined) reader(taken)
    })
  }
}

/** An `HttpClient` over a dispatcher of undici. */
export const make = (dispatcher: Pick<Dispatcher, "dispatch">): HttpClient.HttpClient =>
  Transport.make(({ body, request, url }) =>
    Effect.callback<Received, HttpClientError.HttpClientError>((resume) => {
      const exchange = new Exchange(request, url, resume)
      try {
        dispatcher.dispatch(
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method,
            headers: request.headers,
            body: body ?? null,
            // The client measures the time itself.
            headersTimeout: 0,
            bodyTimeout: 0
          },
          exchange
        )
      } catch (cause) {
        resume(Effect.fail(Transport.failed(request, cause)))
      }
      return exchange.cancel
    })
  )

/** An `HttpClient` over a pool of connections of its own, which closes with the layer. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new Agent()),
      (agent) => Effect.promise(() => agent.destroy())
    ),
    make
  )
)

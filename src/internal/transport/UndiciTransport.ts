import type * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as UndiciModule from "@effect/platform-node/Undici"
import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Pull from "effect/Pull"
import * as Timers from "node:timers"
import * as Decompress from "./Decompress.ts"
import * as Response from "./TransportResponse.ts"
import * as Transport from "./Transport.ts"

type Request = HttpClientRequest.HttpClientRequest
type Received = HttpClientResponse.HttpClientResponse
type Chunks = Arr.NonEmptyReadonlyArray<Uint8Array>
type Resume = (effect: Effect.Effect<Received, HttpClientError.HttpClientError>) => void

/** Taken when the module loads: a test's fake timers replace the global one, and would never run what waits for it. */
const { setImmediate } = Timers
const globalImmediate = globalThis.setImmediate

/** The number of bytes that may wait for their reader before the socket is paused. */
const highWaterMark = 256 * 1024

const interrupted = () => new Error("The request was interrupted")

/**
 * Keeps a request from being sent that was interrupted while it waited for a connection. Undici's own abort would close the
 * connection, which is as good as before, and the next request in the queue would have to make another. If its client is
 * told by an exception, it only drops the request. Interceptors have controllers of their own, and do not expect one.
 */
const withdraw = (controller: Dispatcher.DispatchController): void => {
  if (controller.constructor.name === "RequestController") throw interrupted()
  controller.abort(interrupted())
}

/**
 * Closes the connection of a response that was garbage collected before its body was read. The value that it holds must
 * not reach the response, or the response is never collected. Whoever reads a body also closes it, so the response is
 * unregistered when the first chunk is requested.
 */
const unread = new FinalizationRegistry<Dispatcher.DispatchController>((controller) => controller.abort(interrupted()))

/** One request and its response, reported by undici's dispatcher. */
class Exchange implements Dispatcher.DispatchHandler, Response.Body {
  readonly #request: Request
  readonly #url: URL
  readonly #attempt: Transport.Attempt | undefined
  /** Answers the request. Dropped once it is used, since it leads to the fiber, and that to the response. */
  #resume: Resume | undefined
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false
  #hasHead = false
  #isRegistered = false
  /** The response, until it is handed on. */
  #response: Received | undefined
  #chunks: Array<Uint8Array> = []
  #buffered = 0
  #ended: Pull.Pull<never, unknown> | undefined
  /** The reader that waits for the next chunk. */
  #reader: ((pulled: Pull.Pull<Chunks, unknown>) => void) | undefined

  constructor(request: Request, url: URL, attempt: Transport.Attempt | undefined, resume: Resume) {
    this.#request = request
    this.#url = url
    this.#attempt = attempt
    this.#resume = resume
    if (attempt?.state === "unknown") attempt.state = "not-sent"
  }

  readonly pull: Pull.Pull<Chunks, unknown> = Effect.suspend(() => {
    this.#unregister()
    return this.#take() ?? this.#next
  })

  readonly cancel: Effect.Effect<void> = Effect.sync(() => this.abort())

  /** Closes the connection, unless the exchange is over. */
  abort(): void {
    if (this.#isOver) return
    this.#finish()
    this.#resume = undefined
    this.#response = undefined
    this.#controller?.abort(interrupted())
  }

  /** Fails the request without a response; a bug is a defect. */
  fail(cause: unknown): void {
    this.#finish()
    this.#reply(isBug(cause) ? Effect.die(cause) : Effect.fail(Transport.failed(this.#request, cause)))
  }

  /** Undici calls this just before it writes the request to its connection, and sends nothing before. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return withdraw(controller)
    this.#controller = controller
    if (this.#attempt !== undefined) this.#attempt.state = "sent"
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    // A status below 200 only announces the response.
    if (status < 200 || this.#isOver) return
    this.#hasHead = true
    const { href, hash } = this.#url
    const decompressed = Decompress.make(this, headers["content-encoding"])
    const received = Headers.fromInput(headers)
    this.#response = Response.make(
      this.#request,
      {
        url: hash === "" ? href : href.slice(0, -hash.length),
        status,
        // They are about the compressed body, which nobody gets to see.
        headers: decompressed ? Headers.removeMany(received, ["content-encoding", "content-length"]) : received,
        setCookie: () => Arr.ensure(headers["set-cookie"] ?? [])
      },
      decompressed ?? this
    )
    // Not before undici has handled what arrived together with the headers. If that is the whole body, its end answers.
    queueMicrotask(() => {
      if (!this.#isOver) this.#answer()
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isOver) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    if (this.#buffered > highWaterMark) controller.pause()
    this.#wake()
  }

  onResponseEnd(): void {
    if (this.#isOver) return
    this.#finish()
    // After undici has freed the connection, or the next request would open another. Undici frees it in an immediate that
    // it schedules when this method returns.
    queueMicrotask(() =>
      setImmediate(() => {
        this.#end(Cause.done())
        this.#answer()
      })
    )
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return
    if (!this.#hasHead) return this.fail(error)
    this.#finish()
    queueMicrotask(() => {
      this.#end(isBug(error) ? Effect.die(error) : Effect.fail(error))
      this.#answer()
    })
  }

  /** Nothing more comes from undici, and nothing is left to abort. */
  #finish(): void {
    this.#isOver = true
    this.#unregister()
  }

  #unregister(): void {
    if (!this.#isRegistered) return
    this.#isRegistered = false
    unread.unregister(this)
  }

  #reply(effect: Effect.Effect<Received, HttpClientError.HttpClientError>): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.(effect)
  }

  /** Hands on the response, once. */
  #answer(): void {
    const response = this.#response
    this.#response = undefined
    if (response === undefined) return
    if (!this.#isOver && this.#controller !== undefined) {
      this.#isRegistered = true
      unread.register(response, this.#controller, this)
    }
    this.#reply(Effect.succeed(response))
  }

  #end(ended: Pull.Pull<never, unknown>): void {
    this.#ended = ended
    this.#wake()
  }

  #take(): Pull.Pull<Chunks, unknown> | undefined {
    const chunks = this.#chunks
    if (!Arr.isArrayNonEmpty(chunks)) return this.#ended
    const isPaused = this.#buffered > highWaterMark
    this.#chunks = []
    this.#buffered = 0
    // This may bring more chunks at once.
    if (isPaused) this.#controller?.resume()
    return Effect.succeed(chunks)
  }

  readonly #next: Pull.Pull<Chunks, unknown> = Effect.callback((resume) => {
    // The fiber may have yielded since it found nothing to take.
    const taken = this.#take()
    if (taken !== undefined) return resume(taken)
    this.#reader = resume
    return Effect.sync(() => {
      this.#reader = undefined
    })
  })

  /** Gives the waiting reader all that arrived together, once undici has handled it. */
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

/** An error that JavaScript throws when code is wrong. Node's refusals of an argument have a code. */
const isBug = (cause: unknown): boolean =>
  (cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError) && !("code" in cause)

/** An `HttpClient` over a dispatcher of undici. */
export const make = (dispatcher: Pick<Dispatcher, "dispatch">): HttpClient.HttpClient => over(() => dispatcher)

const over = (dispatcher: () => Pick<Dispatcher, "dispatch">): HttpClient.HttpClient =>
  Transport.make(({ body, request, url }) =>
    Effect.withFiber((fiber) => {
      const attempt = fiber.getRef(Transport.Attempt)
      return Effect.callback<Received, HttpClientError.HttpClientError>((resume) => {
        const exchange = new Exchange(request, url, attempt, resume)
        const options: Dispatcher.DispatchOptions & { readonly allowH2: false } = {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { "accept-encoding": Decompress.accepted, "user-agent": Transport.userAgent, ...request.headers },
          body: body ?? null,
          // The client measures the time itself.
          headersTimeout: 0,
          bodyTimeout: 0,
          // Agents of undici 8 otherwise speak HTTP/2 with servers that offer it: README, "Connections".
          allowH2: false
        }
        try {
          dispatcher().dispatch(options, exchange)
        } catch (cause) {
          exchange.fail(cause)
        }
        return exchange.cancel
      })
    })
  )

const needs =
  "layers/Node needs Node.js 22.19 or later, and undici 8, which @effect/platform-node brings; use layers/Fetch"

/** True for a Node.js that undici 8 can run on, or another runtime that may do as well. */
const isSupported = (): boolean => {
  const [major = 0, minor = 0] = (globalThis.process?.versions?.node ?? "").split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

const runtime = (): string => {
  const { bun, deno, node } = globalThis.process?.versions ?? {}
  return bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node.js ${node ?? "is missing"}`
}

const unsupported = (cause?: unknown): Error => new Error(`${needs} (this is ${runtime()})`, { cause })

/** Dies, and says what is needed: no option is at fault, and no program can go on from here. */
const checked = <D extends Pick<Dispatcher, "dispatch">>(dispatcher: D): Effect.Effect<D> =>
  typeof dispatcher.dispatch === "function" ? Effect.succeed(dispatcher) : Effect.die(unsupported())

/** Loaded when the layer is built, since on other runtimes undici fails as it loads. */
const undici: Effect.Effect<typeof UndiciModule, Error> = Effect.suspend(() =>
  isSupported()
    ? Effect.tryPromise({ try: () => import("@effect/platform-node/Undici"), catch: unsupported })
    : Effect.fail(unsupported())
)

/** A pool of connections over HTTP/1.1, and how to close it. */
const openPool = ({ Agent, buildConnector }: typeof UndiciModule) => {
  const connecting = new Set<Socket>()
  const connect: UndiciModule.buildConnector.connector = buildConnector({ allowH2: false })
  const open = (options: UndiciModule.Agent.Options) =>
    new Agent({
      ...options,
      allowH2: false,
      connect: (options, callback) => {
        const socket: unknown = connect(options, (...result) => {
          if (isSocket(socket)) connecting.delete(socket)
          callback(...result)
        })
        if (isSocket(socket)) connecting.add(socket)
        return socket
      }
    })
  // However long a server offers to keep an idle connection: gateways on the way drop them silently after minutes.
  const agent = open({ keepAliveMaxTimeout: 60_000 })
  let withoutReuse: Dispatcher | undefined
  return {
    // Undici uses a connection again in a global immediate, which fake timers would never run.
    dispatcher: (): Dispatcher =>
      globalThis.setImmediate === globalImmediate ? agent : (withoutReuse ??= open({ pipelining: 0 })),
    close: async () => {
      const destroyed = [agent.destroy(), withoutReuse?.destroy()]
      // Undici leaves these to their timeout, and until then they keep the process running.
      for (const socket of connecting) socket.destroy(new Error("The pool of connections was closed"))
      await Promise.all(destroyed)
    }
  }
}

interface Socket {
  readonly destroy: (error: Error) => unknown
}

/** Undici's connector returns its socket, which its types do not say. */
const isSocket = (value: unknown): value is Socket =>
  typeof value === "object" && value !== null && "destroy" in value && typeof value.destroy === "function"

/** Memoized, so that the clients of one program share it. */
const pool: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.acquireRelease(
    Effect.flatMap(undici, (module) => Effect.try({ try: () => openPool(module), catch: unsupported })),
    ({ close }) => Effect.promise(close)
  ).pipe(
    Effect.orDie,
    Effect.tap(({ dispatcher }) => checked(dispatcher())),
    Effect.map(({ dispatcher }) => over(dispatcher))
  )
)

/** The tag by its key: the module that it is from would bring all of platform-node's HTTP client with it. */
const GivenDispatcher = Context.Service<NodeHttpClient.Dispatcher, Dispatcher>(
  "@effect/platform-node/NodeHttpClient/Dispatcher"
)

/**
 * An `HttpClient` over the `NodeHttpClient.Dispatcher` in the context, which belongs to whoever provided it and is not
 * closed; without one, over a pool of connections that closes with the layer. A function, since each use may have a
 * dispatcher of its own.
 */
export const layer = (): Layer.Layer<HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.map(
      Effect.serviceOption(GivenDispatcher),
      Option.match({
        onNone: () => pool,
        onSome: (dispatcher) => Layer.effect(HttpClient.HttpClient, Effect.map(checked(dispatcher), make))
      })
    )
  )

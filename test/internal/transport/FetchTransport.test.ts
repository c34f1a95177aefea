import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as TransportFailure from "../../../src/internal/call/failure/TransportFailure.ts"
import * as Browser from "../../../src/internal/transport/Browser.ts"
import * as Fetch from "../../../src/internal/transport/FetchTransport.ts"
import * as Transport from "../../../src/internal/transport/Transport.ts"
import { version } from "../../../src/internal/transport/Version.ts"

const request = HttpClientRequest.get("http://localhost/").pipe(HttpClientRequest.setHeader("accept", "text/plain"))

const userAgent = `effect-chatbotkit/${version}`

/** Sends the request with this in place of the global `fetch`. */
const send = (fetch: typeof globalThis.fetch, { isBrowser = false, sent = request } = {}) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(sent)).pipe(
    Effect.provide(Layer.fresh(Fetch.layer).pipe(Layer.provide(Layer.succeed(Browser.IsBrowser, isBrowser)))),
    Effect.provideService(FetchHttpClient.Fetch, fetch)
  )

describe("a request over fetch", () => {
  it.effect("has the RequestInit of the layer and of the call, except for what the client sets itself", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        inits.push(init)
        return new Response("")
      }
      const init = (cache: RequestCache): RequestInit => ({
        cache,
        redirect: "follow",
        headers: { Accept: "any", "Content-Length": "7", "X-Own": "1" }
      })
      const layer = Layer.fresh(Fetch.layer).pipe(
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, init("no-store"))),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
      )
      yield* Effect.gen(function* () {
        const client = yield* HttpClient.HttpClient
        yield* client.execute(request)
        yield* Effect.provideService(client.execute(request), FetchHttpClient.RequestInit, { cache: "reload" })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        inits.map((init) => init?.cache),
        ["no-store", "reload"]
      )
      for (const init of inits) {
        assert.strictEqual(init?.redirect, "manual")
        assert.deepStrictEqual(Object.fromEntries(new Headers(init?.headers)), {
          accept: "text/plain",
          "x-own": "1",
          "user-agent": userAgent
        })
      }
    })
  )

  it.effect("fails with the error that fetch rejects with or throws", () =>
    Effect.gen(function* () {
      const cause = new TypeError("fetch failed")
      const throwing: typeof globalThis.fetch = () => {
        throw cause
      }
      for (const fetch of [throwing, () => Promise.reject(cause)]) {
        const { reason } = yield* Effect.flip(send(fetch))
        assert.strictEqual(reason._tag, "TransportError")
        assert.strictEqual("cause" in reason ? reason.cause : undefined, cause)
      }
    })
  )

  it.effect("is aborted when it is interrupted, also while its body is read", () =>
    Effect.gen(function* () {
      const signals: Array<AbortSignal | null | undefined> = []
      const never: typeof globalThis.fetch = (_, init) => {
        signals.push(init?.signal)
        return new Promise(() => undefined)
      }
      const fiber = yield* Effect.forkChild(send(never), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.isTrue(signals[0]?.aborted)
      const endless: typeof globalThis.fetch = async (_, init) => {
        signals.push(init?.signal)
        return new Response(new ReadableStream())
      }
      const response = yield* send(endless)
      const reading = yield* Effect.forkChild(response.text, { startImmediately: true })
      yield* Fiber.interrupt(reading)
      assert.isTrue(signals[1]?.aborted)
    })
  )

  it.effect("is not aborted once its body has been read", () =>
    Effect.gen(function* () {
      let signal: AbortSignal | null | undefined
      const response = yield* send(async (_, init) => {
        signal = init?.signal
        return new Response("text")
      })
      assert.strictEqual(yield* response.text, "text")
      assert.isFalse(signal?.aborted)
    })
  )

  it.effect("has a body that can be read in a runtime without streams", () =>
    Effect.gen(function* () {
      const response = yield* send(async () =>
        Object.defineProperty(new Response("text"), "body", { value: undefined })
      )
      assert.strictEqual(yield* response.text, "text")
      const empty = yield* send(async () => new Response(null))
      assert.strictEqual(yield* empty.text, "")
    })
  )

  it.effect("has the User-Agent of the request or of the init, or else the client's, except in a browser", () =>
    Effect.gen(function* () {
      const agents: Array<string | null> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        agents.push(new Headers(init?.headers).get("user-agent"))
        return new Response("")
      }
      const own = HttpClientRequest.setHeader(request, "user-agent", "own")
      const init = Effect.provideService(FetchHttpClient.RequestInit, { headers: { "User-Agent": "init" } })
      yield* send(fetch)
      yield* send(fetch, { sent: own })
      yield* init(send(fetch))
      yield* init(send(fetch, { sent: own }))
      yield* send(fetch, { isBrowser: true })
      assert.deepStrictEqual(agents, [userAgent, "own", "init", "own", null])
    })
  )

  it.effect("that cannot be made fails as not sent, and is never sent", () =>
    Effect.gen(function* () {
      let sent = 0
      const fetch: typeof globalThis.fetch = (url, init) => {
        const request = new Request(url, init)
        sent++
        return Promise.reject(new TypeError(`sent ${request.method}`))
      }
      const reasonOf = (effect: ReturnType<typeof send>) => Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)
      const blank = HttpClientRequest.setHeader(request, "x-own", "a\nb")
      assert.strictEqual(yield* reasonOf(send(async (...all) => fetch(...all), { sent: blank })), "EncodeError")
      assert.strictEqual(yield* reasonOf(send(fetch, { sent: blank })), "EncodeError")
      const init = { headers: { "x-own": "a\nb" } }
      assert.strictEqual(
        yield* reasonOf(Effect.provideService(send(fetch), FetchHttpClient.RequestInit, init)),
        "EncodeError"
      )
      assert.strictEqual(sent, 0)
      assert.strictEqual(yield* reasonOf(send(fetch)), "TransportError")
    })
  )

  it.effect("is a defect if there is no fetch, or if the response cannot be read because of a bug", () =>
    Effect.gen(function* () {
      const missing: unknown = undefined
      const layer = Layer.fresh(Fetch.layer).pipe(
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, missing as typeof globalThis.fetch))
      )
      const exit = yield* Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(request)).pipe(
        Effect.provide(layer),
        Effect.exit
      )
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "layers/Fetch needs a global fetch")
      assert.isTrue(Exit.hasDies(exit))
      // A failure after `fetch` has answered is no failure of the network.
      const odd = Object.defineProperty(new Response(""), "headers", {
        get: () => {
          throw new TypeError("not a function")
        }
      })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(send(async () => odd))))
      // A stub without a return value.
      const absent: unknown = undefined
      assert.isTrue(Exit.hasDies(yield* Effect.exit(send(async () => absent as Response))))
    })
  )

  it.effect("dies where a stub gives no response, an incomplete one, or one whose body is no web stream", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(Layer.fresh(Fetch.layer)))
      assert.isTrue(Transport.isTransportClient(client))
      if (!Transport.isTransportClient(client)) return
      const noStream = Object.defineProperty(new Response("text"), "body", { value: {} })
      const options: Transport.ExchangeOptions = {
        attempt: { state: "unknown" },
        timeout: 1000,
        maxBytes: ({ status }) => status
      }
      const sent = client[Transport.TypeId].exchange(request, options)
      for (const response of [undefined, { ok: true, status: 200 }, noStream] satisfies ReadonlyArray<unknown>) {
        const stub = async () => response as Response
        const exit = yield* Effect.exit(Effect.provideService(sent, FetchHttpClient.Fetch, stub))
        assert.isTrue(Exit.hasDies(exit))
      }
    })
  )

  it.effect("closes a response that arrives although its request was aborted", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(Layer.fresh(Fetch.layer)))
      assert.isTrue(Transport.isTransportClient(client))
      if (!Transport.isTransportClient(client)) return
      const { exchange, open } = client[Transport.TypeId]
      const attempt: Transport.AttemptProgress = { state: "unknown" }
      const options = { attempt, timeout: 1000, maxBytes: () => 1024 }
      const sends: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        exchange(request, options),
        open(request, attempt),
        client.execute(request)
      ]
      for (const send of sends) {
        let respond: ((response: Response) => void) | undefined
        const stubborn = () => new Promise<Response>((resolve) => (respond = resolve))
        const sent = Effect.provideService(send, FetchHttpClient.Fetch, stubborn)
        yield* Fiber.interrupt(yield* Effect.forkChild(sent, { startImmediately: true }))
        const seen: Array<string> = []
        const body = new ReadableStream(
          { pull: () => void seen.push("pull"), cancel: () => void seen.push("cancel") },
          { highWaterMark: 0 }
        )
        respond?.(new Response(body))
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        assert.deepStrictEqual(seen, ["cancel"])
        assert.isUndefined(attempt.head)
      }
    })
  )

  it.effect("loses no chunk that arrives after its reader has given up", () =>
    Effect.gen(function* () {
      let source: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (source = controller) })
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(Layer.fresh(Fetch.layer)))
      assert.isTrue(Transport.isTransportClient(client))
      if (!Transport.isTransportClient(client)) return
      const reply = yield* client[Transport.TypeId]
        .open(request, { state: "unknown" })
        .pipe(Effect.provideService(FetchHttpClient.Fetch, async () => new Response(body)))
      const pull = reply.body.pull(Infinity)
      yield* Fiber.interrupt(yield* Effect.forkChild(pull, { startImmediately: true }))
      yield* Fiber.interrupt(yield* Effect.forkChild(pull, { startImmediately: true }))
      const texts: Array<string> = []
      for (const text of ["a", "b"]) {
        source?.enqueue(new TextEncoder().encode(text))
        if (text === "b") source?.close()
        texts.push(...(yield* pull).map((chunk) => new TextDecoder().decode(chunk)))
      }
      assert.deepStrictEqual(texts, ["a", "b"])
      assert.isTrue(Cause.isDone(yield* Effect.flip(pull)))
    })
  )

  it.effect("that fails in a browser names the headers that the CORS settings may not allow", () =>
    Effect.gen(function* () {
      const fetch = () => Promise.reject(new TypeError("Failed to fetch"))
      const descriptionOf = (isBrowser: boolean, sent = request) =>
        Effect.map(Effect.flip(send(fetch, { isBrowser, sent })), ({ reason }) =>
          "cause" in reason ? TransportFailure.make(reason.cause).description : ""
        )
      const withHeaders = HttpClientRequest.setHeaders(request, { "x-timezone": "Europe/Berlin", "x-own": "secret" })
      const plain = "No complete answer came: no response"
      assert.strictEqual(yield* descriptionOf(true), plain)
      assert.strictEqual(yield* descriptionOf(false, withHeaders), plain)
      const hint = "perhaps since the server's CORS settings do not allow these request headers: x-timezone, x-own"
      assert.strictEqual(yield* descriptionOf(true, withHeaders), `${plain}, ${hint}`)
    })
  )

  it.effect("cancels its body when it is interrupted, also if the runtime ignores the signal", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const stubborn: typeof globalThis.fetch = async () =>
        new Response(new ReadableStream({ cancel: () => void cancelled++ }, { highWaterMark: 0 }))
      const response = yield* send(stubborn)
      yield* Fiber.interrupt(yield* Effect.forkChild(response.text, { startImmediately: true }))
      assert.strictEqual(cancelled, 1)
    })
  )

  it.effect(
    "has a response with a URL although the runtime gives none, and with status 0 for a redirect in a browser",
    () =>
      Effect.gen(function* () {
        const quiet =
          (response: Response): typeof globalThis.fetch =>
          async () =>
            Object.defineProperty(response, "url", { value: undefined })
        const response = yield* send(quiet(new Response("text")))
        assert.strictEqual("url" in response ? response.url : undefined, "http://localhost/")
        // Of a redirect that is not followed, a browser shows neither status nor headers nor body.
        const opaque = yield* send(quiet(Response.error()))
        assert.strictEqual(opaque.status, 0)
        assert.strictEqual(yield* opaque.text, "")
      })
  )
})

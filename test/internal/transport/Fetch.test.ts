import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as Fetch from "../../../src/internal/transport/Fetch.ts"

const request = HttpClientRequest.get("http://localhost/").pipe(HttpClientRequest.setHeader("accept", "text/plain"))

/** Sends the request with this in place of the global `fetch`. */
const send = (fetch: typeof globalThis.fetch) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(request)).pipe(
    Effect.provide(Layer.fresh(Fetch.layer)),
    Effect.provideService(FetchHttpClient.Fetch, fetch)
  )

describe("a request over fetch", () => {
  it.effect("has the init of the layer and of the call, less what is the client's own", () =>
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
        assert.deepStrictEqual(Object.fromEntries(new Headers(init?.headers)), { accept: "text/plain", "x-own": "1" })
      }
    })
  )

  it.effect("fails with what fetch failed with, rejected or thrown", () =>
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

  it.effect("is aborted where it is interrupted, and where its body is given up", () =>
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

  it.effect("can be read where the runtime has no streams", () =>
    Effect.gen(function* () {
      const response = yield* send(async () =>
        Object.defineProperty(new Response("text"), "body", { value: undefined })
      )
      assert.strictEqual(yield* response.text, "text")
      const empty = yield* send(async () => new Response(null))
      assert.strictEqual(yield* empty.text, "")
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Fiber, Option, Tracer } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as HttpClientTransport from "../../../src/internal/transport/HttpClientTransport.ts"
import type * as Transport from "../../../src/internal/transport/Transport.ts"

const request = HttpClientRequest.get("http://localhost/")

const over = (answer: (request: HttpClientRequest.HttpClientRequest) => Response | Effect.Effect<Response>) =>
  HttpClient.make((request) => {
    const answered = answer(request)
    return Effect.map(Effect.isEffect(answered) ? answered : Effect.succeed(answered), (web) =>
      HttpClientResponse.fromWeb(request, web)
    )
  })

const options = (): Transport.ExchangeOptions => ({
  attempt: { state: "unknown" },
  timeout: 1000,
  maxBytes: () => 100
})

describe("a transport over an HttpClient", () => {
  it.effect("returns the whole reply, and reports its head", () =>
    Effect.gen(function* () {
      const transport = HttpClientTransport.make(over(() => new Response("text", { headers: { "x-own": "1" } })))
      const given = options()
      const { body } = yield* transport.exchange(request, given)
      assert.strictEqual(new TextDecoder().decode(body.chunks[0]), "text")
      assert.strictEqual(given.attempt.head?.header("x-own"), "1")
    })
  )

  it.effect("reads an absent body as an empty one", () =>
    Effect.gen(function* () {
      const { body } = yield* HttpClientTransport.make(over(() => new Response(null))).exchange(request, options())
      assert.deepStrictEqual(body, { chunks: [], problem: undefined })
    })
  )

  it.effect("returns a reply whose status the client has turned into an error", () =>
    Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(over(() => new Response("no", { status: 404 })))
      const { body, head } = yield* HttpClientTransport.make(client).exchange(request, options())
      assert.strictEqual(head.status, 404)
      assert.lengthOf(body.chunks, 1)
      const failing = HttpClient.make((request) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: "reset" })
          })
        )
      )
      const error = yield* Effect.flip(HttpClientTransport.make(failing).exchange(request, options()))
      assert.strictEqual(error._tag, "HttpClientError")
    })
  )

  it.effect("fails when its time is up, and interrupts the client", () =>
    Effect.gen(function* () {
      let interrupted = 0
      const client = over(() => Effect.onInterrupt(Effect.never, () => Effect.sync(() => void interrupted++)))
      const fiber = yield* Effect.forkChild(
        Effect.flip(HttpClientTransport.make(client).exchange(request, options())),
        { startImmediately: true }
      )
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeLimitError")
      assert.strictEqual(interrupted, 1)
    })
  )

  it.effect("makes the span of the attempt the parent of the client's own", () =>
    Effect.gen(function* () {
      let parent: Tracer.AnySpan | undefined
      const client = HttpClient.make((request) =>
        Effect.gen(function* () {
          parent = Option.getOrUndefined(yield* Effect.serviceOption(Tracer.ParentSpan))
          return HttpClientResponse.fromWeb(request, new Response(""))
        })
      )
      const span = yield* Effect.makeSpan("attempt")
      yield* HttpClientTransport.make(client).open(request, { state: "unknown", span })
      assert.strictEqual(parent?._tag === "Span" ? Option.getOrUndefined(parent.parent) : undefined, span)
    })
  )

  it.effect("closes a body that is not read", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const body = () => new Response(new ReadableStream({ cancel: () => void cancelled++ }, { highWaterMark: 0 }))
      const reply = yield* HttpClientTransport.make(over(body)).open(request, { state: "unknown" })
      yield* reply.body.cancel
      assert.strictEqual(cancelled, 1)
      const again = yield* HttpClientTransport.make(over(body)).open(request, { state: "unknown" })
      const late = yield* Effect.forkChild(Effect.flip(again.body.pull(1000)), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(late)
      assert.isFalse(Cause.isDone(error))
      yield* again.body.cancel
      assert.strictEqual(cancelled, 2)
    })
  )
})

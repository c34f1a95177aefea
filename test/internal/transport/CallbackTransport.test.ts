import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { Headers, HttpBody, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import * as CallbackTransport from "../../../src/internal/transport/CallbackTransport.ts"
import * as Transport from "../../../src/internal/transport/Transport.ts"

const request = HttpClientRequest.get("http://localhost/")

const chunk = (text: string): CallbackTransport.BodyPart => ({
  _tag: "Chunks",
  chunks: [new TextEncoder().encode(text)]
})

const head: Transport.ResponseHead = {
  status: 200,
  url: "http://localhost/",
  headers: Headers.empty,
  setCookie: [],
  header: () => undefined
}

/** A transport whose reply is delivered by hand. */
const scripted = () => {
  const seen = { sent: 0, aborted: 0, cancelled: 0, gaveUp: 0 }
  let onReply: ((reply: CallbackTransport.ReplyExit) => void) | undefined
  let onPart: ((part: CallbackTransport.BodyPart) => void) | undefined
  const ready: Array<CallbackTransport.BodyPart> = []
  const body: CallbackTransport.CallbackBody = {
    read: (next) => {
      const part = ready.shift()
      if (part !== undefined) return next(part)
      onPart = next
      return () => void seen.gaveUp++
    },
    cancel: () => void seen.cancelled++
  }
  const client = CallbackTransport.make((_outgoing, onNextReply) => {
    seen.sent++
    onReply = onNextReply
    return () => void seen.aborted++
  })
  return {
    seen,
    client,
    transport: client[Transport.TypeId],
    open: () => onReply?.(Exit.succeed({ head, body })),
    /** Delivers a part, now or when it is read. */
    deliver: (part: CallbackTransport.BodyPart) => {
      const waiting = onPart
      onPart = undefined
      if (waiting === undefined) ready.push(part)
      else waiting(part)
    }
  }
}

const options = (maxBytes = 100): Transport.ExchangeOptions => ({
  attempt: { state: "unknown" },
  timeout: 1000,
  maxBytes: () => maxBytes
})

const start = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkChild(effect, { startImmediately: true })

const textOf = ({ chunks }: Transport.WholeBody) => chunks.map((part) => new TextDecoder().decode(part)).join("")

describe("an exchange", () => {
  it.effect("returns the whole reply, and reports its head", () =>
    Effect.gen(function* () {
      const { deliver, open, transport } = scripted()
      const given = options()
      const fiber = yield* start(transport.exchange(request, given))
      open()
      assert.strictEqual(given.attempt.head, head)
      deliver(chunk("a"))
      deliver(chunk("b"))
      assert.isUndefined(fiber.pollUnsafe())
      deliver(CallbackTransport.end)
      const { body } = yield* Fiber.join(fiber)
      assert.strictEqual(textOf(body), "ab")
      assert.isUndefined(body.problem)
    })
  )

  it.effect("reads any number of parts that have already arrived", () =>
    Effect.gen(function* () {
      const { deliver, open, transport } = scripted()
      const fiber = yield* start(transport.exchange(request, options(1e6)))
      for (let count = 0; count < 20_000; count++) deliver(chunk("a"))
      deliver(CallbackTransport.end)
      open()
      assert.lengthOf((yield* Fiber.join(fiber)).body.chunks, 20_000)
    })
  )

  it.effect("cancels a body that is longer than the limit, also if the limit is 0", () =>
    Effect.gen(function* () {
      for (const maxBytes of [0, 1]) {
        const { deliver, open, seen, transport } = scripted()
        const fiber = yield* start(transport.exchange(request, options(maxBytes)))
        deliver(chunk("ab"))
        open()
        assert.strictEqual((yield* Fiber.join(fiber)).body.problem, "longer than the limit")
        assert.strictEqual(seen.cancelled, 1)
      }
    })
  )

  it.effect("returns the error of a body that ends early, and dies of bugs", () =>
    Effect.gen(function* () {
      const failed = scripted()
      const fiber = yield* start(failed.transport.exchange(request, options()))
      failed.open()
      failed.deliver({ _tag: "Failed", cause: "reset" })
      assert.deepStrictEqual((yield* Fiber.join(fiber)).body.problem, new Transport.BodyError("reset"))

      const died = scripted()
      const dying = yield* start(died.transport.exchange(request, options()))
      died.open()
      died.deliver({ _tag: "Died", defect: "bug" })
      assert.isTrue(Exit.hasDies(yield* Fiber.await(dying)))

      const wrong = scripted()
      const maxBytes = () => {
        throw new Error("bug")
      }
      const throwing = yield* start(wrong.transport.exchange(request, { ...options(), maxBytes }))
      wrong.open()
      assert.isTrue(Exit.hasDies(yield* Fiber.await(throwing)))
    })
  )

  it.effect("fails when its time is up, before the head and after it", () =>
    Effect.gen(function* () {
      for (const hasHead of [false, true]) {
        const { open, seen, transport } = scripted()
        const fiber = yield* start(Effect.flip(transport.exchange(request, options())))
        if (hasHead) open()
        yield* TestClock.adjust("999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeLimitError")
        assert.deepInclude(seen, hasHead ? { aborted: 0, cancelled: 1 } : { aborted: 1, cancelled: 0 })
      }
    })
  )

  it.effect("is aborted when it is interrupted, before the head and after it", () =>
    Effect.gen(function* () {
      for (const hasHead of [false, true]) {
        const { open, seen, transport } = scripted()
        const fiber = yield* start(transport.exchange(request, options()))
        if (hasHead) open()
        yield* Fiber.interrupt(fiber)
        assert.deepInclude(seen, hasHead ? { aborted: 0, cancelled: 1 } : { aborted: 1, cancelled: 0 })
      }
    })
  )

  it.effect("closes the body however it ends: a decompressor may end before its connection does", () =>
    Effect.gen(function* () {
      for (const part of [
        CallbackTransport.end,
        { _tag: "Failed", cause: "corrupt" },
        { _tag: "Died", defect: "bug" }
      ] satisfies ReadonlyArray<CallbackTransport.BodyPart>) {
        const { deliver, open, seen, transport } = scripted()
        const fiber = yield* start(transport.exchange(request, options()))
        deliver(chunk("a"))
        deliver(part)
        open()
        yield* Fiber.await(fiber)
        assert.strictEqual(seen.cancelled, 1)
      }
      const { open, seen, transport } = scripted()
      const maxBytes = () => {
        throw new Error("bug")
      }
      const fiber = yield* start(transport.exchange(request, { ...options(), maxBytes }))
      open()
      yield* Fiber.await(fiber)
      assert.strictEqual(seen.cancelled, 1)
    })
  )

  it.effect("is not sent if its URL or its body cannot be sent", () =>
    Effect.gen(function* () {
      const { seen, transport } = scripted()
      const wrong = HttpClientRequest.setUrlParam(HttpClientRequest.get("no url"), "take", "1")
      const file = HttpClientRequest.setBody(request, HttpBody.raw("text"))
      for (const [sent, tag] of [
        [wrong, "InvalidUrlError"],
        [file, "EncodeError"]
      ] as const) {
        const error = yield* Effect.flip(transport.exchange(sent, options()))
        assert.strictEqual(error._tag === "HttpClientError" ? error.reason._tag : error._tag, tag)
      }
      assert.strictEqual(seen.sent, 0)
    })
  )
})

describe("an open reply", () => {
  const opened = Effect.gen(function* () {
    const script = scripted()
    const fiber = yield* start(script.transport.open(request, { state: "unknown" }))
    script.open()
    return { ...script, reply: yield* Fiber.join(fiber) }
  })

  it.effect("delivers its parts as they arrive, and then its end", () =>
    Effect.gen(function* () {
      const { deliver, reply } = yield* opened
      const pull = reply.body.pull(Infinity)
      const first = yield* start(pull)
      deliver(chunk("a"))
      assert.lengthOf(yield* Fiber.join(first), 1)
      deliver(CallbackTransport.end)
      assert.isTrue(Cause.isDone(yield* Effect.flip(pull)))
    })
  )

  it.effect("stops waiting when the time of a pull is up, and when the pull is interrupted", () =>
    Effect.gen(function* () {
      const { reply, seen } = yield* opened
      const late = yield* start(Effect.flip(reply.body.pull(1000)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(late), new Transport.TimeLimitError())
      assert.strictEqual(seen.gaveUp, 1)
      yield* Fiber.interrupt(yield* start(reply.body.pull(1000)))
      assert.strictEqual(seen.gaveUp, 2)
      yield* reply.body.cancel
      assert.strictEqual(seen.cancelled, 1)
    })
  )
})

import type { Dispatcher } from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Scheduler, Stream } from "effect"
import { HttpBody, HttpClientRequest } from "effect/http"
import * as Transport from "../../../src/internal/transport/Transport.ts"
import * as Undici from "../../../src/internal/transport/UndiciTransport.ts"

const request = HttpClientRequest.get("http://localhost/list?take=1#top")

/** A dispatcher that does nothing by itself. */
const scripted = () => {
  const calls: Array<string> = []
  let handler: Dispatcher.DispatchHandler = {}
  let options: Dispatcher.DispatchOptions | undefined
  const held: Array<string> = []
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => calls.push("abort"),
    pause: () => calls.push("pause"),
    // As undici does, at once.
    resume: () => {
      calls.push("resume")
      for (const text of held.splice(0)) data(text)
    }
  }
  const data = (text: string) => handler.onResponseData?.(controller, Buffer.from(text))
  const client = Undici.make({
    dispatch: (given, to) => {
      options = given
      handler = to
      return true
    }
  })
  return {
    calls,
    client,
    sent: () => options,
    start: () => handler.onRequestStart?.(controller, {}),
    head: (status = 200, headers: Record<string, string | Array<string>> = {}) =>
      handler.onResponseStart?.(controller, status, headers),
    data,
    /** Arrives as soon as the connection is resumed. */
    later: (text: string) => held.push(text),
    end: () => handler.onResponseEnd?.(controller, {}),
    error: (error: Error) => handler.onResponseError?.(controller, error)
  }
}

const microtasks = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

describe("a request over undici", () => {
  it.effect("has a path without the fragment, and turns undici's own timeouts off", () =>
    Effect.gen(function* () {
      const undici = scripted()
      const fiber = yield* Effect.forkChild(undici.client.execute(request), { startImmediately: true })
      assert.include(undici.sent(), {
        origin: "http://localhost",
        path: "/list?take=1",
        method: "GET",
        headersTimeout: 0,
        bodyTimeout: 0
      })
      undici.start()
      undici.head(103)
      undici.head(200, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] })
      const response = yield* Fiber.join(fiber)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.url, "http://localhost/list?take=1")
      assert.strictEqual(response.headers["content-type"], "text/plain")
      assert.deepStrictEqual(Object.keys(response.cookies.cookies), ["a", "b"])
    })
  )

  it.effect("fails with the error that undici throws or reports", () =>
    Effect.gen(function* () {
      const refused = Undici.make({
        dispatch: () => {
          throw new Error("refused")
        }
      })
      const thrown = yield* Effect.flip(refused.execute(request))
      assert.strictEqual(thrown.reason._tag, "TransportError")
      const undici = scripted()
      const fiber = yield* Effect.forkChild(undici.client.execute(request), { startImmediately: true })
      const reset = new Error("reset")
      undici.error(reset)
      const told = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual("cause" in told.reason ? told.reason.cause : undefined, reset)
    })
  )

  it.effect("dies of a bug that undici throws or reports, and fails if Node refuses an argument", () =>
    Effect.gen(function* () {
      const bug = new TypeError("undefined is not a function")
      const refusal = Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" })
      for (const cause of [bug, refusal]) {
        const throwing = Undici.make({
          dispatch: () => {
            throw cause
          }
        })
        const undici = scripted()
        const telling = yield* Effect.forkChild(undici.client.execute(request), { startImmediately: true })
        undici.error(cause)
        for (const exit of [yield* Effect.exit(throwing.execute(request)), yield* Fiber.await(telling)]) {
          assert.isTrue(Exit.isFailure(exit))
          if (Exit.isSuccess(exit)) return
          assert.strictEqual(Cause.hasDies(exit.cause), cause === bug)
        }
      }
    })
  )

  it.effect("reports `not-sent` until it starts, and `sent` from then on", () =>
    Effect.gen(function* () {
      const attempt: Transport.AttemptProgress = { state: "unknown" }
      const undici = scripted()
      const sent = Effect.provideService(undici.client.execute(request), Transport.AttemptProgress, attempt)
      const fiber = yield* Effect.forkChild(sent, { startImmediately: true })
      assert.strictEqual(attempt.state, "not-sent")
      undici.start()
      assert.strictEqual(attempt.state, "sent")
      yield* Fiber.interrupt(fiber)
      yield* Fiber.interrupt(yield* Effect.forkChild(sent, { startImmediately: true }))
      assert.strictEqual(attempt.state, "sent")
    })
  )

  it.effect("ends once, whatever its dispatcher reports after that", () =>
    Effect.gen(function* () {
      const undici = scripted()
      const fiber = yield* Effect.forkChild(undici.client.execute(request), { startImmediately: true })
      undici.start()
      // As undici's proxy does with a 407.
      undici.error(new Error("refused"))
      undici.head()
      undici.data("a")
      undici.end()
      const { reason } = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(reason._tag, "TransportError")
    })
  )

  it.effect("is aborted when it is interrupted, also before it has a connection", () =>
    Effect.gen(function* () {
      const connected = scripted()
      const one = yield* Effect.forkChild(connected.client.execute(request), { startImmediately: true })
      connected.start()
      yield* Fiber.interrupt(one)
      assert.deepStrictEqual(connected.calls, ["abort"])
      const waiting = scripted()
      const other = yield* Effect.forkChild(waiting.client.execute(request), { startImmediately: true })
      yield* Fiber.interrupt(other)
      assert.deepStrictEqual(waiting.calls, [])
      waiting.start()
      assert.deepStrictEqual(waiting.calls, ["abort"])
    })
  )

  it.effect("fails without being sent if its body is a stream or its URL is invalid", () =>
    Effect.gen(function* () {
      const { client, sent } = scripted()
      const streamed = HttpClientRequest.setBody(request, HttpBody.stream(Stream.empty))
      const body = yield* Effect.flip(client.execute(streamed))
      assert.strictEqual(body.reason._tag, "EncodeError")
      const url = yield* Effect.flip(client.execute(HttpClientRequest.get("http://")))
      assert.strictEqual(url.reason._tag, "InvalidUrlError")
      assert.isUndefined(sent())
    })
  )
})

describe("a body over undici", () => {
  const answered = Effect.gen(function* () {
    const undici = scripted()
    const fiber = yield* Effect.forkChild(undici.client.execute(request), { startImmediately: true })
    undici.start()
    undici.head()
    return { undici, response: yield* Fiber.join(fiber) }
  })

  it.effect("pauses the connection while nobody reads, and resumes it for a reader", () =>
    Effect.gen(function* () {
      const { response, undici } = yield* answered
      const chunk = "x".repeat(200 * 1024)
      undici.data(chunk)
      assert.deepStrictEqual(undici.calls, [])
      undici.data(chunk)
      assert.deepStrictEqual(undici.calls, ["pause"])
      undici.end()
      assert.strictEqual((yield* response.text).length, 2 * chunk.length)
      assert.deepStrictEqual(undici.calls, ["pause", "resume"])
    })
  )

  it.effect("pauses and resumes the connection again whenever more arrives than is read", () =>
    Effect.gen(function* () {
      const { response, undici } = yield* answered
      const chunk = "x".repeat(300 * 1024)
      undici.data(chunk)
      undici.later(chunk)
      let read = 0
      const fiber = yield* response.stream.pipe(
        Stream.runForEach(({ length }) =>
          Effect.sync(() => {
            read += length
            if (read < 4 * chunk.length) undici.later(chunk)
            else undici.end()
          })
        ),
        Effect.forkChild({ startImmediately: true })
      )
      yield* Fiber.join(fiber)
      assert.strictEqual(read % chunk.length, 0)
      assert.isAtLeast(read, 4 * chunk.length)
      assert.isAtLeast(undici.calls.filter((call) => call === "resume").length, 3)
    })
  )

  it.effect("delivers chunks that arrived together as one batch, in order", () =>
    Effect.gen(function* () {
      const { response, undici } = yield* answered
      const batches: Array<ReadonlyArray<string>> = []
      const fiber = yield* response.stream.pipe(
        Stream.runForEachArray((chunks) =>
          Effect.sync(() => batches.push(chunks.map((chunk) => Buffer.from(chunk).toString())))
        ),
        Effect.forkChild({ startImmediately: true })
      )
      undici.data("a")
      undici.data("b")
      yield* microtasks
      undici.data("c")
      undici.end()
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(batches, [["a", "b"], ["c"]])
      assert.deepStrictEqual(undici.calls, [])
    })
  )

  it.effect("is read as a whole by a fiber that yields at any step", () =>
    Effect.gen(function* () {
      // At each step of the reader, the next event arrives one turn later.
      for (let turns = 0; turns < 30; turns++) {
        const { response, undici } = yield* answered
        const reading = Effect.provideService(response.text, Scheduler.MaxOpsBeforeYield, 3)
        const fiber = yield* Effect.forkChild(reading, { startImmediately: true })
        for (let turn = 0; turn < turns; turn++) yield* microtasks
        undici.data("a")
        yield* microtasks
        undici.end()
        assert.strictEqual(yield* Fiber.join(fiber), "a")
      }
    })
  )

  it.effect("that breaks off fails after the chunks that arrived", () =>
    Effect.gen(function* () {
      const { response, undici } = yield* answered
      undici.data("a")
      undici.error(new Error("reset"))
      const seen: Array<Uint8Array> = []
      const exit = yield* response.stream.pipe(
        Stream.runForEach((chunk) => Effect.sync(() => seen.push(chunk))),
        Effect.exit
      )
      assert.lengthOf(seen, 1)
      assert.isTrue(Exit.isFailure(exit) && !Cause.hasDies(exit.cause))
      assert.deepStrictEqual(undici.calls, [])
    })
  )

  it.effect("that is not read to its end closes the connection", () =>
    Effect.gen(function* () {
      const { response, undici } = yield* answered
      undici.data("a")
      yield* Stream.runDrain(Stream.take(response.stream, 1))
      assert.deepStrictEqual(undici.calls, ["abort"])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fake from "./support/FakeHttp.ts"
import { id, calls, callOf, over, errorReply } from "./support/Calls.ts"

const reply =
  (body: ConstructorParameters<typeof Response>[0], init: ResponseInit = {}) =>
  () =>
    new Response(body, { headers: { "content-type": "application/json" }, ...init })

const opaque = () => Object.defineProperty(new Response(null), "status", { value: 0 })

describe("replies", () => {
  const html = { headers: { "content-type": "text/html" } }

  it.effect.each([
    ["301", reply(null, { status: 301, headers: { location: "https://evil.test" } })],
    ["302", reply(null, { status: 302, headers: { location: "/" } })],
    ["303", reply(null, { status: 303 })],
    ["304", reply(null, { status: 304 })],
    ["307", reply(null, { status: 307 })],
    ["308", reply(null, { status: 308 })],
    ["opaque redirect", opaque],
    ["201", reply('{"id":"c1"}', { status: 201 })],
    ["204", reply(null, { status: 204 })],
    ["no body", reply(null)],
    ["empty body", reply("")],
    ["HTML", reply("<html>", html)],
    ["HTML that claims to be JSON", reply("<html>")],
    ["JSON that claims to be HTML", reply('{"id":"c1"}', html)],
    ["no content type", () => new Response(Fake.bodyOf(['{"id":"c1"}']))],
    ["null", reply("null")],
    ["array", reply("[]")],
    ["text", reply('"x"')],
    ["another shape", reply('{"id":5}')],
    ["a code without a message", reply('{"code":"NOT_FOUND"}')],
    ["a declared huge body", reply("{}", { headers: { "content-type": "application/json", "content-length": "9e9" } })]
  ] as const)("%s is an UnexpectedResponse", ([, step]) =>
    Effect.gen(function* () {
      for (const name of ["create", "fetch", "update", "delete", "ensure", "listPage"] as const) {
        const fake = Fake.script(step)
        const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
        assert.deepInclude(failure, { _tag: "UnexpectedResponse", attempts: 1, isRetryable: false }, name)
        assert.strictEqual(fake.sent.length, 1)
      }
    })
  )

  const whole = new TextEncoder().encode(
    JSON.stringify(Fake.contact(id, { name: 'é "😀" \\', meta: { a: [1.5e3, true, null] } }))
  )

  it.effect("a body that ends early, cut anywhere, is read again", () =>
    Effect.gen(function* () {
      for (let at = 1; at < whole.length; at++) {
        const fake = Fake.script(reply(whole.slice(0, at)), reply(whole))
        assert.strictEqual((yield* Fake.successOf(over(fake)(calls.fetch))).id, id, `cut at ${at}`)
        assert.strictEqual(fake.sent.length, 2)
      }
    })
  )

  it.effect("a body that ends early each time is an UnexpectedResponse", () =>
    Effect.gen(function* () {
      for (const [name, attempts] of [
        ["create", 1],
        ["fetch", 4],
        ["update", 4],
        ["delete", 4],
        ["ensure", 4],
        ["listPage", 4]
      ] as const) {
        const fake = Fake.script(reply('{"id":"c1"'))
        const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
        const expected = {
          _tag: "UnexpectedResponse",
          description: "The body ended early",
          outcome: "unknown"
        } as const
        assert.deepInclude(failure, { ...expected, status: 200, attempts, isRetryable: name !== "create" }, name)
        assert.strictEqual(fake.sent.length, attempts)
      }
    })
  )

  it.effect("a page in JSON Lines that ends early is read again", () =>
    Effect.gen(function* () {
      const lines = Fake.item("c1") + Fake.item("c2")
      const fake = Fake.script(Fake.jsonLines(lines.slice(0, -5)), Fake.jsonLines(lines))
      assert.lengthOf((yield* Fake.successOf(over(fake)(calls.listPage))).items, 2)
    })
  )

  it.effect.each([
    '{"id":canary',
    '{"id":"c1"}}',
    '{"id":"c1"} {',
    "[1,]]",
    "canary{",
    '"canary',
    "{'id':'c1'",
    "\ufffd{"
  ])("a body that cannot be the start of JSON is not read again: %s", (body) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(reply(body)))(calls.fetch))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", attempts: 1, isRetryable: false })
    })
  )

  it.effect("a body that is not UTF-8 is not read again", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(reply(Uint8Array.of(0x7b, 0xff, 0x22))))(calls.fetch))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", attempts: 1, description: "The body is not UTF-8" })
    })
  )

  it.effect("an endless body is cancelled, with its connection", () =>
    Effect.gen(function* () {
      let cancelled = 0
      let pulled = 0
      const chunk = new Uint8Array(1024 * 1024).fill(32)
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulled++
          controller.enqueue(chunk)
        },
        cancel: () => {
          cancelled++
        }
      })
      const failure = yield* Fake.failureOf(over(Fake.script(reply(endless)))(calls.fetch))
      assert.strictEqual(failure._tag, "UnexpectedResponse")
      assert.isAtMost(pulled, 130)
      assert.strictEqual(cancelled, 1)
    })
  )

  it.effect.each([
    ["of the wrong type", 200, { "content-type": "text/html" }],
    ["that is too long", 200, { "content-type": "application/json", "content-length": "99999999999" }],
    ["of an error that is too long", 400, { "content-type": "application/json", "content-length": "65537" }]
  ] as const)("a body %s does not keep its connection busy", ([, status, headers]) =>
    Effect.gen(function* () {
      let released = false
      let index = 0
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (index++ < 3) return controller.enqueue(new TextEncoder().encode("x"))
            released = true
            return controller.close()
          },
          cancel: () => {
            released = true
          }
        },
        { highWaterMark: 0 }
      )
      yield* Fake.failureOf(over(Fake.script(reply(body, { status, headers })))(calls.fetch))
      yield* Fake.settle
      assert.isTrue(released)
    })
  )

  it.effect("a connection lost in the body is a TransportError with the status", () =>
    Effect.gen(function* () {
      for (const headers of [{}, { "content-length": "99" }]) {
        const step = () =>
          new Response(Fake.bodyOf(['{"id"'], { end: "error" }), {
            headers: { "content-type": "application/json", ...headers }
          })
        const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.create))
        assert.deepInclude(failure, { _tag: "TransportError", status: 200, outcome: "unknown", attempts: 1 })
      }
    })
  )

  it.effect("a body that cannot be decompressed is an UnexpectedResponse", () =>
    Effect.gen(function* () {
      const corrupt = new TypeError("terminated", { cause: { code: "Z_DATA_ERROR" } })
      const step = () =>
        new Response(new ReadableStream({ pull: (controller) => controller.error(corrupt) }), {
          headers: { "content-type": "application/json", "content-encoding": "gzip" }
        })
      const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.fetch))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", status: 200, attempts: 1, isRetryable: false })
    })
  )

  it.effect("a multi-byte character may be split between chunks", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(JSON.stringify(Fake.contact(id, { name: "é😀漢" })))
      const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte))
      const contact = yield* Fake.successOf(over(Fake.script(reply(Fake.bodyOf(chunks))))(calls.fetch))
      assert.strictEqual(contact.name, "é😀漢")
    })
  )

  it.effect.each([
    ["NOT_FOUND", "NotFound"],
    ["GENERIC_ERROR", "ServerError"],
    ["LIMITS_REACHED", "RateLimited"],
    ["NEW_CODE", "ServerError"]
  ] as const)("a 200 with code %s is that failure", ([code, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { code, message: "said" }, { "x-request-id": "req-1" }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(calls.fetch))
      assert.deepInclude(failure, { _tag: tag, code, description: "said", status: 200, requestId: "req-1" })
    })
  )

  it.effect.each([
    ["plain text", reply("Body exceeded 1mb limit", { status: 413, headers: { "content-type": "text/plain" } })],
    ["HTML", reply("<html>canary</html>", { status: 413, ...html })],
    ["nothing", reply(null, { status: 413 })],
    ["huge", reply("canary".repeat(50_000), { status: 413 })],
    ["endless", reply(Fake.bodyOf(Array.from({ length: 500 }, () => "canary".repeat(500))), { status: 413 })],
    ["lost", () => new Response(Fake.bodyOf(["canary"], { end: "error" }), { status: 413 })],
    ["null", reply("null", { status: 413 })],
    ["odd types", reply('{"code":5,"message":{"canary":1}}', { status: 413 })],
    ["odd code", reply('{"code":"canary canary","message":""}', { status: 413 })]
  ] as const)("an error body of %s does not change the failure", ([name, step]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.create))
      assert.deepInclude(failure, { _tag: "InvalidRequest", status: 413, outcome: "rejected" })
      assert.strictEqual(
        failure.description,
        name === "plain text" ? "Body exceeded 1mb limit" : "The server refused the request"
      )
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect.each([
    ["x-request-id", "req-1"],
    ["x-request-id", "550e8400-e29b-41d4-a716-446655440000"],
    ["x-vercel-id", "fra1::iad1::h8x2p-1701234567890-0a1b2c3d4e5f"],
    ["cf-ray", "7d1234567890abcd-FRA"]
  ] as const)("keeps the request id %s: %s", ([header, value]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(errorReply(400, "X", { [header]: value })))(calls.create))
      assert.strictEqual(failure.requestId, value)
    })
  )

  it.effect("keeps the request id of an UnexpectedResponse", () =>
    Effect.gen(function* () {
      const headers = { "content-type": "text/html", "x-request-id": "req-1" }
      const failure = yield* Fake.failureOf(over(Fake.script(reply("<html>", { headers })))(calls.fetch))
      assert.strictEqual(failure.requestId, "req-1")
    })
  )

  it.effect("the 404 page of an unknown route is an UnexpectedResponse, also for a retried delete", () =>
    Effect.gen(function* () {
      const page = reply("<html>404</html>", { status: 404, headers: { "content-type": "text/html; charset=utf-8" } })
      const fetched = yield* Fake.failureOf(over(Fake.script(page))(calls.fetch))
      assert.deepInclude(fetched, {
        _tag: "UnexpectedResponse",
        status: 404,
        outcome: "rejected",
        isRetryable: false
      })
      assert.include(fetched.message, "baseUrl")
      const deleted = yield* Fake.failureOf(over(Fake.script(errorReply(503, "X"), page))(calls.delete))
      assert.deepInclude(deleted, { _tag: "UnexpectedResponse", outcome: "unknown", attempts: 2 })
    })
  )
})

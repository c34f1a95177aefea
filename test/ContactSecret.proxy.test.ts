import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import type { Client } from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import * as FetchLayer from "../src/layers/Fetch.ts"
import * as Fake from "./support/FakeHttp.ts"
import { connectionRefused, connectionReset, over } from "./support/Calls.ts"
import { contactId, error, exception, own, secretId } from "./support/Secrets.ts"

const url = "https://service.test/v1?a=b#c"

const proxy = (request: unknown, options?: ContactSecret.ProxyOptions) =>
  ContactSecret.proxy(contactId, secretId, request as ContactSecret.ProxyRequest, options)

/** The answer of a service, with its body read. */
const answerOf = (fake: Fake.Fake, request: unknown = { url }, options?: ContactSecret.ProxyOptions) =>
  Effect.gen(function* () {
    const { body, headers, status } = yield* proxy(request, options)
    return { status, headers, text: yield* Stream.mkString(Stream.decodeText(body)) }
  }).pipe(Effect.scoped, over(fake))

const failureOf = (fake: Fake.Fake, request: unknown = { url }, options?: ContactSecret.ProxyOptions) =>
  Fake.failureOf(answerOf(fake, request, options))

const response =
  (status: number, body: BodyInit | null, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    new Response(body, { status, headers })

describe("the request", () => {
  it.effect("is sent as it is", () =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      const request = { method: "POST", url, headers: { "X-A": "Bearer ${SECRET_DEFAULT}" }, body: "" }
      yield* answerOf(fake, request)
      assert.deepStrictEqual(JSON.parse(fake.sent[0]?.body ?? ""), request)
    })
  )

  it.effect.each([
    [{ url: "http://a" }],
    [{ url: "https://127.0.0.1:99999/x" }],
    [{ url: "https://[::1]:8080/%20?q=%C3%A9&x[0]=1#f" }],
    [{ url, method: "HEAD" }],
    [{ url, body: null }],
    [{ url, method: "DELETE", body: "x" }],
    [{ url, headers: {} }],
    [{ url, headers: { "x!#$%&'*+-.^_`|~1": "\t é ÿ" } }]
  ])("%j is valid; its host is for the server to judge", ([request]) =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      yield* answerOf(fake, request)
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect.each([
    [{}, "url"],
    [{ url: "" }, "url"],
    [{ url: 1 }, "url"],
    [{ url: "HTTPS://a" }, "url"],
    [{ url: "ftp://a" }, "url"],
    [{ url: "//a" }, "url"],
    [{ url: "https:" }, "url"],
    [{ url: "https://a b" }, "url"],
    [{ url: "https://é.test" }, "url"],
    [{ url: "https://a/%zz" }, "url"],
    [{ url: "https://a\n" }, "url"],
    [{ url, method: "get" }, "method"],
    [{ url, method: "TRACE" }, "method"],
    [{ url, headers: [] }, "headers"],
    [{ url, headers: { a: 1 } }, "headers.a"],
    [{ url, headers: { "a b": "1" } }, "headers"],
    [{ url, headers: { "": "1" } }, "headers"],
    [{ url, headers: { a: "b\r\nc: d" } }, "headers.a"],
    [{ url, headers: { a: "b\0" } }, "headers.a"],
    [{ url, headers: { a: "→" } }, "headers.a"],
    [{ url, method: "POST", body: {} }, "body"],
    [{ url, body: "" }, "body"],
    [{ url, method: "HEAD", body: "x" }, "body"],
    [{ url, timeout: 1 }, "timeout"],
    [{ url, method: "POST", body: "x".repeat(1_048_577) }, "body"],
    [null, "request"]
  ] as const)("%#: what the server would refuse is not sent", ([request, field]) =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      const failure = yield* failureOf(fake, request)
      assert.deepInclude(failure, { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0 })
      assert.strictEqual(fake.sent.length, 0)
    })
  )
})

describe("the answer", () => {
  it.effect.each([200, 201, 204, 301, 304, 307, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503] as const)(
    "of status %s is the service's, and is neither retried nor followed",
    (status) =>
      Effect.gen(function* () {
        const body = [204, 304].includes(status) ? null : '{"error":"access_denied"}'
        const headers = { "content-type": "application/json", location: "https://other.test", "x-a": "1" }
        const fake = Fake.script(response(status, body, headers))
        const answer = yield* answerOf(fake, { url }, { retries: 3 })
        assert.deepStrictEqual([answer.status, answer.text], [status, body ?? ""])
        assert.deepInclude(answer.headers, { location: "https://other.test", "x-a": "1" })
        assert.strictEqual(fake.sent.length, 1)
      })
  )

  it.effect("has its headers, less those of the connection and the API's own cookie", () =>
    Effect.gen(function* () {
      const ofConnection = {
        connection: "keep-alive",
        "content-encoding": "identity",
        "content-length": "2",
        "keep-alive": "timeout=5",
        "transfer-encoding": "chunked"
      }
      const api = { ...ofConnection, "set-cookie": "chatbotkit.host=x; Path=/", etag: "e" }
      assert.deepStrictEqual(
        { ...(yield* answerOf(Fake.script(response(200, "ok", api)))).headers },
        {
          "content-type": "text/plain;charset=UTF-8",
          etag: "e"
        }
      )
      const service = { "set-cookie": "session=1" }
      assert.deepInclude((yield* answerOf(Fake.script(response(200, "ok", service)))).headers, service)
    })
  )

  it.effect("streams bytes, and an error page that is long or invalid UTF-8 comes unchanged", () =>
    Effect.gen(function* () {
      for (const size of [0, 1, 16_383, 16_384, 16_385, 300_000]) {
        const bytes = Uint8Array.from({ length: size }, (_, index) => index % 256)
        const chunks = [bytes.subarray(0, 7), bytes.subarray(7, 20_000), bytes.subarray(20_000)]
        for (const status of [200, 404]) {
          const fake = Fake.script(
            () => new Response(Fake.bodyOf(chunks), { status, headers: { "content-type": "application/json" } })
          )
          const read = yield* Effect.scoped(Effect.flatMap(proxy({ url }), ({ body }) => Stream.runCollect(body))).pipe(
            over(fake)
          )
          assert.deepStrictEqual(Buffer.concat(read), Buffer.from(bytes))
        }
      }
    })
  )

  it.effect("begins before the end of an error page that is too long to be an error of the API", () =>
    Effect.gen(function* () {
      const page = () =>
        new Response(Fake.bodyOf(["x".repeat(20_000)], { end: "hang" }), {
          status: 404,
          headers: { "content-type": "application/json" }
        })
      const first = Effect.flatMap(proxy({ url }), ({ body }) => Stream.runCollect(Stream.take(body, 1)))
      const [chunk] = yield* Fake.successOf(over(Fake.script(page))(Effect.scoped(first)))
      assert.strictEqual(chunk?.length, 20_000)
    })
  )

  it.effect("is a failure in a browser if it is a redirect, which a browser hides", () =>
    Effect.gen(function* () {
      const opaque = () => Object.defineProperty(new Response(null), "status", { value: 0 })
      const failure = yield* failureOf(Fake.script(opaque))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", status: 0, outcome: "unknown", isRetryable: false })
    })
  )
})

describe("the errors of the API itself", () => {
  it.effect.each([
    [error(401, "NOT_AUTHENTICATED", "Not authenticated"), "Unauthorized"],
    [error(403, "NOT_AUTHORIZED", "Not authorized"), "Forbidden"],
    [error(404, "NOT_FOUND", "Not found"), "NotFound"],
    [exception("Cannot find secret template"), "ServerError"],
    [own(400, "invalid_destination", "Destination host is not allowed"), "DestinationRefused"],
    [
      own(502, "redirect_blocked", "The destination returned a redirect, which is not followed by the proxy."),
      "UnexpectedResponse"
    ],
    [response(413, new TextEncoder().encode("Body exceeded 1mb limit")), "InvalidRequest"]
  ] as const)("%#: %s", ([reply, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const failure = yield* failureOf(fake)
      assert.deepInclude(failure, { _tag: tag, operation: "ContactSecret.proxy", attempts: 1, status: reply().status })
    })
  )

  it.effect("are retried if the caller says so and they are transient", () =>
    Effect.gen(function* () {
      const fake = Fake.script(exception("fetch failed"), connectionReset, response(200, "ok"))
      const answer = yield* Fake.successOf(answerOf(fake, { url }, { retries: 2 }))
      assert.strictEqual(answer.text, "ok")
      assert.strictEqual(fake.sent.length, 3)
    })
  )
})

describe("retries", () => {
  it.effect("are none by default, even if nothing was sent", () =>
    Effect.gen(function* () {
      for (const step of [connectionRefused, connectionReset, exception("fetch failed")]) {
        const fake = Fake.script(step)
        assert.strictEqual((yield* failureOf(fake)).attempts, 1)
        assert.strictEqual(fake.sent.length, 1)
      }
    })
  )

  it.effect("are as many as the caller says, whatever the client's own option is", () =>
    Effect.gen(function* () {
      for (const retries of [1, 2, 5]) {
        const fake = Fake.script(connectionReset)
        const failure = yield* failureOf(fake, { url }, { retries })
        assert.deepInclude(failure, { _tag: "TransportError", outcome: "unknown", attempts: retries + 1 })
      }
    })
  )

  it.effect(
    "are none after a lost answer, if the secret or the contact is given by a name that can be another's by then",
    () =>
      Effect.gen(function* () {
        for (const [contact, secret] of [
          [contactId, "@calendar"],
          [contactId, "(Calendar)"],
          ["(Ada)", secretId]
        ] as const) {
          const fake = Fake.script(connectionReset)
          const call = Effect.scoped(ContactSecret.proxy(contact, secret, { url }, { retries: 3 }))
          assert.deepInclude(yield* Fake.failureOf(over(fake)(call)), { outcome: "unknown", attempts: 1 })
        }
      })
  )

  it.effect("are refused if they cannot be read, and nothing is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      const options = {
        get retries(): number {
          throw new Error("canary")
        }
      }
      const failure = yield* failureOf(fake, { url }, options)
      assert.deepInclude(failure, { _tag: "InvalidRequest", field: "retries", outcome: "not-sent" })
      assert.notInclude(Fake.renderings(failure), "canary")
      assert.strictEqual(fake.sent.length, 0)
    })
  )

  it.effect("are none with options that are null", () =>
    Effect.gen(function* () {
      const untyped: unknown = null
      const fake = Fake.script(connectionReset)
      yield* failureOf(fake, { url }, untyped as ContactSecret.ProxyOptions)
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect.each([-1, 1.5, Number.NaN, 101])("%s retries are refused", (retries) =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      const failure = yield* failureOf(fake, { url }, { retries })
      assert.deepInclude(failure, { _tag: "InvalidRequest", field: "retries", outcome: "not-sent" })
      assert.strictEqual(fake.sent.length, 0)
    })
  )
})

describe("timeouts", () => {
  const options = { timeout: { attempt: "10 seconds", idle: "20 seconds" } } as const

  const run = <A, E>(fake: Fake.Fake, call: Effect.Effect<A, E, Client | Scope.Scope>) =>
    Fake.failureOf(over(fake, options)(Effect.scoped(call)), 1000)

  it.effect("no headers within the attempt timeout", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* run(Fake.script("never"), proxy({ url })), { _tag: "Timeout", phase: "headers" })
    })
  )

  it.effect("the body of what may be an error of the API does not arrive within the attempt timeout", () =>
    Effect.gen(function* () {
      const hanging = () =>
        new Response(Fake.bodyOf(['{"message":'], { end: "hang" }), {
          status: 401,
          headers: { "content-type": "application/json" }
        })
      const failure = yield* run(Fake.script(hanging), proxy({ url }))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "body", status: 401, outcome: "unknown" })
    })
  )

  it.effect("the body stalls for longer than the idle timeout, after a part of it was delivered", () =>
    Effect.gen(function* () {
      const stalling = () => new Response(Fake.bodyOf(["ab", "cd"], { end: "hang" }))
      const seen: Array<number> = []
      const failure = yield* run(
        Fake.script(stalling),
        Effect.flatMap(proxy({ url }), ({ body }) =>
          Stream.runForEach(body, (bytes) => Effect.sync(() => seen.push(bytes.length)))
        )
      )
      assert.deepStrictEqual(seen, [2, 2])
      assert.deepInclude(failure, {
        _tag: "Timeout",
        phase: "idle",
        outcome: "unknown",
        isRetryable: false,
        attempts: 1
      })
    })
  )

  it.effect("a body may take longer than the attempt timeout", () =>
    Effect.gen(function* () {
      const fake = Fake.script(response(200, "ok"))
      const call = Effect.gen(function* () {
        const { body } = yield* proxy({ url })
        yield* TestClock.adjust("1 hour")
        return yield* Stream.mkString(Stream.decodeText(body))
      })
      assert.strictEqual(yield* over(fake, options)(Effect.scoped(call)), "ok")
    })
  )

  it.effect("a body that is cut fails", () =>
    Effect.gen(function* () {
      const cut = () => new Response(Fake.bodyOf(["ab"], { end: "error" }))
      const failure = yield* failureOf(Fake.script(cut), { url }, { retries: 3 })
      assert.deepInclude(failure, { _tag: "TransportError", status: 200, outcome: "unknown", isRetryable: false })
    })
  )
})

describe("the connection", () => {
  const watched = (status: number) => {
    const state = { cancelled: 0 }
    const reply = () =>
      new Response(Fake.bodyOf(["a", "b"], { end: "hang", onCancel: () => state.cancelled++ }), {
        status,
        headers: { "content-type": "text/plain" }
      })
    return { fake: Fake.script(reply), state }
  }

  it.effect("is closed with the scope, if nobody reads the body", () =>
    Effect.gen(function* () {
      const { fake, state } = watched(200)
      const scope = yield* Scope.make()
      yield* over(fake)(Effect.provideService(proxy({ url }), Scope.Scope, scope))
      assert.strictEqual(state.cancelled, 0)
      yield* Scope.close(scope, Exit.void)
      yield* Fake.settle
      assert.strictEqual(state.cancelled, 1)
    })
  )

  it.effect("is closed when the reader of the body stops", () =>
    Effect.gen(function* () {
      const { fake, state } = watched(404)
      const scope = yield* Scope.make()
      const { body } = yield* over(fake)(Effect.provideService(proxy({ url }), Scope.Scope, scope))
      assert.strictEqual((yield* Stream.runCollect(Stream.take(body, 1))).length, 1)
      yield* Fake.settle
      assert.strictEqual(state.cancelled, 1)
      yield* Scope.close(scope, Exit.void)
    })
  )

  it.effect.each([200, 404] as const)("a body of status %s that is read again, or too late, is a defect", (status) =>
    Effect.gen(function* () {
      const answer = () => new Response("abc", { status, headers: { "content-type": "application/json" } })
      const fetch = FetchHttpClient.Fetch.of(async () => answer())
      const overFetch = Effect.provide(
        Layer.provide(
          FetchLayer.layer({ secret: Redacted.make(Fake.secret) }),
          Layer.succeed(FetchHttpClient.Fetch, fetch)
        )
      )
      for (const provided of [over(Fake.script(answer)), overFetch]) {
        const again = proxy({ url }).pipe(
          Effect.tap(({ body }) => Stream.runDrain(body)),
          Effect.flatMap(({ body }) => Stream.runDrain(body)),
          Effect.scoped
        )
        const late = Effect.flatMap(Effect.scoped(proxy({ url })), ({ body }) => Stream.runDrain(body))
        for (const call of [again, late]) {
          const exit = yield* Effect.exit(provided(call))
          assert.isTrue(Exit.hasDies(exit))
        }
      }
    })
  )

  it.effect("is closed if the reply is an error of the API that cannot be read", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const reply = () =>
        new Response(Fake.bodyOf(["{"], { end: "hang", onCancel: () => cancelled++ }), {
          status: 409,
          headers: { "content-type": "application/json" }
        })
      yield* failureOf(Fake.script(reply))
      yield* Fake.settle
      assert.strictEqual(cancelled, 1)
    })
  )
})

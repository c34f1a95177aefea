import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Result } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Attempt from "../../../src/internal/call/Attempt.ts"
import * as Settings from "../../../src/internal/call/options/Settings.ts"
import * as Reply from "../../../src/internal/call/reply/Reply.ts"
import * as PreparedCall from "../../../src/internal/call/request/PreparedCall.ts"
import * as HttpClientTransport from "../../../src/internal/transport/HttpClientTransport.ts"
import * as Transport from "../../../src/internal/transport/Transport.ts"
import { connectionRefused, connectionReset, ok } from "../../support/Calls.ts"
import * as Fake from "../../support/FakeHttp.ts"
import { operations } from "../../support/TestOperations.ts"

const operation = operations.NotFound
const id = "cmwsk55x8000com7dj9qcuwx6"

/** Sends a call once, with an attempt timeout of ten seconds. */
const send = (client: HttpClient.HttpClient) => {
  const settings = Result.getOrThrow(
    Settings.resolve({
      secret: Redacted.make("unused"),
      headers: { "x-custom": "1" },
      timeout: { attempt: "10 seconds" }
    })
  )
  const input = { contactId: id, body: { name: "Ada Lovelace" } }
  const call = Result.getOrThrow(PreparedCall.prepare(settings, operation, input))
  const connection = {
    transport: HttpClientTransport.make(client),
    rateLimit: { acquire: Effect.void, backOff: () => Effect.void },
    settings
  }
  const attempt = { token: Fake.secret, resendCount: 0, progress: { state: "unknown" } as const }
  return Attempt.send(connection, call, attempt, Reply.exchangeJson(operation, call.plainId))
}

/** A transport that reports how far the attempt has come, and then does no more than this. */
const reporting = (state: Transport.AttemptState, step: Effect.Effect<never, HttpClientError.HttpClientError>) =>
  HttpClient.make(() =>
    Effect.flatMap(Transport.AttemptProgress, (attempt) => {
      if (attempt !== undefined) attempt.state = state
      return step
    })
  )

const request = HttpClientRequest.get("https://api.chatbotkit.com")
const error = (reason: HttpClientError.HttpClientErrorReason) =>
  Effect.fail(new HttpClientError.HttpClientError({ reason }))
const lost = error(new HttpClientError.TransportError({ request, cause: new Error("canary") }))

describe("an attempt", () => {
  it.effect("sends the call as it was prepared, with the token", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      assert.deepStrictEqual(yield* send(fake.http), { id })
      assert.lengthOf(fake.sent, 1)
      assert.deepInclude(fake.sent[0], { method: "POST", body: '{"name":"Ada Lovelace"}' })
      assert.strictEqual(fake.sent[0]?.url.pathname, `/v1/contact/${id}/x`)
      assert.deepInclude(fake.sent[0]?.headers, { authorization: `Bearer ${Fake.secret}`, "x-custom": "1" })
    })
  )

  it.effect("fails as the status says, with the request id of the response", () =>
    Effect.gen(function* () {
      const reply = Fake.json(404, { code: "NOT_FOUND", message: "gone" }, { "x-request-id": "request-1" })
      assert.deepInclude(yield* Effect.flip(send(Fake.script(reply).http)), {
        tag: "NotFound",
        status: 404,
        description: "gone",
        outcome: "rejected",
        requestId: "request-1"
      })
    })
  )

  it.effect("fails with the request id if a 200 cannot be decoded", () =>
    Effect.gen(function* () {
      const reply = Fake.json(200, { id: 1 }, { "x-request-id": "request-1" })
      const failure = yield* Effect.flip(send(Fake.script(reply).http))
      assert.deepInclude(failure, { tag: "UnexpectedResponse", status: 200, requestId: "request-1" })
    })
  )

  it.effect.each([Fake.secret, "Ada Lovelace"])("shows no message that quotes %s", (quoted) =>
    Effect.gen(function* () {
      const message = `canary ${quoted}`
      const failure = yield* Effect.flip(send(Fake.script(Fake.json(400, { code: "BAD_REQUEST", message })).http))
      assert.notInclude(failure.description, "canary")
    })
  )
})

describe("an attempt without a reply", () => {
  it.effect.each([
    ["not-sent", "not-sent"],
    ["sent", "unknown"],
    ["unknown", "unknown"]
  ] as const)("that its transport reports as %s has the outcome %s", ([state, outcome]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(send(reporting(state, lost)))
      assert.deepInclude(failure, { tag: "TransportError", outcome, transient: true })
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect("has the outcome that the error code implies, if the transport reports nothing", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(send(Fake.script(connectionRefused).http))).outcome, "not-sent")
      assert.strictEqual((yield* Effect.flip(send(Fake.script(connectionReset).http))).outcome, "unknown")
    })
  )

  it.effect.each([
    new HttpClientError.EncodeError({ request, cause: new Error("canary") }),
    new HttpClientError.InvalidUrlError({ request, cause: new Error("canary") })
  ])("that could not be built was not sent, and is not transient: $_tag", (reason) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* Effect.flip(send(HttpClient.make(() => error(reason)))), {
        tag: "TransportError",
        description: "The request could not be built",
        outcome: "not-sent",
        transient: false
      })
    })
  )

  it.effect("because the HttpClient turned a 404 into an error is NotFound", () =>
    Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(Fake.script(Fake.json(404, { code: "NOT_FOUND", message: "gone" })).http)
      const failure = yield* Effect.flip(send(client))
      assert.deepInclude(failure, { tag: "NotFound", status: 404, description: "gone", outcome: "rejected" })
    })
  )
})

describe("an attempt whose client refuses a 200", () => {
  it.effect("fails with UnexpectedResponse, for the server may have acted", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        send(HttpClient.filterStatus(Fake.script(ok).http, (status) => status === 201))
      )
      assert.deepInclude(failure, { tag: "UnexpectedResponse", status: 200, outcome: "unknown", transient: false })
    })
  )
})

describe("an attempt that times out", () => {
  /** The failure of an attempt after ten seconds, and not before. */
  const timedOut = (client: HttpClient.HttpClient) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(send(client)))
      yield* Fake.settle
      yield* TestClock.adjust("9999 millis")
      yield* Fake.settle
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      return yield* Fiber.join(fiber)
    })

  /** A reply whose body never ends. */
  const stalled = (status: number, part: string) =>
    HttpClient.make((sent) =>
      Effect.sync(() =>
        HttpClientResponse.fromWeb(
          sent,
          new Response(Fake.bodyOf([part], { end: "hang" }), {
            status,
            headers: { "content-type": "application/json", "x-request-id": "request-1" }
          })
        )
      )
    )

  it.effect.each([
    ["not-sent", "connect", "not-sent"],
    ["sent", "headers", "unknown"],
    ["unknown", "headers", "unknown"]
  ] as const)("while its transport reports %s is in the phase %s, outcome %s", ([state, phase, outcome]) =>
    Effect.gen(function* () {
      const failure = yield* timedOut(reporting(state, Effect.never))
      assert.deepInclude(failure, { tag: "Timeout", phase, outcome, transient: true })
    })
  )

  it.effect("in the body of a 200 is in the phase body", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* timedOut(stalled(200, '{"id":')), {
        tag: "Timeout",
        phase: "body",
        status: 200,
        outcome: "unknown",
        requestId: "request-1"
      })
    })
  )

  it.effect("in the body of an error fails as the status says", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* timedOut(stalled(404, '{"code":')), {
        tag: "NotFound",
        status: 404,
        outcome: "rejected",
        requestId: "request-1"
      })
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Scope, Stream } from "effect"
import { HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as Failure from "../../../../src/internal/call/failure/Failure.ts"
import * as Reply from "../../../../src/internal/call/reply/Reply.ts"
import { operations } from "../../../support/TestOperations.ts"

const request = HttpClientRequest.get("https://api.chatbotkit.com/v1/contact/c1/fetch")

const reply = (body: string, headers: Record<string, string> = {}, status = 200): Reply.ReceivedReply => ({
  response: HttpClientResponse.fromWeb(
    request,
    new Response(body, { status, headers: { "content-type": "application/json", ...headers } })
  ),
  callerValues: new CallerValues({ token: "sk-canary" })
})

describe("json", () => {
  const { both } = operations

  it.effect("decodes a reply about the contact that was asked for", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Reply.json(both, reply('{"id":"c1"}'), "c1"), { id: "c1" })
      const typed = { "content-type": "Application/JSON; charset=utf-8" }
      assert.deepStrictEqual(yield* Reply.json(both, reply('{"id":"c1"}', typed)), { id: "c1" })
    })
  )

  it.effect.each([
    ["about another contact", '{"id":"c2"}', "The response is about another contact", false],
    ["that is cut", '{"id":"c', "The body ended early", true],
    ["that is not JSON", "<html>", "The body is not JSON", false],
    ["of another shape", '{"id":1}', "The body is not what was promised: id: Expected string", false],
    ["that is null", "null", "The body is not what was promised: the body: Expected object", false]
  ] as const)("fails on a reply %s", ([, body, description, transient]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(Reply.json(both, reply(body), "c1"))
      assert.deepInclude(failure, { tag: "UnexpectedResponse", outcome: "unknown", transient })
      assert.strictEqual(failure.description, description)
    })
  )

  it.effect("fails with the failure that an error body inside a 200 names", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(Reply.json(both, reply('{"code":"NOT_FOUND","message":"gone"}'), "c1"))
      assert.deepInclude(failure, { tag: "NotFound", status: 200, description: "gone" })
    })
  )

  it.effect("refuses another media type", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(Reply.json(both, reply('{"id":"c1"}', { "content-type": "text/html" })))
      assert.strictEqual(failure.description, "The response is not application/json")
    })
  )
})

describe("failure", () => {
  it.effect("has the code and message of the error body", () =>
    Effect.gen(function* () {
      const received = reply('{"code":"CONFLICT","message":"taken"}', {}, 409)
      assert.deepInclude(yield* Reply.failure(operations.both, received), {
        tag: "Conflict",
        code: "CONFLICT",
        description: "taken"
      })
    })
  )

  it.effect("takes a 404 with an HTML page for an endpoint that does not exist", () =>
    Effect.gen(function* () {
      const received = reply("<html>", { "content-type": "text/html" }, 404)
      assert.strictEqual(yield* Reply.failure(operations.both, received), Failure.noEndpoint)
    })
  )

  it.effect("shows no message that quotes the token", () =>
    Effect.gen(function* () {
      const received = reply('{"code":"NOT_AUTHENTICATED","message":"sk-canary is revoked"}', {}, 401)
      assert.strictEqual((yield* Reply.failure(operations.both, received)).description, "The token is not accepted")
    })
  )
})

describe("retryAfter", () => {
  it.effect.each([
    ["0", 0],
    ["120", 120_000],
    ["Thu, 01 Jan 1970 00:00:30 GMT", 20_000],
    ["Thu, 01 Jan 1970 00:00:05 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined]
  ] as const)("of %j, ten seconds after 1970 began, is %s milliseconds", ([value, millis]) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 seconds")
      const { retryAfter } = yield* Reply.retryAfter(reply("", { "retry-after": value }).response)
      assert.strictEqual(retryAfter === undefined ? undefined : Duration.toMillis(retryAfter), millis)
    })
  )
})

describe("withRequestId", () => {
  it("adds the id of the response, unless it quotes the caller", () => {
    const failure = Failure.cut(200)
    assert.strictEqual(Reply.withRequestId(failure, reply("", { "cf-ray": "req-1" })).requestId, "req-1")
    assert.strictEqual(Reply.withRequestId(failure, reply("", { "cf-ray": "sk-canary" })), failure)
    assert.strictEqual(Reply.withRequestId(failure, reply("")), failure)
  })
})

describe("jsonLines", () => {
  const open = (received: Reply.ReceivedReply) =>
    Effect.gen(function* () {
      const chunks = yield* Reply.jsonLines(operations.both, received, yield* Scope.Scope)
      return yield* Stream.fromPull(Effect.succeed(chunks)).pipe(Stream.decodeText(), Stream.mkString)
    }).pipe(Effect.scoped)

  it.effect("gives the chunks of a reply that is JSON Lines", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* open(reply("{}\n{}\n", { "content-type": "application/jsonl" })), "{}\n{}\n")
    })
  )

  it.effect("fails with what another reply says", () =>
    Effect.gen(function* () {
      const named = yield* Effect.flip(open(reply('{"code":"TIMEOUT","message":"late"}')))
      assert.deepInclude(named, { tag: "Timeout", phase: "server" })
      const other = yield* Effect.flip(open(reply('{"items":[]}')))
      assert.strictEqual(other.description, "The response is not application/jsonl")
    })
  )
})

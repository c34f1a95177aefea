import { assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Effect, Result, Scope } from "effect"
import { Headers, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as Failure from "../../../../src/internal/call/failure/Failure.ts"
import * as Reply from "../../../../src/internal/call/reply/Reply.ts"
import type * as Transport from "../../../../src/internal/transport/Transport.ts"
import { onSecret, operations } from "../../../support/TestOperations.ts"

const head = (headers: Readonly<Record<string, string>> = {}, status = 200): Transport.Head => {
  const all: Readonly<Record<string, string>> = { "content-type": "application/json", ...headers }
  return { status, headers: Headers.fromInput(all), header: (name) => all[name] }
}

const reply = (body: string, headers: Record<string, string> = {}, status = 200): Reply.WholeReply => ({
  head: head(headers, status),
  body: { chunks: [new TextEncoder().encode(body)], problem: undefined },
  callerValues: new CallerValues({ token: "sk-canary" })
})

const failureOf = (result: Result.Result<unknown, Failure.Failure>): Failure.Failure =>
  Result.getOrThrow(Result.flip(result))

describe("json", () => {
  const { both } = operations

  it("decodes a reply about the contact that was requested", () => {
    assert.deepStrictEqual(Reply.json(both, reply('{"id":"c1"}'), "c1"), Result.succeed({ id: "c1" }))
    const typed = { "content-type": "Application/JSON; charset=utf-8" }
    assert.deepStrictEqual(Reply.json(both, reply('{"id":"c1"}', typed)), Result.succeed({ id: "c1" }))
  })

  it.each([
    ["about another contact", '{"id":"c2"}', "The response is about another contact", false],
    ["that is cut", '{"id":"c', "The body ended early", true],
    ["that is not JSON", "<html>", "The body is not JSON", false],
    ["of another shape", '{"id":1}', "The body does not match the API: id: Expected string", false],
    ["that is null", "null", "The body does not match the API: the body: Expected object", false]
  ] as const)("fails on a reply %s", (_name, body, description, transient) => {
    const failure = failureOf(Reply.json(both, reply(body), "c1"))
    assert.deepInclude(failure, { tag: "UnexpectedResponse", outcome: "unknown", transient })
    assert.strictEqual(failure.description, description)
  })

  it("fails with the failure that an error body inside a 200 names", () => {
    const failure = failureOf(Reply.json(both, reply('{"code":"NOT_FOUND","message":"gone"}'), "c1"))
    assert.deepInclude(failure, { tag: "NotFound", status: 200, description: "gone" })
  })

  it("fails with the failure that the operation itself reads from an error body inside a 200", () => {
    const failure = failureOf(Reply.json(onSecret, reply('{"error":"not_mintable"}')))
    assert.deepInclude(failure, { tag: "NotMintable", status: 200, description: "It cannot" })
  })

  it("refuses another media type", () => {
    const failure = failureOf(Reply.json(both, reply('{"id":"c1"}', { "content-type": "text/html" })))
    assert.strictEqual(failure.description, "The response is not application/json")
  })
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

  it.effect("treats a 404 with an HTML page as an endpoint that does not exist", () =>
    Effect.gen(function* () {
      const received = reply("<html>", { "content-type": "text/html" }, 404)
      assert.strictEqual(yield* Reply.failure(operations.both, received), Failure.noEndpoint)
    })
  )

  it.effect("has what the operation itself reads from the body, its JSON or its text", () =>
    Effect.gen(function* () {
      const own = yield* Reply.failure(onSecret, reply('{"error":"not_mintable","message":"said"}', {}, 409))
      assert.deepInclude(own, { tag: "NotMintable", status: 409, description: "It cannot", outcome: "rejected" })
      const text = yield* Reply.failure(onSecret, reply("<html>", { "content-type": "text/html" }, 502))
      assert.deepInclude(text, { tag: "ServerError", description: "502 without JSON" })
      const other = yield* Reply.failure(onSecret, reply('{"code":"NOT_FOUND","message":"gone"}', {}, 404))
      assert.deepInclude(other, { tag: "NotFound", description: "gone" })
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
      const { retryAfter } = yield* Reply.retryAfter(head({ "retry-after": value }))
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

describe("an exchange", () => {
  const request = HttpClientRequest.get("https://api.chatbotkit.com/v1/contact/list")

  /** A transport whose reply has these headers and this body, and which records its limits and how often it is cancelled. */
  const transport = (body: string, headers: Record<string, string> = {}, status = 200) => {
    const seen = { cancelled: 0, maxBytes: Number.NaN }
    let rest: ReadonlyArray<Uint8Array> = [new TextEncoder().encode(body)]
    const made: Transport.Transport = {
      exchange: (_request, { maxBytes }) => {
        seen.maxBytes = maxBytes(head(headers, status))
        return Effect.succeed(reply(body, headers, status))
      },
      open: () =>
        Effect.succeed({
          head: head(headers, status),
          body: {
            pull: () =>
              Effect.suspend(() => {
                const [chunk] = rest
                rest = []
                return chunk === undefined ? Cause.done() : Effect.succeed([chunk] as const)
              }),
            cancel: Effect.sync(() => void seen.cancelled++)
          }
        })
    }
    return { seen, transport: made }
  }

  const over = (transport: Transport.Transport): Reply.ExchangeInput => ({
    transport,
    request,
    attempt: { state: "unknown" },
    timeout: 1000,
    callerValues: new CallerValues({})
  })

  it.effect.each([
    ["a 200 that is JSON", {}, 200, 128 * 1024 * 1024],
    ["a 200 that is not", { "content-type": "text/html" }, 200, 0],
    ["an error", { "content-type": "text/html" }, 500, 64 * 1024]
  ] as const)("for JSON reads a bounded number of bytes of %s", ([, headers, status, maxBytes]) =>
    Effect.gen(function* () {
      const { seen, transport: made } = transport('{"id":"c1"}', headers, status)
      yield* Effect.exit(Reply.exchangeJson(operations.both, undefined)(over(made)))
      assert.strictEqual(seen.maxBytes, maxBytes)
    })
  )

  it.effect("for JSON Lines leaves the body open until its scope closes", () =>
    Effect.gen(function* () {
      const { seen, transport: made } = transport("{}\n", { "content-type": "application/jsonl" })
      yield* Effect.gen(function* () {
        const { body } = yield* Reply.exchangeLines(operations.both, yield* Scope.Scope)(over(made))
        const [chunk] = yield* body.pull(Infinity)
        assert.strictEqual(new TextDecoder().decode(chunk), "{}\n")
        assert.strictEqual(seen.cancelled, 0)
      }).pipe(Effect.scoped)
      assert.strictEqual(seen.cancelled, 1)
    })
  )

  it.effect("for JSON Lines fails as any other reply says, and closes it", () =>
    Effect.gen(function* () {
      const open = (body: string, status = 200) => {
        const { seen, transport: made } = transport(body, {}, status)
        return Effect.gen(function* () {
          const exchange = Reply.exchangeLines(operations.both, yield* Scope.Scope)
          const failure = yield* Effect.flip(exchange(over(made)))
          assert.strictEqual(seen.cancelled, 1)
          return failure
        }).pipe(Effect.scoped)
      }
      assert.deepInclude(yield* open('{"code":"TIMEOUT","message":"late"}'), { tag: "Timeout", phase: "server" })
      assert.deepInclude(yield* open('{"items":[]}'), { description: "The response is not application/jsonl" })
      assert.deepInclude(yield* open('{"code":"NOT_AUTHENTICATED","message":"no"}', 401), { tag: "Unauthorized" })
    })
  )
})

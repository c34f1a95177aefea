import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Redacted } from "effect"
import { HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Errors from "../../../src/Errors.ts"
import { calls, ok, over } from "../../support/Calls.ts"
import * as Fake from "../../support/FakeHttp.ts"

const request = HttpClientRequest.get("https://vault.test/canary-path")
const withCode = (code: string) => Object.assign(new Error("canary-message"), { code })
const withStatus = (status: number) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.StatusCodeError({
      request,
      response: HttpClientResponse.fromWeb(request, new Response("canary-body", { status }))
    })
  })

const holdingItself: { cause?: unknown } = {}
holdingItself.cause = holdingItself

const unreadable = new Proxy(
  {},
  {
    has: () => {
      throw new Error("canary-message")
    },
    get: () => {
      throw new Error("canary-message")
    }
  }
)

/** Fails the first `times` reads of the secret. */
const failing = (error: unknown, times = Number.POSITIVE_INFINITY) => {
  let reads = 0
  const secret = Effect.suspend(() => (++reads > times ? Effect.succeed(Redacted.make("sk-1")) : Effect.fail(error)))
  return { secret, reads: () => reads }
}

describe("a secret that cannot be read", () => {
  const transient: ReadonlyArray<readonly [name: string, error: unknown, code: string | undefined]> = [
    ["a refused connection", withCode("ECONNREFUSED"), "ECONNREFUSED"],
    ["a lookup that failed for now", withCode("EAI_AGAIN"), "EAI_AGAIN"],
    ["a reset below fetch's own error", new TypeError("fetch failed", { cause: withCode("ECONNRESET") }), "ECONNRESET"],
    ["an error of another client that may be retried", { _tag: "Busy", isRetryable: true }, undefined],
    ["a 503 of a vault", withStatus(503), undefined],
    ["a 429 of a vault", withStatus(429), undefined],
    [
      "a transport error",
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) }),
      undefined
    ],
    ["a timeout of its own", new Cause.TimeoutError(), undefined],
    ["a signal's timeout", new DOMException("canary-message", "TimeoutError"), undefined],
    ["a 503 below the error of a library", new Error("canary-message", { cause: withStatus(503) }), undefined]
  ]

  it.effect.each(transient)("for %s is read again, and the call succeeds", ([, error]) =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const { reads, secret } = failing(error, 2)
      yield* Fake.successOf(over(fake, { secret })(calls.create))
      assert.strictEqual(reads(), 3)
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect.each(transient)("for %s, at each read, fails after the retries of the policy", ([, error, code]) =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const { reads, secret } = failing(error)
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.create))
      assert.strictEqual(reads(), 4)
      assert.isEmpty(fake.sent)
      assert.deepInclude(failure, { _tag: "Unauthorized", outcome: "not-sent", attempts: 0, isRetryable: true })
      assert.strictEqual(failure.cause?.message, code)
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect.each([
    ["a file that does not exist", withCode("ENOENT"), "ENOENT"],
    ["a certificate that is not accepted", withCode("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED"],
    [
      "a certificate that Effect's client does not accept",
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause: withCode("CERT_HAS_EXPIRED") })
      }),
      "CERT_HAS_EXPIRED"
    ],
    ["a 403 of a vault", withStatus(403), undefined],
    ["a text", "canary", undefined],
    ["nothing", undefined, undefined],
    ["an error that cannot be retried", { isRetryable: false }, undefined],
    ["an error that holds itself", holdingItself, undefined],
    ["an error that cannot be read", unreadable, undefined]
  ] as const)("for %s is final", ([, error, code]) =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const { reads, secret } = failing(error)
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.fetch))
      assert.strictEqual(reads(), 1)
      assert.deepInclude(failure, { _tag: "Unauthorized", outcome: "not-sent", attempts: 0, isRetryable: false })
      assert.strictEqual(failure.cause?.message, code)
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect("backs off between the reads", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const { reads, secret } = failing(withCode("ECONNREFUSED"))
      const retry = { retries: 2, delay: "1 minute", maxDelay: "1 minute" } as const
      const fiber = yield* Effect.forkChild(Effect.flip(over(fake, { secret, retry })(calls.fetch)))
      yield* Fake.settle
      assert.strictEqual(reads(), 1)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Unauthorized")
      assert.strictEqual(reads(), 3)
    })
  )

  it.effect("shares the retries of the policy with the attempts", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(503, {}))
      let reads = 0
      const secret = Effect.suspend(() =>
        ++reads % 2 === 0 ? Effect.fail(withCode("ECONNREFUSED")) : Effect.succeed(Redacted.make("sk-1"))
      )
      yield* Fake.failureOf(over(fake, { secret })(calls.fetch))
      assert.strictEqual(reads, 4)
      assert.lengthOf(fake.sent, 2)
    })
  )

  it.effect("within the attempt timeout is read again", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      let reads = 0
      const secret = Effect.suspend(() => (++reads === 1 ? Effect.never : Effect.succeed(Redacted.make("sk-1"))))
      yield* Fake.successOf(over(fake, { secret, timeout: { attempt: "5 seconds" } })(calls.create), 1000)
      assert.strictEqual(reads, 2)
    })
  )

  it.effect("because of a bug is a defect", () =>
    Effect.gen(function* () {
      const bug = new Error("bug")
      const exit = yield* Fake.drive(over(Fake.script(ok), { secret: Effect.die(bug) })(calls.fetch))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )

  it.effect("is always Unauthorized, whatever its error is", () =>
    Effect.gen(function* () {
      for (const error of [null, 0, {}, new Proxy({}, {}), Object.create(null)]) {
        const { secret } = failing(error)
        const failure = yield* Fake.failureOf(over(Fake.script(ok), { secret })(calls.fetch))
        assert.instanceOf(failure, Errors.Unauthorized)
      }
    })
  )
})

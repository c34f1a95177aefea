import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import {
  id,
  ok,
  found,
  calls,
  callNames,
  callOf,
  successReplies,
  over,
  connectionReset,
  connectionRefused,
  errorReply
} from "./support/Calls.ts"

describe("retries", () => {
  const kinds: ReadonlyArray<readonly [kind: string, step: Fake.Step]> = [
    ["reset", connectionReset],
    ["refused", connectionRefused],
    ...[408, 429, 500, 502, 503, 504].map((status) => [String(status), errorReply(status)] as const)
  ]
  const certainlyNotActed = new Set(["429", "refused"])

  it.effect.each(callNames)("%s is sent again only after a transient failure, if that is safe", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of kinds) {
        const fake = Fake.script(step, successReplies[name])
        const exit = yield* Fake.drive(over(fake)(callOf(name)))
        const isRetried = name !== "create" || certainlyNotActed.has(kind)
        assert.strictEqual(fake.sent.length, isRetried ? 2 : 1, kind)
        assert.strictEqual(Exit.isSuccess(exit), isRetried, kind)
        assert.strictEqual(new Set(fake.sent.map(({ body }) => body)).size, 1)
      }
    })
  )

  it.effect.each(callNames)("%s is not sent again after a permanent failure", (name) =>
    Effect.gen(function* () {
      for (const status of [201, 204, 301, 400, 401, 402, 403, 404, 405, 409, 413, 418, 422, 501, 505]) {
        const fake = Fake.script(() => new Response(null, { status }), successReplies[name])
        yield* Fake.drive(over(fake)(callOf(name)))
        assert.strictEqual(fake.sent.length, name === "ensure" && status === 409 ? 2 : 1, `${status}`)
      }
    })
  )

  it.effect.each(callNames)("%s is sent once with `retries: 0`", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of [...kinds, ["409", errorReply(409)] as const]) {
        const fake = Fake.script(step)
        const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(callOf(name)))
        assert.strictEqual(fake.sent.length, 1, kind)
        assert.deepInclude(failure, { attempts: 1, operation: `Contact.${name}` })
      }
    })
  )

  it.effect("are bounded, and the ceiling of their delays doubles", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503))
      const failure = yield* Fake.failureOf(over(fake)(calls.fetch), 1)
      assert.deepInclude(failure, { _tag: "ServerError", attempts: 4, isRetryable: true })
      const waits = fake.sent.slice(1).map(({ at }, index) => at - (fake.sent[index]?.at ?? 0))
      assert.strictEqual(waits.length, 3)
      for (const [index, wait] of waits.entries()) assert.isAtMost(wait, 250 * 2 ** index + 1)
    })
  )

  it.effect("a failed write keeps the least certain outcome of its attempts", () =>
    Effect.gen(function* () {
      const update = Fake.script(connectionReset, errorReply(429), connectionRefused)
      assert.deepInclude(yield* Fake.failureOf(over(update)(calls.update)), {
        _tag: "TransportError",
        outcome: "unknown",
        attempts: 4
      })
      const create = Fake.script(connectionRefused, errorReply(429), errorReply(503))
      assert.deepInclude(yield* Fake.failureOf(over(create)(calls.create)), {
        _tag: "ServerError",
        outcome: "unknown",
        attempts: 3,
        isRetryable: false
      })
    })
  )

  it.effect("ensure is sent again after one conflict, as after a lost race, but not after two", () =>
    Effect.gen(function* () {
      const won = Fake.script(errorReply(409, "CONFLICT"), ok)
      assert.deepStrictEqual(yield* Fake.successOf(over(won)(calls.ensure)), { id })
      const lost = Fake.script(errorReply(409, "CONFLICT"))
      assert.deepInclude(yield* Fake.failureOf(over(lost)(calls.ensure)), { _tag: "Conflict", attempts: 2 })
    })
  )

  it.effect("delete succeeds if the retry after a lost answer gets not found", () =>
    Effect.gen(function* () {
      const lost = Fake.script(connectionReset, errorReply(404, "NOT_FOUND"))
      assert.deepStrictEqual(yield* Fake.successOf(over(lost)(Contact.delete(` ${id} `))), { id })
      for (const steps of [[errorReply(429)], [connectionRefused], []] as ReadonlyArray<[] | [Fake.Step]>) {
        const failure = yield* Fake.failureOf(over(Fake.script(...steps, errorReply(404)))(calls.delete))
        assert.deepInclude(failure, { _tag: "NotFound", contactId: id, outcome: "rejected" })
      }
    })
  )

  it.effect.each(["(Some Name)", "some name"])("a write to %s is not sent again after an unknown outcome", (name) =>
    Effect.gen(function* () {
      for (const call of [Contact.delete(name), Contact.update(name, { nick: "x" })]) {
        const fake = Fake.script(connectionReset, ok)
        assert.deepInclude(yield* Fake.failureOf(over(fake)(call)), { outcome: "unknown", isRetryable: false })
        assert.strictEqual(fake.sent.length, 1)
      }
      const read = Fake.script(connectionReset, found)
      yield* Fake.successOf(over(read)(Contact.fetch(name)))
    })
  )

  it.effect("send the same bytes, also if the caller changes the input", () =>
    Effect.gen(function* () {
      const meta = { tier: "gold", deep: { a: 1 } }
      const step = {
        run: () => {
          meta.tier = "lead"
          meta.deep.a = 2
          return errorReply(503)()
        }
      }
      const fake = Fake.script(step, ok)
      yield* Fake.successOf(over(fake)(Contact.update(id, { meta })))
      assert.deepStrictEqual(
        fake.sent.map(({ body }) => body),
        ['{"meta":{"tier":"gold","deep":{"a":1}}}', '{"meta":{"tier":"gold","deep":{"a":1}}}']
      )
    })
  )

  const day = 86_400_000
  it.effect.each([
    ["0", 0, 0],
    ["2", 2000, 2000],
    [" 3 ", 3000, 3000],
    ["11", 10_000, 10_000],
    ["9999999999", 10_000, 10_000],
    ["9".repeat(400), 10_000, 10_000],
    [new Date(4000).toUTCString(), 4000, 4000],
    [new Date(400 * day).toUTCString(), 10_000, 10_000],
    ["Wed, 21 Oct 1931 07:28:00 GMT", 0, 0],
    ["-1", 0, 250],
    ["1.5", 0, 250],
    ["", 0, 250],
    ["soon", 0, 250],
    ["1, 2", 0, 250],
    ["0x10", 0, 250],
    ["Infinity", 0, 250],
    ["Tue, 31 Feb 2026 00:00:00 GMT", 0, 250],
    ["Invalid Date", 0, 250]
  ] as const)("wait for Retry-After %s", ([value, atLeast, atMost]) =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(429, "LIMITS_REACHED", { "retry-after": value }), found)
      yield* Fake.successOf(over(fake)(calls.fetch), 10)
      const at = fake.sent[1]?.at ?? -1
      assert.isAtLeast(at, atLeast)
      assert.isAtMost(at, atMost + 10)
    })
  )

  it.effect("Retry-After is in the failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(429, "LIMITS_REACHED", { "retry-after": "7" }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(calls.fetch))
      assert.deepInclude(failure, { _tag: "RateLimited", retryAfter: Duration.seconds(7) })
    })
  )

  it.effect("an interrupted delay ends at once and sends nothing more", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503, "X", { "retry-after": "5" }))
      const fiber = yield* Effect.forkChild(over(fake)(calls.fetch))
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect("an interrupted request interrupts the transport, and is not a failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const fiber = yield* Effect.forkChild(over(fake)(calls.fetch))
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(fake.interrupted(), 1)
      assert.strictEqual(fake.sent.length, 1)
    })
  )
})

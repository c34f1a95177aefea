import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import { id, ok, found, calls, names, callOf, success, over, reset, refusedConnection, error } from "./support/Calls.ts"

describe("retries", () => {
  const kinds: ReadonlyArray<readonly [kind: string, step: Fake.Step]> = [
    ["reset", reset],
    ["refused", refusedConnection],
    ...[408, 429, 500, 502, 503, 504].map((status) => [String(status), error(status)] as const)
  ]
  const certain = new Set(["429", "refused"])

  it.effect.each(names)("%s is sent again only after what is transient and safe", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of kinds) {
        const fake = Fake.script(step, success[name])
        const exit = yield* Fake.drive(over(fake)(callOf(name)))
        const again = name !== "create" || certain.has(kind)
        assert.strictEqual(fake.sent.length, again ? 2 : 1, kind)
        assert.strictEqual(Exit.isSuccess(exit), again, kind)
        assert.strictEqual(new Set(fake.sent.map(({ body }) => body)).size, 1)
      }
    })
  )

  it.effect.each(names)("%s is not sent again after what is permanent", (name) =>
    Effect.gen(function* () {
      for (const status of [201, 204, 301, 400, 401, 402, 403, 404, 405, 409, 413, 418, 422, 501, 505]) {
        const fake = Fake.script(() => new Response(null, { status }), success[name])
        yield* Fake.drive(over(fake)(callOf(name)))
        assert.strictEqual(fake.sent.length, name === "ensure" && status === 409 ? 2 : 1, `${status}`)
      }
    })
  )

  it.effect.each(names)("%s is sent once with no retries", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of [...kinds, ["409", error(409)] as const]) {
        const fake = Fake.script(step)
        const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(callOf(name)))
        assert.strictEqual(fake.sent.length, 1, kind)
        assert.deepInclude(failure, { attempts: 1, operation: `Contact.${name}` })
      }
    })
  )

  it.effect("are bounded, and the waits double below their ceiling", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503))
      const failure = yield* Fake.failureOf(over(fake)(calls.fetch), 1)
      assert.deepInclude(failure, { _tag: "ServerError", attempts: 4, isRetryable: true })
      const waits = fake.sent.slice(1).map(({ at }, index) => at - (fake.sent[index]?.at ?? 0))
      assert.strictEqual(waits.length, 3)
      for (const [index, wait] of waits.entries()) assert.isAtMost(wait, 250 * 2 ** index + 1)
    })
  )

  it.effect("a failed write keeps the least certain outcome of its attempts", () =>
    Effect.gen(function* () {
      const update = Fake.script(reset, error(429), refusedConnection)
      assert.deepInclude(yield* Fake.failureOf(over(update)(calls.update)), {
        _tag: "TransportError",
        outcome: "unknown",
        attempts: 4
      })
      const create = Fake.script(refusedConnection, error(429), error(503))
      assert.deepInclude(yield* Fake.failureOf(over(create)(calls.create)), {
        _tag: "ServerError",
        outcome: "unknown",
        attempts: 3,
        isRetryable: false
      })
    })
  )

  it.effect("ensure takes one conflict for a lost race, not two", () =>
    Effect.gen(function* () {
      const won = Fake.script(error(409, "CONFLICT"), ok)
      assert.deepStrictEqual(yield* Fake.successOf(over(won)(calls.ensure)), { id })
      const lost = Fake.script(error(409, "CONFLICT"))
      assert.deepInclude(yield* Fake.failureOf(over(lost)(calls.ensure)), { _tag: "Conflict", attempts: 2 })
    })
  )

  it.effect("delete takes not found after a lost answer for success", () =>
    Effect.gen(function* () {
      const lost = Fake.script(reset, error(404, "NOT_FOUND"))
      assert.deepStrictEqual(yield* Fake.successOf(over(lost)(Contact.delete(` ${id} `))), { id })
      for (const steps of [[error(429)], [refusedConnection], []] as ReadonlyArray<[] | [Fake.Step]>) {
        const failure = yield* Fake.failureOf(over(Fake.script(...steps, error(404)))(calls.delete))
        assert.deepInclude(failure, { _tag: "NotFound", contactId: id, outcome: "rejected" })
      }
    })
  )

  it.effect.each(["(Some Name)", "some name"])("a write to %s is not sent again after an unknown outcome", (name) =>
    Effect.gen(function* () {
      for (const call of [Contact.delete(name), Contact.update(name, { nick: "x" })]) {
        const fake = Fake.script(reset, ok)
        assert.deepInclude(yield* Fake.failureOf(over(fake)(call)), { outcome: "unknown", isRetryable: false })
        assert.strictEqual(fake.sent.length, 1)
      }
      const read = Fake.script(reset, found)
      yield* Fake.successOf(over(read)(Contact.fetch(name)))
    })
  )

  it.effect("send the same bytes though the caller changes the input", () =>
    Effect.gen(function* () {
      const meta = { tier: "gold", deep: { a: 1 } }
      const step = {
        run: () => {
          meta.tier = "lead"
          meta.deep.a = 2
          return error(503)()
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
      const fake = Fake.script(error(429, "LIMITS_REACHED", { "retry-after": value }), found)
      yield* Fake.successOf(over(fake)(calls.fetch), 10)
      const at = fake.sent[1]?.at ?? -1
      assert.isAtLeast(at, atLeast)
      assert.isAtMost(at, atMost + 10)
    })
  )

  it.effect("Retry-After is in the failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(429, "LIMITS_REACHED", { "retry-after": "7" }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(calls.fetch))
      assert.deepInclude(failure, { _tag: "RateLimited", retryAfter: Duration.seconds(7) })
    })
  )

  it.effect("interrupting a backoff sends nothing more and takes no time", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503, "X", { "retry-after": "5" }))
      const fiber = yield* Effect.forkChild(over(fake)(calls.fetch))
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect("interrupting a request interrupts the transport, and is no failure", () =>
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

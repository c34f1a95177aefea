import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import * as Settings from "../../../src/internal/call/options/Settings.ts"
import * as Reply from "../../../src/internal/call/reply/Reply.ts"
import * as PreparedCall from "../../../src/internal/call/request/PreparedCall.ts"
import * as RetryLoop from "../../../src/internal/call/RetryLoop.ts"
import * as HttpClientTransport from "../../../src/internal/transport/HttpClientTransport.ts"
import { errorReply, ok } from "../../support/Calls.ts"
import * as Fake from "../../support/FakeHttp.ts"
import { operations } from "../../support/TestOperations.ts"

const operation = operations.both

/** Sends a call over a fake, with a total timeout of one minute. */
const send = (fake: Fake.Fake, earlier?: RetryLoop.Earlier) => {
  const settings = Result.getOrThrow(
    Settings.resolve({ secret: Redacted.make("sk-1"), timeout: { attempt: "1 hour", total: "1 minute" } })
  )
  const rateLimit = { acquire: Effect.void, backOff: () => Effect.void }
  const call = Result.getOrThrow(PreparedCall.prepare(settings, operation, { contactId: "c1" }))
  const connection = { transport: HttpClientTransport.make(fake.http), rateLimit, settings }
  return RetryLoop.send(connection, call, Reply.exchangeJson(operation, undefined), earlier)
}

describe("send", () => {
  it.effect("counts the attempts until one succeeds", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(send(Fake.script(errorReply(503), errorReply(503), ok)))
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).attempts, 3)
    })
  )

  it.effect("counts the attempts of an earlier part as retries", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503))
      const fiber = yield* Effect.forkChild(Effect.flip(send(fake, { attempts: 2 })))
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).attempts, 4)
      assert.lengthOf(fake.sent, 2)
    })
  )

  it.effect("takes the time of an earlier part off the total timeout", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(send(Fake.script("never"), { elapsed: 50_000 })))
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Timeout", phase: "total", attempts: 1, outcome: "unknown" })
    })
  )

  it.effect("sends nothing after a back-off that has outlasted the total timeout", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503), ok)
      let now = 0n
      // A clock that sleeps for an hour instead of a few seconds, as the machine may. Timeouts are longer, and never over.
      const clock: Clock.Clock = Object.create(yield* Clock.Clock, {
        monotonicTimeNanosUnsafe: { value: () => now },
        sleep: {
          value: (duration: Duration.Duration) =>
            Duration.isLessThan(duration, Duration.seconds(30))
              ? Effect.sync(() => void (now += 3_600_000_000_000n))
              : Effect.never
        }
      })
      const failure = yield* Effect.provideService(Effect.flip(send(fake)), Clock.Clock, clock)
      assert.deepInclude(failure, { _tag: "Timeout", phase: "total", attempts: 1 })
      assert.lengthOf(fake.sent, 1)
    })
  )
})

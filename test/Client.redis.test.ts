import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Fiber, Layer } from "effect"
import { RateLimiter, Redis } from "effect/persistence"
import { TestClock } from "effect/testing"
import type { Client } from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import { found, id, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"
import * as RedisServer from "./support/RedisServer.ts"

if (RedisServer.missing !== undefined) console.log(`Client.redis.test.ts is skipped: ${RedisServer.missing}`)

/** A new connection to Redis, as each process has one. */
const connection = (url: string) => NodeRedis.layer({ url })

/** Effect's store in Redis, with the numbers of answered and pending requests to it. */
const countedStore = () => {
  let answered = 0
  let pending = 0
  const layer = Layer.effect(
    RateLimiter.RateLimiterStore,
    Effect.map(RateLimiter.makeStoreRedis(), (store) => ({
      ...store,
      fixedWindow: (options) => {
        pending++
        return Effect.ensuring(
          store.fixedWindow(options),
          Effect.sync(() => {
            answered++
            pending--
          })
        )
      }
    }))
  )
  return { layer, answered: () => answered, pending: () => pending }
}

/** Runs calls as a separate process would: with its own client and its own connection. */
const processOn = (
  url: string,
  fake: Fake.Fake,
  store: ReturnType<typeof countedStore>,
  calls: Effect.Effect<unknown, unknown, Client>
) =>
  over(fake, { rateLimit: { limit: 4, window: "1 hour", key: "account" } })(calls).pipe(
    Effect.provide(store.layer.pipe(Layer.provide(connection(url))))
  )

const fourCalls = Effect.forEach([1, 2, 3, 4], () => Contact.fetch(id), { concurrency: "unbounded" })

/** Ends the window. Redis measures windows in real time, so this deletes its keys instead of waiting. */
const endWindow = (url: string, rest: Duration.Input) =>
  Effect.gen(function* () {
    const redis = yield* Redis.Redis
    yield* redis.send("FLUSHALL")
    yield* TestClock.adjust(rest)
  }).pipe(Effect.provide(connection(url)))

/** Waits until a condition holds, since Redis answers in real time. No test depends on how long that takes. */
const until = (holds: () => boolean) =>
  Effect.repeat(
    Effect.promise(() => new Promise((resume) => setImmediate(resume))),
    { until: holds }
  )

describe.skipIf(RedisServer.missing !== undefined)("rateLimit over Redis", () => {
  it.effect("processes that share a store share the limit", () =>
    Effect.gen(function* () {
      const url = yield* RedisServer.start
      const [one, other] = [countedStore(), countedStore()]
      const fakes = [Fake.script(found), Fake.script(found)] as const
      const sent = () => fakes[0].sent.length + fakes[1].sent.length
      const fibers = [
        yield* Effect.forkChild(processOn(url, fakes[0], one, fourCalls)),
        yield* Effect.forkChild(processOn(url, fakes[1], other, fourCalls))
      ]
      yield* until(() => sent() === 4 && one.answered() > 0 && other.answered() > 0)
      yield* until(() => one.pending() + other.pending() === 0)
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(sent(), 4)
      yield* endWindow(url, "1 minute")
      yield* until(() => sent() >= 8)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(sent(), 8)
    })
  )

  it.effect("requests that are interrupted while they wait do not count", () =>
    Effect.gen(function* () {
      const url = yield* RedisServer.start
      const fake = Fake.script(found)
      const store = countedStore()
      yield* processOn(
        url,
        fake,
        store,
        Effect.gen(function* () {
          yield* fourCalls
          const fibers = yield* Effect.forEach(Array.from({ length: 1000 }), () =>
            Effect.forkChild(Contact.fetch(id), { startImmediately: true })
          )
          yield* until(() => store.pending() === 0)
          yield* TestClock.adjust("1 minute")
          assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() === undefined))
          yield* Fiber.interruptAll(fibers)
          yield* endWindow(url, "59 minutes")
          yield* fourCalls
        })
      )
      assert.lengthOf(fake.sent, 8)
    })
  )
})

import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import { found, id, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"
import * as RedisServer from "./support/RedisServer.ts"

if (RedisServer.missing !== undefined) console.log(`Client.redis.test.ts is skipped: ${RedisServer.missing}`)

/** A process of its own, as far as the limiter can tell: its client and its connection are shared with no other. */
const processOn = (url: string, fake: Fake.Fake) =>
  over(fake, { rateLimit: { limit: 4, window: "1 hour", key: "account" } })(
    Effect.forEach([1, 2, 3, 4], () => Contact.fetch(id), { concurrency: "unbounded" })
  ).pipe(Effect.provide(RateLimiter.layerStoreRedis().pipe(Layer.provide(NodeRedis.layer({ url })))))

describe.skipIf(RedisServer.missing !== undefined)("rateLimit over Redis", () => {
  it.effect("processes that share a store share the limit", () =>
    Effect.gen(function* () {
      const url = yield* RedisServer.start
      const fakes = [Fake.script(found), Fake.script(found)] as const
      const sent = () => fakes[0].sent.length + fakes[1].sent.length
      const fibers = yield* Effect.forEach(fakes, (fake) => Effect.forkChild(processOn(url, fake)))
      // Redis answers in its own time: this waits for it, and nothing here goes by the clock on the wall.
      const turn = Effect.promise(() => new Promise((resume) => setImmediate(resume)))
      const until = (count: number) => Effect.repeat(turn, { until: () => sent() >= count })
      yield* until(4)
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(sent(), 4)
      yield* TestClock.adjust("2 minutes")
      yield* until(8)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(sent(), 8)
    })
  )
})

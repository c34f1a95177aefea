import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { queryObjects } from "node:v8"
import * as Contact from "../../src/Contact.ts"
import { UndiciExchange } from "../../src/internal/transport/UndiciExchange.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import { item } from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"

/** The number of live responses. `queryObjects` collects all garbage first. */
const liveResponses = Effect.sync(() => Number(queryObjects(UndiciExchange as never, { format: "count" })))

/** Runs an effect 300 times, 10 at a time, and counts the live responses afterwards. */
const liveAfter = <E, R>(once: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    yield* Effect.forEach(Array.from({ length: 300 }), () => once, { concurrency: 10, discard: true })
    // The callbacks of sockets release their responses one turn later.
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    return yield* liveResponses
  })

/** A server whose list sends its headers before its body. */
const server = (end: boolean) =>
  Sockets.serve(({ response }) => {
    response.writeHead(200, { "content-type": "application/jsonl" })
    response.flushHeaders()
    setImmediate(() => {
      response.write(item("c1") + item("c2"))
      if (end) setImmediate(() => response.end())
    })
  })

const connect = (baseUrl: string) => Node.layer({ secret: InMemory.secret, baseUrl, retry: { retries: 0 } })

// Far fewer than 300, and more than open connections keep alive.
const few = 15

describe("a client over undici keeps no responses", () => {
  it.live("of lists that were read to their end", () =>
    Effect.gen(function* () {
      const { url } = yield* server(true)
      const count = yield* liveAfter(Stream.runDrain(Contact.list({ take: 2 }))).pipe(Effect.provide(connect(url)))
      assert.isBelow(count, few)
    })
  )

  it.live("of lists that were left after the first contact", () =>
    Effect.gen(function* () {
      const { url } = yield* server(false)
      const count = yield* liveAfter(Stream.runDrain(Stream.take(Contact.list(), 1))).pipe(Effect.provide(connect(url)))
      assert.isBelow(count, few)
    })
  )

  it.live("of lists that stalled and were interrupted", () =>
    Effect.gen(function* () {
      const { url } = yield* server(false)
      const once = Effect.gen(function* () {
        const begun = Deferred.makeUnsafe<void>()
        const fiber = yield* Contact.list().pipe(
          Stream.runForEach(() => Deferred.succeed(begun, undefined)),
          Effect.forkChild
        )
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
      })
      const count = yield* liveAfter(once).pipe(Effect.provide(connect(url)))
      assert.isBelow(count, few)
    })
  )
})

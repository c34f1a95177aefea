import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Socket } from "node:net"
import * as Contact from "../../src/Contact.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as RawServer from "./RawServer.ts"
import * as Run from "./Run.ts"

const ends = {
  closes: (socket: Socket) => socket.end(),
  resets: (socket: Socket) => socket.resetAndDestroy()
}

/** Calls a function after a number of turns of the event loop. */
const afterTurns = (count: number, then: () => void): void => {
  if (count === 0) return then()
  setImmediate(afterTurns, count - 1, then)
}

// Some connections end before the next request is sent, some while it is sent, and some after its reply.
describe.each(["Fetch", "Node"] as const)("over %s, a server that ends idle connections", (transport) => {
  it.live.each(Object.entries(ends))("(it %s them) fails no call, and creates no contact twice", ([, end]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { url } = yield* Emulator.Emulator
      const server = yield* RawServer.serve(url)
      server.handle(async ({ before, forward, socket }) => {
        const reply = await forward()
        if (socket.destroyed || socket.writableEnded) return
        socket.write(RawServer.replyBytes(reply))
        afterTurns((before * 7) % 60, () => end(socket))
      })
      yield* Effect.gen(function* () {
        for (let call = 1; call <= 60; call++) {
          const { id } = yield* Contact.create({ name: String(call) })
          yield* Contact.update(id, { nick: String(call) })
          assert.strictEqual((yield* Contact.fetch(id)).nick, String(call))
          assert.lengthOf(yield* api.contacts(), call)
        }
      }).pipe(
        Effect.provide(
          Run.transports[transport]({ secret: InMemory.secret, baseUrl: server.url, retry: { retries: 10, delay: 0 } }),
          { local: true }
        )
      )
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Emulator.layer())))
  )
})

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

/** Does something after so many turns of the event loop. */
const soon = (count: number, then: () => void): void => {
  if (count === 0) return then()
  setImmediate(soon, count - 1, then)
}

// Some connections end before the next request goes out, some while it does, and some after it has been answered.
describe.each(["Fetch", "Node"] as const)("over %s, a server that ends idle connections", (transport) => {
  it.live.each(Object.entries(ends))("(it %s them) costs no call its answer, and makes no contact twice", ([, end]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { url } = yield* Emulator.Emulator
      const server = yield* RawServer.serve(url)
      server.handle(async ({ act, before, socket }) => {
        const answer = await act()
        if (socket.destroyed || socket.writableEnded) return
        socket.write(RawServer.whole(answer))
        soon((before * 7) % 60, () => end(socket))
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

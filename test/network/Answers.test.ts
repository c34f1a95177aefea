import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Sockets from "../support/Sockets.ts"
import { cases } from "./Cases.ts"
import * as Run from "./Run.ts"
import { type Behaviour, type BehaviourName, behaviours } from "./Behaviours.ts"

/** Instead of replying, advances the test clock to the timeout of the attempt. */
const neverAnswers = Effect.map(
  Sockets.clockAdvance,
  (advance): Behaviour =>
    () =>
      advance("10 seconds")
)

/** The results of all calls, each with its own server, client and clock, and over a connection that was used before. */
const observed = (transport: Run.Transport, name: BehaviourName, times: number) =>
  Effect.forEach(
    Run.callNames,
    (call) =>
      Effect.gen(function* () {
        // The seeded contacts are older, so that a created contact is the newest.
        yield* TestClock.adjust("1 minute")
        const behaviour = name === "never answers" ? yield* neverAnswers : behaviours[name]
        const client = { timeout: { attempt: "10 seconds", idle: "10 seconds" } } as const
        return [call, yield* Run.observe({ transport, call, behaviour, times, warmUp: true, client })] as const
      }).pipe(Effect.provide(TestClock.layer({ warningDelay: "1 minute" }), { local: true })),
    { concurrency: "unbounded" }
  ).pipe(Effect.map(Object.fromEntries<string>))

describe.each(["Fetch", "Node"] as const)("a server over %s", (transport) => {
  for (const { always, behaviours, once, promised } of cases) {
    for (const name of behaviours) {
      it.live(`${name}: ${promised}`, () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* observed(transport, name, 1), once, "the first request only")
          assert.deepStrictEqual(yield* observed(transport, name, Number.POSITIVE_INFINITY), always, "every request")
        })
      )
    }
  }
})

it("every behaviour is in a case", () => {
  const tested = cases.flatMap(({ behaviours }) => behaviours)
  assert.sameMembers(tested, Object.keys(behaviours))
})

/** The ends of a connection after a reply to a request that the server has not read. */
const ends = {
  "closes the connection": (socket: Socket, reply: string) => socket.end(reply),
  "drops the connection": (socket: Socket, reply: string) => socket.write(reply, () => socket.destroy()),
  "resets the connection": (socket: Socket, reply: string) => socket.write(reply, () => socket.resetAndDestroy())
}

describe.each(["Fetch", "Node"] as const)("a reply over %s before the request was read", (transport) => {
  it.live.each(
    Object.entries(ends).flatMap(([how, end]) =>
      ([413, 401, 400] as const).map((status) => [status, how, end] as const)
    )
  )("%s, and the server %s: the call fails with that status", ([status, , end]) =>
    Effect.gen(function* () {
      const tag = ({ 413: "InvalidRequest", 401: "Unauthorized", 400: "InvalidRequest" } as const)[status]
      const server = yield* Sockets.serveTcp((socket) =>
        socket.once("data", () => {
          socket.pause()
          end(socket, `HTTP/1.1 ${status} X\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nno`)
        })
      )
      const layer = Run.transports[transport]({ secret: InMemory.secret, baseUrl: server.url })
      const error = yield* Contact.create({ meta: { text: "x".repeat(1_000_000) } }).pipe(
        Effect.flip,
        Effect.provide(layer, { local: true })
      )
      assert.deepInclude({ ...error }, { _tag: tag, status, outcome: "rejected", attempts: 1 })
    })
  )
})

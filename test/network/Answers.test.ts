import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Sockets from "../support/Sockets.ts"
import { cases } from "./Cases.ts"
import * as Run from "./Run.ts"
import { type Wire, wires } from "./Wires.ts"

const calls = ["fetch", "update", "create", "unguarded", "list"] as const satisfies ReadonlyArray<Run.CallName>

/** No answer comes until the time of the attempt is up. */
const neverAnswers = Effect.map(
  Effect.context(),
  (context): Wire =>
    () =>
      Effect.runForkWith(context)(TestClock.adjust("10 seconds"))
)

/**
 * All calls at the same time, each with a server, a client and a clock of its own, over a connection that has been used
 * before.
 */
const observed = (transport: Run.Transport, name: keyof typeof wires, times: number) =>
  Effect.forEach(
    calls,
    (call) =>
      Effect.gen(function* () {
        // Later than the contacts that are there: what a create makes is the newest.
        yield* TestClock.adjust("1 minute")
        const wire = name === "never answers" ? yield* neverAnswers : wires[name]
        const client = { timeout: { attempt: "10 seconds", idle: "10 seconds" } } as const
        return [call, yield* Run.observe({ transport, call, wire, times, warm: true, client })] as const
      }).pipe(Effect.provide(TestClock.layer({ warningDelay: "1 minute" }), { local: true })),
    { concurrency: "unbounded" }
  ).pipe(Effect.map(Object.fromEntries<string>))

describe.each(["Fetch", "Node"] as const)("answers over %s", (transport) => {
  for (const { always, once, promised, wires } of cases) {
    for (const name of wires) {
      it.live(`${name}: ${promised}`, () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* observed(transport, name, 1), once, "the first request only")
          assert.deepStrictEqual(yield* observed(transport, name, Number.POSITIVE_INFINITY), always, "every request")
        })
      )
    }
  }
})

it("every way to answer is in the table", () => {
  const inTable = cases.flatMap(({ wires }) => wires)
  assert.sameMembers(inTable, Object.keys(wires))
})

/** What ends the connection after an answer to a request that has not been read. */
const ends = {
  "closes the connection": (socket: Socket, answer: string) => socket.end(answer),
  "drops the connection": (socket: Socket, answer: string) => socket.write(answer, () => socket.destroy()),
  "resets the connection": (socket: Socket, answer: string) => socket.write(answer, () => socket.resetAndDestroy())
}

describe.each(["Fetch", "Node"] as const)("an answer over %s before the request has been read", (transport) => {
  it.live.each(
    Object.entries(ends).flatMap(([how, end]) =>
      ([413, 401, 400] as const).map((status) => [status, how, end] as const)
    )
  )("%s, and the server %s: the caller gets the answer", ([status, , end]) =>
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

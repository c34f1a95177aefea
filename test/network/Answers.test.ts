import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { cases } from "./Cases.ts"
import * as Run from "./Run.ts"
import { wires } from "./Wires.ts"

const calls = ["fetch", "update", "create", "unguarded", "list"] as const satisfies ReadonlyArray<Run.CallName>

/** All calls at the same time, each with a server and a client of its own, over a connection that has been used before. */
const observed = (transport: Run.Transport, name: keyof typeof wires, times: number) =>
  Effect.forEach(
    calls,
    (call) => {
      const attempt = name === "never answers" ? 1000 : 10_000
      const client = { timeout: { attempt, idle: 10_000 } }
      const observation = Run.observe({ transport, call, wire: wires[name], times, warm: true, client })
      return Effect.map(observation, (text) => [call, text] as const)
    },
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

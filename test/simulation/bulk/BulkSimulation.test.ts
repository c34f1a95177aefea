import { assert, describe, it } from "@effect/vitest"
import * as Simulation from "../Simulation.ts"
import * as BulkSimulation from "./BulkSimulation.ts"

const from = 0

describe("simulated bulk work", () => {
  it.each([
    ["bulk", 300],
    ["jobs", 50]
  ] as const)("of %s has one outcome a row, and sends nothing once it is done", { timeout: 120_000 }, (kind, count) => {
    const summary = BulkSimulation.run(kind, Simulation.seedsFrom(from, count))
    const [first] = summary.failing
    process.stdout.write(`\n${BulkSimulation.describe(summary)}, seeds ${from} to ${from + count - 1}\n`)
    assert.isUndefined(first, first === undefined ? "" : Simulation.describeFailing(first, `--${kind} --seed`))
    assert.isAtLeast(summary.killed, count / 4)
  })

  it("is identical for the same seed", () => {
    for (const seed of Simulation.seedsFrom(from, 20)) {
      assert.deepStrictEqual(BulkSimulation.replay("bulk", seed), BulkSimulation.replay("bulk", seed))
    }
  })
})

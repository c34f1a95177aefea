import { assert, describe, it } from "@effect/vitest"
import * as Simulation from "../Simulation.ts"
import * as BulkSimulation from "./BulkSimulation.ts"

const from = 0
const count = 300

describe("simulated bulk work", () => {
  it("has one outcome a row whatever happens, and sends nothing once it is done", { timeout: 120_000 }, () => {
    const summary = BulkSimulation.run(Simulation.seedsFrom(from, count))
    const [first] = summary.failing
    process.stdout.write(`\n${BulkSimulation.describe(summary)}, seeds ${from} to ${from + count - 1}\n`)
    assert.isUndefined(first, first === undefined ? "" : Simulation.describeFailing(first, "--bulk --seed"))
    assert.isAtLeast(summary.killed, count / 4)
  })

  it("is identical for the same seed", () => {
    for (const seed of Simulation.seedsFrom(from, 20)) {
      assert.deepStrictEqual(BulkSimulation.replay(seed), BulkSimulation.replay(seed))
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Simulation from "./Simulation.ts"
import * as World from "./World.ts"

const from = 0
const count = 2500

describe("simulated worlds", () => {
  it("break no rule, and reach every expected state", { timeout: 300_000 }, () => {
    const summary = Simulation.run(Simulation.seedsFrom(from, count))
    const [first] = summary.failing
    const seeds = `seeds ${from} to ${from + count - 1}`
    process.stdout.write(`\n${Simulation.describe(summary)}, ${seeds}\n${Simulation.describeStates(summary)}\n`)
    assert.isUndefined(first, first === undefined ? "" : Simulation.describeFailing(first))
    assert.deepStrictEqual(Simulation.missing(summary), [])
  })

  it("are identical for the same seed", () => {
    for (const seed of Simulation.seedsFrom(from, 20)) {
      assert.deepStrictEqual(Simulation.replay(seed), Simulation.replay(seed))
    }
  })

  it("draw the ids of their contacts from the seed", () => {
    const ids = () => World.run("ids").world.history.commits.map(({ id }) => id)
    assert.deepStrictEqual(ids(), ids())
  })
})

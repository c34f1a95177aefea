import { assert, describe, it } from "@effect/vitest"
import * as Simulation from "./Simulation.ts"

describe("simulated worlds", () => {
  it("are the same for the same seed, to the letter", () => {
    for (const seed of Simulation.seedsFrom(0, 20)) {
      assert.deepStrictEqual(Simulation.replay(seed), Simulation.replay(seed))
    }
  })
})

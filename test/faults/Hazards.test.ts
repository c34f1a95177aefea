import { assert, describe, it } from "@effect/vitest"
import { gaps, hazards, probes } from "./Hazards.ts"
import { seen } from "./Probe.ts"

describe("the hazards", () => {
  it("each has a probe, and the official client is put to those that it had", () => {
    assert.deepStrictEqual(gaps, [])
    assert.lengthOf(hazards, 58)
  })

  it("no two probes have the same name", () => {
    const names = probes.map(({ hazard, name }) => `${hazard}: ${name}`)
    assert.lengthOf(new Set(names), names.length)
  })

  it("a check that differs is not ok", () => {
    assert.isTrue(seen("x", { a: [[1], [1]] }).ok)
    assert.deepStrictEqual(seen("x", { a: [1, 2] }), { ok: false, seen: "x; a is 1, not 2" })
  })
})

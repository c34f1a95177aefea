import { assert, describe, it } from "@effect/vitest"
import { gaps, hazards, probes } from "./Hazards.ts"
import { check } from "./Probe.ts"

describe("the hazards", () => {
  it("each have a probe, also of the official client if it had the hazard", () => {
    assert.deepStrictEqual(gaps, [])
    assert.lengthOf(hazards, 58)
  })

  it("have probes with distinct names", () => {
    const names = probes.map(({ hazard, name }) => `${hazard}: ${name}`)
    assert.lengthOf(new Set(names), names.length)
  })

  it("a check of different values is not ok", () => {
    assert.isTrue(check("x", { a: [[1], [1]] }).ok)
    assert.deepStrictEqual(check("x", { a: [1, 2] }), { ok: false, text: "x; a is 1, not 2" })
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as ProgressLine from "../../../src/cli/bulk/run/ProgressLine.ts"

const counts = {
  created: 4000,
  existing: 197,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  invalid: 2,
  duplicate: 0,
  failed: 1,
  unknown: 0,
  "not-sent": 0
}

const progress = { counts, rows: 10_000, rowsPerSecond: 123.4, timeLeft: Duration.millis(71_500) }

describe("ProgressLine", () => {
  for (const [width, line] of [
    [120, "[###########.................]  42%  4,200/10,000 rows  124 rows/s  1m 12s left  3 failed"],
    [79, "[#######...........]  42%  4,200/10,000 rows  124 rows/s  1m 12s left  3 failed"],
    [68, "42%  4,200/10,000 rows  124 rows/s  1m 12s left  3 failed"],
    [50, "42%  4,200/10,000 rows  1m 12s left  3 failed"],
    [40, "42%  4,200/10,000 rows  3 failed"],
    [20, "42%  3 failed"],
    [5, "42%"],
    [2, "42"],
    [0, ""]
  ] as const) {
    it(`fits ${width} columns`, () => {
      assert.strictEqual(ProgressLine.fit(progress, width), line)
    })
  }

  it("never exceeds its width", () => {
    for (let width = 0; width < 130; width++) assert.isAtMost(ProgressLine.fit(progress, width).length, width)
  })

  it("has no rate and no time before the first outcome", () => {
    const none = { ...counts, created: 0, existing: 0, invalid: 0, failed: 0 }
    assert.strictEqual(
      ProgressLine.plain({ counts: none, rows: 10_000, rowsPerSecond: 0 }),
      "0 of 10,000 rows, 0 failed"
    )
  })

  it("is full for an empty file", () => {
    const line = ProgressLine.fit({ counts: { ...counts, created: 0 }, rows: 0, rowsPerSecond: 0 }, 30)
    assert.isTrue(line.includes("100%"), line)
  })
})

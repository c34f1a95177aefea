import { assert, describe, it } from "@effect/vitest"
import * as Linearizability from "./Linearizability.ts"

type Step = Linearizability.Step<number>

/** Steps on one number: writes, and reads with the number that they returned. */
const write = (value: number, began: number, ended: number): Step => ({
  name: `write ${value}`,
  began,
  ended,
  optional: ended === Number.POSITIVE_INFINITY,
  apply: () => [value]
})

const read = (value: number, began: number, ended: number): Step => ({
  name: `read ${value}`,
  began,
  ended,
  optional: false,
  apply: (state) => (state === value ? [state] : [])
})

const check = (...steps: ReadonlyArray<Step>) => Linearizability.check(steps, 0, String)

const never = Number.POSITIVE_INFINITY

describe("a history", () => {
  it.each<readonly [string, ReadonlyArray<Step>]>([
    ["that is empty", []],
    ["of one thing after another", [write(1, 1, 2), read(1, 3, 4), write(2, 5, 6), read(2, 7, 8)]],
    ["in which a read sees a write under way", [write(1, 1, 10), read(1, 2, 3), read(1, 4, 5)]],
    ["in which a read does not see a write under way yet", [write(1, 1, 10), read(0, 2, 3), read(1, 4, 5)]],
    ["in which a write without an answer never happens", [write(1, 1, never), read(0, 2, 3), read(0, 8, 9)]],
    ["in which a write without an answer happens late", [write(1, 1, never), read(0, 2, 3), read(1, 8, 9)]],
    ["in which two writes happen in the other order", [write(1, 1, 10), write(2, 2, 9), read(1, 11, 12)]]
  ])("%s is linearizable", (_, steps) => {
    assert.strictEqual(check(...steps), "linearizable")
  })

  it.each<readonly [string, ReadonlyArray<Step>]>([
    ["in which a read misses a write", [write(1, 1, 2), read(0, 3, 4)]],
    ["in which a later read sees an older value", [write(1, 1, 10), read(1, 2, 3), read(0, 4, 5)]],
    ["in which a read sees a write that has not begun", [read(1, 1, 2), write(1, 3, 4)]],
    ["in which a write without an answer is undone", [write(1, 1, never), read(1, 2, 3), read(0, 4, 5)]],
    [
      "in which two reads disagree on an order",
      [write(1, 1, 9), write(2, 1, 9), read(1, 2, 3), read(2, 4, 5), read(1, 6, 7)]
    ]
  ])("%s is not", (_, steps) => {
    assert.strictEqual(check(...steps), "not linearizable")
  })

  it("of dozens of steps that overlap is decided", () => {
    const steps = Array.from({ length: 40 }, (_, index) => write(index, index, index + 6))
    assert.strictEqual(check(...steps, read(39, 100, 101)), "linearizable")
    assert.strictEqual(check(...steps, read(5, 100, 101)), "not linearizable")
  })
})

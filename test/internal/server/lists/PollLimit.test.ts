import { assert, describe, it } from "@effect/vitest"
import { Accounts } from "../../../../src/internal/server/http/Accounts.ts"
import { PollLimit, type PollWindow } from "../../../../src/internal/server/lists/PollLimit.ts"

const account = { id: "a" }

/** The number of accepted requests, of that many at that time. */
const taken = (limit: PollLimit, now: number, requests: number): number =>
  Array.from({ length: requests }, () => limit.take(account, now)).filter(Boolean).length

const limited = (window: PollWindow) => new PollLimit(new Accounts(undefined), { limit: 10, window })

describe("The poll limit (contract 4)", () => {
  it("with a log frees each unit after exactly 60,000 ms, and does not count refused requests", () => {
    const limit = limited("log")
    assert.strictEqual(taken(limit, 0, 4), 4)
    assert.strictEqual(taken(limit, 30_000, 20), 6)
    assert.strictEqual(taken(limit, 59_999, 20), 0)
    assert.strictEqual(taken(limit, 60_000, 20), 4)
    assert.strictEqual(taken(limit, 89_999, 20), 0)
    assert.strictEqual(taken(limit, 90_000, 20), 6)
  })

  it("with minutes counts the minute before by its part within the last 60 s", () => {
    const limit = limited("minutes")
    assert.strictEqual(taken(limit, 59_999, 20), 10)
    assert.strictEqual(taken(limit, 60_000, 20), 0)
    assert.strictEqual(taken(limit, 90_000, 20), 5)
    assert.strictEqual(taken(limit, 119_999, 20), 5)
    assert.strictEqual(taken(limit, 240_000, 20), 10)
  })

  it("is cleared", () => {
    const limit = limited("log")
    assert.strictEqual(taken(limit, 0, 20), 10)
    limit.clear()
    assert.strictEqual(taken(limit, 0, 20), 10)
  })
})

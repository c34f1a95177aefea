import { assert, it } from "@effect/vitest"
import * as Expiring from "../../../../src/internal/call/rateLimit/Expiring.ts"

it("keeps the values that have not expired, and removes the others from time to time", () => {
  const checked: Array<number> = []
  const values = Expiring.make<number>((until, now) => {
    checked.push(until)
    return until <= now
  })
  for (let now = 0; now < 10_000; now++) values.set(String(now), now + 100, now)
  assert.strictEqual(values.get("9999"), 10_099)
  assert.strictEqual(values.get("9900"), 10_000)
  assert.isUndefined(values.get("1"))
  assert.isUndefined(values.get("9500"))
  // Each value is checked a few times in all, not each time that another is added.
  assert.isAtMost(checked.length, 30_000)
})

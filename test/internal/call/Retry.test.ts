import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Random } from "effect"
import type * as Errors from "../../../src/Errors.ts"
import * as Failure from "../../../src/internal/call/failure/Failure.ts"
import * as Retry from "../../../src/internal/call/Retry.ts"

const policy = { retries: 3, delay: 250, maxDelay: 10_000 }
const transient = Failure.timeout("headers")

const tags: ReadonlyArray<Errors.Tag> = [
  "InvalidRequest",
  "Unauthorized",
  "PaymentRequired",
  "Forbidden",
  "NotFound",
  "Conflict",
  "RateLimited",
  "ServerError",
  "Timeout",
  "TransportError",
  "UnexpectedResponse"
]

describe("isAllowed", () => {
  it("follows the table of safety, outcome, tag, attempts and retries", () => {
    for (const safety of ["read", "idempotent", "unsafe"] as const)
      for (const outcome of ["not-sent", "rejected", "unknown"] as const)
        for (const tag of tags)
          for (const isTransient of [true, false])
            for (const retries of [0, 1, 3])
              for (const failures of [1, 2, 4])
                for (const conflictRetriesLeft of [0, 1]) {
                  const failure = { ...transient, tag, outcome, transient: isTransient }
                  const left = failures <= retries
                  const safe = safety !== "unsafe" || outcome !== "unknown"
                  const expected = left && (tag === "Conflict" ? conflictRetriesLeft > 0 : isTransient && safe)
                  assert.strictEqual(
                    Retry.isAllowed({ ...policy, retries }, { safety, failures, conflictRetriesLeft }, failure),
                    expected,
                    JSON.stringify({ safety, outcome, tag, isTransient, retries, failures, conflictRetriesLeft })
                  )
                }
  })
})

const delays = (failures: number, retry = policy, count = 2000) =>
  Effect.forEach(Array.from({ length: count }), () => Retry.delay(retry, failures, transient)).pipe(
    Random.withSeed(`attempt ${failures}`)
  )

describe("delay", () => {
  it.effect.each([
    [1, 250],
    [2, 500],
    [3, 1000],
    [6, 8000],
    [7, 10_000],
    [100, 10_000],
    [2000, 10_000]
  ] as const)("after attempt %j is spread below a ceiling that doubles to maxDelay", ([attempts, ceiling]) =>
    Effect.map(delays(attempts), (waits) => {
      assert.isTrue(waits.every((wait) => wait >= 0 && wait < ceiling))
      assert.isBelow(Math.min(...waits), ceiling * 0.02)
      assert.isAbove(Math.max(...waits), ceiling * 0.98)
    })
  )

  it.effect("depends on the seed only", () =>
    Effect.gen(function* () {
      const wait = Retry.delay(policy, 1, transient)
      const [a, again, b] = yield* Effect.all([
        Random.withSeed(wait, "a"),
        Random.withSeed(wait, "a"),
        Random.withSeed(wait, "b")
      ])
      assert.strictEqual(a, again)
      assert.notStrictEqual(a, b)
    })
  )

  it.effect.each([
    [0, 0],
    [1500, 1500],
    [10_001, 10_000],
    [2 ** 31, 10_000],
    [Infinity, 10_000]
  ] as const)("of Retry-After, with its cap: %j", ([retryAfter, expected]) =>
    Effect.map(Retry.delay(policy, 1, { ...transient, retryAfter: Duration.millis(retryAfter) }), (wait) =>
      assert.strictEqual(wait, expected)
    )
  )

  it.effect.each([
    { retries: 3, delay: 0, maxDelay: 10_000 },
    { retries: 3, delay: 250, maxDelay: 0 }
  ])("may be none at all: %j", (retry) =>
    Effect.map(delays(3, retry, 10), (waits) => assert.isTrue(waits.every((wait) => wait === 0)))
  )

  it.effect.each([
    { retries: 3, delay: 0, maxDelay: Infinity },
    { retries: 3, delay: 250, maxDelay: Infinity },
    { retries: 3, delay: Infinity, maxDelay: 10 }
  ])("is always a number: %j", (retry) =>
    Effect.map(delays(101, retry, 10), (waits) => assert.isFalse(waits.some(Number.isNaN)))
  )
})

describe("leastCertain", () => {
  it.each([
    ["not-sent", "not-sent", "not-sent"],
    ["not-sent", "rejected", "rejected"],
    ["rejected", "unknown", "unknown"],
    ["unknown", "not-sent", "unknown"]
  ] as const)("%s and %s is %s", (a, b, expected) => {
    assert.strictEqual(Retry.leastCertain(a, b), expected)
    assert.strictEqual(Retry.leastCertain(b, a), expected)
  })
})

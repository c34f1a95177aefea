import { assert, describe, it } from "@effect/vitest"
import * as Failure from "../../../../src/internal/call/failure/Failure.ts"

describe("timeout", () => {
  it.each([
    ["connect", "not-sent", "not-sent"],
    ["headers", "unknown", "unknown"],
    ["headers", "sent", "unknown"],
    ["total", "not-sent", "not-sent"],
    ["total", "sent", "unknown"]
  ] as const)("in phase %s of an attempt that is %s has the outcome %s", (phase, state, outcome) => {
    assert.deepInclude(Failure.timeout(phase, undefined, state), { tag: "Timeout", phase, outcome, transient: true })
  })
})

describe("noSecret", () => {
  it("keeps the code as its cause, without a stack", () => {
    const { cause, description, outcome, tag, transient } = Failure.noSecret("ECONNREFUSED", true)
    assert.deepStrictEqual(
      { description, outcome, tag, transient },
      {
        description: "The secret could not be read: ECONNREFUSED",
        outcome: "not-sent",
        tag: "Unauthorized",
        transient: true
      }
    )
    assert.strictEqual(cause?.message, "ECONNREFUSED")
    assert.strictEqual(cause?.stack, "")
  })

  it("has no cause without a code", () => {
    const failure = Failure.noSecret(undefined, false)
    assert.isUndefined(failure.cause)
    assert.strictEqual(failure.description, "The secret could not be read")
  })
})

it("a body that was cut is transient, and any other unexpected response is not", () => {
  assert.deepInclude(Failure.cut(200), { tag: "UnexpectedResponse", outcome: "unknown", transient: true })
  assert.deepInclude(Failure.unexpected(200, "x"), { tag: "UnexpectedResponse", outcome: "unknown", transient: false })
})

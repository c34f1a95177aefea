import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import * as Operation from "../../../src/internal/call/Operation.ts"
import { operations } from "../../support/TestOperations.ts"

describe("canFailWith", () => {
  it.each([
    ["none", false, false],
    ["NotFound", true, false],
    ["Conflict", false, true],
    ["both", true, true]
  ] as const)("an operation with the failures %s", (name, notFound, conflict) => {
    assert.strictEqual(Operation.canFailWith(operations[name], "NotFound"), notFound)
    assert.strictEqual(Operation.canFailWith(operations[name], "Conflict"), conflict)
    assert.isTrue(Operation.canFailWith(operations[name], "ServerError"))
  })
})

describe("make", () => {
  const spec = {
    name: "Test.x",
    method: "GET",
    path: "/x",
    safety: "read",
    success: Schema.Struct({ id: Schema.String })
  } as const

  it("by default does not stream, and is not retried after a 409", () => {
    assert.deepInclude(Operation.make(spec), { streams: false, maxConflictRetries: 0, failures: [] })
    assert.strictEqual(Operation.make({ ...spec, maxConflictRetries: 1 }).maxConflictRetries, 1)
  })

  it("uses the schema only for values that the fast path does not decode", () => {
    const decodeFast = (value: unknown) => (value === "fast" ? { id: "fast" } : undefined)
    const { decode } = Operation.make({ ...spec, decodeFast })
    assert.deepStrictEqual(Result.getOrThrow(decode("fast")), { id: "fast" })
    assert.deepStrictEqual(Result.getOrThrow(decode({ id: "a" })), { id: "a" })
    assert.isTrue(Result.isFailure(decode({ id: 1 })))
  })
})

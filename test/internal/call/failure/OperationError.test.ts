import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as Failure from "../../../../src/internal/call/failure/Failure.ts"
import * as OperationError from "../../../../src/internal/call/failure/OperationError.ts"
import * as StatusMapping from "../../../../src/internal/call/failure/StatusMapping.ts"
import { context, onSecret, operations, path } from "../../../support/TestOperations.ts"

const none = new CallerValues({})

describe("make", () => {
  const notFound = StatusMapping.toFailure(operations.both, { status: 404, callerValues: none })

  it.each([
    ["cmwsk55x8000com7dj9qcuwx6", "cmwsk55x8000com7dj9qcuwx6"],
    [" c1 ", "c1"],
    ["(Ada Lovelace)", "(redacted)"],
    ["@ada", "(redacted)"],
    ["ada@example.com", "(redacted)"],
    ["+12025550123", "(redacted)"],
    ["12025550123", "(redacted)"],
    [undefined, "(redacted)"]
  ])("NotFound.contactId of %j is %j", (contactId, expected) => {
    const error = OperationError.make(operations.both, notFound, { ...context, contactId })
    assert.strictEqual(error._tag === "NotFound" ? error.contactId : undefined, expected)
  })

  it.each([
    ["read", "unknown", true],
    ["idempotent", "unknown", true],
    ["unsafe", "unknown", false],
    ["unsafe", "rejected", true],
    ["unsafe", "not-sent", true]
  ] as const)("a transient failure of a %s call with outcome %s: isRetryable %s", (safety, outcome, expected) => {
    const failure = StatusMapping.toFailure(operations.none, { status: 503, callerValues: none })
    const error = OperationError.make(operations.none, failure, { ...context, safety, outcome })
    assert.strictEqual(error.isRetryable, expected)
    assert.strictEqual(error.outcome, outcome)
  })

  it("has the fields of the failure and of the call", () => {
    const failure = StatusMapping.toFailure(operations.none, {
      status: 429,
      code: "LIMITS_REACHED",
      message: "Slow down",
      retryAfter: Duration.millis(5),
      callerValues: none
    })
    const error = OperationError.make(
      operations.none,
      { ...failure, requestId: "req" },
      { ...context, lastId: "c9", received: 7 }
    )
    assert.deepInclude(error, {
      _tag: "RateLimited",
      operation: "Test.none",
      method: "POST",
      path,
      status: 429,
      code: "LIMITS_REACHED",
      description: "Slow down",
      requestId: "req",
      retryAfter: Duration.millis(5),
      attempts: 2,
      outcome: "unknown",
      isRetryable: true,
      lastId: "c9",
      received: 7
    })
  })

  it("names the refused field", () => {
    const error = OperationError.make(operations.none, Failure.refused("meta.a", "expected b"), context)
    assert.deepInclude(error, { _tag: "InvalidRequest", field: "meta.a", description: "meta.a: expected b" })
  })

  it("turns a failure that the operation does not have into an UnexpectedResponse", () => {
    assert.strictEqual(OperationError.make(operations.none, notFound, context)._tag, "UnexpectedResponse")
  })

  it("makes a failure of secrets only for an operation that brings its class", () => {
    const failure = { ...Failure.unexpected(409, "It cannot"), tag: "NotMintable" } as const
    assert.deepInclude(OperationError.make(onSecret, failure, context), { _tag: "NotMintable", status: 409 })
    assert.strictEqual(OperationError.make(operations.both, failure, context)._tag, "UnexpectedResponse")
  })
})

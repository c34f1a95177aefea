import { assert, describe, it } from "@effect/vitest"
import type * as Errors from "../../../../src/Errors.ts"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as OperationError from "../../../../src/internal/call/failure/OperationError.ts"
import * as StatusMapping from "../../../../src/internal/call/failure/StatusMapping.ts"
import type * as Operation from "../../../../src/internal/call/Operation.ts"
import { context, operations } from "../../../support/TestOperations.ts"

const none = new CallerValues({})

const known: Readonly<Record<number, Errors.Tag>> = {
  400: "InvalidRequest",
  401: "Unauthorized",
  402: "PaymentRequired",
  403: "Forbidden",
  404: "NotFound",
  405: "InvalidRequest",
  408: "Timeout",
  409: "Conflict",
  413: "InvalidRequest",
  422: "InvalidRequest",
  429: "RateLimited"
}

const transient = new Set([408, 429, 500, 502, 503, 504])

const tagOf = (operation: Operation.Any, status: number): Errors.Tag => {
  const tag = known[status] ?? (status >= 500 ? "ServerError" : "UnexpectedResponse")
  const special = tag === "NotFound" || tag === "Conflict"
  return special && !operation.failures.includes(tag) ? "UnexpectedResponse" : tag
}

const outcomeOf = (status: number): Errors.Outcome => {
  if (status < 304 && status !== 300) return "unknown"
  if (status === 408) return "unknown"
  return status >= 500 && status !== 501 ? "unknown" : "rejected"
}

describe("toFailure", () => {
  for (const [failures, operation] of Object.entries(operations)) {
    it(`maps every status of an operation that fails with ${failures}`, () => {
      for (let status = 100; status <= 599; status++) {
        if (status === 200) continue
        const failure = StatusMapping.toFailure(operation, { status, callerValues: none })
        const error = OperationError.make(operation, failure, context)
        assert.strictEqual(failure.tag, tagOf(operation, status), `${status}`)
        assert.strictEqual(failure.transient, transient.has(status), `transient of ${status}`)
        assert.strictEqual(failure.outcome, outcomeOf(status), `outcome of ${status}`)
        assert.strictEqual(failure.phase, status === 408 ? "server" : undefined, `phase of ${status}`)
        assert.strictEqual(error._tag, failure.tag)
        assert.strictEqual(error.status, status)
        assert.strictEqual(error.attempts, 2)
        assert.notStrictEqual(error.message, "")
        assert.notStrictEqual(error.description, "")
      }
    })
  }

  it("maps a redirect that hides its status", () => {
    const failure = StatusMapping.toFailure(operations.none, { status: 0, callerValues: none })
    assert.deepInclude(failure, { tag: "UnexpectedResponse", outcome: "unknown", transient: false, status: 0 })
    assert.strictEqual(failure.description, "Redirects are not followed")
  })

  it.each([
    ["BAD_REQUEST", "InvalidRequest", "rejected", false],
    ["NOT_AUTHENTICATED", "Unauthorized", "rejected", false],
    ["NO_SUBSCRIPTION", "PaymentRequired", "rejected", false],
    ["NOT_AUTHORIZED", "Forbidden", "rejected", false],
    ["NOT_FOUND", "NotFound", "rejected", false],
    ["METHOD_NOT_ALLOWED", "InvalidRequest", "rejected", false],
    ["TIMEOUT", "Timeout", "unknown", true],
    ["CONFLICT", "Conflict", "rejected", false],
    ["UNPROCESSABLE_ENTITY", "InvalidRequest", "rejected", false],
    ["LIMITS_REACHED", "RateLimited", "rejected", true],
    ["TOO_MANY_REQUESTS", "RateLimited", "rejected", true],
    ["GENERIC_ERROR", "ServerError", "unknown", true],
    ["SERVICE_UNAVAILABLE", "ServerError", "unknown", true],
    ["NEW_AND_UNKNOWN", "ServerError", "unknown", true],
    // Names that every object inherits.
    ["constructor", "ServerError", "unknown", true],
    ["toString", "ServerError", "unknown", true]
  ] as const)("maps %s inside a 200", (code, tag, outcome, transient) => {
    const failure = StatusMapping.toFailure(operations.both, { status: 200, code, message: "x", callerValues: none })
    assert.deepInclude(failure, { tag, outcome, transient, code, status: 200 })
  })

  it("maps a failure inside a 200 that the operation does not have to UnexpectedResponse", () => {
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 200, code: "NOT_FOUND", message: "x", callerValues: none })
        .tag,
      "UnexpectedResponse"
    )
  })

  it.each(["Contact is not verified", "Contact is verified", "fingerprint is too short"])(
    "treats a 500 that says %j as a refusal",
    (message) => {
      assert.deepInclude(StatusMapping.toFailure(operations.none, { status: 500, message, callerValues: none }), {
        tag: "ServerError",
        outcome: "rejected",
        transient: false
      })
      assert.isTrue(StatusMapping.toFailure(operations.none, { status: 503, message, callerValues: none }).transient)
    }
  )

  it("recognises a refusal also if the caller sent the same words", () => {
    const message = "Contact is verified"
    assert.isFalse(
      StatusMapping.toFailure(operations.none, {
        status: 500,
        message,
        callerValues: new CallerValues({ body: JSON.stringify({ name: message }) })
      }).transient
    )
  })

  it.each([
    ["shows what the server said", '"nick" is reserved', '"nick" is reserved'],
    ["does not show what quotes the caller", '"nick" Ada is too long', "The server refused the request"]
  ])("%s", (_, message, expected) => {
    const callerValues = new CallerValues({ body: JSON.stringify({ nick: "Ada" }) })
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 400, message, callerValues }).description,
      expected
    )
  })

  it("names only fields of the API", () => {
    const fieldOf = (message: string) =>
      StatusMapping.toFailure(operations.none, { status: 400, message, callerValues: none }).field
    assert.strictEqual(fieldOf('"email" must be a valid email'), "email")
    assert.strictEqual(fieldOf("Fingerprint is too short (fingerprint)"), "fingerprint")
    assert.isUndefined(fieldOf('"canary" is not allowed'))
    assert.isUndefined(fieldOf("No such person (canary)"))
  })

  it("describes an answer without a message", () => {
    assert.strictEqual(
      StatusMapping.toFailure(operations.none, { status: 400, message: " \n", callerValues: none }).description,
      "The server refused the request"
    )
  })
})

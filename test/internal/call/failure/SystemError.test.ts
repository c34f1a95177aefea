import { assert, describe, it } from "@effect/vitest"
import * as SystemError from "../../../../src/internal/call/failure/SystemError.ts"

const error = (code: string, more: object = {}) => Object.assign(new Error("canary"), { code }, more)

describe("find", () => {
  it.each([undefined, null, "ECONNREFUSED", 1, {}, new Error("canary"), error("not a code"), error("")])(
    "finds no error in %j",
    (cause) => {
      assert.isUndefined(SystemError.find(cause))
    }
  )

  it.each([
    ["ECONNREFUSED", true, false],
    ["ENOTFOUND", true, false],
    ["UND_ERR_CONNECT_TIMEOUT", true, false],
    ["CERT_HAS_EXPIRED", true, true],
    ["EPROTO", true, true],
    ["UND_ERR_CLOSED", true, true],
    ["ECONNRESET", false, false],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", false, false],
    ["UND_ERR_DESTROYED", false, true]
  ])("reads %s", (reason, isNotSent, isPermanent) => {
    assert.deepStrictEqual(SystemError.find(error(reason)), { reason, isNotSent, isPermanent })
  })

  it("tells by the system call that nothing was sent", () => {
    assert.isTrue(SystemError.find(error("ETIMEDOUT", { syscall: "connect" }))?.isNotSent)
    assert.isFalse(SystemError.find(error("ETIMEDOUT", { syscall: "read" }))?.isNotSent)
  })

  it("finds the cause below other errors, and stops in a cycle", () => {
    const fetchFailed = new TypeError("fetch failed", { cause: error("ENOTFOUND") })
    assert.strictEqual(SystemError.find(fetchFailed)?.reason, "ENOTFOUND")
    const cycle = new Error("canary")
    cycle.cause = cycle
    assert.isUndefined(SystemError.find(cycle))
  })

  it("says that nothing was sent only if all errors of an AggregateError do", () => {
    const both = (...codes: ReadonlyArray<string>) =>
      SystemError.find(new AggregateError(codes.map((code) => error(code))))
    assert.isTrue(both("ECONNREFUSED", "ENOTFOUND")?.isNotSent)
    assert.isFalse(both("ECONNREFUSED", "ECONNRESET")?.isNotSent)
  })

  it("shows only messages of this library", () => {
    assert.strictEqual(SystemError.find(new SystemError.Shown("the body ended early"))?.reason, "the body ended early")
  })
})

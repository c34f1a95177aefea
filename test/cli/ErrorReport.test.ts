import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ErrorReport from "../../src/cli/report/ErrorReport.ts"
import * as Errors from "../../src/Errors.ts"

const plain = { isJson: false, hasColor: false }

const write = {
  operation: "Contact.create",
  method: "POST",
  path: "/contact/create",
  description: "No response",
  attempts: 1,
  outcome: "unknown",
  isRetryable: false
} as const

describe("ErrorReport", () => {
  it("names the place of a bug, and not its message, which can quote data", () => {
    const report = ErrorReport.ofCause(Cause.die(new TypeError("canary@example.com is not iterable")))
    assert.deepInclude(report, { code: "Bug", outcome: "unknown", next: "Please report it." })
    assert.match(report.message, /^A bug in effect-chatbotkit: TypeError at .*ErrorReport\.test\.ts/)
    assert.notInclude(JSON.stringify(report), "canary")
    assert.notInclude(JSON.stringify(ErrorReport.ofCause(Cause.die("canary"))), "canary")
  })

  it("says how to look for a contact that may have been made", () => {
    const error = new Errors.TransportError({ ...write, fingerprint: "generated-1" })
    assert.strictEqual(
      ErrorReport.ofError(error).next,
      "Look whether the contact exists: effect-chatbotkit find --fingerprint generated-1."
    )
    assert.strictEqual(
      ErrorReport.ofError(new Errors.TransportError({ ...write, operation: "Contact.update" })).next,
      "Look whether the write has happened before you run the command again."
    )
  })

  it("is one line, without control characters", () => {
    const report = { code: "X", outcome: "unknown", message: "a\n\u001b[2Jb", next: "Do\r\nit." } as const
    assert.strictEqual(ErrorReport.render(report, plain), "error: a\\n\\u001b[2Jb. Do\\r\\nit.\n")
    const json = ErrorReport.render({ ...report, row: 2 }, { isJson: true, hasColor: false })
    assert.deepStrictEqual(JSON.parse(json), { ...report, row: 2 })
    assert.lengthOf(json.split("\n"), 2)
  })

  it("names the row", () => {
    const report = { code: "X", outcome: "not-sent", message: "It failed", next: "Go on.", row: 3 } as const
    assert.strictEqual(ErrorReport.render(report, plain), "error: row 3: It failed. Go on.\n")
  })
})

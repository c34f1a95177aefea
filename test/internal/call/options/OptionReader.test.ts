import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import type * as Options from "../../../../src/internal/call/options/Options.ts"
import * as Settings from "../../../../src/internal/call/options/Settings.ts"

const settings = Result.getOrThrow(Settings.resolve({ secret: Redacted.make("sk-1") }))

/** The problem of options, or of overrides. */
const problem = (options: Readonly<Record<string, unknown>>, allowsNull = false) =>
  Result.match(
    allowsNull ? Settings.override(settings, options) : Settings.resolve(options as unknown as Options.Options),
    {
      onSuccess: () => undefined,
      onFailure: ({ description, option }) => ({ option, description })
    }
  )

describe("an unknown option", () => {
  it.each([
    ["baseURL", "baseUrl"],
    ["base_url", "baseUrl"],
    ["timeZone", "timezone"],
    ["timeOut", "timeout"],
    ["timeouts", "timeout"],
    ["header", "headers"],
    ["secrets", "secret"],
    ["runAsUser", "runAsUserId"],
    ["retrys", "retry"],
    ["maxRetries", "retry.retries"],
    ["retires", "retry.retries"],
    ["attempts", "timeout.attempt"],
    ["idel", "timeout.idle"],
    ["limit", "rateLimit.limit"]
  ])("%s suggests %s", (name, suggested) =>
    assert.deepStrictEqual(problem({ [name]: 1 }), {
      option: name,
      description: `There is no such option. Did you mean ${suggested}?`
    })
  )

  it.each(["apiKey", "token", "url", "fetch", "constructor", "toString", "x".repeat(1_000_000)])(
    "number %# suggests none, and lists the options",
    (name) => assert.match(problem({ [name]: 1 })?.description ?? "", /^Expected secret, .*: there is no such option$/)
  )

  it("suggests a member of the same group first", () =>
    assert.deepStrictEqual(problem({ retry: { delays: 1 } }), {
      option: "retry.delays",
      description: "There is no such option. Did you mean retry.delay?"
    }))

  it("is not shown if it is more than a plain name", () =>
    assert.strictEqual(problem({ "a secret\nname": 1 })?.option, "…"))
})

describe("valid options", () => {
  it("have no problem", () =>
    assert.isUndefined(
      problem({
        secret: Redacted.make("sk-1"),
        baseUrl: undefined,
        headers: { "x-a": "1" },
        timeout: { attempt: undefined, idle: "1 minute" },
        rateLimit: { limit: 1, window: { seconds: 1 } }
      })
    ))
})

describe("null", () => {
  it.each(["baseUrl", "runAsUserId", "timezone", "timeout", "retry", "rateLimit", "circuitBreaker", "exactlyOnce"])(
    "for %s is allowed in overrides, and refused in options",
    (option) => {
      assert.isUndefined(problem({ [option]: null }, true))
      assert.strictEqual(problem({ [option]: null })?.option, option)
    }
  )

  it.each(["secret", "headers", "unknown"])("for %s is refused in overrides too", (option) =>
    assert.strictEqual(problem({ [option]: null }, true)?.option, option)
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import * as Errors from "../../../../src/Errors.ts"
import * as OptionChecks from "../../../../src/internal/call/options/OptionChecks.ts"

const problem = <A>(result: Result.Result<A, string>): string =>
  Result.match(result, { onSuccess: () => "", onFailure: String })

describe("a secret", () => {
  it("is a Redacted token, or an Effect of one, and is returned unchanged", () => {
    for (const secret of [Redacted.make("sk-1"), Effect.succeed(Redacted.make("sk-1"))]) {
      assert.strictEqual(Result.getOrThrow(OptionChecks.secret(secret)), secret)
    }
  })

  it("gives its token only if that can be sent", () => {
    assert.strictEqual(OptionChecks.tokenOf(Redacted.make("sk-1")), "sk-1")
    for (const secret of ["sk-1", Redacted.make("sk 1"), Redacted.make(1), undefined]) {
      assert.isUndefined(OptionChecks.tokenOf(secret))
      assert.strictEqual(problem(OptionChecks.secret(secret)), OptionChecks.tokenProblem(secret))
    }
  })
})

describe("a duration", () => {
  it.each([0, -1, "soon", {}, null, undefined])("is refused as a timeout if it is %j", (value) =>
    assert.match(problem(OptionChecks.timeout(value)), /^Expected a positive duration, such as "30 seconds"/)
  )

  it("is accepted as a timeout in any form that Effect accepts", () => {
    for (const value of [1000, "1 second", { seconds: 1 }, Duration.seconds(1)]) {
      assert.strictEqual(Duration.toMillis(Result.getOrThrow(OptionChecks.timeout(value))), 1000)
    }
    assert.isFalse(Duration.isFinite(Result.getOrThrow(OptionChecks.timeout("Infinity"))))
  })

  it("may be 0 as a delay, but not negative, and must be finite as the window of a rate limit", () => {
    assert.strictEqual(Result.getOrThrow(OptionChecks.delay(0)), 0)
    assert.match(problem(OptionChecks.delay(-1)), /not negative/)
    assert.match(problem(OptionChecks.rateLimitWindow("Infinity")), /positive, finite/)
  })
})

describe("an integer", () => {
  it.each([-1, 101, 1.5, Number.NaN, Infinity, "3", null])("from 0 to 100 is not %j", (value) =>
    assert.strictEqual(problem(OptionChecks.integer(0, 100)(value)), "Expected an integer from 0 to 100")
  )

  it("has an upper limit only if one is given", () => {
    assert.strictEqual(Result.getOrThrow(OptionChecks.integer(1)(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER)
    assert.strictEqual(problem(OptionChecks.integer(1)(0)), "Expected an integer from 1")
  })
})

describe("headers", () => {
  it("are copied", () => {
    const headers = { "x-a": "1" }
    const copy = Result.getOrThrow(OptionChecks.headers(false)(headers))
    headers["x-a"] = "2"
    assert.deepStrictEqual(copy, { "x-a": "1" })
  })

  it("are the enumerable properties only", () => {
    const headers = Object.defineProperty({ "x-a": "1" }, "x-hidden", { value: "2" })
    assert.deepStrictEqual(Result.getOrThrow(OptionChecks.headers(false)(headers)), { "x-a": "1" })
  })

  it("may be null only in overrides", () => {
    assert.deepStrictEqual(Result.getOrThrow(OptionChecks.headers(true)({ "x-a": null })), { "x-a": null })
    try {
      OptionChecks.headers(false)({ "x-a": null })
      assert.fail("accepted")
    } catch (error) {
      assert.instanceOf(error, Errors.InvalidOptions)
      assert.propertyVal(error, "option", "headers.x-a")
    }
  })
})

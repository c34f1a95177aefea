import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { CallerValues } from "../../../src/internal/call/failure/CallerValues.ts"
import * as SecretFailure from "../../../src/internal/secret/SecretFailure.ts"

const context = (status: number, body = "") => ({ status, callerValues: new CallerValues({ body }) })

const refused = "The secret cannot be used in this way"

const description = (status: number, message: unknown, sent?: string) =>
  SecretFailure.read({ message, code: "CODE" }, context(status, sent))?.description

describe("read", () => {
  it.each([
    "Cannot authenticate secret for this secret configuration",
    "Cannot verify secret for this secret configuration",
    "Cannot obtain secret for this secret type",
    "Cannot find secret template",
    '"url" must be a valid uri with a scheme matching the http|https pattern',
    '"method" must be one of [GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS]',
    "Not found"
  ])("shows %j of the contract, also if the caller has sent the same words", (message) => {
    assert.strictEqual(description(409, message, JSON.stringify({ a: message })), message)
  })

  it.each([
    ["a text of a library", 'The "algorithm" is not supported', 'The "algorithm" is not supported'],
    ["a URL", "See https://x.test", refused],
    ["a path of a short URL", "See /s/1", refused],
    ["a header", "Got Bearer abc", refused],
    ["a long run of characters", `Got ${"a".repeat(20)}`, refused],
    // `Headers` and `JSON.parse` quote what they refuse, which can be the value of the secret.
    [
      "a refused value of a header",
      'Headers.append: "hunter2\0" is an invalid header value.',
      "A header has an invalid value"
    ],
    ["a refused name of a header", 'Headers.set: "a b" is an invalid header name.', "A header has an invalid name"],
    ["JSON that cannot be parsed", `Unexpected token 'h', "hunter2" is not valid JSON`, refused],
    ["no text", 1, refused]
  ])("of %s shows %j", (_name, message, expected) => {
    assert.strictEqual(description(409, message), expected)
  })

  it("has the default of a 404, and one for other statuses with a text that is not shown", () => {
    assert.strictEqual(description(404, "https://x.test"), "There is no such contact or secret")
    assert.strictEqual(description(503, "https://x.test"), "The server refused or failed")
  })

  it("leaves redirects, successes and empty bodies as they are", () => {
    assert.isUndefined(SecretFailure.read("/v1/x", context(308)))
    assert.isUndefined(SecretFailure.read({ id: "s1" }, context(200)))
    assert.deepStrictEqual(SecretFailure.read({}, context(503)), {})
  })

  it("finds the field of a proxied request", () => {
    assert.strictEqual(
      SecretFailure.read({ message: '"url" is required', code: "BAD_REQUEST" }, context(400))?.field,
      "url"
    )
  })
})

describe("makeRead", () => {
  const read = SecretFailure.makeRead({ authorization_required: "AuthorizationRequired", not_mintable: "NotMintable" })

  it("maps the kinds of errors that it is given", () => {
    const failure = read({ error: "authorization_required", message: "x", url: "https://x.test" }, context(409))
    assert.deepInclude(failure, { tag: "AuthorizationRequired", code: "authorization_required" })
    assert.strictEqual(failure?.url === undefined ? undefined : Redacted.value(failure.url), "https://x.test")
    assert.deepInclude(read({ error: "not_mintable", message: "no" }, context(403)), { tag: "NotMintable" })
  })

  it.each(["toString", "__proto__", "other", 1, undefined])("has no tag for %s", (error) => {
    assert.notProperty(read({ error, message: "no" }, context(403)), "tag")
  })

  it("leaves out a URL that is no text, or empty", () => {
    for (const url of ["", 1, null]) {
      assert.notProperty(read({ error: "authorization_required", message: "x", url }, context(409)), "url")
    }
  })
})

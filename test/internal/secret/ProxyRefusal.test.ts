import { assert, describe, it } from "@effect/vitest"
import { Headers } from "effect/http"
import * as ProxyRefusal from "../../../src/internal/secret/ProxyRefusal.ts"

const head = (status: number, type: string | undefined) => ({
  status,
  headers: Headers.empty,
  header: (name: string) => (name === "content-type" ? type : undefined)
})

const isOwn = (status: number, body: unknown, type: string | undefined = "application/json") => {
  const answer = head(status, type)
  return ProxyRefusal.isPossible(answer) && ProxyRefusal.isCertain(answer, JSON.stringify(body))
}

const forbiddenKind =
  "Shared secrets cannot be used through a contact context; use the unscoped /secret/{secretId}/proxy endpoint."
const missing =
  "Missing value for secret: ask the user to visit https://x/s/1?cbk=1&auth=1&unfurl=0 to authorize access"
const noValue = "A linked secret exists but has no value configured. Please authenticate or set up the secret value."

const limited = { code: "LIMITS_REACHED", message: "You have exceeded your allocated rate limits: rate/poll" }

describe("the errors of the wire contract are the server's own", () => {
  it.each([
    [400, { message: "Bad request", code: "BAD_REQUEST" }],
    [400, { message: '"url" is required', code: "BAD_REQUEST" }],
    [400, { message: '"foo" is not allowed', code: "BAD_REQUEST" }],
    [400, { message: '"method" must be one of [GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS]', code: "BAD_REQUEST" }],
    [400, { message: '"url" must be a valid uri with a scheme matching the http|https pattern', code: "BAD_REQUEST" }],
    [401, { message: "Not authenticated", code: "NOT_AUTHENTICATED" }],
    [403, { message: "Not authorized", code: "NOT_AUTHORIZED" }],
    [404, { message: "Not found", code: "NOT_FOUND" }],
    [500, { code: "GENERIC_ERROR", message: "fetch failed" }],
    [500, { code: "GENERIC_ERROR", message: 'User with alias "eve" not found' }],
    [403, { error: "forbidden_secret_kind", message: forbiddenKind }],
    [400, { error: "invalid_destination", message: "Destination host is not allowed" }],
    [409, { error: "authorization_required", message: "Cannot obtain secret manager" }],
    [409, { error: "authorization_required", message: missing, url: "https://x" }],
    [409, { error: "authorization_required", message: noValue, url: "https://x" }],
    [
      502,
      { error: "redirect_blocked", message: "The destination returned a redirect, which is not followed by the proxy." }
    ]
  ])("%s %j", (status, body) => {
    assert.isTrue(isOwn(status, body))
  })

  it.each([
    [400, "Invalid JSON"],
    [400, "Invalid body"],
    [413, "Body exceeded 1mb limit"],
    [500, "Internal Server Error"]
  ])("%s %j as text without a type", (status, body) => {
    const answer = head(status, undefined)
    assert.isTrue(ProxyRefusal.isPossible(answer) && ProxyRefusal.isCertain(answer, body))
  })
})

describe("any other answer is the service's", () => {
  it.each([
    ["another status", 401, { message: "Not found", code: "NOT_FOUND" }],
    ["another order of the keys", 404, { code: "NOT_FOUND", message: "Not found" }],
    ["another text", 404, { message: "Not found.", code: "NOT_FOUND" }],
    ["another key", 404, { message: "Not found", code: "NOT_FOUND", id: 1 }],
    ["an error with message first", 500, { message: "fetch failed", code: "GENERIC_ERROR" }],
    ["an unknown code", 500, { code: "INTERNAL_SERVER_ERROR", message: "x" }],
    ["an unknown error", 403, { error: "access_denied", message: "x" }],
    ["an error of OAuth", 400, { error: "invalid_request", error_description: "x" }],
    ["a name of Object.prototype", 400, { toString: 1 }],
    ["a message that is no text", 404, { message: 1, code: "NOT_FOUND" }],
    ["a list", 400, []],
    ["null", 404, null],
    ["the 429 of the lists, which this endpoint does not have", 429, limited],
    ["a success", 200, { message: "Not found", code: "NOT_FOUND" }]
  ] as const)("%s", (_name, status, body) => {
    assert.isFalse(isOwn(status, body))
  })

  it.each(["application/json; charset=utf-8", "text/plain", "application/problem+json", "text/html"])(
    "type %s",
    (type) => {
      assert.isFalse(isOwn(404, { message: "Not found", code: "NOT_FOUND" }, type))
    }
  )

  it("JSON without a type", () => {
    const answer = head(404, undefined)
    assert.isFalse(ProxyRefusal.isCertain(answer, '{"message":"Not found","code":"NOT_FOUND"}'))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import * as Settings from "../../../../src/internal/call/options/Settings.ts"
import * as PreparedCall from "../../../../src/internal/call/request/PreparedCall.ts"
import { onSecret, operations } from "../../../support/TestOperations.ts"

const settings = Result.getOrThrow(Settings.resolve({ secret: Redacted.make("sk-1"), headers: { "x-team": "a" } }))
const operation = operations.NotFound
const prepare = (input: Parameters<typeof PreparedCall.prepare>[2]) => PreparedCall.prepare(settings, operation, input)

describe("prepare", () => {
  it("builds the whole request except for the token", () => {
    const { request } = Result.getOrThrow(prepare({ contactId: "c1", query: [["q", "a b"]], body: { name: "Zoë" } }))
    assert.strictEqual(request.url, "https://api.chatbotkit.com/v1/contact/c1/x")
    assert.strictEqual(request.method, "POST")
    assert.deepInclude(request.headers, {
      accept: "application/json",
      "content-type": "application/json",
      "x-team": "a"
    })
    assert.notProperty(request.headers, "authorization")
    assert.deepStrictEqual(request.urlParams.params, [["q", "a b"]])
    const { body } = request
    assert.strictEqual(body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "", '{"name":"Zoë"}')
  })

  it("stays the same if the input is changed later", () => {
    const body = { name: "a" }
    const { request } = Result.getOrThrow(prepare({ contactId: "c1", body }))
    body.name = "b"
    assert.strictEqual(
      request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "",
      '{"name":"a"}'
    )
  })

  it.each([
    ["c1", undefined, "c1", "idempotent"],
    [" c1 ", undefined, "c1", "idempotent"],
    ["(Ada)", undefined, undefined, "unsafe"],
    ["(Ada)", true, undefined, "unsafe"]
  ] as const)(
    "of the id %j, with an idempotency key %s, the plain id is %s and the safety is %s",
    (contactId, hasIdempotencyKey, plainId, safety) => {
      const call = Result.getOrThrow(
        prepare({ contactId, ...(hasIdempotencyKey === undefined ? {} : { hasIdempotencyKey }) })
      )
      assert.strictEqual(call.plainId, plainId)
      assert.strictEqual(call.safety, safety)
    }
  )

  it.each([
    ["an id that leaves its path segment", { contactId: ".." }, "id"],
    ["an absent id", {}, "id"],
    ["a body above 1 MiB", { contactId: "c1", body: { name: "a".repeat(1_048_577) } }, "request"]
  ])("refuses %s before anything is sent", (_name, input, field) => {
    const error = Result.getOrThrow(Result.flip(prepare(input)))
    assert.deepInclude(error, { _tag: "InvalidRequest", field, attempts: 0, outcome: "not-sent" })
  })
})

describe("prepare for an operation on a secret", () => {
  const prepareSecret = (input: Parameters<typeof PreparedCall.prepare>[2]) =>
    PreparedCall.prepare(settings, onSecret, input)

  it("fills both ids in, each as one segment", () => {
    const { request } = Result.getOrThrow(prepareSecret({ contactId: "(Ada / Eve)", secretId: "@crm {contactId}$&" }))
    assert.strictEqual(
      request.url,
      "https://api.chatbotkit.com/v1/contact/(Ada%20%2F%20Eve)/secret/%40crm%20%7BcontactId%7D%24%26/x"
    )
  })

  it.each([
    ["c1", "s1", "s1", "idempotent"],
    ["c1", " s1 ", "s1", "idempotent"],
    ["c1", "@crm", undefined, "unsafe"],
    ["(Ada)", "s1", "s1", "unsafe"]
  ] as const)(
    "of %j and %j, the reply has to name %s, and the safety is %s",
    (contactId, secretId, plainId, safety) => {
      const call = Result.getOrThrow(prepareSecret({ contactId, secretId }))
      assert.strictEqual(call.plainId, plainId)
      assert.strictEqual(call.safety, safety)
      assert.deepStrictEqual(call.callerValues.ids, [contactId, secretId])
    }
  )

  it.each([
    ["an alias for the contact", { contactId: "@ada", secretId: "s1" }, "contactId"],
    ["an absent secret", { contactId: "c1" }, "secretId"],
    ["a dot segment for the secret", { contactId: "c1", secretId: ".." }, "secretId"]
  ])("refuses %s before anything is sent", (_name, input, field) => {
    const error = Result.getOrThrow(Result.flip(prepareSecret(input)))
    assert.deepInclude(error, { _tag: "InvalidRequest", field, attempts: 0, outcome: "not-sent" })
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Redacted, Schema } from "effect"
import { inspect } from "node:util"
import * as Errors from "../src/Errors.ts"
import * as Fake from "./support/FakeHttp.ts"

const fields = {
  operation: "Contact.fetch",
  method: "GET",
  path: "/contact/{contactId}/fetch",
  description: "It went wrong",
  attempts: 1,
  outcome: "unknown",
  isRetryable: false
} as const

const errors: ReadonlyArray<Errors.ContactError> = [
  new Errors.InvalidRequest(fields),
  new Errors.Unauthorized(fields),
  new Errors.PaymentRequired(fields),
  new Errors.Forbidden(fields),
  new Errors.NotFound({ ...fields, contactId: "c1" }),
  new Errors.Conflict(fields),
  new Errors.RateLimited(fields),
  new Errors.ServerError(fields),
  new Errors.Timeout({ ...fields, phase: "body" }),
  new Errors.TransportError(fields),
  new Errors.UnexpectedResponse(fields),
  new Errors.AuthorizationRequired(fields),
  new Errors.NotMintable(fields),
  new Errors.DestinationRefused(fields)
]

describe.each(errors.map((error) => [error._tag, error] as const))("%s", (tag, error) => {
  it("is an Error whose message has the operation, the description, the path and the attempts", () => {
    assert.instanceOf(error, Error)
    assert.strictEqual(error.name, tag)
    assert.strictEqual(error.message, "Contact.fetch: It went wrong (GET /contact/{contactId}/fetch, 1 attempt)")
  })

  it("has its message or description in every rendering", () => {
    for (const text of [String(error), Cause.pretty(Cause.fail(error)), error.stack ?? ""]) {
      assert.include(text, error.message)
      assert.include(text, tag)
    }
    // `inspect` shows the fields of a tagged error, not its message.
    for (const text of [inspect(error), inspect(Cause.fail(error), { depth: 9 })]) {
      assert.include(text, error.description)
      assert.include(text, tag)
    }
  })

  it("has its fields in JSON", () => {
    const json: unknown = JSON.parse(JSON.stringify(error))
    assert.deepInclude(json, { _tag: tag, operation: "Contact.fetch", attempts: 1, outcome: "unknown" })
  })
})

it.each([
  [{ status: 404, code: "NOT_FOUND", attempts: 0 }, "(404 NOT_FOUND, GET /contact/{contactId}/fetch, not sent)"],
  [{ status: 500, attempts: 3 }, "(500, GET /contact/{contactId}/fetch, 3 attempts)"],
  [{ code: "X", received: 12 }, "(X, GET /contact/{contactId}/fetch, 1 attempt, 12 received)"]
])("the message holds %j", (over, expected) => {
  assert.include(new Errors.ServerError({ ...fields, ...over }).message, expected)
})

it("an error goes through its schema and back", () => {
  const cause = Object.assign(new Error("ECONNRESET"), { name: "TransportCause" })
  const error = new Errors.RateLimited({ ...fields, status: 429, retryAfter: Duration.millis(5), cause })
  const codec = Schema.toCodecJson(Errors.RateLimited)
  const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error)))
  const back = Schema.decodeUnknownSync(codec)(json)
  assert.strictEqual(back.message, error.message)
  assert.deepStrictEqual(back.retryAfter, Duration.millis(5))
  assert.instanceOf(back.cause, Error)
  assert.strictEqual(String(back.cause), "TransportCause: ECONNRESET")
})

it("the union of all failures is a schema", () => {
  const error = new Errors.NotFound({ ...fields, contactId: "c1" })
  const codec = Schema.toCodecJson(Errors.ContactError)
  const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error)))
  const back = Schema.decodeUnknownSync(codec)(json)
  assert.instanceOf(back, Errors.NotFound)
  assert.strictEqual(back.message, error.message)
})

it("an infinite time to wait can be encoded", () => {
  const error = new Errors.RateLimited({ ...fields, retryAfter: Duration.infinity })
  const codec = Schema.toCodecJson(Errors.RateLimited)
  const back = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error))))
  assert.strictEqual(Duration.toMillis(back.retryAfter ?? Duration.zero), 9e15)
})

it("every failure goes through the schema of the union and back", () => {
  const codec = Schema.toCodecJson(Errors.ContactError)
  for (const error of errors) {
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error)))
    const back = Schema.decodeUnknownSync(codec)(json)
    assert.strictEqual(back._tag, error._tag)
    assert.strictEqual(back.message, error.message)
  }
})

describe("the URL of an AuthorizationRequired", () => {
  const canary = "https://app.test/secrets/canary"
  const error = new Errors.AuthorizationRequired({ ...fields, url: Redacted.make(canary) })

  it("is there for the caller, and in no rendering", () => {
    assert.strictEqual(error.url === undefined ? undefined : Redacted.value(error.url), canary)
    assert.notInclude(Fake.renderings(error), "canary")
  })

  it.each([Errors.ContactError, Errors.AuthorizationRequired])("is left out of the encoded failure", (schema) => {
    const codec = Schema.toCodecJson<Schema.Codec<Errors.ContactError, unknown>>(schema)
    const encoded = Schema.encodeSync(codec)(error)
    assert.notProperty(encoded, "url")
    assert.notInclude(JSON.stringify(encoded), "canary")
    const back = Schema.decodeUnknownSync(codec)(encoded)
    assert.instanceOf(back, Errors.AuthorizationRequired)
    assert.notProperty(back, "url")
  })
})

it("isContactError is true for failures of operations only", () => {
  assert.isTrue(Errors.isContactError(new Errors.ServerError(fields)))
  const others = [
    new Errors.InvalidOptions({ option: "secret", description: "Expected a token" }),
    new Error("no"),
    { ...fields, _tag: "ServerError" },
    undefined
  ]
  for (const other of others) assert.isFalse(Errors.isContactError(other))
})

it("the identifier of a schema contains its module, and the tag does not", () => {
  assert.strictEqual(Errors.NotFound.identifier, "effect-chatbotkit/Errors/NotFound")
  assert.strictEqual(Errors.InvalidOptions.identifier, "effect-chatbotkit/Errors/InvalidOptions")
  assert.strictEqual(new Errors.ServerError(fields)._tag, "ServerError")
})

it("InvalidOptions names the option", () => {
  const error = new Errors.InvalidOptions({ option: "retry.retries", description: "Expected an integer" })
  assert.strictEqual(error.message, "Invalid option retry.retries: Expected an integer")
  for (const text of [String(error), Cause.pretty(Cause.fail(error))]) assert.include(text, error.message)
  assert.include(inspect(error), "retry.retries")
})

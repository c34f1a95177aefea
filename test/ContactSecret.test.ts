import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Tracer } from "effect"
import { inspect } from "node:util"
import type { Client } from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import type * as Errors from "../src/Errors.ts"
import * as Fake from "./support/FakeHttp.ts"
import { connectionRefused, connectionReset, over } from "./support/Calls.ts"
import {
  actionNames,
  callOf,
  calls,
  canaryUrl,
  contactId,
  error,
  exception,
  missingValue,
  noManager,
  noValue,
  own,
  secretId,
  successes
} from "./support/Secrets.ts"

const path = (action: string) => `/v1/contact/${contactId}/secret/${secretId}/${action}`

const actions = {
  authenticate: ContactSecret.authenticate,
  verify: ContactSecret.verify,
  revoke: ContactSecret.revoke,
  mint: ContactSecret.mint
}

describe("the requests", () => {
  it.effect.each(actionNames)("%s is a POST of JSON", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script(successes[name])
      yield* over(fake)(callOf(name))
      const [sent] = fake.sent
      assert.strictEqual(fake.sent.length, 1)
      assert.deepInclude(sent, { method: "POST", body: name === "proxy" ? '{"url":"https://service.test/v1"}' : "{}" })
      assert.strictEqual(sent?.url.pathname, path(name))
      assert.deepInclude(sent?.headers, { "content-type": "application/json" })
    })
  )

  it.effect.each(actionNames)("%s refuses ids that the server cannot resolve", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script(successes[name])
      const act = (contact: string, secret: string): Effect.Effect<unknown, Errors.ContactError, Client> =>
        name === "proxy"
          ? Effect.scoped(ContactSecret.proxy(contact, secret, { url: "https://a.test" }))
          : actions[name](contact, secret)
      for (const [contact, secret, field] of [
        [contactId, "@", "secretId"],
        [contactId, "()", "secretId"],
        [contactId, "", "secretId"],
        [contactId, "..", "secretId"],
        ["@ada", secretId, "contactId"],
        ["", secretId, "contactId"]
      ] as const) {
        const failure = yield* Effect.flip(over(fake)(act(contact, secret)))
        assert.deepInclude(failure, { _tag: "InvalidRequest", field, attempts: 0, outcome: "not-sent" })
      }
      assert.strictEqual(fake.sent.length, 0)
    })
  )

  it.effect("a secret may be given by its name or alias", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { id: "s1", status: "authenticated" }))
      for (const id of ["(My Calendar)", "@calendar", "@@calendar", "@eve@calendar"]) {
        yield* over(fake)(ContactSecret.verify(contactId, id))
        assert.strictEqual(
          fake.sent.at(-1)?.url.pathname,
          `/v1/contact/${contactId}/secret/${encodeURIComponent(id)}/verify`
        )
      }
    })
  )
})

describe("the replies", () => {
  it.effect("authenticate gives the URL, redacted", () =>
    Effect.gen(function* () {
      const { id, url } = yield* over(Fake.script(successes.authenticate))(calls.authenticate)
      assert.deepStrictEqual([id, Redacted.value(url)], [secretId, canaryUrl])
    })
  )

  it.effect("verify gives the status, and the action with its URL", () =>
    Effect.gen(function* () {
      const verify = (body: unknown) => over(Fake.script(Fake.json(200, body)))(calls.verify)
      assert.deepStrictEqual(yield* verify({ id: secretId, status: "authenticated" }), {
        id: secretId,
        status: "authenticated"
      })
      const action = { type: "authenticate", url: canaryUrl }
      const needed = yield* verify({ id: secretId, status: "unauthenticated", action })
      assert.strictEqual(needed.status, "unauthenticated")
      assert.isTrue(needed.action !== undefined && Redacted.value(needed.action.url) === canaryUrl)
      assert.deepInclude(yield* verify({ id: secretId, status: "expired" }), { status: "expired" })
      const failure = yield* Effect.flip(verify({ id: secretId, status: "unauthenticated" }))
      assert.strictEqual(failure._tag, "UnexpectedResponse")
    })
  )

  it.effect("mint gives the token, redacted, and its expiry", () =>
    Effect.gen(function* () {
      for (const expiresAt of [null, 1_700_000_000_000]) {
        const reply = Fake.json(200, { token: "zebra-token", expiresAt })
        const minted = yield* over(Fake.script(reply))(calls.mint)
        assert.deepStrictEqual([Redacted.value(minted.token), minted.expiresAt], ["zebra-token", expiresAt])
      }
    })
  )

  it.effect.each(["authenticate", "verify", "revoke"] as const)("%s: a reply about another secret is refused", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { id: "another", url: canaryUrl, status: "authenticated" }))
      assert.strictEqual((yield* Fake.failureOf(over(fake)(callOf(name))))._tag, "UnexpectedResponse")
    })
  )
})

const notVerified = "The contact is not verified, so it cannot authorize access to this secret"
const unauthorized = "The contact has not authorized access to this secret"
const shared = (action: string) =>
  `Shared secrets cannot be ${action} a contact context; use the unscoped /secret/{secretId}/${action === "minted in" ? "mint" : "proxy"} endpoint.`

describe("the failures (wire contract 3.9.3 to 3.9.5)", () => {
  it.effect.each([
    [
      "authenticate",
      error(409, "CONFLICT", "Cannot authenticate secret for this secret configuration"),
      "Conflict",
      {}
    ],
    ["authenticate", error(409, "CONFLICT", "Cannot obtain secret for this secret type"), "Conflict", {}],
    ["verify", error(409, "CONFLICT", "Cannot verify secret for this secret configuration"), "Conflict", {}],
    ["verify", error(409, "CONFLICT", "Cannot obtain secret for this secret type"), "Conflict", {}],
    ["verify", error(409, "CONFLICT", "Cannot find secret template"), "Conflict", {}],
    [
      "verify",
      error(409, "CONFLICT", "See https://provider.test/zebra"),
      "Conflict",
      { description: "The secret cannot be used in this way" }
    ],
    ["revoke", error(401, "NOT_AUTHENTICATED", missingValue), "AuthorizationRequired", { description: unauthorized }],
    ["revoke", error(401, "NOT_AUTHENTICATED", noManager), "AuthorizationRequired", { description: notVerified }],
    ["revoke", error(401, "NOT_AUTHENTICATED", "Not authenticated"), "Unauthorized", {}],
    ["revoke", error(404, "NOT_FOUND", "Not found"), "NotFound", { contactId }],
    ["mint", own(403, "not_mintable", shared("minted in")), "NotMintable", { code: "not_mintable" }],
    [
      "mint",
      own(409, "not_mintable", "Secrets of type 'bearer' cannot be minted for a token; use the egress proxy instead."),
      "NotMintable",
      { code: "not_mintable" }
    ],
    [
      "mint",
      own(409, "not_mintable", "Platform-managed secrets cannot be minted for a token; use the egress proxy instead."),
      "NotMintable",
      {}
    ],
    ["mint", own(409, "authorization_required", noManager), "AuthorizationRequired", { description: notVerified }],
    [
      "mint",
      own(409, "authorization_required", noValue, canaryUrl),
      "AuthorizationRequired",
      { description: unauthorized, code: "authorization_required" }
    ],
    [
      "proxy",
      own(409, "authorization_required", missingValue, canaryUrl),
      "AuthorizationRequired",
      { description: unauthorized }
    ],
    [
      "proxy",
      own(403, "forbidden_secret_kind", shared("used through")),
      "Forbidden",
      { code: "forbidden_secret_kind" }
    ],
    [
      "proxy",
      own(400, "invalid_destination", "Destination host is not allowed"),
      "DestinationRefused",
      { code: "invalid_destination" }
    ],
    ["proxy", error(400, "BAD_REQUEST", '"url" must be a string'), "InvalidRequest", { field: "url" }],
    ["proxy", exception("fetch failed"), "ServerError", { description: "fetch failed", outcome: "unknown" }]
  ] as const)(
    "%s, %#: its failure is typed, is not retried, and shows the contract's text",
    ([name, reply, tag, expected]) =>
      Effect.gen(function* () {
        const fake = Fake.script(reply)
        const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
        const body: { readonly message: string } = yield* Effect.promise(() => reply().json())
        const defaults = { _tag: tag, status: reply().status, description: body.message, outcome: "rejected" }
        const fields: Readonly<Record<string, unknown>> = { ...defaults, ...expected }
        for (const [name, value] of Object.entries(fields)) assert.propertyVal(failure, name, value)
        assert.isFalse(failure.isRetryable)
        assert.strictEqual(fake.sent.length, 1)
        assert.notInclude(Fake.renderings(failure), "zebra")
      })
  )

  it.effect.each(["mint", "proxy"] as const)("%s: the failure has the URL, if the contact is verified", (name) =>
    Effect.gen(function* () {
      for (const [url, expected] of [
        [canaryUrl, canaryUrl],
        [undefined, undefined]
      ]) {
        const message = url === undefined ? noManager : missingValue
        const fake = Fake.script(own(409, "authorization_required", message, url))
        const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
        assert.strictEqual(failure._tag, "AuthorizationRequired")
        if (failure._tag !== "AuthorizationRequired") continue
        assert.strictEqual(failure.url === undefined ? undefined : Redacted.value(failure.url), expected)
      }
    })
  )

  it.effect.each([
    ["revoke", "Cannot find secret reference"],
    ["verify", "Parent ID is required for @@ identifier"],
    ["revoke", 'User with alias "eve" not found']
  ] as const)("%s: the 500 %j is permanent", ([name, message]) =>
    Effect.gen(function* () {
      const fake = Fake.script(exception(message))
      const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
      assert.deepInclude(failure, { _tag: "ServerError", outcome: "rejected", isRetryable: false, attempts: 1 })
    })
  )

  it.effect("a 500 that says nothing is retried, but not for ever", () =>
    Effect.gen(function* () {
      const fake = Fake.script(exception("System error occurred"))
      const failure = yield* Fake.failureOf(over(fake)(calls.revoke))
      assert.deepInclude(failure, { _tag: "ServerError", outcome: "unknown", attempts: 4 })
    })
  )

  it.effect("an error of a kind that is not known is told by its status", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(own(403, "new_kind", "no")))(calls.mint))
      assert.deepInclude(failure, { _tag: "Forbidden", description: "no" })
      const other = yield* Fake.failureOf(over(Fake.script(own(409, "new_kind", "no")))(calls.mint))
      assert.deepInclude(other, { _tag: "UnexpectedResponse", status: 409 })
    })
  )
})

describe("retries (wire contract 8)", () => {
  it.effect.each([
    ["authenticate", 1],
    ["verify", 4],
    ["revoke", 4],
    ["mint", 1],
    ["proxy", 1]
  ] as const)("%s is sent %s times if its answers are lost", ([name, attempts]) =>
    Effect.gen(function* () {
      const fake = Fake.script(connectionReset)
      const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
      assert.deepInclude(failure, { _tag: "TransportError", attempts, outcome: "unknown" })
      assert.strictEqual(fake.sent.length, attempts)
    })
  )

  it.effect.each([
    ["authenticate", 4],
    ["mint", 4],
    ["proxy", 1]
  ] as const)("%s is sent %s times if nothing reaches the server", ([name, attempts]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(connectionRefused))(callOf(name)))
      assert.deepInclude(failure, { _tag: "TransportError", attempts, outcome: "not-sent" })
    })
  )

  it.effect.each([
    ["401 of a missing value", error(401, "NOT_AUTHENTICATED", missingValue)],
    ["404", error(404, "NOT_FOUND", "Not found")]
  ] as const)("revoke: after a lost answer, a %s is a success", ([, reply]) =>
    Effect.gen(function* () {
      const fake = Fake.script(connectionReset, reply)
      assert.deepStrictEqual(yield* Fake.successOf(over(fake)(calls.revoke)), { id: secretId })
    })
  )

  it.effect.each([
    ["401 of an unverified contact", error(401, "NOT_AUTHENTICATED", noManager), "AuthorizationRequired"],
    ["401 of the token", error(401, "NOT_AUTHENTICATED", "Not authenticated"), "Unauthorized"]
  ] as const)("revoke: after a lost answer, a %s is a failure of unknown outcome", ([, reply, tag]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(connectionReset, reply))(calls.revoke))
      assert.deepInclude(failure, { _tag: tag, outcome: "unknown", attempts: 2 })
    })
  )

  it.effect("revoke: after an attempt that was certainly not sent, the 401 is a failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script(connectionRefused, error(401, "NOT_AUTHENTICATED", missingValue))
      const failure = yield* Fake.failureOf(over(fake)(calls.revoke))
      assert.deepInclude(failure, { _tag: "AuthorizationRequired", outcome: "rejected", attempts: 2 })
    })
  )

  it.effect("revoke by name is not repeated: the name can be that of another secret by then", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(
        over(Fake.script(connectionReset))(ContactSecret.revoke(contactId, "(My Calendar)"))
      )
      assert.deepInclude(failure, { _tag: "TransportError", outcome: "unknown", attempts: 1 })
    })
  )
})

it.effect.each(actionNames)("%s can be interrupted, and sends nothing more", (name) =>
  Effect.gen(function* () {
    const fake = Fake.script("never")
    const fiber = yield* Effect.forkChild(over(fake)(callOf(name)))
    yield* Fake.settle
    yield* Fiber.interrupt(fiber)
    assert.deepStrictEqual([fake.sent.length, fake.interrupted()], [1, 1])
  })
)

it.effect.each(["authenticate", "verify", "revoke", "mint"] as const)("%s: every status has its failure", (name) =>
  Effect.gen(function* () {
    const tags: Readonly<Record<number, Errors.Tag>> = {
      400: "InvalidRequest",
      401: "Unauthorized",
      402: "PaymentRequired",
      403: "Forbidden",
      404: "NotFound",
      405: "InvalidRequest",
      408: "Timeout",
      409: name === "authenticate" || name === "verify" ? "Conflict" : "UnexpectedResponse",
      413: "InvalidRequest",
      422: "InvalidRequest",
      429: "RateLimited"
    }
    for (let status = 201; status < 600; status++) {
      const body = [204, 205, 304].includes(status) ? null : '{"message":"said","code":"CODE"}'
      const fake = Fake.script(() => new Response(body, { status, headers: { "content-type": "application/json" } }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(callOf(name)))
      const expected = tags[status] ?? (status >= 500 ? "ServerError" : "UnexpectedResponse")
      assert.deepInclude(failure, { _tag: expected, status, attempts: 1 })
    }
  })
)

it.effect.each(actionNames)("%s is a span, and its request another, without ids", (name) =>
  Effect.gen(function* () {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    yield* over(Fake.script(successes[name]))(callOf(name)).pipe(Effect.withTracer(tracer))
    assert.deepStrictEqual(
      spans.map((span) => [span.name, span.attributes.get("url.template")]),
      [
        [`ContactSecret.${name}`, undefined],
        [`POST /contact/{contactId}/secret/{secretId}/${name}`, `/contact/{contactId}/secret/{secretId}/${name}`]
      ]
    )
    const attributes = inspect(spans.map((span) => span.attributes))
    assert.isEmpty([contactId, secretId, "zebra", "service.test"].filter((text) => attributes.includes(text)))
  })
)

import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { CallerValues } from "../../../../src/internal/call/failure/CallerValues.ts"
import * as ServerMessage from "../../../../src/internal/call/failure/ServerMessage.ts"
import * as Work from "../../../support/Work.ts"

const none = new CallerValues({})
const body = (request: object): CallerValues => new CallerValues({ body: JSON.stringify(request) })

/** The messages of the wire contract, and a request whose values are the very words of each. */
const contract = [
  '"name" must be a string',
  '"name" must be less than or equal to 191 bytes long',
  '"description" must be less than or equal to 65535 bytes long',
  '"email" must be a valid email',
  '"phone" must be a phone number',
  '"verifiedAt" must be a number',
  '"verifiedAt" must be a safe number',
  '"meta" must be of type object',
  '"value" must be of type object',
  "Fingerprint is too short (fingerprint)",
  "fingerprint is too short",
  "Contact is not verified",
  "Contact is verified",
  "Unsupported accept header",
  "System error occurred",
  "Unique constraint violation",
  "You have exceeded your allocated rate limits: rate/poll",
  "Bad request",
  "Not authenticated",
  "No subscription",
  "Not authorized",
  "Not found",
  "Method not allowed",
  "Response timeout",
  "Conflict",
  "Invalid JSON",
  "Invalid body",
  "Body exceeded 1mb limit",
  "Internal Server Error",
  "URI malformed",
  "Alias is required",
  "Resource alias is required",
  "Name is required",
  "Parent ID is required for @@ identifier",
  "Parent ID is required for @user@resource identifier"
]

describe("shown", () => {
  it.each(contract)("shows the contract's message whatever the caller sent: %s", (message) => {
    assert.strictEqual(ServerMessage.shown(message, body({ name: message, nick: "name" })), message)
    assert.strictEqual(ServerMessage.shown(` ${message}\n`, none), message)
  })

  it.each([
    ['"foo" is not allowed', '"…" is not allowed'],
    ['"meta._canary \n key" is not allowed', '"…" is not allowed'],
    ['Cannot use fingerprint with aud "widget" (fingerprint)', 'Cannot use fingerprint with aud "…" (fingerprint)'],
    ['User with alias "canary" not found', 'User with alias "…" not found']
  ])("leaves out what the contract's message quotes: %s", (message, expected) =>
    assert.strictEqual(ServerMessage.shown(message, none), expected)
  )

  it.each([
    ["Not found: Canary Lovelace", "Canary Lovelace"],
    ['"name" must be a string (Canary)', "Canary"],
    ['"Canary" must be a string', "Canary"],
    ["Canary is verified", "Canary"]
  ])("does not show %j, which only begins or ends like one of the contract's", (message, name) =>
    assert.isUndefined(ServerMessage.shown(message, body({ name })))
  )

  it.each([
    ['"ada@example.com" is not valid', '"…" is not valid'],
    ["no contact ada+tag@mail.example.co.uk here", "no contact … here"],
    ["call +1 (202) 555-0123 now", "call … now"],
    ["call 2025550123", "call …"],
    ["bad token sk-abc_123", "bad token …"],
    ["bad token oaac-1 and oart-2", "bad token … and …"],
    ["jwt eyJhbGciOi.eyJzdWIi.c2ln", "jwt …"],
    ["line\r\nbreak\u001b[31m", "line break [31m"],
    ["  ", undefined],
    ["Plan limit reached", "Plan limit reached"]
  ])("cuts e-mail addresses, phone numbers and tokens out of %j", (message, expected) =>
    assert.strictEqual(ServerMessage.shown(message, none), expected)
  )

  it("bounds the length, and cuts no word in two", () => {
    const message = `${"é ".repeat(140)}${"x ".repeat(10_000)}`
    assert.isAtMost(ServerMessage.shown(message, none)?.length ?? 0, 301)
    // Part of an address would not be recognised.
    const personal = `${"a@b.example ".repeat(32)}lovelace.the.countess@example.com`
    assert.notInclude(ServerMessage.shown(personal, none), "countess")
  })

  it.effect.prop("accepts any message", [Schema.String], ([message]) =>
    Effect.sync(() => assert.isAtMost((ServerMessage.shown(message, none) ?? "").length, 301))
  )
})

describe("identifier", () => {
  it("is shown if it is one word that does not quote the caller", () => {
    const callerValues = body({ nick: "canary-nick" })
    assert.strictEqual(ServerMessage.identifier("fra1::iad1::h8x2p-1701", callerValues), "fra1::iad1::h8x2p-1701")
    assert.strictEqual(ServerMessage.identifier("QUOTA_EXHAUSTED", callerValues), "QUOTA_EXHAUSTED")
    assert.isUndefined(ServerMessage.identifier("canary-nick", callerValues))
    assert.isUndefined(ServerMessage.identifier("req-CANARY-1", callerValues))
    assert.isUndefined(ServerMessage.identifier("two words", none))
    assert.isUndefined(ServerMessage.identifier(undefined, none))
  })
})

describe("work", () => {
  const length = 64 * 1024

  it.each(Work.requests(length))(
    "is a few steps for each character of a request of %s, whatever the page",
    (_, parts) => {
      const json = JSON.stringify(parts)
      for (const [name, message] of Work.pages) {
        const callerValues = new CallerValues({ body: json })
        const work = Work.workOf(() => {
          ServerMessage.shown(message, callerValues)
          ServerMessage.identifier("request-1234", callerValues)
        })
        assert.isAtMost(work, 15 * length + 100_000, name)
      }
    }
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { CallTime } from "../../../src/internal/contact/CallTime.ts"
import * as NewestContacts from "../../../src/internal/contact/NewestContacts.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

const now = Date.UTC(2030, 0, 1)
const date = new Date(now).toUTCString()

/** Searches a list for the fingerprint of the contact at an index. Contacts are made a minute apart, the first one now. */
const find = (options: {
  readonly count: number
  readonly index?: number
  readonly min?: number
  readonly date?: string | undefined
}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const time = new CallTime(yield* Clock.Clock)
    const lines = Array.from({ length: options.count }, (_, index) =>
      Fake.item(`c${index}`, { createdAt: now - index * 60_000 })
    )
    const fake = Fake.script(
      () =>
        new Response(lines.join(""), {
          headers: {
            "content-type": "application/jsonl",
            ...(options.date === undefined ? {} : { date: options.date })
          }
        }),
      Fake.json(200, { items: [] })
    )
    const client = yield* TestClient.make(fake)
    const fingerprint = `fingerprint-of-c${options.index ?? -1}`
    const { contact, isPastCall } = yield* Fake.successOf(
      NewestContacts.find(client, time, fingerprint, options.min ?? 0)
    )
    return { found: contact?.id, isPastCall, isServerKnown: time.isServerKnown, sent: fake.sent.length }
  })

describe("the search of the newest contacts", () => {
  it.effect("stops at the contact with the fingerprint", () =>
    Effect.gen(function* () {
      const expected = { found: "c1", isPastCall: false, isServerKnown: true, sent: 1 }
      assert.deepStrictEqual(yield* find({ count: 5, index: 1, date }), expected)
    })
  )

  // A contact is older than the call if it is more than a minute older by the server's clock.
  it.effect("stops at the first contact that is older than the call", () =>
    Effect.gen(function* () {
      const expected = { found: undefined, isPastCall: true, isServerKnown: true, sent: 1 }
      assert.deepStrictEqual(yield* find({ count: 5, index: 3, date }), expected)
      assert.deepStrictEqual(yield* find({ count: 5, index: 2, date }), { ...expected, found: "c2" })
    })
  )

  it.effect("reads the minimum number of contacts, also if they are older than the call", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* find({ count: 50, index: 39, min: 40, date })).found, "c39")
      assert.strictEqual((yield* find({ count: 50, index: 40, min: 40, date })).found, undefined)
    })
  )

  it.effect("ends with the list, and says that no contact was older than the call", () =>
    Effect.gen(function* () {
      const { found, isPastCall } = yield* find({ count: 2, date })
      assert.deepStrictEqual([found, isPastCall], [undefined, false])
    })
  )

  it.effect("reads 10,000 contacts if the responses have no Date", () =>
    Effect.gen(function* () {
      const expected = { found: "c9999", isPastCall: false, isServerKnown: false, sent: 1 }
      assert.deepStrictEqual(yield* find({ count: 10_050, index: 9999 }), expected)
      assert.deepStrictEqual(yield* find({ count: 10_050, index: 10_000 }), { ...expected, found: undefined })
    })
  )

  it.effect("requests the list from the newest on, and fails as the list does", () =>
    Effect.gen(function* () {
      const time = new CallTime(yield* Clock.Clock)
      const fake = Fake.script(Fake.json(403, { code: "NOT_AUTHORIZED", message: "no" }))
      const client = yield* TestClient.make(fake)
      const error = yield* Fake.failureOf(NewestContacts.find(client, time, "x", 0))
      assert.deepInclude(error, { _tag: "Forbidden", operation: "Contact.list" })
      assert.strictEqual(fake.sent[0]?.url.search, "?order=desc")
    })
  )
})

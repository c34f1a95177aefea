import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { CallTime } from "../../../src/internal/contact/CallTime.ts"
import * as ConflictVerdict from "../../../src/internal/contact/ConflictVerdict.ts"
import type { Contact } from "../../../src/internal/contact/ContactSchema.ts"
import * as Fake from "../../support/FakeHttp.ts"

const now = Date.UTC(2030, 0, 1)
const old = now - 3_600_000

const contactOf = (over: Partial<Contact>): Contact => ({
  ...Fake.contact("c1"),
  name: "Ada",
  createdAt: now,
  updatedAt: now,
  ...over
})

/** The contacts that the search can find. */
const contacts = {
  none: undefined,
  same: contactOf({}),
  "same, changed since": contactOf({ updatedAt: now + 5 }),
  other: contactOf({ name: "Grace" }),
  "other, changed since": contactOf({ name: "Grace", updatedAt: now + 5 }),
  "same, old": contactOf({ createdAt: old, updatedAt: old }),
  "same, old, changed since": contactOf({ createdAt: old, updatedAt: now }),
  "other, old": contactOf({ name: "Grace", createdAt: old, updatedAt: old }),
  "other, old, changed since": contactOf({ name: "Grace", createdAt: old, updatedAt: now })
}

type Found = keyof typeof contacts

/** Judges a 409. The server's time is known, unless `date` is undefined. */
const judge = (found: Found, evidence: Partial<ConflictVerdict.Evidence>, date: string | undefined) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const time = new CallTime(yield* Clock.Clock)
    time.learn(date)
    const contact = contacts[found]
    const facts = { isGenerated: false, isAnswerLost: false, isPastCall: false, ...evidence }
    const verdict = ConflictVerdict.judge({ request: { name: "Ada" }, time, contact, ...facts })
    if (typeof verdict === "string") return verdict
    assert.strictEqual(verdict, contact)
    return "created"
  })

/** The verdict if the server's time is known, and if it is not. */
type Verdicts = readonly ["created" | "rejected" | "unknown", "created" | "rejected" | "unknown"]

const date = new Date(now).toUTCString()

const names = Object.keys(contacts).filter((name): name is Found => name in contacts)

describe("with a generated fingerprint, whether an answer was lost or not", () => {
  const cases = names.flatMap((found) => [true, false].map((isAnswerLost) => [found, isAnswerLost] as const))
  it.effect.each(cases)("%s, answer lost: %s", ([found, isAnswerLost]) =>
    Effect.gen(function* () {
      const expected = found === "none" ? "unknown" : "created"
      assert.strictEqual(yield* judge(found, { isGenerated: true, isAnswerLost, isPastCall: true }, date), expected)
    })
  )
})

describe("with the caller's fingerprint and no answer lost", () => {
  const verdicts: Readonly<Record<Found, Verdicts>> = {
    none: ["unknown", "unknown"],
    same: ["unknown", "unknown"],
    "same, changed since": ["unknown", "unknown"],
    other: ["rejected", "rejected"],
    "other, changed since": ["unknown", "unknown"],
    "same, old": ["rejected", "unknown"],
    "same, old, changed since": ["rejected", "unknown"],
    "other, old": ["rejected", "rejected"],
    "other, old, changed since": ["rejected", "unknown"]
  }
  it.effect.each(names)("%s", (found) =>
    Effect.gen(function* () {
      const judged = [yield* judge(found, {}, date), yield* judge(found, {}, undefined)] as const
      assert.deepStrictEqual(judged, verdicts[found])
    })
  )

  it.effect("no contact among all those made since the call began", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* judge("none", { isPastCall: true }, date), "rejected")
    })
  )
})

describe("with the caller's fingerprint after a lost answer", () => {
  const verdicts: Readonly<Record<Found, Verdicts>> = {
    none: ["unknown", "unknown"],
    same: ["created", "created"],
    "same, changed since": ["created", "created"],
    other: ["unknown", "unknown"],
    "other, changed since": ["unknown", "unknown"],
    "same, old": ["rejected", "unknown"],
    "same, old, changed since": ["unknown", "unknown"],
    "other, old": ["rejected", "unknown"],
    "other, old, changed since": ["unknown", "unknown"]
  }
  it.effect.each(names)("%s", (found) =>
    Effect.gen(function* () {
      const lost = { isAnswerLost: true }
      const judged = [yield* judge(found, lost, date), yield* judge(found, lost, undefined)] as const
      assert.deepStrictEqual(judged, verdicts[found])
    })
  )

  it.effect("no contact among all those made since the call began: it may have been deleted", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* judge("none", { isAnswerLost: true, isPastCall: true }, date), "unknown")
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import * as Contact from "../../../src/Contact.ts"
import * as ContactDecoder from "../../../src/internal/contact/ContactDecoder.ts"

const decode = Schema.decodeUnknownResult(Contact.Contact)
const decodeAll = Schema.decodeUnknownResult(Schema.Array(Contact.Contact))

const contact = {
  id: "c1",
  name: "é",
  description: "",
  fingerprint: "f",
  email: null,
  phone: "+12025550123",
  nick: null,
  preferences: "p",
  verifiedAt: null,
  meta: { a: [1] },
  createdAt: 1,
  updatedAt: 2
}

const odd: ReadonlyArray<unknown> = [undefined, null, "", "x", 0, -1.5, Number.NaN, true, [], {}, { a: 1 }, [contact]]

/** Asserts that the decoder has the result of the schema, or undefined if the schema fails. */
const agrees = (value: unknown) => {
  const expected = decode(value)
  const quick = ContactDecoder.toContact(value)
  assert.deepStrictEqual(quick, Result.isSuccess(expected) ? expected.success : undefined)
  if (quick !== undefined) assert.sameMembers(Object.keys(quick), Object.keys(Contact.Contact.fields))
  return true
}

describe("the decoder agrees with the schema", () => {
  it("on every field, with any value, without it, and with unknown fields", () => {
    assert.isTrue(agrees(contact))
    agrees({ extra: 1, ...contact, another: {} })
    agrees(Object.fromEntries(Object.entries({ ...contact, extra: 1 }).toReversed()))
    agrees(JSON.parse(`{"__proto__":{"id":"c2"},${JSON.stringify(contact).slice(1)}`))
    for (const field of Object.keys(contact)) {
      agrees(Object.fromEntries(Object.entries(contact).filter(([name]) => name !== field)))
      for (const value of odd) agrees({ ...contact, [field]: value })
    }
  })

  it("on any value that is not an object", () => assert.isTrue(odd.every(agrees)))

  it("on its fields, so that none can be added to the schema alone", () => {
    const decoded = ContactDecoder.toContact(contact)
    assert.sameMembers(Object.keys(decoded ?? {}), Object.keys(Contact.Contact.fields))
  })

  it.effect.prop(
    "on any mixture of values",
    { values: Arbitrary.array(Arbitrary.schema(Schema.Int), { minLength: 12, maxLength: 12 }) },
    ({ values }) =>
      Effect.sync(() => {
        const pick = (field: string, at: number) => {
          const choice = Math.abs(values[at] ?? 0) % (odd.length * 3)
          return [field, choice < odd.length ? odd[choice] : contact[field as keyof typeof contact]] as const
        }
        agrees(Object.fromEntries(Object.keys(contact).map(pick)))
      })
  )

  it("on arrays, which are decoded as a whole or not at all", () => {
    for (const values of [[], [contact, contact], [contact, {}], [null], {}, null, "x"]) {
      const expected = decodeAll(values)
      assert.deepStrictEqual(
        ContactDecoder.toContacts(values),
        Result.isSuccess(expected) ? expected.success : undefined
      )
    }
  })
})

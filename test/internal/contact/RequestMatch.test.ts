import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Contact from "../../../src/Contact.ts"
import { canComeFrom } from "../../../src/internal/contact/RequestMatch.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"

/** The contact that the server makes from a request. */
const made = (request: Contact.CreateRequest) =>
  Effect.flatMap(Contact.create(request), ({ id }) => Contact.fetch(id)).pipe(Effect.provide(InMemory.layer()))

const empty: Contact.Contact = {
  id: "c1",
  name: "",
  description: "",
  fingerprint: "f",
  email: null,
  phone: null,
  nick: null,
  preferences: null,
  verifiedAt: null,
  meta: null,
  createdAt: 0,
  updatedAt: 0
}

const json = (text: string) => JSON.parse(text)

const requests: Readonly<Record<string, Contact.CreateRequest>> = {
  nothing: {},
  "every field": {
    name: "Ada",
    description: "d",
    email: "Ada@Example.com",
    phone: "+1 202 555 0123",
    nick: "ada",
    preferences: "p",
    verifiedAt: 5,
    fingerprint: "  crm-0001-ada-lovelace "
  },
  "empty texts": { name: "", description: "", email: "", phone: "", nick: "", preferences: "" },
  nulls: { email: null, phone: null, nick: null, preferences: null, meta: null, verifiedAt: null },
  "verifiedAt 0": { verifiedAt: 0 },
  "a phone number without a country code": { phone: "(202) 555-0123" },
  "a phone number with the country code and no plus": { phone: "1-202-555-0123" },
  "a phone number with an extension": { phone: "(202) 555-0123 ext. 45" },
  "a phone number with a prefix for dialling abroad": { phone: "011 44 20 7946 0958" },
  "a phone number with a prefix for dialling at home": { phone: "+44 (0)20 7946 0958" },
  "a phone number in wide digits": { phone: "+１２０２５５５０１２３" },
  meta: { meta: { a: [1, "x", null, { b: true }], c: {}, d: [] } },
  "meta with keys that are left out": { meta: { a: { "#b": 1, c: 2 }, "#d": 1 } },
  "meta with names of members of objects": { meta: json('{"constructor":1,"toString":"x","hasOwnProperty":null}') },
  "meta with numbers that are rounded": { meta: { a: 0.1 + 0.2, b: 1.7976931348623157e308, c: 2 ** 60, d: -1e-320 } }
}

describe("a contact can come from the request it was made of:", () => {
  it.effect.each(Object.entries(requests))("%s", ([, request]) =>
    Effect.map(made(request), (contact) => assert.isTrue(canComeFrom(request, contact), JSON.stringify(contact)))
  )

  it("also if the server rounds numbers of its meta", () => {
    const contact = { ...empty, meta: { a: 0.3, b: null, c: "1180591620717411303424n" } }
    const meta = { a: 0.1 + 0.2, b: 1.7976931348623157e308, c: 2 ** 70 }
    assert.isTrue(canComeFrom({ meta }, contact))
  })
})

describe("a contact cannot come from another request:", () => {
  const others: ReadonlyArray<readonly [request: Contact.CreateRequest, contact: Partial<Contact.Contact>]> = [
    [{ name: "Ada" }, { name: "Grace" }],
    [{}, { name: "Grace" }],
    [{ description: "a" }, { description: "A" }],
    [{ email: "a@b.co" }, {}],
    [{}, { email: "a@b.co" }],
    [{ phone: "(202) 555-0123" }, { phone: "+12025550124" }],
    [{ phone: "(202) 555-0123" }, {}],
    [{}, { phone: "+12025550124" }],
    [{ nick: "a" }, { nick: null }],
    [{ preferences: "a" }, { preferences: "b" }],
    [{ verifiedAt: 5 }, { verifiedAt: 6 }],
    [{}, { verifiedAt: 6 }],
    [{ meta: {} }, { meta: null }],
    [{}, { meta: {} }],
    [{ meta: { a: 1 } }, { meta: { a: 2 } }],
    [{ meta: { a: 1 } }, { meta: { a: "1" } }],
    [{ meta: { a: 1 } }, { meta: { a: 1, b: 2 } }],
    [{ meta: { a: 1, b: 2 } }, { meta: { a: 1 } }],
    [{ meta: { a: [1, 2] } }, { meta: { a: [1] } }],
    [{ meta: { a: [1] } }, { meta: { a: { 0: 1 } } }],
    [{ meta: { a: { b: 1 } } }, { meta: { a: [1] } }],
    [{ meta: json('{"toString":1}') }, { meta: { a: 1 } }],
    [{ meta: { a: true } }, { meta: { a: null } }]
  ]
  it.each(others)("%j, %j", (request, contact) => {
    assert.isFalse(canComeFrom(request, { ...empty, ...contact }))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Result, type SchemaIssue, SchemaParser } from "effect"
import { Contact, ContactPage, ContactRef } from "../../../src/internal/contact/ContactSchema.ts"
import { problemOf } from "../../../src/internal/call/request/Validate.ts"
import * as Fake from "../../support/FakeHttp.ts"

type Decode = (value: unknown) => Result.Result<unknown, SchemaIssue.Issue>

const contacts = SchemaParser.decodeUnknownResult(Contact)
const refs = SchemaParser.decodeUnknownResult(ContactRef)
const pages = SchemaParser.decodeUnknownResult(ContactPage)
const decode: Readonly<Record<"Contact" | "ContactRef" | "ContactPage", Decode>> = {
  Contact: contacts,
  ContactRef: refs,
  ContactPage: pages
}

const contact = Fake.contact("c1", {
  email: "ada@example.com",
  phone: "+12025550123",
  meta: { a: [{ b: null }], c: 0.5 },
  verifiedAt: 0
})

describe("the schemas of replies", () => {
  it("keep the known fields and leave out the others", () => {
    assert.deepStrictEqual(Result.getOrThrow(contacts({ ...contact, spaceId: "s1" })), contact)
    assert.deepStrictEqual(Result.getOrThrow(refs({ id: "c1", name: "Ada" })), { id: "c1" })
    assert.deepStrictEqual(
      Result.getOrThrow(pages({ items: [{ ...contact, spaceId: "s1" }], cursor: "c1", count: 1 })),
      { items: [contact], cursor: "c1" }
    )
  })

  it("have no cursor on an empty page", () => {
    assert.deepStrictEqual(Result.getOrThrow(pages({ items: [] })), { items: [] })
  })

  const valid = { Contact: contact, ContactRef: { id: "c1" }, ContactPage: { items: [contact], cursor: "c1" } }

  it.each([
    ["Contact", { name: null }, "name"],
    ["Contact", { description: undefined }, "description"],
    ["Contact", { email: undefined }, "email"],
    ["Contact", { phone: 12_025_550_123 }, "phone"],
    ["Contact", { createdAt: "2026-01-01T00:00:00Z" }, "createdAt"],
    ["Contact", { updatedAt: null }, "updatedAt"],
    ["Contact", { verifiedAt: "0" }, "verifiedAt"],
    ["Contact", { meta: [] }, "meta"],
    ["Contact", { meta: "{}" }, "meta"],
    ["ContactRef", { id: undefined }, "id"],
    ["ContactRef", { id: 1 }, "id"],
    ["ContactPage", { items: null }, "items"],
    ["ContactPage", { items: [contact, { id: 1 }] }, "items.1.id"],
    ["ContactPage", { cursor: null }, "cursor"]
  ] as const)("%s refuses %j", (name, change, field) => {
    const decoded = decode[name]({ ...valid[name], ...change })
    assert.strictEqual(Result.isFailure(decoded) ? problemOf(decoded.failure, "reply").field : undefined, field)
  })

  it.each(["Contact", "ContactRef", "ContactPage"] as const)("%s refuses any value that is no object", (name) => {
    for (const value of [undefined, null, "x", 1, [valid[name]]]) {
      assert.isTrue(Result.isFailure(decode[name](value)))
    }
  })
})

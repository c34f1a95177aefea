import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Contact } from "../../../src/internal/contact/ContactSchema.ts"
import { FindReply, FoundContact } from "../../../src/internal/lookup/FoundContact.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as Lookup from "../../support/FakeLookup.ts"

const decodeReply = Schema.decodeUnknownResult(FindReply)

const replyOf = (fields: object) => {
  const node = { ...Lookup.node(Lookup.contact("c1")), ...fields }
  return decodeReply({ data: { contacts: { edges: [{ node }], pageInfo: { hasNextPage: true } } } })
}

describe("FoundContact", () => {
  it("has the fields of a contact but preferences", () => {
    const { preferences: _, ...fields } = Contact.fields
    assert.deepStrictEqual(FoundContact.fields, fields)
    assert.deepStrictEqual(Schema.decodeUnknownSync(FoundContact)(Fake.contact("c1")), Lookup.contact("c1"))
  })
})

describe("FindReply", () => {
  it.each([
    ["2023-11-14T22:13:25.000Z", 1_700_000_005_000],
    ["2023-11-14T22:13:25.250Z", 1_700_000_005_250],
    ["2023-11-14T22:13:25Z", 1_700_000_005_000],
    ["0000-01-01T00:00:00.000Z", -62_167_219_200_000],
    ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
    ["+012345-01-01T00:00:00.000Z", Date.UTC(12_345, 0, 1)]
  ])("converts %s to milliseconds", (text, millis) => {
    const reply = Result.getOrThrow(replyOf({ createdAt: text, updatedAt: text, verifiedAt: text }))
    const [edge] = reply.data.contacts.edges
    assert.deepInclude(edge?.node, { createdAt: millis, updatedAt: millis, verifiedAt: millis })
  })

  it.each([
    "2023-11-14",
    "2023-11-14T22:13:25",
    "2023-11-14T22:13:25+01:00",
    "Tue, 14 Nov 2023 22:13:25 GMT",
    "2023-13-14T22:13:25.000Z",
    "+999999-01-01T00:00:00.000Z",
    "",
    1_700_000_005_000,
    null
  ])("refuses %s as a time", (createdAt) => {
    assert.isTrue(Result.isFailure(replyOf({ createdAt })))
  })

  it("refuses a missing field, and null where a contact has no null", () => {
    for (const field of ["id", "name", "description", "fingerprint", "createdAt", "updatedAt"]) {
      assert.isTrue(Result.isFailure(replyOf({ [field]: null })), field)
      assert.isTrue(Result.isFailure(replyOf({ [field]: undefined })), field)
    }
    for (const field of ["email", "phone", "nick", "verifiedAt", "meta"]) {
      assert.isTrue(Result.isSuccess(replyOf({ [field]: null })), field)
      assert.isTrue(Result.isFailure(replyOf({ [field]: undefined })), field)
    }
  })
})

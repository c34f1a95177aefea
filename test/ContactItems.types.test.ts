import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { expectTypeOf } from "vitest"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as ContactConversation from "../src/ContactConversation.ts"
import * as ContactMemory from "../src/ContactMemory.ts"
import * as ContactRating from "../src/ContactRating.ts"
import * as ContactSpace from "../src/ContactSpace.ts"
import * as ContactTask from "../src/ContactTask.ts"
import type * as Errors from "../src/Errors.ts"
import type { CommonError } from "./support/CommonError.ts"

// Checked by the compiler: `npm test` type-checks before it runs anything.

/** The failures of the lists and the search: the common ones, and `NotFound` for the contact. */
type Failures = CommonError | Errors.NotFound

type Listed<A> = Stream.Stream<A, Failures, Client.Client>
type Paged<A> = Effect.Effect<A, Failures, Client.Client>

describe("the items of a contact", () => {
  it("lists and pages have exact types", () => {
    expectTypeOf(ContactConversation.list("id")).toEqualTypeOf<Listed<ContactConversation.ContactConversation>>()
    expectTypeOf(ContactConversation.listPage("id")).toEqualTypeOf<Paged<ContactConversation.ContactConversationPage>>()
    expectTypeOf(ContactMemory.list("id")).toEqualTypeOf<Listed<ContactMemory.ContactMemory>>()
    expectTypeOf(ContactMemory.listPage("id")).toEqualTypeOf<Paged<ContactMemory.ContactMemoryPage>>()
    expectTypeOf(ContactRating.list("id")).toEqualTypeOf<Listed<ContactRating.ContactRating>>()
    expectTypeOf(ContactRating.listPage("id")).toEqualTypeOf<Paged<ContactRating.ContactRatingPage>>()
    expectTypeOf(ContactSpace.list("id")).toEqualTypeOf<Listed<ContactSpace.ContactSpace>>()
    expectTypeOf(ContactSpace.listPage("id")).toEqualTypeOf<Paged<ContactSpace.ContactSpacePage>>()
    expectTypeOf(ContactTask.list("id")).toEqualTypeOf<Listed<ContactTask.ContactTask>>()
    expectTypeOf(ContactTask.listPage("id")).toEqualTypeOf<Paged<ContactTask.ContactTaskPage>>()
    expectTypeOf<ContactTask.ListError>().toEqualTypeOf<Failures>()
    expectTypeOf<ContactTask.ListRequest>().toEqualTypeOf<Contact.ListRequest>()
  })

  it("a search has exact types, and needs a text", () => {
    expectTypeOf(ContactMemory.search("id", { search: "tea" })).toEqualTypeOf<
      Effect.Effect<ReadonlyArray<{ readonly id: string; readonly text: string }>, Failures, Client.Client>
    >()
    // @ts-expect-error the server would ask its model without a question
    const without = ContactMemory.search("id", {})
    // @ts-expect-error the server gives at most 10
    const limited = ContactMemory.search("id", { search: "tea", take: 5 })
    assert.isTrue([without, limited].every(Effect.isEffect))
  })

  it("fields have exact types", () => {
    expectTypeOf<ContactMemory.ContactMemory>().toEqualTypeOf<{
      readonly id: string
      readonly name: string
      readonly description: string
      readonly meta: Schema.JsonObject | null
      readonly createdAt: number
      readonly updatedAt: number
      readonly botId: string | null
      readonly text: string
    }>()
    expectTypeOf<ContactConversation.ContactConversation["contactId"]>().toEqualTypeOf<string>()
    expectTypeOf<ContactConversation.ContactConversation["taskId"]>().toEqualTypeOf<string | null>()
    expectTypeOf<ContactRating.ContactRating["value"]>().toEqualTypeOf<number>()
    expectTypeOf<ContactSpace.ContactSpace["blueprintId"]>().toEqualTypeOf<string | null>()
    expectTypeOf<ContactTask.ContactTask["maxTime"]>().toEqualTypeOf<number | null>()
  })

  it("enumerations are open: their values are known, and any other text is one too", () => {
    expectTypeOf<ContactTask.ContactTask["status"]>().toEqualTypeOf<"idle" | "running" | "canceled" | (string & {})>()
    expectTypeOf<ContactTask.ContactTask["outcome"]>().toEqualTypeOf<
      "pending" | "success" | "failure" | (string & {})
    >()
    assert.isTrue(Schema.is(ContactTask.ContactTask.fields.status)("paused"))
    assert.isFalse(Schema.is(ContactTask.ContactTask.fields.status)(null))
  })

  it("an exported contact is a contact with meta", () => {
    expectTypeOf(Contact.export()).toEqualTypeOf<
      Stream.Stream<Contact.ExportedContact, Contact.ListError, Client.Client>
    >()
    expectTypeOf<Contact.ExportedContact["meta"]>().toEqualTypeOf<Schema.JsonObject>()
    expectTypeOf<Contact.ExportedContact>().toExtend<Contact.Contact>()
    expectTypeOf<Omit<Contact.ExportedContact, "meta">>().toEqualTypeOf<Omit<Contact.Contact, "meta">>()
    assert.isTrue(Stream.isStream(Contact.export()))
  })
})

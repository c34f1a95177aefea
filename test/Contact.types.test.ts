import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Stream } from "effect"
import { expectTypeOf } from "vitest"
import * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import type { CommonError as Common } from "./support/CommonError.ts"

// Checked by the compiler: `npm test` type-checks before it runs anything.

describe("the error unions are exact", () => {
  it("each operation has the failures that it can have, and no others", () => {
    expectTypeOf(Contact.create()).toEqualTypeOf<
      Effect.Effect<Contact.ContactRef, Common | Errors.Conflict, Client.Client>
    >()
    expectTypeOf(Contact.fetch("id")).toEqualTypeOf<
      Effect.Effect<Contact.Contact, Common | Errors.NotFound, Client.Client>
    >()
    expectTypeOf(Contact.update("id", {})).toEqualTypeOf<
      Effect.Effect<Contact.ContactRef, Common | Errors.NotFound | Errors.Conflict, Client.Client>
    >()
    expectTypeOf(Contact.delete("id")).toEqualTypeOf<
      Effect.Effect<Contact.ContactRef, Common | Errors.NotFound, Client.Client>
    >()
    expectTypeOf(Contact.ensure({ fingerprint: "" })).toEqualTypeOf<
      Effect.Effect<Contact.ContactRef, Common | Errors.Conflict, Client.Client>
    >()
    expectTypeOf(Contact.list()).toEqualTypeOf<Stream.Stream<Contact.Contact, Common, Client.Client>>()
    expectTypeOf(Contact.listPage()).toEqualTypeOf<Effect.Effect<Contact.ContactPage, Common, Client.Client>>()
    expectTypeOf(Contact.find()).toEqualTypeOf<Stream.Stream<Contact.FoundContact, Common, Client.Client>>()
  })

  it("fetch cannot fail with Conflict, nor create with NotFound", () => {
    expectTypeOf<Extract<Contact.FetchError, { _tag: "Conflict" }>>().toBeNever()
    expectTypeOf<Extract<Contact.CreateError, { _tag: "NotFound" }>>().toBeNever()
    expectTypeOf<Extract<Contact.EnsureError, { _tag: "NotFound" }>>().toBeNever()
    expectTypeOf<Extract<Contact.DeleteError, { _tag: "Conflict" }>>().toBeNever()
    expectTypeOf<Extract<Contact.ListError, { _tag: "NotFound" | "Conflict" }>>().toBeNever()
    expectTypeOf<Extract<Contact.FindError, { _tag: "NotFound" | "Conflict" }>>().toBeNever()
    // @ts-expect-error it cannot fail with this
    void Contact.fetch("id").pipe(Effect.catchTag("Conflict", () => Effect.void))
    // @ts-expect-error it cannot fail with this
    void Contact.create().pipe(Effect.catchTag("NotFound", () => Effect.void))
  })

  it("a tag that is caught is no longer in the type", () => {
    const handled = Contact.fetch("id").pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
    expectTypeOf(handled).toEqualTypeOf<Effect.Effect<Contact.Contact | undefined, Common, Client.Client>>()
  })

  it("the fields of a failure have types", () => {
    expectTypeOf<Errors.ContactError["outcome"]>().toEqualTypeOf<"not-sent" | "rejected" | "unknown">()
    expectTypeOf<Errors.ContactError["attempts"]>().toEqualTypeOf<number>()
    expectTypeOf<Errors.NotFound["contactId"]>().toEqualTypeOf<string>()
    expectTypeOf<Errors.RateLimited["retryAfter"]>().toEqualTypeOf<Duration.Duration | undefined>()
  })

  it("other options add InvalidOptions, to effects and streams", () => {
    const overrides = { retry: { retries: 0 } }
    expectTypeOf(Contact.fetch("id").pipe(Client.withOptions(overrides))).toEqualTypeOf<
      Effect.Effect<Contact.Contact, Contact.FetchError | Errors.InvalidOptions, Client.Client>
    >()
    expectTypeOf(Contact.list().pipe(Client.withOptionsStream(overrides))).toEqualTypeOf<
      Stream.Stream<Contact.Contact, Contact.ListError | Errors.InvalidOptions, Client.Client>
    >()
  })

  it("making an operation runs nothing", () => {
    assert.isTrue(Effect.isEffect(Contact.create()))
    assert.isTrue(Stream.isStream(Contact.list()))
  })
})

describe("the schemas' types are exact", () => {
  it("a field that the server cannot store as null does not accept null", () => {
    // @ts-expect-error "" clears the name
    const name = Contact.create({ name: null })
    // @ts-expect-error "" clears the description
    const description = Contact.update("id", { description: null })
    // @ts-expect-error without it, one is generated
    const ownFingerprint = Contact.create({ fingerprint: null })
    assert.isTrue([name, description, ownFingerprint].every(Effect.isEffect))
  })

  it("nulls stay nulls and times stay numbers", () => {
    expectTypeOf<Contact.Contact["name"]>().toEqualTypeOf<string>()
    expectTypeOf<Contact.Contact["email"]>().toEqualTypeOf<string | null>()
    expectTypeOf<Contact.Contact["verifiedAt"]>().toEqualTypeOf<number | null>()
    expectTypeOf<Contact.Contact["createdAt"]>().toEqualTypeOf<number>()
  })

  it("a found contact is a contact without preferences", () => {
    expectTypeOf<Contact.FoundContact>().toEqualTypeOf<Omit<Contact.Contact, "preferences">>()
    expectTypeOf<Contact.Contact>().toExtend<Contact.FoundContact>()
  })

  it("find has no take or cursor, and takes no null in meta", () => {
    // @ts-expect-error use Stream.take
    const limited = Contact.find({ take: 1 })
    // @ts-expect-error the server ignores null
    const anyTier = Contact.find({ meta: { tier: null } })
    // @ts-expect-error a list
    const single = Contact.find({ ids: "id" })
    const ids: ReadonlyArray<string> = []
    const typed = Contact.find({ ids, emails: undefined, meta: { age: 30, tags: ["a"], o: { k: true } }, order: "asc" })
    assert.isTrue([limited, anyTier, single, typed].every(Stream.isStream))
  })

  it("ensure requires a fingerprint, and has no verifiedAt", () => {
    // @ts-expect-error fingerprint is required
    const nameless = Contact.ensure({ name: "Ada" })
    // @ts-expect-error the server ignores verifiedAt here
    const verified = Contact.ensure({ fingerprint: "crm-0001-ada-lovelace", verifiedAt: 1 })
    assert.isTrue(Effect.isEffect(nameless) && Effect.isEffect(verified))
  })
})

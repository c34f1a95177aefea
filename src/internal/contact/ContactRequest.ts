/** The requests of the operations. A module of its own, so that it is in no bundle that has no use for it. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ListFilter from "../list/ListFilter.ts"
import * as PlainJson from "../call/request/PlainJson.ts"

const isMeta = (value: unknown): value is Schema.JsonObject =>
  Predicate.isObject(value) && Result.isSuccess(PlainJson.copy(value))

const Meta = Schema.declare(isMeta, { expected: "a JSON object" }).check(
  Schema.makeFilter((meta) => {
    const refused = Object.keys(meta).find((key) => key === "" || key.startsWith("_"))
    return refused === undefined || { path: [refused], issue: "Expected a key that is not empty and has no leading _" }
  })
)

/** Text that the server cannot store as null: it answers with a bare 500 (wire contract 2). */
const NeverNull = Schema.optional(Schema.String).annotate({ message: 'Expected text; "" clears it, null does not' })

/**
 * The fields of a contact that any write can set. `undefined` is the same as leaving the field out. `null` clears it, but
 * for `name` and `description`, which `""` clears. The server checks lengths (191 bytes; 65,535 for `description` and
 * `preferences`), e-mail and phone.
 */
export const ContactOptions = Schema.Struct({
  name: NeverNull,
  description: NeverNull,
  email: Schema.optional(Schema.NullOr(Schema.String)),
  /** A valid number, in any form; without a country code it is taken for one of the United States. */
  phone: Schema.optional(Schema.NullOr(Schema.String)),
  nick: Schema.optional(Schema.NullOr(Schema.String)),
  preferences: Schema.optional(Schema.NullOr(Schema.String)),
  /**
   * Plain JSON: objects without a class, arrays, text, finite numbers, booleans and null, at most 123 levels deep, and no
   * key `__proto__`. Its own keys may not be empty or begin with `_`. The server rounds a number to 16 significant digits,
   * unless it is a whole number of up to 64 bits, and one that overflows by that becomes null.
   */
  meta: Schema.optional(Schema.NullOr(Meta))
})
export interface ContactOptions extends Schema.Struct.Type<typeof ContactOptions.fields> {}

/** The years 0 to 9999: outside of them the server answers with a bare 500 (wire contract 2). */
const VerifiedAt = Schema.Int.check(Schema.isBetween({ minimum: -62_167_219_200_000, maximum: 253_402_300_799_999 }))

/** A new contact. All fields are optional. */
export const CreateRequest = Schema.Struct({
  ...ContactOptions.fields,
  /** At least 16 characters once trimmed. One that the account already has is a `Conflict`. */
  fingerprint: NeverNull,
  /** Milliseconds since 1970, in the years 0 to 9999. 0 is the same as leaving it out. */
  verifiedAt: Schema.optional(Schema.NullOr(VerifiedAt))
})
export interface CreateRequest extends Schema.Struct.Type<typeof CreateRequest.fields> {}

/**
 * The fields to change. A field that is left out stays as it is.
 *
 * `meta` replaces the whole of what was there, unless it is `{ $update: { … } }`, which merges the keys in it into what
 * is there. The server drops, in silence, top-level keys whose first character is none of `A-Z a-z 0-9 _`.
 */
export const UpdateRequest = CreateRequest
export interface UpdateRequest extends Schema.Struct.Type<typeof UpdateRequest.fields> {}

/** A contact to find by its fingerprint, and to make if there is none. There is no `verifiedAt`: the server sets it. */
export const EnsureRequest = Schema.Struct({
  ...ContactOptions.fields,
  /** At least 17 characters once trimmed: at 16 the server answers with a bare 500 (wire contract 3.4). */
  fingerprint: Schema.String.check(
    Schema.makeFilter((fingerprint) => fingerprint.trim().length >= 17, {
      expected: "a fingerprint of at least 17 characters, blanks around it aside"
    })
  )
})
export interface EnsureRequest extends Schema.Struct.Type<typeof EnsureRequest.fields> {}

/** Which contacts to list. */
export const ListRequest = Schema.Struct({
  /** Only what comes after this contact. */
  cursor: Schema.optional(
    Schema.String.check(
      Schema.makeFilter((cursor) => cursor.trim() !== "" && cursor.length <= ListFilter.maxLength, {
        expected: "the id of a contact"
      })
    )
  ),
  /** By the time of creation. Default `desc`, the newest first. */
  order: Schema.optional(Schema.Literals(["asc", "desc"])),
  /** At most this many. */
  take: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /**
   * Only contacts whose `meta` has all of these values, at least one. A key is a path: dots go into objects and `[0]` into
   * arrays, as in `tags[0].name`; a name that itself has a dot, a bracket or a quote is written in double quotes, as JSON,
   * as in `'"a.b".c'`. The server compares text with text and booleans with booleans, and cannot match a number; `"true"`
   * and `"false"` are booleans to it.
   */
  meta: Schema.optional(
    Schema.Record(Schema.String, Schema.Union([Schema.Boolean, Schema.String])).check(
      Schema.makeFilter(ListFilter.problemOf)
    )
  )
})
export interface ListRequest extends Schema.Struct.Type<typeof ListRequest.fields> {}

/** The requests of the writes. They have a module of their own, so that an app that does not use them does not load them. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
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
  /** A valid phone number, in any form. Without a country code it is a number of the United States. */
  phone: Schema.optional(Schema.NullOr(Schema.String)),
  nick: Schema.optional(Schema.NullOr(Schema.String)),
  preferences: Schema.optional(Schema.NullOr(Schema.String)),
  /**
   * Plain JSON: objects without a class, arrays, text, finite numbers, booleans and null, at most 123 levels deep, and no
   * key `__proto__`. Keys at the top may not be empty or begin with `_`. The server rounds a number to 16 significant digits,
   * unless it is a whole number of up to 64 bits. A number that overflows when it is rounded becomes null.
   */
  meta: Schema.optional(Schema.NullOr(Meta))
})
export interface ContactOptions extends Schema.Struct.Type<typeof ContactOptions.fields> {}

/** The years 0 to 9999: outside of them the server answers with a bare 500 (wire contract 2). */
const VerifiedAt = Schema.Int.check(Schema.isBetween({ minimum: -62_167_219_200_000, maximum: 253_402_300_799_999 }))

/** A new contact. All fields are optional. */
export const CreateRequest = Schema.Struct({
  ...ContactOptions.fields,
  /** At least 16 characters once trimmed. If another contact of the account has it, the call fails with `Conflict`. */
  fingerprint: NeverNull,
  /** Milliseconds since 1970, in the years 0 to 9999. 0 changes nothing. */
  verifiedAt: Schema.optional(Schema.NullOr(VerifiedAt))
})
export interface CreateRequest extends Schema.Struct.Type<typeof CreateRequest.fields> {}

/**
 * The fields to change. A field that is left out stays as it is.
 *
 * `meta` replaces the stored `meta` as a whole, unless it is `{ $update: { … } }`: then its keys are merged into the stored
 * ones. The server silently drops top-level keys whose first character is none of `A-Z a-z 0-9 _`.
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

/** The schemas of the server's replies about contacts. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** A value of `JSON.parse` is JSON already, so nothing is checked but that it is an object. */
export const JsonObject = Schema.declare((value): value is Schema.JsonObject => Predicate.isObject(value), {
  expected: "a JSON object"
})

/**
 * A contact, as the server stores it (wire contract 1). A field that is not set is `null`, or `""` for `name` and
 * `description`. Unknown fields of a reply are dropped.
 */
export const Contact = Schema.Struct({
  /** 25 characters, `c` and then lower-case letters and digits. */
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  /** The caller's own key for the contact, unique within the account. The server generates one if none is given. */
  fingerprint: Schema.String,
  email: Schema.NullOr(Schema.String),
  /** In E.164, such as `+12025550123`, in whatever form it was sent. */
  phone: Schema.NullOr(Schema.String),
  nick: Schema.NullOr(Schema.String),
  preferences: Schema.NullOr(Schema.String),
  /** The time at which the contact was verified, in milliseconds since 1970. */
  verifiedAt: Schema.NullOr(Schema.Number),
  meta: Schema.NullOr(JsonObject),
  /** Milliseconds since 1970. */
  createdAt: Schema.Number,
  /** Milliseconds since 1970. */
  updatedAt: Schema.Number
})
export interface Contact extends Schema.Struct.Type<typeof Contact.fields> {}

/** The reply to every write: the id of the contact that was written. */
export const ContactRef = /* @__PURE__ */ Schema.Struct({ id: Schema.String })
export interface ContactRef extends Schema.Struct.Type<typeof ContactRef.fields> {}

/** One page of a list. `cursor` is the id of its last contact, and absent from an empty page. */
export const ContactPage = /* @__PURE__ */ Schema.Struct({
  items: /* @__PURE__ */ Schema.Array(Contact),
  cursor: /* @__PURE__ */ Schema.optionalKey(Schema.String)
})
export interface ContactPage extends Schema.Struct.Type<typeof ContactPage.fields> {}

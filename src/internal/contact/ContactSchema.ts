/** The schemas of the server's replies about contacts. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** A value of `JSON.parse` is JSON already, so only the outermost value of a `meta` is checked. */
const JsonObject = Schema.declare((value): value is Schema.JsonObject => Predicate.isObject(value), {
  expected: "a JSON object"
})

/**
 * A contact, as the server keeps it (wire contract 1). What is not set is `null`, or `""` for `name` and
 * `description`. Fields that are not known here are dropped.
 */
export const Contact = Schema.Struct({
  /** 25 characters, `c` and then lower-case letters and digits. */
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  /** The caller's own key for the contact, unique within the account. The server generates one if none is given. */
  fingerprint: Schema.String,
  email: Schema.NullOr(Schema.String),
  /** In E.164, such as `+12025550123`, whatever form it was sent in. */
  phone: Schema.NullOr(Schema.String),
  nick: Schema.NullOr(Schema.String),
  preferences: Schema.NullOr(Schema.String),
  /** When the contact was verified: milliseconds since 1970. */
  verifiedAt: Schema.NullOr(Schema.Number),
  meta: Schema.NullOr(JsonObject),
  /** Milliseconds since 1970. */
  createdAt: Schema.Number,
  /** Milliseconds since 1970. */
  updatedAt: Schema.Number
})
export interface Contact extends Schema.Struct.Type<typeof Contact.fields> {}

/** The answer of every write: the contact it was about. */
export const ContactRef = /* @__PURE__ */ Schema.Struct({ id: Schema.String })
export interface ContactRef extends Schema.Struct.Type<typeof ContactRef.fields> {}

/** One page of a list. `cursor` is the id of its last contact, and absent from an empty page. */
export const ContactPage = /* @__PURE__ */ Schema.Struct({
  items: /* @__PURE__ */ Schema.Array(Contact),
  cursor: /* @__PURE__ */ Schema.optionalKey(Schema.String)
})
export interface ContactPage extends Schema.Struct.Type<typeof ContactPage.fields> {}

import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { Contact } from "../Contact.ts"

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string"
const isNumberOrNull = (value: unknown): value is number | null => value === null || typeof value === "number"
const isObjectOrNull = (value: unknown): value is Schema.JsonObject | null =>
  value === null || Predicate.isObject(value)

/**
 * What the schema `Contact` makes of a value, written out: several times faster, also where no code may be generated.
 * Undefined where the schema has something to say against it, which is then asked. A test holds the two together.
 */
export const toContact = (value: unknown): Contact | undefined => {
  if (!Predicate.isObject(value)) return undefined
  const { id, name, description, fingerprint, email, phone, nick, preferences } = value
  const { verifiedAt, meta, createdAt, updatedAt } = value
  const isContact =
    typeof id === "string" &&
    typeof name === "string" &&
    typeof description === "string" &&
    typeof fingerprint === "string" &&
    isTextOrNull(email) &&
    isTextOrNull(phone) &&
    isTextOrNull(nick) &&
    isTextOrNull(preferences) &&
    isNumberOrNull(verifiedAt) &&
    isObjectOrNull(meta) &&
    typeof createdAt === "number" &&
    typeof updatedAt === "number"
  if (!isContact) return undefined
  return {
    id,
    name,
    description,
    fingerprint,
    email,
    phone,
    nick,
    preferences,
    verifiedAt,
    meta,
    createdAt,
    updatedAt
  }
}

/** {@link toContact} for each of an array. */
export const toContacts = (values: unknown): ReadonlyArray<Contact> | undefined => {
  if (!Array.isArray(values)) return undefined
  const contacts: Array<Contact> = []
  for (const value of values) {
    const contact = toContact(value)
    if (contact === undefined) return undefined
    contacts.push(contact)
  }
  return contacts
}

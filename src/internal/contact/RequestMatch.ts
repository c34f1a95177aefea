import * as Predicate from "effect/Predicate"
import type { CreateRequest } from "./ContactRequest.ts"
import type { Contact } from "./ContactSchema.ts"

/** The digits in a phone number, as ASCII, in every script that libphonenumber-js knows. */
const digitsOf = (phone: string): ReadonlyArray<string> =>
  Array.from(phone.matchAll(/[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/g), ([digit]) =>
    String(digit.charCodeAt(0) & 15)
  )

/** True if some digits are among others, in the same order. */
const isSubsequence = (digits: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean => {
  let found = 0
  for (const other of others) if (other === digits[found]) found++
  return found === digits.length
}

/**
 * True if a phone number can have been stored for the requested one. The server stores E.164: without an extension or a
 * dialling prefix, and with the country code, which a request may leave out for the United States.
 */
const isSamePhone = (stored: string, requested: string): boolean => {
  const [storedDigits, requestedDigits] = [digitsOf(stored), digitsOf(requested)]
  if (storedDigits.length === 0 || requestedDigits.length === 0) return stored === requested
  return (
    isSubsequence(storedDigits, requestedDigits) ||
    (storedDigits[0] === "1" && isSubsequence(storedDigits.slice(1), requestedDigits))
  )
}

/** True if a number can have been stored for the requested one: the server rounds it, and large ones become null or text. */
const isSameNumber = (stored: unknown, requested: number): boolean => {
  if (typeof stored === "number") return Math.abs(stored - requested) <= Math.abs(requested) * 1e-14
  return Math.abs(requested) > Number.MAX_SAFE_INTEGER && (stored === null || typeof stored === "string")
}

/** The keys that replies have: the server leaves out those that begin with `#`. */
const shownKeys = (object: object): ReadonlyArray<string> => Object.keys(object).filter((key) => !key.startsWith("#"))

/**
 * True if JSON can have been stored for the requested one. It recurses no deeper than the request, whose depth is bounded: the
 * stored value can be another client's, of any depth.
 */
export const isSameJson = (stored: unknown, requested: unknown): boolean => {
  if (typeof requested === "number") return isSameNumber(stored, requested)
  if (Array.isArray(requested)) {
    return (
      Array.isArray(stored) &&
      stored.length === requested.length &&
      requested.every((item, index) => isSameJson(stored[index], item))
    )
  }
  if (!Predicate.isObject(requested)) return stored === requested
  if (!Predicate.isObject(stored)) return false
  const keys = shownKeys(requested)
  return (
    shownKeys(stored).length === keys.length &&
    keys.every((key) => Object.hasOwn(stored, key) && isSameJson(stored[key], requested[key]))
  )
}

/**
 * True if the server can have made a contact from a request. Where the server changes values as it stores them, every value
 * that the requested one can become is accepted, so only `false` is certain.
 */
export const canComeFrom = (request: CreateRequest, contact: Contact): boolean =>
  contact.name === (request.name ?? "") &&
  contact.description === (request.description ?? "") &&
  (contact.email ?? "") === (request.email ?? "") &&
  isSamePhone(contact.phone ?? "", request.phone ?? "") &&
  (contact.nick ?? "") === (request.nick ?? "") &&
  (contact.preferences ?? "") === (request.preferences ?? "") &&
  (contact.verifiedAt ?? 0) === (request.verifiedAt ?? 0) &&
  isSameJson(contact.meta, request.meta ?? null)

import * as Predicate from "effect/Predicate"
import type { CreateRequest } from "./ContactRequest.ts"
import type { Contact } from "./ContactSchema.ts"

/** The digits of any script that the server's parser of phone numbers knows, as ASCII. */
const digits = (phone: string): ReadonlyArray<string> =>
  Array.from(phone.matchAll(/[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/g), ([digit]) =>
    String(digit.charCodeAt(0) & 15)
  )

/** True if these digits are among those, in this order. */
const isWithin = (some: ReadonlyArray<string>, all: ReadonlyArray<string>): boolean => {
  let found = 0
  for (const digit of all) if (digit === some[found]) found++
  return found === some.length
}

/**
 * True if a phone number can have been stored for the requested one. It is stored in E.164: less an extension and a
 * prefix for dialling, and with the country code, which the request may do without for the United States.
 */
const isSamePhone = (stored: string, requested: string): boolean => {
  const [kept, given] = [digits(stored), digits(requested)]
  if (kept.length === 0 || given.length === 0) return stored === requested
  return isWithin(kept, given) || (kept[0] === "1" && isWithin(kept.slice(1), given))
}

/** True if a number can have been stored for the requested one: the server rounds, and some become null or text. */
const isSameNumber = (stored: unknown, requested: number): boolean => {
  if (typeof stored === "number") return Math.abs(stored - requested) <= Math.abs(requested) * 1e-14
  return Math.abs(requested) > Number.MAX_SAFE_INTEGER && (stored === null || typeof stored === "string")
}

/** The server leaves out keys that begin with `#` of what it says. */
const shownKeys = (object: object): ReadonlyArray<string> => Object.keys(object).filter((key) => !key.startsWith("#"))

/** It goes no deeper than the request, whose depth is bounded. What is stored may be somebody else's, and of any depth. */
const isSameJson = (stored: unknown, requested: unknown): boolean => {
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
 * True if a contact can be what the server made of a request. Where the server changes a value as it stores it, a value
 * that may come from the requested one counts as the same: `false` is certain.
 */
export const canComeFrom =
  (request: CreateRequest) =>
  (contact: Contact): boolean =>
    contact.name === (request.name ?? "") &&
    contact.description === (request.description ?? "") &&
    (contact.email ?? "") === (request.email ?? "") &&
    isSamePhone(contact.phone ?? "", request.phone ?? "") &&
    (contact.nick ?? "") === (request.nick ?? "") &&
    (contact.preferences ?? "") === (request.preferences ?? "") &&
    (contact.verifiedAt ?? 0) === (request.verifiedAt ?? 0) &&
    isSameJson(contact.meta, request.meta ?? null)

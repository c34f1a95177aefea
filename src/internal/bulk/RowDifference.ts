import * as Predicate from "effect/Predicate"
import type { CreateRequest, UpdateRequest } from "../contact/ContactRequest.ts"
import type { Contact } from "../contact/ContactSchema.ts"
import { isSameJson } from "../contact/RequestMatch.ts"
import type { FoundContact } from "../lookup/FoundContact.ts"

type Stored = FoundContact & Partial<Contact>

/** The keys to merge, if the `meta` of a request is an update of the stored one. */
export const metaUpdate = (meta: CreateRequest["meta"]): object | undefined => {
  const update = meta?.["$update"]
  return Predicate.isObject(update) ? update : undefined
}

const isSameMeta = (stored: Contact["meta"], requested: CreateRequest["meta"]): boolean => {
  const update = metaUpdate(requested)
  if (update === undefined) return isSameJson(stored, requested)
  return (
    stored !== null &&
    Object.entries(update).every(([key, value]) => Object.hasOwn(stored, key) && isSameJson(stored[key], value))
  )
}

/** True if a phone number is stored as E.164 for the requested one. A false answer costs an update without effect. */
const isSamePhone = (stored: string | null, requested: string | null): boolean => {
  if (stored === requested) return true
  if (stored === null || requested === null) return false
  const digits = requested.replace(/\D/g, "")
  return stored === (requested.trim().startsWith("+") || digits.startsWith("1") ? `+${digits}` : `+1${digits}`)
}

/** True if the request leaves a field of a contact as it is. */
const isSame = (field: string, contact: Stored, request: UpdateRequest): boolean => {
  switch (field) {
    case "fingerprint":
      return request.fingerprint?.trim() === contact.fingerprint
    case "phone":
      return isSamePhone(contact.phone, request.phone ?? null)
    case "verifiedAt":
      // 0 changes nothing (wire contract 2).
      return request.verifiedAt === 0 || request.verifiedAt === contact.verifiedAt
    case "meta":
      return isSameMeta(contact.meta, request.meta)
    default:
      return Reflect.get(request, field) === Reflect.get(contact, field)
  }
}

/** The fields of a request that change a contact. Undefined if there are none. */
export const changesOf = (request: UpdateRequest, contact: Stored): UpdateRequest | undefined => {
  const changes = Object.entries(request).filter(
    ([field, value]) => value !== undefined && !isSame(field, contact, request)
  )
  return changes.length === 0 ? undefined : Object.fromEntries(changes)
}

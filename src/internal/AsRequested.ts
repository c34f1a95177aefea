import * as Equal from "effect/Equal"
import type { Contact, CreateRequest } from "../Contact.ts"

const digits = (phone: string): string => phone.replace(/\D/g, "").replace(/^0+/, "")

/** A phone number is stored in E.164, with the country code that the request may do without. */
const isSamePhone = (stored: string | null, requested: string): boolean =>
  requested === "" ? (stored ?? "") === "" : (stored ?? "").endsWith(digits(requested))

/** Whether a contact is what a request asks for, as the server stores it. */
export const isAsRequested =
  (request: CreateRequest) =>
  (contact: Contact): boolean =>
    contact.name === (request.name ?? "") &&
    contact.description === (request.description ?? "") &&
    contact.email === (request.email ?? null) &&
    isSamePhone(contact.phone, request.phone ?? "") &&
    contact.nick === (request.nick ?? null) &&
    contact.preferences === (request.preferences ?? null) &&
    (contact.verifiedAt ?? 0) === (request.verifiedAt ?? 0) &&
    Equal.equals(contact.meta, request.meta ?? null)

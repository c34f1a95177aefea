/** The operations on contacts, as data. They are marked as pure, so that a bundle has only those that are used. */
import * as Schema from "effect/Schema"
import * as ContactDecoder from "./ContactDecoder.ts"
import { Contact, ContactPage, ContactRef } from "./ContactSchema.ts"
import * as Operation from "../call/Operation.ts"
import * as PageLines from "../list/PageLines.ts"

/** A second request makes another contact, or fails because of the fingerprint of the first. */
export const create = /* @__PURE__ */ Operation.make({
  name: "Contact.create",
  method: "POST",
  path: "/contact/create",
  safety: "unsafe",
  success: ContactRef,
  failures: ["Conflict"]
})

export const fetch = /* @__PURE__ */ Operation.make({
  name: "Contact.fetch",
  method: "GET",
  path: "/contact/{contactId}/fetch",
  safety: "read",
  success: Contact,
  failures: ["NotFound"]
})

/** A second request sets the same fields to the same values. */
export const update = /* @__PURE__ */ Operation.make({
  name: "Contact.update",
  method: "POST",
  path: "/contact/{contactId}/update",
  safety: "idempotent",
  success: ContactRef,
  failures: ["NotFound", "Conflict"]
})

/** A second request fails, and deletes nothing more. */
export const remove = /* @__PURE__ */ Operation.make({
  name: "Contact.delete",
  method: "POST",
  path: "/contact/{contactId}/delete",
  safety: "idempotent",
  success: ContactRef,
  failures: ["NotFound"]
})

/** A second request finds the contact that the first one made. */
export const ensure = /* @__PURE__ */ Operation.make({
  name: "Contact.ensure",
  method: "POST",
  path: "/contact/ensure",
  safety: "idempotent",
  // Of two first calls at the same time, one gets a 409. Sent again, it finds the contact.
  maxConflictRetries: 1,
  success: ContactRef,
  failures: ["Conflict"]
})

/** The reply is one line for each contact. */
export const list = /* @__PURE__ */ Operation.make({
  name: "Contact.list",
  method: "GET",
  path: "/contact/list",
  streams: "contact",
  safety: "read",
  success: /* @__PURE__ */ Schema.Array(Contact),
  decodeFast: ContactDecoder.toContacts
})

/** The path is that of `list`. The reply is one JSON value: a page of at most 100 contacts. */
export const listPage = /* @__PURE__ */ Operation.make({
  name: "Contact.listPage",
  method: "GET",
  path: "/contact/list",
  fromLines: PageLines.toPage,
  safety: "read",
  success: ContactPage
})

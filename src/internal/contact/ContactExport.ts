/** The export of contacts. */
import * as Schema from "effect/Schema"
import type * as Errors from "../../Errors.ts"
import type * as Operation from "../call/Operation.ts"
import type * as CompleteList from "../list/CompleteList.ts"
import { contacts } from "./ContactList.ts"
import { Contact, JsonObject } from "./ContactSchema.ts"

/** A contact in an export: `meta` is `{}` if the contact has none (wire contract 1). */
export const ExportedContact = /* @__PURE__ */ Schema.Struct({ ...Contact.fields, meta: JsonObject })
export interface ExportedContact extends Schema.Struct.Type<typeof ExportedContact.fields> {}

const isExported = (contact: Contact): contact is ExportedContact => contact.meta !== null

/** The contact of an export, with `{}` for null: so the export does not depend on the server for it. */
export const toExported = (contact: Contact): ExportedContact =>
  isExported(contact) ? contact : { ...contact, meta: {} }

/** The same operation at the path of the export. */
const ofExport = <A, T extends Errors.Tag>(operation: Operation.Operation<A, T>): Operation.Operation<A, T> => ({
  ...operation,
  name: "Contact.export",
  path: "/contact/export"
})

/** The export. Its end is confirmed by its own pages, since the server limits the rate of those of the list. */
export const exported: CompleteList.Source<Contact, never> = {
  ...contacts,
  list: /* @__PURE__ */ ofExport(contacts.list),
  listPage: /* @__PURE__ */ ofExport(contacts.listPage)
}

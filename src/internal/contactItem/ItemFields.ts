import * as Schema from "effect/Schema"
import { Contact } from "../contact/ContactSchema.ts"

const { createdAt, description, id, meta, name, updatedAt } = Contact.fields

/** The fields that the items of every kind have (wire contract 3.8.1): like those of a contact. */
export const common = { id, name, description, meta, createdAt, updatedAt }

export const TextOrNull = Schema.NullOr(Schema.String)
export const NumberOrNull = Schema.NullOr(Schema.Number)

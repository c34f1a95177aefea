import { dump } from "js-yaml"
import * as JsonSafe from "../lists/JsonSafe.ts"
import * as RowShape from "../lists/RowShape.ts"
import type { Meta } from "../store/Meta.ts"
import type { ContactRecord } from "../store/Store.ts"

const { toCell, toJson } = RowShape

/** The JSON of a contact as fetch and list send it (wire contract 1). */
export const forList = (contact: ContactRecord): string =>
  `${columns(contact)},"meta":${toJson(contact.meta)},${times(contact)}}`

/** The JSON of a contact as export sends it: `meta` last, and an empty object where there is none. */
export const forExport = (contact: ContactRecord): string =>
  `${columns(contact)},${times(contact)},"meta":${contact.meta === null ? "{}" : toJson(withoutOwnText(contact.meta))}}`

/**
 * The metadata without a `toString` of its own: in an export the server replaces it by a function, which JSON omits.
 */
const withoutOwnText = (meta: Meta): Meta => {
  if (!RowShape.hasOwnText(meta)) return meta
  const { [RowShape.toText]: _, ...others } = meta
  return others
}

// Written out: millions of contacts are sent, and a loop over the columns would be slower.
const columns = (contact: ContactRecord): string =>
  `{"id":${toJson(contact.id)},"name":${toJson(contact.name)},"description":${toJson(contact.description)}` +
  `,"fingerprint":${toJson(contact.fingerprint)},"email":${toJson(contact.email)},"phone":${toJson(contact.phone)}` +
  `,"nick":${toJson(contact.nick)},"preferences":${toJson(contact.preferences)}` +
  `,"verifiedAt":${toJson(contact.verifiedAt)}`

const times = (contact: ContactRecord): string =>
  `"createdAt":${toJson(contact.createdAt)},"updatedAt":${toJson(contact.updatedAt)}`

const plainColumns = [
  "id",
  "name",
  "description",
  "fingerprint",
  "email",
  "phone",
  "nick",
  "preferences",
  "verifiedAt"
] as const

const timeColumns = ["createdAt", "updatedAt"] as const

/** The CSV of a list (wire contract 5.4). */
export const listCsv: RowShape.CsvShape<ContactRecord> = RowShape.csv([...plainColumns, "meta", ...timeColumns])

const exportColumns = [...plainColumns, ...timeColumns] as const

/** The CSV of an export, with the metadata as YAML. */
export const exportCsv: RowShape.CsvShape<ContactRecord> = {
  columns: [...exportColumns, "meta"],
  cells: (contact) => [...exportColumns.map((column) => toCell(contact[column])), yaml(contact.meta)]
}

/** YAML as the server writes it: js-yaml with its defaults, but with no limit to the length of lines. */
const yaml = (meta: Meta | null): string => dump(JsonSafe.toSafe(meta ?? {}), { lineWidth: -1 })

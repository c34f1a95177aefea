import * as JsonSafe from "./JsonSafe.ts"
import type { ContactRecord, Meta } from "./Store.ts"
import * as Yaml from "./Yaml.ts"

/** The JSON of a contact as fetch and list send it (wire contract 1). */
export const forList = (contact: ContactRecord): string =>
  `${columns(contact)},"meta":${contact.meta === null ? "null" : safe(contact.meta)},${times(contact)}}`

/** The JSON of a contact as export sends it: `meta` last, and an empty object where there is none. */
export const forExport = (contact: ContactRecord): string =>
  `${columns(contact)},${times(contact)},"meta":${contact.meta === null ? "{}" : safe(contact.meta)}}`

const columns = (contact: ContactRecord): string =>
  `{"id":${text(contact.id)},"name":${text(contact.name)},"description":${text(contact.description)}` +
  `,"fingerprint":${text(contact.fingerprint)},"email":${text(contact.email)},"phone":${text(contact.phone)}` +
  `,"nick":${text(contact.nick)},"preferences":${text(contact.preferences)},"verifiedAt":${time(contact.verifiedAt)}`

const times = (contact: ContactRecord): string =>
  `"createdAt":${time(contact.createdAt)},"updatedAt":${time(contact.updatedAt)}`

const text = (value: string | null): string => (value === null ? "null" : JSON.stringify(value))

const time = (value: number | null): string => (Number.isFinite(value) ? String(value) : safe(value))

const safe = (value: unknown): string => JSON.stringify(JsonSafe.toSafe(value))

/** How a kind of row becomes CSV. */
export interface CsvShape<Row> {
  readonly columns: ReadonlyArray<string>
  readonly cells: (row: Row) => ReadonlyArray<string>
}

/** The CSV of a list. An object has no text there but its type (wire contract 5.4). */
export const listCsv: CsvShape<ContactRecord> = {
  columns: [
    "id",
    "name",
    "description",
    "fingerprint",
    "email",
    "phone",
    "nick",
    "preferences",
    "verifiedAt",
    "meta",
    "createdAt",
    "updatedAt"
  ],
  cells: (contact) => [
    ...columnCells(contact),
    contact.meta === null ? "" : "[object Object]",
    timeCell(contact.createdAt),
    timeCell(contact.updatedAt)
  ]
}

/** The CSV of an export, with the metadata as YAML. */
export const exportCsv: CsvShape<ContactRecord> = {
  columns: [...listCsv.columns.filter((column) => column !== "meta"), "meta"],
  cells: (contact) => [
    ...columnCells(contact),
    timeCell(contact.createdAt),
    timeCell(contact.updatedAt),
    Yaml.stringify(safeMeta(contact.meta))
  ]
}

const columnCells = (contact: ContactRecord): ReadonlyArray<string> => [
  contact.id,
  contact.name,
  contact.description,
  contact.fingerprint,
  contact.email ?? "",
  contact.phone ?? "",
  contact.nick ?? "",
  contact.preferences ?? "",
  timeCell(contact.verifiedAt)
]

const timeCell = (value: number | null): string => String(JsonSafe.toSafe(value ?? ""))

const safeMeta = (meta: Meta | null): unknown => JsonSafe.toSafe(meta ?? {})

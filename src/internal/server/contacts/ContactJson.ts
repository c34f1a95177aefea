import { dump } from "js-yaml"
import type { ContactRecord, Meta } from "../store/Store.ts"
import * as JsonSafe from "./JsonSafe.ts"

/** The JSON of a contact as fetch and list send it (wire contract 1). */
export const forList = (contact: ContactRecord): string =>
  `${columns(contact)},"meta":${contact.meta === null ? "null" : safe(contact.meta)},${times(contact)}}`

/** The JSON of a contact as export sends it: `meta` last, and an empty object where there is none. */
export const forExport = (contact: ContactRecord): string =>
  `${columns(contact)},${times(contact)},"meta":${contact.meta === null ? "{}" : safe(withoutOwnText(contact.meta))}}`

/** The server calls the member of this name to make the CSV cell of an object. */
const toText = "toString"

/**
 * The metadata without a `toString` of its own: in an export the server replaces it by a function, which JSON omits.
 */
const withoutOwnText = (meta: Meta): Meta => {
  if (!Object.hasOwn(meta, toText)) return meta
  const { [toText]: _, ...others } = meta
  return others
}

const columns = (contact: ContactRecord): string =>
  `{"id":${text(contact.id)},"name":${text(contact.name)},"description":${text(contact.description)}` +
  `,"fingerprint":${text(contact.fingerprint)},"email":${text(contact.email)},"phone":${text(contact.phone)}` +
  `,"nick":${text(contact.nick)},"preferences":${text(contact.preferences)},"verifiedAt":${time(contact.verifiedAt)}`

const times = (contact: ContactRecord): string =>
  `"createdAt":${time(contact.createdAt)},"updatedAt":${time(contact.updatedAt)}`

const text = (value: string | null): string => (value === null ? "null" : JSON.stringify(value))

const time = (value: number | null): string => (Number.isFinite(value) ? String(value) : safe(value))

const safe = (value: unknown): string => JSON.stringify(JsonSafe.toSafe(value))

/** The CSV form of a kind of row. */
export interface CsvShape<Row> {
  readonly columns: ReadonlyArray<string>
  /** Undefined for a row that the server fails to write. */
  readonly cells: (row: Row) => ReadonlyArray<string> | undefined
}

/**
 * The CSV of a list (wire contract 5.4). The text of an object is its type, and the server fails if metadata has a
 * `toString` of its own, which is no function.
 */
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
  cells: (contact) =>
    contact.meta !== null && Object.hasOwn(contact.meta, toText)
      ? undefined
      : [
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
    yaml(contact.meta)
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

/** YAML as the server writes it: js-yaml with its defaults, but with no limit to the length of lines. */
const yaml = (meta: Meta | null): string => dump(JsonSafe.toSafe(meta ?? {}), { lineWidth: -1 })

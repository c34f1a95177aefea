/** The field that a column holds. */
import * as Option from "effect/Option"
import { type FieldName, type FieldType, fieldTypes } from "./ContactRow.ts"

/** The types of the cells of a `meta` column. */
export type MetaType = "text" | "number" | "boolean" | "json"

/**
 * The name of a field for a column: a field of {@link ContactRow}, where `meta` is a JSON object; or a member of `meta`, such as
 * `meta.tier`. More dots lead into nested objects. A member is text, unless the name ends in `:number`, `:boolean` or `:json`.
 */
export type ColumnField = FieldName | `meta.${string}`

/** A column of a file. */
export interface Column {
  /** The path of the field in a row. */
  readonly path: readonly [field: string, ...keys: ReadonlyArray<string>]
  readonly type: MetaType
  /** The value of an empty cell, if empty cells clear. */
  readonly cleared: FieldType["cleared"]
}

const metaField = /^meta\.(.*?)(?::(text|number|boolean|json))?$/s

const isMetaType = (type: string | undefined): type is MetaType =>
  type === "text" || type === "number" || type === "boolean" || type === "json"

/** The column of a field; none if there is no such field. The server accepts no key of `meta` that is empty or begins with `_`. */
export const make = (field: string): Option.Option<Column> => {
  const known = fieldTypes.get(field)
  if (known !== undefined) return Option.some({ path: [field], ...known })
  const [, path = "", type] = metaField.exec(field) ?? []
  const keys = path.split(".")
  if (keys.some((key) => key === "" || key === "__proto__") || path.startsWith("_")) return Option.none()
  return Option.some({ path: ["meta", ...keys], type: isMetaType(type) ? type : "text", cleared: null })
}

/** True if one column is the other, or lies within it. */
export const overlap = (one: Column, other: Column): boolean =>
  one.path.every((key, index) => other.path[index] === key || index >= other.path.length)

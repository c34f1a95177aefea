/** The fields of a contact in a file. */
import type * as Schema from "effect/Schema"

/**
 * A contact as a file has it: any of the fields of a `Contact`. A field that the file does not have is absent. `null` clears a field.
 * No more is checked than the types: the operation that gets the row checks the rest.
 */
export interface ContactRow {
  readonly id?: string
  readonly name?: string
  readonly description?: string
  readonly fingerprint?: string
  readonly email?: string | null
  readonly phone?: string | null
  readonly nick?: string | null
  readonly preferences?: string | null
  /** Milliseconds since 1970. */
  readonly verifiedAt?: number | null
  /** Milliseconds since 1970. No write accepts it. */
  readonly createdAt?: number
  /** Milliseconds since 1970. No write accepts it. */
  readonly updatedAt?: number
  readonly meta?: Schema.JsonObject | null
}

/** The name of a field of a row. */
export type FieldName = keyof ContactRow

/** The type of a field, and the value that clears it; `undefined` if nothing does. */
export interface FieldType {
  readonly type: "text" | "number" | "json"
  readonly cleared: "" | null | undefined
}

const key: FieldType = { type: "text", cleared: undefined }
const required: FieldType = { type: "text", cleared: "" }
const optional: FieldType = { type: "text", cleared: null }

/** The fields, in the order in which they are written. */
export const fieldTypes: ReadonlyMap<string, FieldType> = /* @__PURE__ */ new Map<FieldName, FieldType>([
  ["id", key],
  ["name", required],
  ["description", required],
  ["fingerprint", key],
  ["email", optional],
  ["phone", optional],
  ["nick", optional],
  ["preferences", optional],
  ["verifiedAt", { type: "number", cleared: null }],
  ["createdAt", { type: "number", cleared: undefined }],
  ["updatedAt", { type: "number", cleared: undefined }],
  ["meta", { type: "json", cleared: null }]
])

/** The shape of the objects that a command writes. */

/** The fields of the objects of one kind. */
export interface Shape {
  /** All fields, in the order of the columns of a CSV file. */
  readonly fields: ReadonlyArray<string>
  /** The columns of a table, unless `--fields` names others: paths such as `id` or `meta.tier`. */
  readonly table: ReadonlyArray<string>
  /** The fields that hold milliseconds since 1970. A table shows them as dates. */
  readonly times?: ReadonlyArray<string> | undefined
}

/** The id of a contact, or of what belongs to it. */
export const refShape: Shape = { fields: ["id"], table: ["id"] }

/** The rows of a file that cannot be read. */
import * as Data from "effect/Data"

/**
 * A row that cannot be read. `line` is the number of the line in the file on which the row begins, from 1. `description` gives
 * the reason, and never quotes the file.
 */
export class UnreadableRow
  extends /* @__PURE__ */ Data.TaggedClass("UnreadableRow")<{
    readonly line: number
    readonly description: string
  }> {}

/** True if a row cannot be read. The class decides, since the data of a row can have a `_tag` too. */
export const isUnreadableRow = (row: unknown): row is UnreadableRow => row instanceof UnreadableRow

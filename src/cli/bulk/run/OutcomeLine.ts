/** The outcomes of rows, as commands write them. */
import type * as Bulk from "../../../Bulk.ts"
import type { Shape } from "../../format/Shape.ts"

/** The outcome of a row. */
export const outcomeShape: Shape = {
  fields: ["row", "outcome", "id", "of", "field", "description", "code", "message", "before"],
  table: ["row", "outcome", "id", "field", "description", "code"]
}

/** The outcome of a row as one object, in which a failure has its tag as `code`. */
export const toLine = (outcome: Bulk.Outcome): object => {
  if (!("error" in outcome) || outcome.error === undefined) return outcome
  const { error, ...others } = outcome
  return { ...others, code: error._tag, message: error.message }
}

/** The outcomes of the rows of bulk work. */
import * as Schema from "effect/Schema"
import * as Errors from "../../Errors.ts"
import { Contact } from "../contact/ContactSchema.ts"

const row = {
  /** The number of the row in the input, from 1. */
  row: Schema.Int
}

const before = {
  /** The contact before the change, if the option `beforeImages` is true. */
  before: /* @__PURE__ */ Schema.optionalKey(Contact)
}

/**
 * The outcome of a row. It holds no data of the row: only ids, a failure, and with the option `beforeImages` the contact before
 * the change.
 */
export const Outcome = /* @__PURE__ */ (() =>
  Schema.Union([
    /** The contact was made. In a dry run it has no id. */
    Schema.Struct({ ...row, outcome: Schema.Literal("created"), id: Schema.optionalKey(Schema.String) }),
    /** `existing`: the contact was there before. `unchanged`: there was nothing to change, or no contact to delete. */
    Schema.Struct({ ...row, outcome: Schema.Literals(["existing", "unchanged"]), id: Schema.String }),
    Schema.Struct({ ...row, outcome: Schema.Literals(["updated", "deleted"]), id: Schema.String, ...before }),
    /** The row cannot be read, or the client or the server refused it. */
    Schema.Struct({
      ...row,
      outcome: Schema.Literal("invalid"),
      /** The input at fault, if it is known. */
      field: Schema.optionalKey(Schema.String),
      description: Schema.String
    }),
    /** An earlier row of the input, `of`, has the same key. This row was not sent. */
    Schema.Struct({ ...row, outcome: Schema.Literal("duplicate"), of: Schema.Int }),
    /** The server did not act. */
    Schema.Struct({ ...row, outcome: Schema.Literal("failed"), error: Errors.ContactError }),
    /** The server may have acted. There is no error if the work ended before the answer came. */
    Schema.Struct({
      ...row,
      outcome: Schema.Literal("unknown"),
      error: Schema.optionalKey(Errors.ContactError),
      ...before
    }),
    /** Nothing was sent, because of the error, or because an earlier one ended the work. */
    Schema.Struct({ ...row, outcome: Schema.Literal("not-sent"), error: Schema.optionalKey(Errors.ContactError) })
  ]))()
export type Outcome = typeof Outcome.Type

/** True if a failure ends the work: the server would refuse every further row too. */
export const endsWork = (error: Errors.ContactError): boolean =>
  error._tag === "Unauthorized" || error._tag === "PaymentRequired"

/**
 * True if the server would refuse the row again. A redirect, an unknown endpoint or the page of a gateway says nothing about it, nor
 * does a 403, unless it is about a contact: that one is of another account (wire contract 3.2).
 */
const isFinal = (error: Errors.ContactError): boolean =>
  !error.isRetryable &&
  !endsWork(error) &&
  error._tag !== "UnexpectedResponse" &&
  (error._tag !== "Forbidden" || error.path.includes("{contactId}"))

/** True if an outcome is final, so that another run does not send the row again. A duplicate is final once the earlier row is. */
export const isSettled = (outcome: Outcome): boolean => {
  switch (outcome.outcome) {
    case "unknown":
    case "not-sent":
      return false
    case "failed":
      return isFinal(outcome.error)
    default:
      return true
  }
}

/** The outcome of a row that failed. */
export const ofError = (row: number, error: Errors.ContactError): Outcome => {
  if (error.outcome === "unknown") return { row, outcome: "unknown", error }
  if (error._tag === "InvalidRequest") {
    const { description, field } = error
    return { row, outcome: "invalid", ...(field === undefined ? {} : { field }), description }
  }
  return { row, outcome: error.outcome === "not-sent" ? "not-sent" : "failed", error }
}

/** The outcome of a row if the lookup of its batch failed. That says nothing about the row, so it is never final. */
export const ofLookupError = (row: number, error: Errors.ContactError): Outcome => ({ row, outcome: "not-sent", error })

/** The outcome of a row if the read of its contact failed. */
export const ofReadError = (row: number, error: Errors.ContactError): Outcome => {
  if (error._tag === "InvalidRequest") return ofError(row, error)
  return { row, outcome: error.outcome === "rejected" && isFinal(error) ? "failed" : "not-sent", error }
}

/** The failure of an outcome, if it has one. */
export const errorOf = (outcome: Outcome): Errors.ContactError | undefined =>
  "error" in outcome ? outcome.error : undefined

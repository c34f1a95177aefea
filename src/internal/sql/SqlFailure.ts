import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as SqlError from "effect/sql/SqlError"

/** SQLite's code, and PostgreSQL's, for a disk that is full. Effect has no kind of failure for it. */
const isDiskFull = (cause: unknown): boolean =>
  (Predicate.hasProperty(cause, "errcode") && cause.errcode === 13) ||
  (Predicate.hasProperty(cause, "code") && cause.code === "53100")

/**
 * The failure of a database as text. The messages of a database can quote data, so only the kind of a `SqlError` is in it. Another
 * failure has its own description.
 */
export const describe = (error: SqlError.SqlError | { readonly description: string }): string =>
  SqlError.isSqlError(error)
    ? `The database failed: ${isDiskFull(error.reason.cause) ? "DiskFull" : error.reason._tag}`
    : error.description

/**
 * Runs a transaction. If its connection is lost, the rollback fails too, and `withTransaction` makes that a defect: it becomes the
 * failure that it is.
 */
export const catchLostConnection = <A, E, R>(
  transaction: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.catchCause(transaction, (cause): Effect.Effect<never, E | SqlError.SqlError> => {
    const defect = cause.reasons.find((reason) => Cause.isDieReason(reason) && SqlError.isSqlError(reason.defect))
    return defect !== undefined && Cause.isDieReason(defect) && SqlError.isSqlError(defect.defect)
      ? Effect.fail(defect.defect)
      : Effect.failCause(cause)
  })

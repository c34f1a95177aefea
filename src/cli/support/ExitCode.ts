/** The exit codes of the program: the one table of which failure has which. */
import * as Predicate from "effect/Predicate"
import * as Option from "effect/Option"
import type { Tag } from "../../Errors.ts"
import type * as CliFailure from "./CliFailure.ts"

/** The exit codes. */
export const exitCode = {
  ok: 0,
  failed: 1,
  /** The call or the configuration is wrong. Nothing was sent. */
  usage: 2,
  /** All rows were done, and some of them failed. */
  rowsFailed: 3,
  authentication: 4,
  notFound: 5,
  /** A confirmation is missing or was refused. Nothing was changed. */
  confirmation: 6,
  /** The same call may succeed later, and cannot do anything twice. */
  tryAgain: 75,
  interrupted: 130
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

type OwnTag = (typeof CliFailure)[keyof typeof CliFailure]["prototype"]["_tag"]

type OtherTag = "ShowHelp" | "InvalidOptions" | "InvalidFile" | "InvalidHeader" | JobTag

/** The failures of jobs. */
type JobTag = "JobsError" | "JobNotFound" | "JobActive" | "JobNotUndoable" | "WorkerRunning"

/** The failures of the operations and of the commands. A tag that is not in the table exits with 1. */
const byTag: Record<Tag | OwnTag | OtherTag, keyof typeof exitCode> = {
  UsageError: "usage",
  ShowHelp: "usage",
  ConfigurationError: "usage",
  InvalidOptions: "usage",
  InvalidFile: "usage",
  InvalidHeader: "usage",
  RowsFailed: "rowsFailed",
  SecretUnavailable: "authentication",
  SecretRefused: "authentication",
  Unauthorized: "authentication",
  NotFound: "notFound",
  NotOne: "notFound",
  JobNotFound: "notFound",
  ConfirmationMissing: "confirmation",
  RateLimited: "tryAgain",
  ServerError: "tryAgain",
  Timeout: "tryAgain",
  TransportError: "tryAgain",
  JobActive: "tryAgain",
  WorkerRunning: "tryAgain",
  InvalidRequest: "failed",
  CannotListen: "failed",
  JobStopped: "failed",
  JobsError: "failed",
  JobNotUndoable: "failed",
  PaymentRequired: "failed",
  Forbidden: "failed",
  Conflict: "failed",
  UnexpectedResponse: "failed",
  AuthorizationRequired: "failed",
  NotMintable: "failed",
  DestinationRefused: "failed"
}

const table: ReadonlyMap<string, keyof typeof exitCode> = new Map(Object.entries(byTag))

const tagOf = (error: unknown): string => (Predicate.hasProperty(error, "_tag") ? String(error._tag) : "")

/**
 * The exit code of a failure. Two tags depend on more: a failure that could be tried again, but not without the risk of doing it
 * twice, is `failed`; and a request that the client refused before it was sent is a wrong call.
 */
export const of = (error: unknown): ExitCode => {
  const name = Option.getOrElse(Option.fromNullishOr(table.get(tagOf(error))), () => "failed" as const)
  if (name === "tryAgain" && Predicate.hasProperty(error, "isRetryable") && error.isRetryable === false)
    return exitCode.failed
  const isRefused =
    tagOf(error) === "InvalidRequest" && Predicate.hasProperty(error, "outcome") && error.outcome === "not-sent"
  return isRefused ? exitCode.usage : exitCode[name]
}

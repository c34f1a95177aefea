/** The report of a failure: one line on standard error, or one JSON object where the output is JSON. */
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import { type ContactError, isContactError, type Outcome } from "../../Errors.ts"
import type { Style } from "./Style.ts"
import * as TerminalText from "../support/TerminalText.ts"

/** What a program needs to know about a failure. */
export interface ErrorReport {
  /** The tag of the failure, such as `NotFound`. */
  readonly code: string
  /** The effect of the call on the server. */
  readonly outcome: Outcome
  readonly message: string
  /** One sentence that says what to do. */
  readonly next: string
}

const helpOf = (path: ReadonlyArray<string>) => `Run ${path.join(" ")} --help.`

const dashes = "a value that begins with a dash is written --flag=-value"

/** The problem of a wrong call. Values are not quoted: they can be data of a contact, or a secret in the wrong place. */
const usageProblem = (error: CliError.NonShowHelpErrors): string => {
  const suggestions = "suggestions" in error ? error.suggestions : []
  const suggestion = suggestions.length === 0 ? "" : `. Did you mean ${suggestions.join(" or ")}?`
  switch (error._tag) {
    case "UnrecognizedOption":
      return `Unknown flag ${error.option}${suggestion}`
    case "UnknownSubcommand":
      return `Unknown command${suggestion}`
    case "MissingOption":
      return `Missing flag --${error.option}`
    case "MissingArgument":
      return `Missing argument ${error.argument}`
    case "UnexpectedArgument":
      return `Unexpected arguments: ${error.arguments.length}`
    case "InvalidValue":
      return error.value === ""
        ? `Missing value of --${error.option} (${dashes})`
        : `Invalid value of ${error.kind === "flag" ? "--" : ""}${error.option}`
    case "DuplicateOption":
    case "ValidationError":
    case "UserError":
      return "The call is not valid"
  }
}

const ofShowHelp = ({ commandPath, errors }: CliError.ShowHelp): ErrorReport => ({
  code: "UsageError",
  outcome: "not-sent",
  message: errors.length === 0 ? "Expected a command" : errors.map(usageProblem).join("; "),
  next: helpOf(commandPath)
})

const nextByTag: Record<ContactError["_tag"], string> = {
  InvalidRequest: "Correct the input that the message names.",
  Unauthorized: "Check the secret with effect-chatbotkit auth status.",
  PaymentRequired: "Check the subscription of the account.",
  Forbidden: "Check the id, and the account with effect-chatbotkit auth status.",
  NotFound: "Check the id.",
  Conflict: "Find the other contact with effect-chatbotkit find --fingerprint.",
  RateLimited: "Wait, and run the command again.",
  ServerError: "Run the command again later.",
  Timeout: "Run the command again later.",
  TransportError: "Check the connection and --base-url, and run the command again.",
  UnexpectedResponse: "Check --base-url.",
  AuthorizationRequired: "Let the contact authorize access: effect-chatbotkit secrets authenticate.",
  NotMintable: "Use a secret of another kind.",
  DestinationRefused: "Use another URL."
}

/** The next steps after the failures of options, files and jobs. */
const nextByOtherTag: ReadonlyMap<string, string> = new Map([
  ["InvalidOptions", "Correct the flag, the variable or the profile that it comes from."],
  ["InvalidHeader", "Name the fields of the columns with --map column=field, or give --ignore-others."],
  ["JobsError", "Check the file of the jobs, and run the command again."],
  ["JobNotFound", "See the jobs with effect-chatbotkit jobs list."],
  ["JobActive", "Wait for the job, or stop it with effect-chatbotkit jobs pause or cancel."],
  ["JobNotUndoable", "Only jobs that update contacts can be undone. An earlier undo has to be removed first."],
  ["WorkerRunning", "See the job with effect-chatbotkit jobs list, or wait for it."]
])

const nextOf = (error: ContactError): string => {
  const hasCursor = error.operation.endsWith(".list")
  if (error.lastId !== undefined && hasCursor)
    return `List the rest with --cursor ${error.lastId}, or run the command again.`
  if (error.outcome !== "unknown" || error.isRetryable) return nextByTag[error._tag]
  return error.fingerprint === undefined
    ? "Look whether the write has happened before you run the command again."
    : `Look whether the contact exists: effect-chatbotkit find --fingerprint ${error.fingerprint}.`
}

const isOwn = (error: unknown): error is { readonly _tag: string; readonly message: string; readonly next: string } =>
  Predicate.hasProperty(error, "_tag") && Predicate.hasProperty(error, "next") && typeof error.next === "string"

/** The failures after which a part of the rows can have been written. */
const mayHaveSent: ReadonlySet<string> = new Set(["RowsFailed", "JobStopped", "SecretRefused", "JobsError"])

/** The report of a failure in the error channel. */
export const ofError = (error: unknown): ErrorReport => {
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return ofShowHelp(error)
  if (isContactError(error)) {
    return { code: error._tag, outcome: error.outcome, message: error.message, next: nextOf(error) }
  }
  if (isOwn(error)) {
    const outcome = mayHaveSent.has(error._tag) ? "unknown" : "not-sent"
    return { code: error._tag, outcome, message: error.message, next: error.next }
  }
  if (error instanceof PlatformError.PlatformError) {
    return {
      code: error._tag,
      outcome: error.reason.module === "Stdio" ? "unknown" : "not-sent",
      message: error.message,
      next: "Check the path and its permissions."
    }
  }
  const code = Predicate.hasProperty(error, "_tag") ? String(error._tag) : "Error"
  const message = error instanceof Error && error.message !== "" ? error.message : "The command failed"
  return {
    code,
    outcome: mayHaveSent.has(code) ? "unknown" : "not-sent",
    message,
    next: nextByOtherTag.get(code) ?? helpOf(["effect-chatbotkit"])
  }
}

/** The place of a bug in this program. Its message is left out, since it can quote data. */
const placeOf = (defect: unknown): string => {
  const frame = defect instanceof Error ? /\n\s+at (.+)/.exec(defect.stack ?? "")?.[1] : undefined
  return `${defect instanceof Error ? defect.name : typeof defect}${frame === undefined ? "" : ` at ${frame}`}`
}

const ofDefect = (defect: unknown): ErrorReport => ({
  code: "Bug",
  outcome: "unknown",
  message: `A bug in effect-chatbotkit: ${placeOf(defect)}`,
  next: "Please report it."
})

/** The report of a cause that is not an interruption. */
export const ofCause = (cause: Cause.Cause<unknown>): ErrorReport =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => ofDefect(Cause.squash(cause)),
    onSome: ofError
  })

/** The report as one JSON object, or as one line of text. `row` is the row of the input that failed, from 1. */
export const render = (report: ErrorReport & { readonly row?: number }, { hasColor, isJson }: Style): string => {
  if (isJson) return `${TerminalText.escapeText(JSON.stringify(report))}\n`
  const label = hasColor ? "\u001b[31merror:\u001b[0m" : "error:"
  const message = report.message.endsWith(".") || report.message.endsWith("?") ? report.message : `${report.message}.`
  const row = report.row === undefined ? "" : `row ${report.row}: `
  return `${label} ${TerminalText.escapeLine(`${row}${message} ${report.next}`)}\n`
}

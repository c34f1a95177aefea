/**
 * The failures that a command has beside those of the operations. Each has a row in the table of `ExitCode`. `next` is one sentence
 * that says what to do.
 */
import * as Data from "effect/Data"

interface Described {
  readonly message: string
  readonly next: string
}

/** The call is wrong: an argument, a flag, or a value on standard input that makes the call as a whole impossible. */
export class UsageError extends /* @__PURE__ */ Data.TaggedError("UsageError")<Described> {}

/** The configuration is wrong: the file, a profile, or a variable. */
export class ConfigurationError extends /* @__PURE__ */ Data.TaggedError("ConfigurationError")<Described> {}

/** There is no secret, or it cannot be read. */
export class SecretUnavailable extends /* @__PURE__ */ Data.TaggedError("SecretUnavailable")<Described> {}

/** The command went through all rows, and some of them failed. */
export class RowsFailed extends /* @__PURE__ */ Data.TaggedError("RowsFailed")<Described> {}

/** Exactly one contact was requested, and there is none, or more than one. */
export class NotOne extends /* @__PURE__ */ Data.TaggedError("NotOne")<Described> {}

/** A confirmation is missing or was refused. Nothing was changed. */
export class ConfirmationMissing extends /* @__PURE__ */ Data.TaggedError("ConfirmationMissing")<Described> {}

/** The emulator cannot listen on its port. */
export class CannotListen extends /* @__PURE__ */ Data.TaggedError("CannotListen")<Described> {}

/** A job was stopped before all its rows were sent. */
export class JobStopped extends /* @__PURE__ */ Data.TaggedError("JobStopped")<Described> {}

/** The server refused the secret of a job. Its other rows were not sent. */
export class SecretRefused extends /* @__PURE__ */ Data.TaggedError("SecretRefused")<Described> {}

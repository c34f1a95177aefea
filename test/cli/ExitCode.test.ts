import { assert, describe, it } from "@effect/vitest"
import * as CliError from "effect/cli/CliError"
import * as Redacted from "effect/Redacted"
import * as CliFailure from "../../src/cli/support/CliFailure.ts"
import * as ExitCode from "../../src/cli/support/ExitCode.ts"
import { InvalidFile } from "../../src/cli/tools/files/InputFile.ts"
import * as Csv from "../../src/Csv.ts"
import * as Errors from "../../src/Errors.ts"
import * as Jobs from "../../src/jobs/Jobs.ts"
import * as SqliteJobs from "../../src/jobs/SqliteJobs.ts"

const fields = {
  operation: "Contact.fetch",
  method: "POST",
  path: "/contact/{contactId}/fetch",
  description: "It failed",
  attempts: 1,
  outcome: "rejected",
  isRetryable: true
} as const

const own = { message: "It failed", next: "Do something." }

/** A failure of each kind, and its exit code. */
const table: ReadonlyArray<readonly [error: { readonly _tag: string }, code: number]> = [
  [new Errors.InvalidRequest({ ...fields, isRetryable: false }), 1],
  [new Errors.InvalidRequest({ ...fields, isRetryable: false, outcome: "not-sent" }), 2],
  [new Errors.Unauthorized(fields), 4],
  [new Errors.PaymentRequired(fields), 1],
  [new Errors.Forbidden(fields), 1],
  [new Errors.NotFound({ ...fields, contactId: "c1" }), 5],
  [new Errors.Conflict(fields), 1],
  [new Errors.RateLimited(fields), 75],
  [new Errors.ServerError(fields), 75],
  [new Errors.ServerError({ ...fields, outcome: "unknown", isRetryable: false }), 1],
  [new Errors.Timeout({ ...fields, phase: "headers" }), 75],
  [new Errors.Timeout({ ...fields, phase: "headers", outcome: "unknown", isRetryable: false }), 1],
  [new Errors.TransportError(fields), 75],
  [new Errors.TransportError({ ...fields, isRetryable: false }), 1],
  [new Errors.UnexpectedResponse(fields), 1],
  [new Errors.AuthorizationRequired(fields), 1],
  [new Errors.NotMintable(fields), 1],
  [new Errors.DestinationRefused(fields), 1],
  [new Errors.InvalidOptions({ option: "baseUrl", description: "Expected a URL" }), 2],
  [new CliError.ShowHelp({ commandPath: ["effect-chatbotkit"], errors: [] }), 2],
  [new InvalidFile({ file: "--seed", place: "accounts.0", description: "Missing key" }), 2],
  [new CliFailure.UsageError(own), 2],
  [new CliFailure.ConfigurationError(own), 2],
  [new CliFailure.CannotListen(own), 1],
  [new CliFailure.RowsFailed(own), 3],
  [new Csv.InvalidHeader({ description: "it is wrong", columns: [], names: Redacted.make([]) }), 2],
  [new CliFailure.JobStopped(own), 1],
  [new Jobs.JobsError({ description: "It failed" }), 1],
  [new Jobs.JobNotUndoable({ job: "crm" }), 1],
  [new Jobs.JobNotFound({ job: "crm" }), 5],
  [new Jobs.JobActive({ job: "crm" }), 75],
  [new SqliteJobs.WorkerRunning({ filename: "jobs.db" }), 75],
  [new CliFailure.SecretRefused(own), 4],
  [new CliFailure.SecretUnavailable(own), 4],
  [new CliFailure.NotOne(own), 5],
  [new CliFailure.ConfirmationMissing(own), 6]
]

describe("ExitCode", () => {
  for (const [error, code] of table) {
    const { outcome = "", isRetryable = "" } = Object(error)
    it(`is ${code} for ${error._tag} ${outcome} ${isRetryable}`, () => {
      assert.strictEqual(ExitCode.of(error), code)
    })
  }

  it("has a row in this table for each failure of an operation and of a command", () => {
    const tags = new Set(table.map(([{ _tag }]) => _tag))
    const all = Errors.ContactError.members.map(({ fields }) => fields._tag.schema.literal)
    for (const tag of all) assert.isTrue(tags.has(tag), tag)
    for (const Failure of Object.values(CliFailure)) assert.isTrue(tags.has(new Failure(own)._tag))
  })

  it("is 1 for anything else", () => {
    for (const error of [new Error("no"), "no", undefined, null, { _tag: "Other" }])
      assert.strictEqual(ExitCode.of(error), 1)
  })
})

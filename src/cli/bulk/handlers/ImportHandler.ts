import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Bulk from "../../../Bulk.ts"
import * as Jobs from "../../../jobs/Jobs.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import { UsageError } from "../../support/CliFailure.ts"
import * as Confirm from "../../support/Confirm.ts"
import type { RunFlags } from "../BulkFlags.ts"
import * as ImportFile from "../input/ImportFile.ts"
import * as ResultFiles from "../input/ResultFiles.ts"
import * as JobEnd from "../run/JobEnd.ts"
import * as JobFiles from "../run/JobFiles.ts"
import * as JobSession from "../run/JobSession.ts"
import * as JobTotals from "../run/JobTotals.ts"

/** The input of {@link importFile}. */
export interface ImportInput extends ImportFile.FileFlags, ResultFiles.ResultFlags, RunFlags {
  readonly mode: "ensure" | "create" | "upsert"
  readonly by: "fingerprint" | "email" | undefined
  readonly dryRun: boolean
  readonly resume: boolean
}

/** The characters of a file name that need no quotes in a shell. */
const plainName = (label: string): string => label.replaceAll(/[^\w.-]+/g, "-").slice(0, 100)

/**
 * The name of the job: the same for the same content, options and account. Another account has other contacts, so the rows of one
 * job never go to two. It is a digest, which gives nothing of the secret away.
 */
const nameOf = (input: ImportInput, file: ImportFile.ImportFile) =>
  Effect.gen(function* () {
    if (input.name !== undefined) return input.name
    const { baseUrl, runAsUserId, secret } = yield* ApiClient.options
    const account = [baseUrl ?? "", runAsUserId ?? "", Redacted.value(secret)]
    const { by = "fingerprint", ignoreOthers, map, mode } = input
    const options = [file.format, file.delimiter, map, ignoreOthers, mode, by]
    return `${plainName(file.label)}-${Confirm.digestOf(file.digest, options, account).slice(0, 12)}`
  })

const submit =
  (name: string, { by, concurrency, mode }: ImportInput, file: ImportFile.ImportFile) =>
  (counted: <A, E, R>(rows: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>) => {
    const rows = counted(file.rows)
    const options = { concurrency, chunkConcurrency: 1 }
    if (mode !== "upsert") return Jobs.submit(name, rows, { ...options, operation: mode })
    return Jobs.submit(name, rows, { ...options, operation: mode, by: by ?? "fingerprint", beforeImages: true })
  }

const dryOutcomes = (name: string, { by, concurrency, mode }: ImportInput, file: ImportFile.ImportFile) => {
  const options = { job: name, dryRun: true, concurrency }
  if (mode === "ensure") return Bulk.ensure(file.rows, options)
  if (mode === "create") return Bulk.create(file.rows, options)
  return Bulk.upsert(file.rows, { ...options, by: by ?? "fingerprint" })
}

/** Gives the outcomes that the rows would have. Only lookups are sent. */
const dryRun = Effect.fnUntraced(function* (name: string, input: ImportInput, file: ImportFile.ImportFile) {
  const counter = new JobTotals.OutcomeCounter()
  const outcomes = Stream.tap(dryOutcomes(name, input, file), (outcome) => Effect.sync(() => counter.add(outcome)))
  yield* JobSession.withClient(input.rate, ResultFiles.write(outcomes, file, input))
  const { counts, rows } = counter
  yield* JobEnd.write({ dryRun: true, name, operation: input.mode, rows, counts })
})

/** Imports the file as a job, or looks what would happen. */
export const importFile = (input: ImportInput) =>
  Effect.gen(function* () {
    if (input.by !== undefined && input.mode !== "upsert") {
      return yield* new UsageError({ message: "--by is for --mode upsert only", next: "Leave it out." })
    }
    const file = yield* ImportFile.open(input)
    const name = yield* nameOf(input, file)
    if (input.dryRun) return yield* dryRun(name, input, file)
    const session: JobSession.Session = { ...input, name, again: "--resume" }
    const progress = yield* JobSession.run(session, submit(name, input, file))
    if (input.outcomes !== undefined || input.rejects !== undefined) {
      const database = yield* JobFiles.toFind(name, input.jobs)
      yield* JobFiles.withControl(database, ResultFiles.write(Jobs.outcomes(name), file, input))
    }
    yield* JobEnd.ofProgress(progress, input.jobs)
  }).pipe(Effect.scoped)

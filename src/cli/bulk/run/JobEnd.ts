/** The end of a command that has run a job: its totals, and its failure. */
import * as Effect from "effect/Effect"
import type { JobProgress } from "../../../jobs/Jobs.ts"
import { countText } from "../../format/CountText.ts"
import { JobStopped, RowsFailed, SecretRefused } from "../../support/CliFailure.ts"
import * as Output from "../../support/Output.ts"
import * as JobTotals from "./JobTotals.ts"

/** A word of a command, quoted for a shell if it has to be. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** The command that goes on with a job. */
export const resumeCommand = (name: string, jobs: string | undefined): string =>
  `effect-chatbotkit jobs resume ${shellWord(name)}${jobs === undefined ? "" : ` --jobs ${shellWord(jobs)}`}`

/** The failure that a job ends with. Undefined if every row was done. */
const failureOf = (
  { counts, name, reason, rows, state }: JobTotals.Totals,
  left: number,
  resume: string
): JobStopped | RowsFailed | SecretRefused | undefined => {
  if (state === "parked" && reason === "Unauthorized") {
    return new SecretRefused({
      message: `Job ${name} has stopped: the server refuses the secret`,
      next: `Correct the secret, and go on with ${resume}.`
    })
  }
  if (state !== undefined && state !== "finished") {
    const why = reason === undefined ? state : `stopped by ${reason}`
    return new JobStopped({
      message: `Job ${name} is ${why}, and ${countText(left, "row")} of ${rows} are left`,
      next: `Go on with ${resume}.`
    })
  }
  const failures = JobTotals.failuresIn((outcome) => counts[outcome === "not-sent" ? "notSent" : outcome])
  if (failures === 0) return undefined
  const again = left === 0 ? "" : `Send the ${countText(left, "row")} without a final outcome again with ${resume}`
  const correct = failures > left ? "correct the other rows, and import them" : ""
  return new RowsFailed({
    message: `${failures} of ${countText(rows, "row")} failed`,
    next:
      again === "" ? "Correct these rows, and import them again." : `${[again, correct].filter(Boolean).join("; ")}.`
  })
}

/** Fails if `--fields` names a field that totals do not have. It runs before the job, so that no row is sent for nothing. */
export const checkFields = Output.check({ fields: JobTotals.totalsFields, table: [] })

/** Writes the totals, and fails if a row failed. `left` rows are sent again by the command `resume`. */
export const write = Effect.fnUntraced(function* (totals: JobTotals.Totals, left = 0, resume = "") {
  yield* Output.item(...JobTotals.output(totals))
  const failure = failureOf(totals, left, resume)
  if (failure !== undefined) return yield* failure
})

/** Writes the totals of a job, and fails if it was stopped, or if a row failed. */
export const ofProgress = (progress: JobProgress, jobs: string | undefined) =>
  write(JobTotals.ofProgress(progress), progress.left, resumeCommand(progress.name, jobs))

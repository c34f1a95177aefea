/** The counts of a job, as commands write them. */
import * as Duration from "effect/Duration"
import type { Outcome } from "../../../internal/bulk/Outcome.ts"
import type { JobProgress } from "../../../jobs/Jobs.ts"
import type { Shape } from "../../format/Shape.ts"

/** The numbers of rows by their outcomes. */
export type Counts = { readonly [Kind in Exclude<Outcome["outcome"], "not-sent"> | "notSent"]: number }

const kinds = [
  "created",
  "existing",
  "updated",
  "deleted",
  "unchanged",
  "duplicate",
  "invalid",
  "failed",
  "unknown",
  "notSent"
] as const satisfies ReadonlyArray<keyof Counts>

/** Counts outcomes. */
export class OutcomeCounter {
  rows = 0
  readonly #counts = new Map<string, number>()

  add({ outcome }: Pick<Outcome, "outcome">): void {
    this.rows++
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1)
  }

  get counts(): Counts {
    return toCounts((outcome) => this.#counts.get(outcome) ?? 0)
  }
}

const toCounts = (countOf: (outcome: Outcome["outcome"]) => number): Counts => ({
  created: countOf("created"),
  existing: countOf("existing"),
  updated: countOf("updated"),
  deleted: countOf("deleted"),
  unchanged: countOf("unchanged"),
  duplicate: countOf("duplicate"),
  invalid: countOf("invalid"),
  failed: countOf("failed"),
  unknown: countOf("unknown"),
  notSent: countOf("not-sent")
})

/** The counts of all rows of a job, which add up to `rows`: a row without a recorded outcome is not sent. */
const countsOf = ({ counts, rows }: JobProgress): Counts => {
  const recorded = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return toCounts((outcome) => counts[outcome] + (outcome === "not-sent" ? rows - recorded : 0))
}

/** The outcomes of rows that failed: they were refused, or nobody knows that they were done. */
const failures = ["invalid", "failed", "unknown", "not-sent"] as const satisfies ReadonlyArray<Outcome["outcome"]>

/** True if a row failed. */
export const isFailure = ({ outcome }: Outcome): boolean => failures.some((failure) => failure === outcome)

/** The number of rows that failed, from the number of each outcome. */
export const failuresIn = (countOf: (outcome: (typeof failures)[number]) => number): number =>
  failures.reduce((sum, failure) => sum + countOf(failure), 0)

const fields = ["name", "operation", "state", "reason", "rows", ...kinds]

/** A job. */
export const jobShape: Shape = {
  fields: [...fields, "settled", "left", "run", "rowsPerSecond", "secondsLeft", "createdAt", "lastOutcomeAt"],
  table: ["name", "operation", "state", "reason", "rows", "settled", "left", "createdAt"],
  times: ["createdAt", "lastOutcomeAt"]
}

/** A job, for the output. */
export const toOutput = (progress: JobProgress): object => {
  const { createdAt, lastOutcomeAt, left, name, operation, reason, rows, rowsPerSecond, run, settled, state } = progress
  return {
    name,
    operation,
    state,
    ...(reason === undefined ? {} : { reason }),
    rows,
    ...countsOf(progress),
    settled,
    left,
    run,
    rowsPerSecond: Math.round(rowsPerSecond * 10) / 10,
    ...(progress.timeLeft === undefined ? {} : { secondsLeft: Math.ceil(Duration.toSeconds(progress.timeLeft)) }),
    createdAt,
    ...(lastOutcomeAt === undefined ? {} : { lastOutcomeAt })
  }
}

/** The totals of a job, or of a dry run. */
export interface Totals {
  readonly dryRun?: true
  readonly name: string
  readonly operation: string
  /** Absent in a dry run. */
  readonly state?: JobProgress["state"]
  readonly reason?: string
  readonly rows: number
  readonly counts: Counts
}

/** The totals of a job. */
export const ofProgress = (progress: JobProgress): Totals => {
  const { name, operation, reason, rows, state } = progress
  return { name, operation, state, ...(reason === undefined ? {} : { reason }), rows, counts: countsOf(progress) }
}

/** The fields of {@link output}. */
export const totalsFields = ["dryRun", ...fields]

/** Totals as one object. A table has only the columns that are not 0. */
export const output = ({ counts, ...totals }: Totals): readonly [value: object, shape: Shape] => [
  { ...totals, ...counts },
  {
    fields: totalsFields,
    table: ["name", totals.dryRun === true ? "dryRun" : "state", "rows", ...kinds.filter((kind) => counts[kind] > 0)]
  }
]

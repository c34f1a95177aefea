/** The text of the progress of a job: one line. */
import * as Duration from "effect/Duration"
import type { JobProgress } from "../../../jobs/Jobs.ts"
import * as JobTotals from "./JobTotals.ts"

type Progress = Pick<JobProgress, "counts" | "rows" | "rowsPerSecond" | "timeLeft">

const numbers = /* @__PURE__ */ new Intl.NumberFormat("en")

/** A whole number with its thousands apart. */
export const numberText = (value: number): string => numbers.format(value)

interface Parts {
  readonly done: number
  readonly share: number
  readonly rate: string
  readonly time: string
  readonly failed: string
}

const partsOf = ({ counts, rows, rowsPerSecond, timeLeft }: Progress): Parts => {
  const done = Math.min(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    rows
  )
  const failures = JobTotals.failuresIn((outcome) => counts[outcome])
  return {
    done,
    share: rows === 0 ? 1 : done / rows,
    rate: rowsPerSecond === 0 ? "" : `${numberText(Math.ceil(rowsPerSecond))} rows/s`,
    time:
      timeLeft === undefined
        ? ""
        : `${Duration.format(Duration.seconds(Math.ceil(Duration.toSeconds(timeLeft))))} left`,
    failed: `${numberText(failures)} failed`
  }
}

const joined = (parts: ReadonlyArray<string>): string => parts.filter((part) => part !== "").join("  ")

/** The progress in words, for a log. */
export const plain = (progress: Progress): string => {
  const { done, failed, rate, time } = partsOf(progress)
  const rows = `${numberText(done)} of ${numberText(progress.rows)} rows`
  return [rows, rate, time, failed].filter((part) => part !== "").join(", ")
}

const widestBar = 30
const narrowestBar = 10

/** The bar with its brackets, of any width from 2. */
const bar = (share: number, width: number): string => {
  const filled = Math.floor(share * (width - 2))
  return `[${"#".repeat(filled)}${".".repeat(width - 2 - filled)}]`
}

/** The progress in at most `width` columns. The bar goes first if there is no room, then the rate, then the time. */
export const fit = (progress: Progress, width: number): string => {
  const { done, failed, rate, share, time } = partsOf(progress)
  const percent = `${Math.floor(share * 100)}%`
  const rows = `${numberText(done)}/${numberText(progress.rows)} rows`
  const whole = joined([percent, rows, rate, time, failed])
  const room = Math.min(width - whole.length - 2, widestBar)
  if (room >= narrowestBar) return `${bar(share, room)}  ${whole}`
  const shorter = [
    whole,
    joined([percent, rows, time, failed]),
    joined([percent, rows, failed]),
    joined([percent, failed]),
    percent
  ]
  return shorter.find((line) => line.length <= width) ?? percent.slice(0, Math.max(width, 0))
}

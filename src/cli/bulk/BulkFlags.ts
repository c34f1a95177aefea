/** The flags of commands that run jobs. */
import * as Flag from "effect/cli/Flag"
import { concurrencyOf, optional, path, text } from "../support/CommonFlags.ts"

/** A rate limit, as the client takes it. */
export interface Rate {
  readonly limit: number
  readonly window: "1 second" | "1 minute" | "1 hour"
}

const windows = { second: "1 second", minute: "1 minute", hour: "1 hour" } as const

const isUnit = (text: string): text is keyof typeof windows => Object.hasOwn(windows, text)

/** The rate in a text such as `10` or `600/minute`. */
const rateOf = (text: string): Rate => {
  const [, digits = "", unit = "second"] = /^(\d{1,9})(?:\/(\w+))?$/.exec(text) ?? []
  const limit = Number(digits)
  if (limit < 1 || !isUnit(unit)) throw new Error("Expected a rate")
  return { limit, window: windows[unit] }
}

/** The database of the jobs. */
export const jobsFile = path(
  "jobs",
  "The SQLite file of the jobs. Default: the setting jobs of the profile, or one file for each job in your data folder"
)

/** The rate limit of a job. */
export const rate = optional(
  Flag.String("rate").pipe(
    Flag.withDescription("The largest number of requests, a second as in 10, or as in 600/minute or 6000/hour"),
    Flag.mapTryCatch(rateOf, () => "Expected a number, or a number with /second, /minute or /hour")
  )
)

/** The flags of a command that runs a job. */
export const runFlags = {
  jobs: jobsFile,
  name: text("name", "The name of the job. A command with the name of a job goes on with that job"),
  concurrency: concurrencyOf(8),
  rate
}

/** The values of {@link runFlags}. */
export interface RunFlags {
  readonly jobs: string | undefined
  readonly name: string | undefined
  readonly concurrency: number
  readonly rate: Rate | undefined
}

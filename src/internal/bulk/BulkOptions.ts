import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Errors from "../../Errors.ts"

/** The pauses after failures in a row. Rows that failed are not sent again: another run with the same journal does so. */
export interface PauseOptions {
  /** The number of failures in a row that begins a pause: an integer from 1. */
  readonly failures: number
  /** The length of a pause, or an effect that ends with it. */
  readonly wait: Duration.Input | Effect.Effect<void>
}

/** The options of bulk work. */
export interface Options {
  /**
   * The name of the job: one operation on one input, in the same order whenever it runs. A journal needs it, and so do rows
   * without a fingerprint: they get one that is made from this name and the number of the row, so that no run makes them twice.
   *
   * @default none
   */
  readonly job?: string | undefined
  /**
   * The largest number of rows under way.
   *
   * @default 8
   */
  readonly concurrency?: number | undefined
  /**
   * True to get the outcomes as they come, so that a slow row delays no other. Otherwise they come in the order of the rows.
   *
   * @default false
   */
  readonly unordered?: boolean | undefined
  /**
   * True to send only lookups, and to get the outcomes that the rows would have. The journal is read, and not written.
   *
   * @default false
   */
  readonly dryRun?: boolean | undefined
  /**
   * Pauses after failures in a row.
   *
   * @default none
   */
  readonly pause?: PauseOptions | undefined
}

/** The options of bulk work that changes contacts. */
export interface ChangeOptions extends Options {
  /**
   * True to have the contact before the change in the outcome. Each row then takes another request. An update that an earlier
   * run without this option may have made has none.
   *
   * @default false
   */
  readonly beforeImages?: boolean | undefined
}

/** The options of bulk work that makes or changes contacts. */
export interface UpsertOptions extends ChangeOptions {
  /**
   * The field that contacts are found by.
   *
   * @default "fingerprint"
   */
  readonly by?: "fingerprint" | "email" | undefined
}

/** The options, checked, with the defaults filled in. */
export interface Settings {
  readonly job: string | undefined
  readonly concurrency: number
  readonly unordered: boolean
  readonly dryRun: boolean
  readonly beforeImages: boolean
  readonly pause: { readonly failures: number; readonly wait: Effect.Effect<void> } | undefined
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

const invalid = (option: string, description: string) => Result.fail(new Errors.InvalidOptions({ option, description }))

/** The settings of the options, or the first option that is wrong. */
export const resolve = ({
  beforeImages = false,
  concurrency = 8,
  dryRun = false,
  job,
  pause,
  unordered = false
}: ChangeOptions): Result.Result<Settings, Errors.InvalidOptions> => {
  if (job !== undefined && (typeof job !== "string" || job.trim() === "")) {
    return invalid("job", "Expected a name that is not blank")
  }
  if (!isCount(concurrency)) return invalid("concurrency", "Expected an integer from 1")
  if (pause === undefined) {
    return Result.succeed({ beforeImages, concurrency, dryRun, job, pause, unordered })
  }
  if (!isCount(pause.failures)) return invalid("pause.failures", "Expected an integer from 1")
  const wait = pause.wait
  if (Effect.isEffect(wait)) {
    return Result.succeed({ beforeImages, concurrency, dryRun, job, pause: { ...pause, wait }, unordered })
  }
  const duration = Duration.fromInput(wait)
  return duration._tag === "None"
    ? invalid("pause.wait", "Expected a duration or an effect")
    : Result.succeed({
        beforeImages,
        concurrency,
        dryRun,
        job,
        pause: { ...pause, wait: Effect.sleep(duration.value) },
        unordered
      })
}

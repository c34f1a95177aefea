/** The moments at which the process of a job is killed. */
import { SeededRandom } from "../simulation/SeededRandom.ts"

/**
 * A moment: so many milliseconds after the process has started, while it starts, stages rows or reads what the last one left; or once
 * the emulator has received so many creates.
 */
export type Moment =
  | { readonly _tag: "AfterStart"; readonly millis: number }
  | { readonly _tag: "AtCreates"; readonly creates: number }

/** The part of the moments after the start of a process. They are among the first, so that the job cannot end before them. */
const startShare = 0.3
const longestStart = 1500

/** The moments of a seed, in their order. The job ends after the last one if it sends at least `creates` creates. */
export const make = (seed: string, count: number, creates: number): ReadonlyArray<Moment> => {
  const random = new SeededRandom(seed).fork("kills")
  const counts = Array.from({ length: count }, () => random.below(Math.floor(creates * 0.95))).toSorted((a, b) => a - b)
  return counts.map((count) =>
    count < creates * 0.7 && random.chance(startShare)
      ? { _tag: "AfterStart", millis: random.below(longestStart) }
      : { _tag: "AtCreates", creates: count }
  )
}

export const describe = (moment: Moment): string =>
  moment._tag === "AfterStart" ? `${moment.millis} ms after its start` : `at ${moment.creates} creates`

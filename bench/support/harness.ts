/* oxlint-disable no-await-in-loop -- contenders take turns */
/** Rounds in which entrants take turns, each run timed by tinybench, and the figures that they give. */
import { Bench } from "tinybench"

/** The measurements of one thing, one for each round. */
export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly samples: ReadonlyArray<number>
}

/** The time of one run: milliseconds on the clock, and of CPU in the process that did it. */
export interface Took {
  readonly wall: number
  readonly cpu: number
}

/** A participant of a race. */
export interface Entrant {
  readonly name: string
  readonly run: () => Promise<Took>
}

/** The figures of an entrant. */
export interface Outcome {
  readonly wall: Figure
  readonly cpu: Figure
}

const median = (sorted: ReadonlyArray<number>): number => {
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

export const figure = (samples: ReadonlyArray<number>): Figure => {
  const sorted = samples.toSorted((left, right) => left - right)
  return { median: median(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, samples }
}

export const mapFigure = (of: Figure, change: (sample: number) => number): Figure => figure(of.samples.map(change))

const cpuMillis = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1000
}

/** Times one run, after a garbage collection. */
export const timed = async (work: () => Promise<unknown>): Promise<Took> => {
  let cpu = 0
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true })
  bench.add("run", work, {
    async: true,
    beforeEach: () => {
      globalThis.gc?.()
      cpu = -cpuMillis()
    },
    afterEach: () => {
      cpu += cpuMillis()
    }
  })
  const [task] = await bench.run()
  if (task === undefined || !("latency" in task.result)) throw new Error("Nothing was measured")
  return { wall: task.result.latency.mean, cpu }
}

/**
 * Runs all entrants once a round. Each round starts with another one, so that a disturbance of the machine affects them
 * alike. Warm-up rounds do not count.
 */
export const race = async (
  entrants: ReadonlyArray<Entrant>,
  options: { readonly rounds: number; readonly warmup: number }
): Promise<ReadonlyMap<string, Outcome>> => {
  const all = new Map<string, Array<Took>>(entrants.map(({ name }) => [name, []]))
  for (let round = -options.warmup; round < options.rounds; round++) {
    const first = Math.max(0, round) % entrants.length
    for (const { name, run } of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      const took = await run()
      if (round >= 0) all.get(name)?.push(took)
    }
  }
  return new Map(
    [...all].map(([name, runs]) => [
      name,
      { wall: figure(runs.map(({ wall }) => wall)), cpu: figure(runs.map(({ cpu }) => cpu)) }
    ])
  )
}

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
  /** Runs once, after a garbage collection if `collects`. */
  readonly run: (collects: boolean) => Promise<Took>
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

/** Times one run, after a garbage collection if `collects`. */
export const timed = async (work: () => Promise<unknown>, collects: boolean): Promise<Took> => {
  let cpu = 0
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true })
  bench.add("run", work, {
    async: true,
    beforeEach: () => {
      if (collects) globalThis.gc?.()
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

const sum = (parts: ReadonlyArray<Took>): Took => ({
  wall: parts.reduce((total, { wall }) => total + wall, 0),
  cpu: parts.reduce((total, { cpu }) => total + cpu, 0)
})

/** The same values, beginning with another one each turn. */
export const rotated = <A>(values: ReadonlyArray<A>, turn: number): ReadonlyArray<A> => {
  const first = turn % values.length
  return [...values.slice(first), ...values.slice(0, first)]
}

/**
 * Runs all entrants in rounds, so that a disturbance of the machine affects them alike. In each round they take `turns`
 * turns; the shorter a turn is, the closer together are the runs that are compared. Warm-up rounds do not count.
 */
export const race = async (
  entrants: ReadonlyArray<Entrant>,
  { rounds, turns = 1, warmup }: { readonly rounds: number; readonly turns?: number; readonly warmup: number }
): Promise<ReadonlyMap<string, Outcome>> => {
  const all = new Map<string, Array<Took>>(entrants.map(({ name }) => [name, []]))
  for (let round = 0; round < warmup + rounds; round++) {
    const ofRound = new Map<string, Array<Took>>(entrants.map(({ name }) => [name, []]))
    for (let turn = 0; turn < turns; turn++) {
      for (const { name, run } of rotated(entrants, round * turns + turn)) {
        ofRound.get(name)?.push(await run(turn === 0))
      }
    }
    if (round < warmup) continue
    for (const [name, parts] of ofRound) all.get(name)?.push(sum(parts))
  }
  return new Map(
    [...all].map(([name, runs]) => [
      name,
      { wall: figure(runs.map(({ wall }) => wall)), cpu: figure(runs.map(({ cpu }) => cpu)) }
    ])
  )
}

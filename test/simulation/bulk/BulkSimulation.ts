/** The results of many simulated worlds of bulk work and of jobs. */
import type * as Simulation from "../Simulation.ts"
import * as BulkChecks from "./BulkChecks.ts"
import * as BulkWorld from "./BulkWorld.ts"
import * as JobWorld from "../jobs/JobWorld.ts"

export interface Summary {
  readonly worlds: number
  /** The number of runs of the job, in all worlds. */
  readonly runs: number
  /** The number of runs whose process was killed. */
  readonly killed: number
  readonly rows: number
  readonly failing: ReadonlyArray<Simulation.FailingSeed>
}

/** The kinds of worlds: bulk work with a journal, and jobs in a database. */
const worlds = { bulk: BulkWorld.run, jobs: JobWorld.run }
export type Kind = keyof typeof worlds

/** Runs one world and checks it. */
const runOne = (kind: Kind, seed: number) => {
  const { history, world } = worlds[kind](`${kind} ${seed}`)
  const violations = world === undefined ? ["the world never ends"] : BulkChecks.check(world)
  return { seed, world, history, violations: violations.map((text) => history.withShortNames(text)) }
}

/** Runs the worlds of some seeds. */
export const run = (kind: Kind, seeds: Iterable<number>): Summary => {
  const failing: Array<Simulation.FailingSeed> = []
  let count = 0
  let runs = 0
  let killed = 0
  let rows = 0
  for (const seed of seeds) {
    const { history, violations, world } = runOne(kind, seed)
    count++
    runs += world?.runs.length ?? 0
    killed += world?.runs.filter(({ exit }) => exit === undefined).length ?? 0
    rows += world?.scenario.rows.length ?? 0
    if (violations.length > 0) failing.push({ seed, violations, history: history.lines })
  }
  return { worlds: count, runs, killed, rows, failing }
}

/** Runs one world and keeps all of its events. */
export const replay = (kind: Kind, seed: number): Simulation.FailingSeed => {
  const { history, violations } = runOne(kind, seed)
  return { seed, violations, history: history.lines }
}

/** The summary in one line. */
export const describe = ({ failing, killed, rows, runs, worlds }: Summary): string =>
  `${worlds} jobs of ${rows} rows, ${runs} runs, ${killed} killed: ${failing.length} failing`

/**
 * Runs simulated worlds and prints their results: `npm run simulate`. `-- --seeds 20000` runs more of them, `--from
 * 5000` starts at another seed, and `--seed 7` prints all events of one world. With `--bulk` or `--jobs`, they are worlds of bulk work.
 */
import { parseArgs } from "node:util"
import * as BulkSimulation from "./bulk/BulkSimulation.ts"
import * as Simulation from "./Simulation.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2500" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    bulk: { type: "boolean", default: false },
    jobs: { type: "boolean", default: false }
  }
})

const kind = values.bulk ? "bulk" : values.jobs ? "jobs" : undefined
const seedOption = kind === undefined ? "--seed" : `--${kind} --seed`

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const wholeNumber = (name: string, text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not ${text}`)
}

/** The number of failing worlds that are printed in full. */
const shown = 3

const printFailing = (failing: ReadonlyArray<Simulation.FailingSeed>): void => {
  for (const one of failing.slice(0, shown)) print(`${Simulation.describeFailing(one, seedOption)}\n`)
  for (const { seed, violations } of failing.slice(shown)) print(`Seed ${seed}: ${violations.join("; ")}`)
}

const printSpeed = (from: number, count: number, began: number): void => {
  const seconds = (performance.now() - began) / 1000
  print(
    `Seeds ${from} to ${from + count - 1} in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} seeds a second.`
  )
}

const runMany = (from: number, count: number): boolean => {
  const began = performance.now()
  const summary = Simulation.run(Simulation.seedsFrom(from, count))
  const missing = Simulation.missing(summary)
  print(`${Simulation.describeStates(summary)}\n`)
  printFailing(summary.failing)
  print(`${Simulation.describe(summary)}; ${missing.length} of the expected states never reached.`)
  printSpeed(from, count, began)
  return summary.failing.length === 0 && missing.length === 0
}

const runManyBulk = (kind: BulkSimulation.Kind, from: number, count: number): boolean => {
  const began = performance.now()
  const summary = BulkSimulation.run(kind, Simulation.seedsFrom(from, count))
  printFailing(summary.failing)
  print(BulkSimulation.describe(summary))
  printSpeed(from, count, began)
  return summary.failing.length === 0
}

const runOne = (seed: number): boolean => {
  const failing = kind === undefined ? Simulation.replay(seed) : BulkSimulation.replay(kind, seed)
  print(Simulation.describeFailing(failing, seedOption))
  if (failing.violations.length === 0) print("  No violations.")
  return failing.violations.length === 0
}

const run = (): boolean => {
  if (values.seed !== undefined) return runOne(wholeNumber("seed", values.seed))
  const from = wholeNumber("from", values.from)
  const count = wholeNumber("seeds", values.seeds)
  return kind === undefined ? runMany(from, count) : runManyBulk(kind, from, count)
}
process.exitCode = run() ? 0 : 1

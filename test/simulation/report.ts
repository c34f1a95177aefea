/**
 * Runs simulated worlds and prints their results: `npm run simulate`. `-- --seeds 20000` runs more of them, `--from
 * 5000` starts at another seed, and `--seed 7` prints all events of one world.
 */
import { parseArgs } from "node:util"
import * as Simulation from "./Simulation.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2500" },
    from: { type: "string", default: "0" },
    seed: { type: "string" }
  }
})

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const wholeNumber = (name: string, text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not ${text}`)
}

/** The number of failing worlds that are printed in full. */
const shown = 3

const runMany = (from: number, count: number): boolean => {
  const began = performance.now()
  const summary = Simulation.run(Simulation.seedsFrom(from, count))
  const seconds = (performance.now() - began) / 1000
  const missing = Simulation.missing(summary)
  print(`${Simulation.describeStates(summary)}\n`)
  for (const failing of summary.failing.slice(0, shown)) print(`${Simulation.describeFailing(failing)}\n`)
  for (const { seed, violations } of summary.failing.slice(shown)) print(`Seed ${seed}: ${violations.join("; ")}`)
  print(`${Simulation.describe(summary)}; ${missing.length} of the expected states never reached.`)
  print(
    `Seeds ${from} to ${from + count - 1} in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} seeds a second.`
  )
  return summary.failing.length === 0 && missing.length === 0
}

const runOne = (seed: number): boolean => {
  const failing = Simulation.replay(seed)
  print(Simulation.describeFailing(failing))
  if (failing.violations.length === 0) print("  No violations.")
  return failing.violations.length === 0
}

const isGood =
  values.seed === undefined
    ? runMany(wholeNumber("from", values.from), wholeNumber("seeds", values.seeds))
    : runOne(wholeNumber("seed", values.seed))
process.exitCode = isGood ? 0 : 1

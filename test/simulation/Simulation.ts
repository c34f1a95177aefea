/** The results of many simulated worlds. */
import * as Checks from "./Checks.ts"
import { expectedStates } from "./ExpectedStates.ts"
import * as States from "./States.ts"
import * as World from "./World.ts"

/** A seed whose world violated a rule. */
export interface FailingSeed {
  readonly seed: number
  readonly violations: ReadonlyArray<string>
  /** The events of the world, one a line. */
  readonly history: ReadonlyArray<string>
}

export interface Summary {
  readonly seeds: number
  readonly calls: number
  readonly virtualMillis: number
  /** The number of worlds that reached each state. */
  readonly states: ReadonlyMap<string, number>
  readonly failing: ReadonlyArray<FailingSeed>
}

const millisPerDay = 24 * 3_600_000

/** Runs one world and checks it. */
const runOne = (seed: number, hasStacks: boolean) => {
  const ended = World.run(`world ${seed}`, hasStacks)
  const { history } = ended.world
  const violations = Checks.check(ended).map(({ call, rule, text }) =>
    history.withShortNames(`${rule}: ${call === undefined ? "" : `call ${call}: `}${text}`)
  )
  return { ended, failing: { seed, violations, history: violations.length === 0 ? [] : history.lines } }
}

/** Runs the worlds of some seeds. */
export const run = (seeds: Iterable<number>): Summary => {
  const states = new Map<string, number>()
  const failing: Array<FailingSeed> = []
  let count = 0
  let calls = 0
  let virtualMillis = 0
  for (const seed of seeds) {
    const one = runOne(seed, false)
    count++
    calls += one.ended.world.history.calls.length
    virtualMillis += one.ended.world.time.elapsed
    for (const state of States.reachedIn(one.ended.world)) states.set(state, (states.get(state) ?? 0) + 1)
    if (one.failing.violations.length > 0) failing.push(one.failing)
  }
  return { seeds: count, calls, virtualMillis, states, failing }
}

/** Runs one world and keeps all of its events. */
export const replay = (seed: number): FailingSeed => {
  const { ended, failing } = runOne(seed, true)
  return { ...failing, history: ended.world.history.lines }
}

/** The expected states that no world reached. */
export const missing = ({ states }: Summary): ReadonlyArray<string> =>
  expectedStates.filter((state) => !states.has(state))

/** Consecutive seeds. */
export const seedsFrom = (from: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => from + index)

/** The events and violations of a failing world, as text. `option` is the one that replays it. */
export const describeFailing = ({ history, seed, violations }: FailingSeed, option = "--seed"): string =>
  [
    `Seed ${seed}:`,
    ...history.map((line) => `  ${line}`),
    ...violations.map((violation) => `  VIOLATED: ${violation}`),
    `  Replay: npm run simulate -- ${option} ${seed}`
  ].join("\n")

/** The summary in one line. */
export const describe = ({ calls, failing, seeds, virtualMillis }: Summary): string =>
  `${seeds} seeds, ${calls} calls, ${(virtualMillis / millisPerDay).toFixed(1)} virtual days: ${failing.length} failing`

/** The states reached, with the number of worlds that did. */
export const describeStates = (summary: Summary): string =>
  [
    ...Array.from(summary.states).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    ...missing(summary).map((state) => [state, 0] as const)
  ]
    .map(([state, count]) => `${String(count).padStart(7)}  ${state}${count === 0 ? " (NEVER REACHED)" : ""}`)
    .join("\n")

/* oxlint-disable no-await-in-loop -- contenders take turns */
/** Fetches by id, and creates. */
import { names } from "../contenders/byName.ts"
import { race } from "../harness.ts"
import type { Measurements, SummaryRow, Target } from "../report.ts"
import type { Work } from "../worker.ts"
import { atMost, cpuAndSpeed, type Group, over, type ToEntrant, withWorkers } from "./group.ts"

const size = 1000
const all = Object.values(names)

/** The turns of a round, and the calls of a turn. */
const turns = 4
const calls = { oneByOne: 250, fiftyAtATime: 500 }

const job = (contender: string, work: Work, count: number, concurrency: number) => ({
  contender,
  work,
  size,
  count,
  concurrency
})

/** Enough calls for V8 to have compiled the code of a contender. */
const warmUp = async (entrant: ToEntrant, work: Work): Promise<void> => {
  for (const name of all) await entrant(job(name, work, 8000, 50)).run(true)
}

const titleOf = (concurrency: number) => `fetch, ${concurrency} at a time`

const targetsOf = (tables: ReadonlyArray<Measurements>, concurrency: number): ReadonlyArray<Target> => {
  const cpu = (name: string, to: string) => over(tables, `${titleOf(concurrency)}, CPU`, name, to)
  const title = (layer: string, to: string) => `CPU of a fetch, ${concurrency} at a time: ${layer} over ${to}`
  return [
    atMost(
      title("layers/Fetch", "the official client"),
      concurrency === 1 ? 1.2 : 1.3,
      cpu(names.fetch, names.official),
      { floor: cpu(names.floorFetch, names.official) }
    ),
    atMost(title("layers/Node", "the official client"), 0.65, cpu(names.node, names.official), {
      floor: cpu(names.floorUndici, names.official)
    }),
    atMost(title("layers/Fetch", names.plainFetch), 0.65, cpu(names.fetch, names.plainFetch), {
      floor: cpu(names.floorFetch, names.plainFetch)
    }),
    atMost(title("layers/Node", names.plainUndici), 0.65, cpu(names.node, names.plainUndici), {
      floor: cpu(names.floorUndici, names.plainUndici)
    })
  ]
}

const summaryOf = (tables: ReadonlyArray<Measurements>, concurrency: number): ReadonlyArray<SummaryRow> => {
  const cpu = (name: string, to: string) => over(tables, `${titleOf(concurrency)}, CPU`, name, to)
  const title = `CPU of a fetch, ${concurrency} at a time`
  return [
    {
      title: `${title}, over the official client`,
      node: cpu(names.node, names.official),
      fetch: cpu(names.fetch, names.official)
    },
    {
      title: `${title}, over plain Effect on the same transport`,
      node: cpu(names.node, names.plainUndici),
      fetch: cpu(names.fetch, names.plainFetch)
    }
  ]
}

export const fetches: Group = {
  name: "fetch",
  description: "fetch by id, 1 and 50 at a time",
  run: (rounds) =>
    withWorkers(size, async (entrant) => {
      await warmUp(entrant, "fetch")
      const measure = async (concurrency: number, count: number) => {
        const entrants = all.map((name) => entrant(job(name, "fetch", count, concurrency)))
        const outcomes = await race(entrants, { rounds, turns, warmup: 1 })
        return cpuAndSpeed(titleOf(concurrency), "request", turns * count, outcomes)
      }
      const tables = [...(await measure(1, calls.oneByOne)), ...(await measure(50, calls.fiftyAtATime))]
      return {
        tables,
        targets: [...targetsOf(tables, 1), ...targetsOf(tables, 50)],
        summary: [...summaryOf(tables, 1), ...summaryOf(tables, 50)]
      }
    })
}

export const creates: Group = {
  name: "create",
  description: "create, 1 at a time",
  run: (rounds) =>
    withWorkers(size, async (entrant) => {
      const work = { write: "create" } as const
      await warmUp(entrant, work)
      const outcomes = await race(
        all.map((name) => entrant(job(name, work, calls.oneByOne, 1))),
        { rounds, turns, warmup: 1 }
      )
      return {
        tables: cpuAndSpeed("create, 1 at a time", "request", turns * calls.oneByOne, outcomes),
        targets: []
      }
    })
}

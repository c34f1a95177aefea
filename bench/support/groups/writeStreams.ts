/* oxlint-disable no-await-in-loop -- contenders take turns */
/** Many writes at a time, with the results as a stream. */
import { names } from "../contenders/byName.ts"
import type { Write } from "../contenders/contender.ts"
import { race } from "../harness.ts"
import { type Measurements, ratio, rowOf, type Target } from "../report.ts"
import { atLeast, countText, cpuAndSpeed, type Group, over, type ToEntrant, withWorkers } from "./group.ts"

const size = 1000
const concurrency = 16

/** A stream of many calls, and one of a tenth as many. */
const lengths = { long: 1500, short: 150 }

/** The row of our client whose results come as they finish. */
const unordered = `${names.node}, unordered`

const titleOf = (write: Write, length: number) => `${write} as a stream, ${countText(length)} by ${concurrency}`

/** Measures both lengths in the same rounds, so that a disturbance of the machine does not look like an effect of length. */
const measure = async (
  entrant: ToEntrant,
  write: Write,
  contenders: ReadonlyArray<string>,
  rounds: number
): Promise<ReadonlyArray<Measurements>> => {
  const counts = [lengths.short, lengths.long]
  const entrants = counts.flatMap((count) => {
    const job = { size, count, concurrency }
    return [
      ...contenders.map((contender) =>
        entrant({ ...job, contender, work: { write, stream: "ordered" } }, `${count} ${contender}`)
      ),
      entrant({ ...job, contender: names.node, work: { write, stream: "unordered" } }, `${count} ${unordered}`)
    ]
  })
  const outcomes = await race(entrants, { rounds, warmup: 2 })
  return counts.flatMap((count) => {
    const start = `${count} `
    const ofLength = [...outcomes].filter(([name]) => name.startsWith(start))
    const named = new Map(ofLength.map(([name, outcome]) => [name.slice(start.length), outcome]))
    return cpuAndSpeed(titleOf(write, count), "request", count, named)
  })
}

const lengthTargets = (tables: ReadonlyArray<Measurements>, write: Write): ReadonlyArray<Target> =>
  [names.node, names.fetch, unordered].map((name) => {
    const speed = (length: number) => rowOf(tables, `${titleOf(write, length)}, speed`, name)
    return atLeast(
      `${write}s/s of ${countText(lengths.long)} over those of ${lengths.short}: ${name}`,
      0.9,
      ratio(speed(lengths.long), speed(lengths.short))
    )
  })

export const ensures: Group = {
  name: "ensure",
  description: `Contact.ensure of ${countText(lengths.long)} and of ${lengths.short}, ${concurrency} at a time, as a stream`,
  run: (rounds) =>
    withWorkers(size, async (entrant) => {
      const tables = await measure(entrant, "ensure", Object.values(names), rounds)
      const speed = (name: string) => over(tables, `${titleOf("ensure", lengths.long)}, speed`, name, names.official)
      return {
        tables,
        targets: [
          atLeast(
            `requests/s of ${titleOf("ensure", lengths.long)}: layers/Fetch over the official client`,
            0.9,
            speed(names.fetch),
            { floor: speed(names.floorFetch) }
          ),
          ...lengthTargets(tables, "ensure")
        ],
        summary: [
          {
            title: `ensures/s, ${countText(lengths.long)} by ${concurrency}, over the official client`,
            node: speed(names.node),
            fetch: speed(names.fetch)
          }
        ]
      }
    })
}

export const otherWrites: Group = {
  name: "writes",
  description: "create, update and delete, 16 at a time, as a stream, with our client and the official one",
  run: (rounds) =>
    withWorkers(size, async (entrant) => {
      const tables: Array<Measurements> = []
      const writes = ["create", "update", "delete"] as const
      for (const write of writes) {
        tables.push(...(await measure(entrant, write, [names.node, names.fetch, names.official], rounds)))
      }
      return { tables, targets: writes.flatMap((write) => lengthTargets(tables, write)) }
    })
}

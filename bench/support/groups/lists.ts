/* oxlint-disable no-await-in-loop -- contenders take turns */
/** Lists as streams. */
import { names } from "../contenders/byName.ts"
import { race } from "../harness.ts"
import { type Measurements, ratio, rowOf } from "../report.ts"
import { atLeast, countText, cpuAndSpeed, type Group, over, type ToEntrant, withWorkers } from "./group.ts"

const all = Object.values(names)
const withoutPlain = all.filter((name) => name !== names.plainFetch && name !== names.plainUndici)

const titleOf = (size: number) => `list of ${countText(size)}`

const measure = async (
  entrant: ToEntrant,
  contenders: ReadonlyArray<string>,
  { rounds, size, times, warmup }: { rounds: number; size: number; times: number; warmup: number }
): Promise<ReadonlyArray<Measurements>> => {
  const entrants = contenders.map((contender) =>
    entrant({ contender, work: "list", size, count: times, concurrency: 1 })
  )
  const outcomes = await race(entrants, { rounds, warmup })
  return cpuAndSpeed(titleOf(size), "item", size * times, outcomes)
}

export const list: Group = {
  name: "list",
  description: "a list of 10^5, as a stream",
  run: (rounds) => {
    const size = 1e5
    return withWorkers(size, async (entrant) => {
      const tables = await measure(entrant, all, { rounds, size, times: 1, warmup: 2 })
      const speed = (name: string, to: string) => over(tables, `${titleOf(size)}, speed`, name, to)
      return {
        tables,
        targets: [
          atLeast(
            `items/s of a list of ${countText(size)}: layers/Fetch over the official client`,
            1.2,
            speed(names.fetch, names.official),
            { floor: speed(names.floorFetch, names.official) }
          ),
          atLeast(
            `items/s of a list of ${countText(size)}: layers/Node over raw fetch`,
            0.95,
            speed(names.node, names.rawFetch),
            { floor: speed(names.floorUndici, names.rawFetch) }
          )
        ],
        summary: [
          {
            title: "items/s of a list of 10⁵, over the official client",
            node: speed(names.node, names.official),
            fetch: speed(names.fetch, names.official)
          },
          {
            title: "the same, over raw `fetch`",
            node: speed(names.node, names.rawFetch),
            fetch: speed(names.fetch, names.rawFetch)
          },
          {
            title: "the same, over plain Effect on the same transport",
            node: speed(names.node, names.plainUndici),
            fetch: speed(names.fetch, names.plainFetch)
          }
        ]
      }
    })
  }
}

export const listLengths: Group = {
  name: "list-lengths",
  description: "lists of 10^3, 10^4 and 10^6, as streams, without plain Effect",
  run: (rounds) => {
    const lengths = [
      { size: 1e3, times: 50, warmup: 2 },
      { size: 1e4, times: 10, warmup: 2 },
      { size: 1e6, times: 1, warmup: 1 }
    ]
    return withWorkers(1e6, async (entrant) => {
      const tables: Array<Measurements> = []
      for (const length of lengths) tables.push(...(await measure(entrant, withoutPlain, { ...length, rounds })))
      const speed = (size: number, name: string) => rowOf(tables, `${titleOf(size)}, speed`, name)
      return {
        tables,
        targets: [
          atLeast(
            "items/s of a list of 1,000,000: layers/Node over raw fetch",
            0.95,
            ratio(speed(1e6, names.node), speed(1e6, names.rawFetch)),
            { floor: ratio(speed(1e6, names.floorUndici), speed(1e6, names.rawFetch)) }
          ),
          ...[names.node, names.fetch].map((name) =>
            atLeast(
              `items/s of a list of 1,000,000 over that of 10,000: ${name}`,
              0.9,
              ratio(speed(1e6, name), speed(1e4, name))
            )
          )
        ]
      }
    })
  }
}

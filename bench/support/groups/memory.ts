/** The memory that a long list needs beyond a short one. */
import { names } from "../contenders/byName.ts"
import { peakMemory } from "../processes.ts"
import { type Measurements, rowOf } from "../report.ts"
import { atMost, countText, type Group, inTurns, withPeer } from "./group.ts"

const large = 1e6
const small = 1e4

const title = `peak memory of a list, ${countText(large)} less ${countText(small)}`

export const memory: Group = {
  name: "memory",
  description: "memory for a list of 10^6 less that for one of 10^4, in new processes",
  run: (rounds) =>
    withPeer(large, async (url) => {
      const growth = (name: string) => async () =>
        (await peakMemory(url, name, large)) - (await peakMemory(url, name, small))
      const contenders = [names.node, names.fetch, names.official, names.floorUndici, names.floorFetch]
      const table: Measurements = {
        title,
        unit: "MB",
        digits: 1,
        rows: await inTurns(rounds, Object.fromEntries(contenders.map((name) => [name, growth(name)])))
      }
      const of = (name: string) => rowOf([table], title, name)
      return {
        tables: [table],
        targets: [
          atMost(`${title}: layers/Fetch`, 40, of(names.fetch), { unit: " MB", floor: of(names.floorFetch) }),
          atMost(`${title}: layers/Node`, 40, of(names.node), { unit: " MB", floor: of(names.floorUndici) })
        ],
        summary: [
          {
            title: "memory for a list of 10⁶ beyond that for one of 10⁴",
            node: of(names.node),
            fetch: of(names.fetch),
            digits: 0,
            unit: " MB"
          }
        ]
      }
    })
}

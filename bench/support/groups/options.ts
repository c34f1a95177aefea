/** The price of `Client.withOptions`. */
import { names, withOptions } from "../contenders/byName.ts"
import { race } from "../harness.ts"
import { atMost, cpuAndSpeed, type Group, over, withWorkers } from "./group.ts"

const size = 1000

/** The turns of a round, and the calls of a turn. */
const turns = 6
const count = 500

const node: ReadonlyArray<string> = [names.node, withOptions.node, withOptions.nodeNewObject]
const fetch: ReadonlyArray<string> = [names.fetch, withOptions.fetch, withOptions.fetchNewObject]

export const options: Group = {
  name: "options",
  description: "fetch by id under Client.withOptions and without",
  run: (rounds) =>
    withWorkers(
      size,
      async (entrant) => {
        const job = { work: "fetch", size, count, concurrency: 1 } as const
        const measure = async (contenders: ReadonlyArray<string>, layer: string) => {
          const outcomes = await race(
            contenders.map((contender) => entrant({ ...job, contender })),
            { rounds, turns, warmup: 2 }
          )
          return cpuAndSpeed(`fetch with options, ${layer}`, "request", turns * count, outcomes, contenders[0])
        }
        const tables = [...(await measure(node, "layers/Node")), ...(await measure(fetch, "layers/Fetch"))]
        const cpu = (layer: string, name: string, to: string) =>
          over(tables, `fetch with options, ${layer}, CPU`, name, to)
        const title = (layer: string) => `CPU of a fetch under withOptions over the same without, ${layer}`
        return {
          tables,
          targets: [
            atMost(title("layers/Node"), 1.1, cpu("layers/Node", withOptions.node, names.node)),
            atMost(title("layers/Fetch"), 1.1, cpu("layers/Fetch", withOptions.fetch, names.fetch))
          ]
        }
      },
      // One process for each layer, so that only the options differ.
      (contender) => (node.includes(contender) ? "layers/Node" : "layers/Fetch")
    )
}

/** The time that the command line takes from its start to its end. */
import { commandTime } from "../processes.ts"
import { type Measurements, ratio, rowOf } from "../report.ts"
import { atMost, type Group, inTurns, withPeer } from "./group.ts"

const names = {
  node: "Node with an empty program",
  leastHelp: "Effect's CLI alone, --help",
  help: "effect-chatbotkit --help",
  leastList: "Effect's CLI and HttpClient alone, list --take 10",
  list: "effect-chatbotkit list --take 10"
} as const

const list = ["list", "--take", "10"]
const least = "bench/support/leastCli.ts"
const ours = "dist/cli/main.js"

export const cli: Group = {
  name: "cli",
  description: "time that the command line takes, in new processes",
  run: (rounds) =>
    withPeer(10, async (url) => {
      const title = "command line, from start to end"
      const rows = await inTurns(rounds, {
        [names.node]: () => commandTime(url, ["--eval", ""]),
        [names.leastHelp]: () => commandTime(url, [least, "--help"]),
        [names.help]: () => commandTime(url, [ours, "--help"]),
        [names.leastList]: () => commandTime(url, [least, ...list]),
        [names.list]: () => commandTime(url, [ours, ...list])
      })
      const table: Measurements = { title, unit: "ms", digits: 0, rows, reference: names.leastHelp }
      const over = (of: string, to: string) => ratio(rowOf([table], title, of), rowOf([table], title, to))
      return {
        tables: [table],
        targets: [
          atMost("time of --help over Effect's CLI alone", 1.5, over(names.help, names.leastHelp)),
          atMost("time of list over Effect's CLI and HttpClient alone", 1.5, over(names.list, names.leastList))
        ]
      }
    })
}

/** Bundles, and the time to import. */
import * as Bundles from "../bundles.ts"
import { names } from "../contenders/byName.ts"
import { figure } from "../harness.ts"
import { importTime } from "../processes.ts"
import { type Measurements, ratio, type Row, rowOf } from "../report.ts"
import { atMost, type Group, inTurns } from "./group.ts"

const fetchesOne = "app that fetches one contact over fetch"
const deep = `${fetchesOne}, each module imported by name`
const index = `${fetchesOne}, imports of the README`
const own = "our own code in the quick start"

export const sizes: Group = {
  name: "size",
  description: "sizes of bundles, min + gzip",
  run: async () => {
    const quickStart = await Bundles.ownSize(Bundles.quickStart, "dist")
    const app = await Bundles.ownSize(Bundles.fetchesOne, "dist")
    const row = (name: string, bytes: number): Row => ({ name, figure: figure([bytes / 1000]) })
    const title = "bundle, min + gzip"
    const table: Measurements = {
      title,
      unit: "kB",
      digits: 1,
      rows: [
        row(deep, app.base + app.own),
        row("the Effect base of that app, without us", app.base),
        row("our own code in that app", app.own),
        row(index, await Bundles.bundleSize(Bundles.fetchesOneFromIndex, "dist")),
        row("quick start over fetch", quickStart.base + quickStart.own),
        row("the Effect base of the quick start, without us", quickStart.base),
        row(own, quickStart.own),
        row("official client, the same app", await Bundles.bundleSize(Bundles.official, "dist"))
      ]
    }
    const limits = [
      [deep, 48],
      [index, 56],
      [own, 12]
    ] as const
    return {
      tables: [table],
      targets: limits.map(([name, limit]) => atMost(name, limit, rowOf([table], title, name), { unit: " kB" }))
    }
  }
}

const contact = "effect-chatbotkit/Contact"
const layers = { node: "effect-chatbotkit/layers/Node", fetch: "effect-chatbotkit/layers/Fetch" }
const withoutUs = "the modules of Effect that layers/Fetch needs"

export const imports: Group = {
  name: "import",
  description: "time to import, in new processes",
  run: async (rounds) => {
    const effect = await Bundles.effectModules([contact, layers.fetch])
    const title = "time to import, CPU"
    const table: Measurements = {
      title,
      unit: "ms",
      digits: 1,
      rows: await inTurns(rounds, {
        [names.official]: () => importTime(["@chatbotkit/sdk/contact/index.js"]),
        [withoutUs]: () => importTime(effect),
        [names.fetch]: () => importTime([contact, layers.fetch]),
        [names.node]: () => importTime([contact, layers.node])
      }),
      reference: withoutUs
    }
    const of = (name: string) => rowOf([table], title, name)
    return {
      tables: [table],
      targets: [atMost(`time to import layers/Fetch over ${withoutUs}`, 1.1, ratio(of(names.fetch), of(withoutUs)))]
    }
  }
}

/** Sizes of bundles. */
import * as Bundles from "../bundles.ts"
import { figure } from "../harness.ts"
import { type Measurements, type Row, rowOf } from "../report.ts"
import * as Rolldown from "../rolldown.ts"
import { atMost, type Group } from "./group.ts"

const fetchesOne = "app that fetches one contact over fetch"
const names = {
  deep: `${fetchesOne}, each module imported by name`,
  deepFloor: "floor: the same app in plain Effect, each module imported by name",
  index: `${fetchesOne}, imports of the README`,
  indexFloor: "floor: the same app in plain Effect, Effect and Redacted from effect",
  documented: "the same app in plain Effect, all imported from effect and effect/http",
  own: "our own code in the quick start",
  ownFloor: "floor: the own code of the least client in the quick start"
} as const

const row = (name: string, bytes: number): Row => ({ name, figure: figure([bytes / 1000]) })

/** The rows of rolldown, if it is installed. */
const rolldownRows = async (): Promise<ReadonlyArray<Row>> => {
  const ours = await Rolldown.bundleSize(Bundles.fetchesOneFromIndex)
  const plain = await Rolldown.bundleSize(Bundles.plainFetchesOneAsDocumented)
  if (ours === undefined || plain === undefined) return []
  return [row(`${names.index}, by rolldown`, ours), row(`${names.documented}, by rolldown`, plain)]
}

const sizeTable = async (): Promise<Measurements> => {
  const app = await Bundles.ownSize(Bundles.fetchesOne, "dist")
  const quickStart = await Bundles.ownSize(Bundles.quickStart, "dist")
  const least = await Bundles.ownSize(Bundles.leastQuickStart, "dist")
  const size = async (name: string, source: string) => row(name, await Bundles.bundleSize(source, "dist"))
  return {
    title: "bundle, min + gzip",
    unit: "kB",
    digits: 1,
    rows: [
      row(names.deep, app.base + app.own),
      row("the Effect base of that app, without us", app.base),
      row("our own code in that app", app.own),
      await size(names.deepFloor, Bundles.plainFetchesOne),
      await size(names.index, Bundles.fetchesOneFromIndex),
      await size(names.indexFloor, Bundles.plainFetchesOneFromIndex),
      await size(names.documented, Bundles.plainFetchesOneAsDocumented),
      ...(await rolldownRows()),
      row("quick start over fetch", quickStart.base + quickStart.own),
      row("the Effect base of the quick start, without us", quickStart.base),
      row(names.own, quickStart.own),
      row(names.ownFloor, least.own),
      await size("official client, the same app", Bundles.official)
    ],
    note: "Bundled by esbuild, which keeps unused members of `export * as`, where no other bundler is named."
  }
}

const folderTable = async (): Promise<Measurements> => {
  const folders = await Bundles.ownBytesByFolder(Bundles.quickStart)
  const total = folders.reduce((sum, [, bytes]) => sum + bytes, 0)
  return {
    title: `${names.own}, by folder`,
    unit: "kB, minified, not compressed",
    digits: 1,
    rows: [...folders.map(([folder, bytes]) => row(folder, bytes)), row("in total", total)],
    note: "The floor of our own code is in bench/support/leastClient.ts, which names what it leaves out."
  }
}

export const sizes: Group = {
  name: "size",
  description: "sizes of bundles, min + gzip",
  run: async () => {
    const table = await sizeTable()
    const of = (name: string) => rowOf([table], table.title, name)
    return {
      tables: [table, await folderTable()],
      targets: [
        atMost(names.deep, 48, of(names.deep), { unit: " kB", floor: of(names.deepFloor) }),
        atMost(names.index, 56, of(names.index), { unit: " kB", floor: of(names.indexFloor) }),
        atMost(names.own, 12, of(names.own), { unit: " kB", floor: of(names.ownFloor) })
      ]
    }
  }
}

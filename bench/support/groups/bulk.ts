/* oxlint-disable no-await-in-loop -- one import after another */
/** Imports of rows by `Bulk`: their speed, and their memory. */
import { join } from "node:path"
import { figure, race } from "../harness.ts"
import { names } from "../importers/byName.ts"
import { type ImportRun, importOnce } from "../processes.ts"
import type { Measurements, Row, SummaryRow } from "../report.ts"
import { withTemporaryFolder } from "../temporaryFolder.ts"
import { atMost, countText, cpuAndSpeed, type Group, over, type ToEntrant, withPeer, withWorkers } from "./group.ts"

const concurrency = 16
/** Enough rows for two warm-up rounds to have V8 compile the code. */
const count = 5000
const title = `import of ${countText(count)} rows, ${concurrency} at a time`

/** Rows enough for V8's young generation to reach its full size, and for a table of keys of the size that many rows need. */
const lengths = { defaults: 1e5, large: 1e6 }

/** Limits the heap, so that the memory is what an import needs, not what V8 takes before it collects garbage. */
const limitedHeap = ["--max-old-space-size=64", "--max-semi-space-size=8"]

const speeds = async (entrant: ToEntrant, folder: string, rounds: number): Promise<ReadonlyArray<Measurements>> => {
  const job = { work: { journals: folder }, size: 0, count, concurrency }
  const outcomes = await race(
    Object.values(names).map((contender) => entrant({ ...job, contender })),
    { rounds, warmup: 2 }
  )
  return cpuAndSpeed(title, "row", count, outcomes, names.official)
}

const row = (name: string, value: number): Row => ({ name, figure: figure([value]) })

const growthTable = async (url: string, folder: string): Promise<Measurements> => {
  const rows: Array<Row> = []
  for (const [index, name] of [names.nodeJournal, names.jobs, names.official, names.floorUndici].entries()) {
    const alone = await importOnce(url, name, 0, join(folder, `${index}-alone`))
    const { memory } = await importOnce(url, name, lengths.defaults, join(folder, `${index}`))
    rows.push(row(name, memory - alone.memory))
  }
  return {
    title: `peak memory of an import of ${countText(lengths.defaults)} rows, less that of the program without rows`,
    unit: "MB",
    rows,
    note: "Most of it is the young generation of V8, which has up to 128 MB on a machine with enough memory. p-limit has a promise for each row."
  }
}

const largeRows = (name: string, { heap, memory, seconds }: ImportRun): ReadonlyArray<Row> => [
  row(`${name}: peak memory, MB`, memory),
  row(`${name}: peak of the heap, MB`, heap),
  row(`${name}: time, s`, seconds)
]

const largeImport = async (url: string, folder: string) => {
  const run = (rows: number, journal: string) =>
    importOnce(url, names.nodeJournal, rows, join(folder, journal), limitedHeap)
  const alone = await run(0, "none")
  const first = await run(lengths.large, "large")
  const second = await run(lengths.large, "large")
  const table: Measurements = {
    title: `import of ${countText(lengths.large)} rows by ${names.nodeJournal}`,
    unit: "",
    digits: 1,
    rows: [
      row("the program without rows: peak memory, MB", alone.memory),
      ...largeRows("first run", first),
      ...largeRows("second run on the same journal, which sends nothing", second)
    ],
    note: `In processes with ${limitedHeap.join(" ")}, each run once.`
  }
  return { table, growth: first.memory - alone.memory }
}

export const bulk: Group = {
  name: "bulk",
  description: `import of ${countText(count)} rows by Bulk, and the memory for ${countText(lengths.large)}`,
  run: (rounds) =>
    withTemporaryFolder(async (folder) => {
      const tables = await withWorkers(0, (entrant) => speeds(entrant, folder, rounds))
      const { defaults, large } = await withPeer(0, async (url) => ({
        defaults: await growthTable(url, folder),
        large: await largeImport(url, folder)
      }))
      const ofOfficial = (name: string) => over(tables, `${title}, speed`, name, names.official)
      const summary: ReadonlyArray<SummaryRow> = [
        {
          title: "rows/s of an import by `Bulk`, over the official client in a loop with `p-limit`",
          node: ofOfficial(names.node),
          fetch: ofOfficial(names.fetch)
        },
        {
          title: "the same, with a journal in a file",
          node: ofOfficial(names.nodeJournal),
          fetch: ofOfficial(names.fetchJournal)
        }
      ]
      return {
        tables: [...tables, defaults, large.table],
        targets: [
          atMost(
            `memory of an import of ${countText(lengths.large)} rows beyond that of the program, in a limited heap`,
            150,
            figure([large.growth]),
            { unit: " MB" }
          )
        ],
        summary
      }
    })
}

/**
 * Our client against the official one and against code written by hand: on the same server, over the same data, in turns.
 *
 *     npm run bench               all of it, and writes bench/RESULTS.md
 *     npm run bench -- --quick    a short run, for an idea
 */
import { readFile, writeFile } from "node:fs/promises"
import * as os from "node:os"
import { contender, names } from "./support/contenders.ts"
import { contactAt } from "./support/data.ts"
import * as Groups from "./support/groups.ts"
import { type Figure, figure } from "./support/harness.ts"
import { startEmulator, startPeer, startWorker } from "./support/processes.ts"
import { type Group, groupTable, ratio, type Target, targetsTable } from "./support/report.ts"

const quick = process.argv.includes("--quick")

const plan: Groups.Plan = quick
  ? {
      rounds: 3,
      warmup: 1,
      lists: [
        { size: 1e3, times: 5 },
        { size: 1e4, times: 2 },
        { size: 1e5, times: 1 }
      ],
      requests: 200,
      bulk: 200,
      processes: 1,
      memory: { small: 1e4, large: 1e5 }
    }
  : {
      rounds: 7,
      warmup: 3,
      lists: [
        { size: 1e3, times: 50 },
        { size: 1e4, times: 10 },
        { size: 1e5, times: 2 },
        { size: 1e6, times: 1 }
      ],
      requests: 5000,
      bulk: 1500,
      processes: 7,
      memory: { small: 1e4, large: 1e6 }
    }

const largest = Math.max(...plan.lists.map(({ size }) => size))

/** Both servers must give every contender the same contacts. */
const crossCheck = async (): Promise<void> => {
  const emulator = await startEmulator()
  try {
    const all = await Promise.all(Object.values(names).map((name) => contender(name, emulator.url, 0)))
    const things = Array.from({ length: 200 }, (_, index) => ({
      id: contactAt(index).id,
      write: {
        fingerprint: contactAt(index).fingerprint.padEnd(20, "-"),
        name: contactAt(index).name,
        email: `contact${index}@example.com`
      }
    }))
    await all[0]?.bulk("ensure", things, 16)
    await all[2]?.bulk("ensure", things, 16)
    const sums = await Promise.all(all.map((contender) => contender.list()))
    if (new Set(sums).size !== 1) throw new Error(`The contenders list different contacts: ${sums.join(", ")}`)
    await Promise.all(all.map((contender) => contender.close()))
  } finally {
    emulator.stop()
  }
}

const rowOf = (groups: ReadonlyArray<Group>, title: string, name: string): Figure => {
  const row = groups.find((group) => group.title === title)?.rows.find((row) => row.name === name)
  if (row === undefined) throw new Error(`There is no ${name} in ${title}`)
  return row.figure
}

const targetsOf = (groups: ReadonlyArray<Group>): ReadonlyArray<Target> => {
  const of = (title: string, name: string) => rowOf(groups, title, name)
  const list = (size: number, name: string) => of(`list stream, ${size.toLocaleString("en")} contacts`, name)
  const over = (title: string, ours: string, theirs: string) => ratio(of(title, ours), of(title, theirs))
  const ours = [names.node, names.fetch]
  const big = plan.lists.map(({ size }) => size).filter((size) => size >= 1e5)
  const sizes = "bundle, min + gzip"
  const memory = groups.find(({ title }) => title.startsWith("peak memory"))?.title ?? ""
  const smallList = list(1e4, names.official).samples.length > 0 ? 1e4 : largest
  const line = (title: string, atLeast: boolean, limit: number, figure: Figure, unit = ""): Target => ({
    title,
    atLeast,
    limit,
    figure,
    unit
  })
  return [
    ...big.flatMap((size) =>
      ours.flatMap((name) => [
        line(
          `list of ${size.toLocaleString("en")}, ${name}, over the official client`,
          true,
          1.25,
          ratio(list(size, name), list(size, names.official))
        ),
        line(
          `list of ${size.toLocaleString("en")}, ${name}, over raw fetch`,
          true,
          0.95,
          ratio(list(size, name), list(size, names.rawFetch))
        )
      ])
    ),
    line(
      "CPU a fetch, ours, layers/Node, over the official client",
      false,
      0.8,
      over("fetch, 1 at a time, CPU", names.node, names.official)
    ),
    line(
      "CPU a fetch, ours, layers/Fetch, over the official client",
      false,
      1.15,
      over("fetch, 1 at a time, CPU", names.fetch, names.official)
    ),
    line(
      "fetches/s, 50 at a time, ours, layers/Node, over the official client",
      true,
      1.2,
      over("fetch, 50 at a time, speed", names.node, names.official)
    ),
    ...ours.map((name) => line(`${memory}, ${name}`, false, 40, of(memory, name), " MB")),
    ...ours.map((name) =>
      line(
        `items/s of ${largest.toLocaleString("en")} over those of ${smallList.toLocaleString("en")}, ${name}`,
        true,
        0.9,
        figure([list(largest, name).median / list(smallList, name).median])
      )
    ),
    ...Groups.bulks.flatMap((bulk) =>
      [...ours, Groups.unordered].map((name) => {
        const speed = (length: number) => of(`${Groups.bulkTitle(bulk, length)}, speed`, name)
        const { long, short } = Groups.bulkLengths(plan)
        const title = `${bulk}s/s of ${long.toLocaleString("en")} over those of ${short.toLocaleString("en")}, ${name}`
        return line(title, true, 0.9, ratio(speed(long), speed(short)))
      })
    ),
    line(Groups.sizeNames.own, false, 9, of(sizes, Groups.sizeNames.own), " kB"),
    line(Groups.sizeNames.fetchesOne, false, 48, of(sizes, Groups.sizeNames.fetchesOne), " kB")
  ]
}

const versionOf = async (name: string): Promise<string> => {
  const manifest = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")
  const { version }: { readonly version: string } = JSON.parse(manifest)
  return `${name} ${version}`
}

const surroundings = async (load: number): Promise<string> => {
  const cpus = os.cpus()
  const packages = ["effect", "@effect/platform-node", "undici", "@chatbotkit/sdk", "tinybench", "esbuild"]
  const versions = await Promise.all(packages.map(versionOf))
  return [
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpus.length} x ${cpus[0]?.model.trim() ?? "unknown"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()}`,
    `- Load average at the start: ${load.toFixed(2)}${load > 0.5 ? " (something else was running)" : ""}`,
    `- Node ${process.versions.node}, its own undici ${process.versions["undici"]}; ${versions.join(", ")}`,
    `- Rounds: ${plan.rounds}, contenders in turn in each, each in a process of its own; fresh processes: ${plan.processes} for each figure`
  ].join("\n")
}

const log = <A>(value: A, text: string): A => {
  console.log(`${text}\n`)
  return value
}

const began = performance.now()
const [load = 0] = os.loadavg()
await crossCheck()
const peer = await startPeer(Math.max(largest, plan.memory.large))
const workers = Object.values(names).map((name) => startWorker(peer.url, name))
const groups: Array<Group> = []
const add = (...more: ReadonlyArray<Group>) => {
  for (const group of more) groups.push(log(group, groupTable(group)))
}
add(await Groups.sizes())
add(await Groups.imports(plan))
add(...(await Groups.requests(workers, plan)))
add(...(await Groups.bulk(workers, plan)))
add(await Groups.decode(plan))
add(await Groups.inMemory(peer.url, plan))
add(...(await Groups.lists(workers, plan)))
add(await Groups.memory(peer.url, plan))
for (const worker of workers) worker.stop()
peer.stop()

const targets = targetsTable(targetsOf(groups))
const where = await surroundings(load)
console.log(`${targets}\n\n${where}\n\nTook ${Math.round((performance.now() - began) / 1000)} s`)

if (!quick) {
  const text = `# Benchmark results

Written by \`npm run bench\`; nothing here is typed by hand. Medians, and the spread from the least to the most. A ratio is
the median of the ratios of each round.

${where}

## Targets

${targets}

## Measurements

${groups.map(groupTable).join("\n\n")}
`
  await writeFile(new URL("RESULTS.md", import.meta.url), text)
}
process.exit()

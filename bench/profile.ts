/* oxlint-disable no-await-in-loop -- one contender after another */
/**
 * Profiles a fetch by id, and sums up the CPU time by the package whose code it is spent in. Each contender runs in a process
 * of its own, with 1 request and with 50 requests at a time.
 *
 *     npm run bench:profile             all contenders, and writes bench/PROFILE.md
 *     npm run bench:profile -- floor    the contenders whose name contains "floor", and only prints the tables
 *
 * Profiles and heap snapshots have shown this about V8, and some lines of `src` take it into account:
 *
 * - Once V8 has seen some objects of one literal live on, it makes all objects of that literal in old space. There a dead one
 *   keeps what it refers to until the next full collection. So the list path makes no literal for the event of an item, and
 *   spreads an empty object into the contact that it makes.
 * - V8 keeps a map of every generator function that is made, until the next full collection. So all calls share one generator.
 * - The closures of a stream keep what they refer to as long. So short bodies are read without a stream.
 */
import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { type Profiler, Session } from "node:inspector/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { contender, names } from "./support/contenders/byName.ts"
import { idOf } from "./support/data.ts"
import { figure } from "./support/harness.ts"
import { startPeer } from "./support/processes.ts"
import { exact, markdown } from "./support/report.ts"

const requests = 5000
const rounds = 3
const concurrencies = [1, 50]

/** The owner of a function, by the file that it is from. */
const owners: ReadonlyArray<readonly [owner: string, files: RegExp]> = [
  ["Effect", /node_modules\/(?:effect|@effect)\//],
  ["the official client", /node_modules\/@chatbotkit\//],
  ["undici and fetch", /node_modules\/undici\/|^node:internal\/deps\/undici|^wasm:/],
  ["ours", /\/dist\//],
  ["the benchmark", /\/bench\//],
  ["Node's streams, sockets and timers", /^node:/]
]

const garbage = "the garbage collector"
const native = "V8 and the system, in native code"

const ownerOf = ({ functionName, url }: Profiler.ProfileNode["callFrame"]): string | undefined => {
  if (functionName === "(idle)") return undefined
  if (functionName === "(garbage collector)") return garbage
  return owners.find(([, files]) => files.test(url))?.[0] ?? native
}

type Spent = Readonly<Record<string, number>>

/**
 * Microseconds for each request, by owner. The profiler measures on the clock, so its figures are scaled to the CPU time:
 * another process that had the CPU does not count.
 */
const spentIn = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, cpuMicros: number): Spent => {
  const byId = new Map(nodes.map((node) => [node.id, ownerOf(node.callFrame)]))
  const spent = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const owner = byId.get(id)
    if (owner !== undefined) spent.set(owner, (spent.get(owner) ?? 0) + (timeDeltas[at] ?? 0))
  }
  const total = [...spent.values()].reduce((sum, part) => sum + part, 0)
  return Object.fromEntries([...spent].map(([owner, part]) => [owner, (part / total) * (cpuMicros / requests)]))
}

/** The rounds of a contender, for each of {@link concurrencies}. */
type Rounds = ReadonlyArray<ReadonlyArray<Spent>>

const profile = async (name: string, url: string): Promise<Rounds> => {
  const client = await contender(name, url, 1000)
  const ids = Array.from({ length: requests }, (_, index) => idOf(index % 1000))
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  const results: Array<ReadonlyArray<Spent>> = []
  for (const concurrency of concurrencies) {
    await client.fetch(ids, concurrency)
    const ofConcurrency: Array<Spent> = []
    for (let round = 0; round < rounds; round++) {
      await session.post("Profiler.start")
      const began = process.threadCpuUsage()
      await client.fetch(ids, concurrency)
      const { system, user } = process.threadCpuUsage(began)
      ofConcurrency.push(spentIn((await session.post("Profiler.stop")).profile, system + user))
    }
    results.push(ofConcurrency)
  }
  return results
}

/** The first argument of a process that profiles one contender. */
const inThisProcess = "--in-this-process"

const inNewProcess = async (name: string, url: string): Promise<Rounds> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(import.meta.url),
    inThisProcess,
    name,
    url
  ])
  const results: Rounds = JSON.parse(stdout)
  return results
}

const tableOf = (name: string, results: Rounds): string => {
  const median = (spents: ReadonlyArray<Spent>, value: (spent: Spent) => number) => figure(spents.map(value)).median
  const owned = [...owners.map(([owner]) => owner), garbage, native]
    .map((owner) => ({ owner, medians: results.map((spents) => median(spents, (spent) => spent[owner] ?? 0)) }))
    .filter(({ medians }) => Math.max(...medians) >= 0.5)
    .toSorted((left, right) => (right.medians[0] ?? 0) - (left.medians[0] ?? 0))
  const total = (spent: Spent) => Object.values(spent).reduce((sum, part) => sum + part, 0)
  const row = (owner: string, medians: ReadonlyArray<number>) => [owner, ...medians.map((value) => exact(value, 0))]
  return markdown([
    [name, ...concurrencies.map((concurrency) => `µs for each request, ${concurrency} at a time`)],
    ...owned.map(({ medians, owner }) => row(owner, medians)),
    row(
      "in total",
      results.map((spents) => median(spents, total))
    )
  ])
}

const tablesOf = async (contenders: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const peer = await startPeer(1000)
  const tables: Array<string> = []
  for (const name of contenders) {
    const table = tableOf(name, await inNewProcess(name, peer.url))
    tables.push(table)
    console.log(`${table}\n`)
  }
  peer.stop()
  return tables
}

const profileAll = async (): Promise<void> => {
  const tables = await tablesOf(Object.values(names))
  const text = `# Profile of a fetch

Written by \`npm run bench:profile\`. CPU time of the main thread while ${exact(requests, 0)} contacts are fetched by id, by the package
whose code it is spent in: medians of ${rounds} rounds, each contender in a process of its own. The profiler itself takes a
part of the time; [RESULTS.md](RESULTS.md) has the figures without it.

${tables.join("\n\n")}
`
  await writeFile(new URL("PROFILE.md", import.meta.url), text)
}

const profileSome = async (parts: ReadonlyArray<string>): Promise<void> => {
  const all = Object.values(names)
  const unknown = parts.find((part) => all.every((name) => !name.includes(part)))
  if (unknown === undefined) {
    await tablesOf(all.filter((name) => parts.some((part) => name.includes(part))))
    return
  }
  console.error(
    `No contender has "${unknown}" in its name. The contenders:\n${all.map((name) => `  ${name}`).join("\n")}`
  )
  process.exitCode = 1
}

const [, , ...args] = process.argv
const [first, name = "", url = ""] = args
if (first === undefined) await profileAll()
else if (first === inThisProcess) {
  process.stdout.write(JSON.stringify(await profile(name, url)))
  process.exit()
} else await profileSome(args)

/* oxlint-disable no-await-in-loop -- one contender after another */
/**
 * Where the CPU time of a fetch goes, by whose code it is spent in: a profile of each contender, in a process of its own.
 *
 *     npm run bench:profile    prints it, and writes bench/PROFILE.md
 *
 * What profiles and heap snapshots have shown of V8, which some lines of `src` take into account:
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
import { contender, names } from "./support/contenders.ts"
import { idOf } from "./support/data.ts"
import { figure } from "./support/harness.ts"
import { startPeer } from "./support/processes.ts"
import { groupTable } from "./support/report.ts"

const requests = 20_000
const rounds = 3

/** Whose code a function is, by the file that it is from. */
const owners: ReadonlyArray<readonly [owner: string, files: RegExp]> = [
  ["Effect", /node_modules\/(?:effect|@effect)\//],
  ["the official client", /node_modules\/@chatbotkit\//],
  ["undici and fetch", /node_modules\/undici\/|^node:internal\/deps\/undici|^wasm:/],
  ["the benchmark", /\/bench\//],
  ["ours", /\/dist\//],
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

/** Microseconds a request, by owner. */
const spentIn = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Spent => {
  const byId = new Map(nodes.map((node) => [node.id, ownerOf(node.callFrame)]))
  const spent = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const owner = byId.get(id)
    if (owner !== undefined) spent.set(owner, (spent.get(owner) ?? 0) + (timeDeltas[at] ?? 0) / requests)
  }
  return Object.fromEntries(spent)
}

const profile = async (name: string, url: string): Promise<ReadonlyArray<Spent>> => {
  const one = await contender(name, url, 1000)
  const ids = Array.from({ length: requests }, (_, index) => idOf(index % 1000))
  await one.fetch(ids, 1)
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  const results: Array<Spent> = []
  for (let round = 0; round < rounds; round++) {
    await session.post("Profiler.start")
    await one.fetch(ids, 1)
    results.push(spentIn((await session.post("Profiler.stop")).profile))
  }
  return results
}

const inProcess = async (name: string, url: string): Promise<ReadonlyArray<Spent>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), name, url])
  const results: ReadonlyArray<Spent> = JSON.parse(stdout)
  return results
}

const report = async (): Promise<void> => {
  const peer = await startPeer(1000)
  const tables: Array<string> = []
  for (const name of Object.values(names)) {
    const results = await inProcess(name, peer.url)
    const of = (owner: string) => figure(results.map((spent) => spent[owner] ?? 0))
    const all = figure(results.map((spent) => Object.values(spent).reduce((sum, part) => sum + part, 0)))
    const parts = [...owners.map(([owner]) => owner), garbage, native]
      .map((owner) => ({ name: owner, figure: of(owner) }))
      .filter(({ figure }) => figure.median >= 0.5)
      .toSorted((left, right) => right.figure.median - left.figure.median)
    tables.push(groupTable({ title: name, unit: "µs a request", rows: [...parts, { name: "all of it", figure: all }] }))
    console.log(`${tables.at(-1)}\n`)
  }
  peer.stop()
  const text = `# Where the time of a fetch goes

Written by \`npm run bench:profile\`; nothing here is typed by hand. CPU time of the main thread while ${requests.toLocaleString("en")} contacts are
fetched one at a time, by whose code it is spent in: medians of ${rounds} rounds, each contender in a process of its own. The
profiler itself takes part of it; whole figures without it are in [RESULTS.md](RESULTS.md).

${tables.join("\n\n")}
`
  await writeFile(new URL("PROFILE.md", import.meta.url), text)
}

const [, , name, url] = process.argv
if (name === undefined || url === undefined) await report()
else {
  process.stdout.write(JSON.stringify(await profile(name, url)))
  process.exit()
}

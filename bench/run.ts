/* oxlint-disable no-await-in-loop -- one group after another */
/**
 * Measures our client beside the official one and beside code written by hand, on the same server and the same data.
 *
 *     npm run bench                            all groups, and writes bench/RESULTS.md
 *     npm run bench -- fetch                   one group, or several, and only prints the results
 *     npm run bench -- fetch --rounds 3        fewer rounds, for a quick look
 */
import { readFile, writeFile } from "node:fs/promises"
import * as os from "node:os"
import { parseArgs } from "node:util"
import { crossCheck } from "./support/crossCheck.ts"
import { groups as all } from "./support/groups/all.ts"
import type { Group, Results } from "./support/groups/group.ts"
import { measurementsTable, summaryTable, targetsTable } from "./support/report.ts"

const defaultRounds = 7

const usage = `Groups:
${all.map(({ description, name }) => `  ${name.padEnd(14)}${description}`).join("\n")}

  npm run bench                        all groups, and writes bench/RESULTS.md
  npm run bench -- fetch --rounds 3    one group, in 3 rounds instead of ${defaultRounds}, and only prints the results`

const refuse = (problem: string): never => {
  console.error(`${problem}\n\n${usage}`)
  process.exit(1)
}

interface Selection {
  readonly groups: ReadonlyArray<Group>
  readonly rounds: number
  /** True if the results are complete, and so belong into bench/RESULTS.md. */
  readonly isComplete: boolean
}

const parse = () => {
  try {
    return parseArgs({ allowPositionals: true, options: { rounds: { type: "string" } } })
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause))
  }
}

const selection = (): Selection => {
  const { positionals, values } = parse()
  const unknown = positionals.find((name) => all.every((group) => group.name !== name))
  if (unknown !== undefined) refuse(`There is no group "${unknown}".`)
  const rounds = Number(values.rounds ?? defaultRounds)
  if (!Number.isInteger(rounds) || rounds < 1) refuse(`--rounds is "${values.rounds}", which is not a count of rounds.`)
  return {
    groups: positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name)),
    rounds,
    isComplete: positionals.length === 0 && values.rounds === undefined
  }
}

const versionOf = async (name: string): Promise<string> => {
  const manifest = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")
  const { version }: { readonly version: string } = JSON.parse(manifest)
  return `${name} ${version}`
}

const conditions = async (load: number, rounds: number): Promise<string> => {
  const cpus = os.cpus()
  const packages = ["effect", "@effect/platform-node", "undici", "@chatbotkit/sdk", "p-limit", "tinybench", "esbuild"]
  const versions = await Promise.all(packages.map(versionOf))
  return [
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpus.length} x ${cpus[0]?.model.trim() ?? "unknown"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()}`,
    `- Load average at the start: ${load.toFixed(2)}${load > 0.5 ? " (the machine was also busy with other work)" : ""}`,
    `- Node ${process.versions.node}, its own undici ${process.versions["undici"]}; ${versions.join(", ")}`,
    `- Rounds: ${rounds}. The contenders take turns in each, every one in a process of its own`
  ].join("\n")
}

const print = ({ tables, targets }: Results): void => {
  for (const table of tables) console.log(`${measurementsTable(table)}\n`)
  if (targets.length > 0) console.log(`${targetsTable(targets)}\n`)
}

const { groups, isComplete, rounds } = selection()
const began = performance.now()
const [load = 0] = os.loadavg()
await crossCheck()
const results: Array<Results> = []
for (const group of groups) {
  const result = await group.run(rounds)
  print(result)
  results.push(result)
}

const where = await conditions(load, rounds)
const summaryRows = results.flatMap((result) => result.summary ?? [])
const targets = targetsTable(results.flatMap((result) => result.targets))
if (summaryRows.length > 0) console.log(`${summaryTable(summaryRows)}\n`)
if (groups.length > 1) console.log(`${targets}\n`)
console.log(`${where}\n\nTook ${Math.round((performance.now() - began) / 1000)} s`)

if (isComplete) {
  const tables = results.flatMap((result) => result.tables)
  const text = `# Benchmark results

Written by \`npm run bench\`. Each figure is a median, with the least and the greatest of the rounds beside it. A ratio is the
median of the ratios of the rounds.

- **Ours** is this package. The **official client** is \`@chatbotkit/sdk\`.
- **Plain Effect** is a client that a user of Effect writes by hand: \`HttpClient\`, \`HttpClientResponse.schemaBodyJson\`,
  \`Effect.timeout\`, \`Effect.retry\` with a schedule, and \`Ndjson.decodeSchema\` for a list.
- **Raw** fetch and undici are no clients: a request and \`JSON.parse\`, without any check.
- The **floor** is the least Effect program over a transport that can be interrupted, times out, and makes the spans of an
  operation and its request. The column "floor" has the figure with the floor in place of our client. The floor of a bundle
  is the same app in plain Effect; that of our own code is the least client, bench/support/leastClient.ts; that of the time to
  import is Effect with an empty module for each of our files; that of an import of rows is a program that only sends the requests.

${where}

## Summary

${summaryTable(summaryRows)}

## Targets

${targets}

## Measurements

${tables.map(measurementsTable).join("\n\n")}
`
  await writeFile(new URL("RESULTS.md", import.meta.url), text)
}
process.exit()

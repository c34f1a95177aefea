/* oxlint-disable no-await-in-loop -- contenders take turns */
/** What is measured, group by group. */
import { Effect, Layer, Schema, SchemaParser } from "effect"
import { Contact } from "effect-chatbotkit"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import { Reader } from "../../src/internal/list/JsonLines.ts"
import * as Bundles from "./bundles.ts"
import { type Bulk, contender, names, ofLayer } from "./contenders.ts"
import { contactAt, idOf } from "./data.ts"
import { type Entrant, figure, type Figure, mapFigure, type Outcome, race, timed } from "./harness.ts"
import * as Processes from "./processes.ts"
import type { Worker } from "./processes.ts"
import type { Group, Row } from "./report.ts"
import type { Job } from "./worker.ts"

/** How long a run takes. */
export interface Plan {
  readonly rounds: number
  readonly warmup: number
  /** How many contacts, and how often they are listed in one measurement. */
  readonly lists: ReadonlyArray<{ readonly size: number; readonly times: number }>
  /** Requests in one measurement, of those that are measured one by one: enough for V8 to have compiled what it will. */
  readonly requests: number
  /** Calls of the longer stream in bulk. */
  readonly bulk: number
  /** Fresh processes for each figure. */
  readonly processes: number
  readonly memory: { readonly small: number; readonly large: number }
}

type Outcomes = ReadonlyMap<string, Outcome>

const rows = (outcomes: Outcomes, value: (outcome: Outcome) => Figure): ReadonlyArray<Row> =>
  [...outcomes].map(([name, outcome]) => ({ name, figure: value(outcome) }))

const perSecond = (things: number) => (outcome: Outcome) =>
  mapFigure(outcome.wall, (millis) => (things / millis) * 1000)
const cpuEach = (things: number) => (outcome: Outcome) => mapFigure(outcome.cpu, (millis) => (millis / things) * 1000)

const countText = (count: number) => count.toLocaleString("en")

const each = (workers: ReadonlyArray<Worker>, job: Job): ReadonlyArray<Entrant> =>
  workers.map((worker) => ({ name: worker.name, run: () => worker.run(job) }))

/** Items a second of the list, a group for each size. */
export const lists = async (workers: ReadonlyArray<Worker>, plan: Plan): Promise<ReadonlyArray<Group>> => {
  const groups: Array<Group> = []
  for (const { size, times } of plan.lists) {
    const outcomes = await race(each(workers, { work: "list", size, count: times, concurrency: 1 }), {
      ...plan,
      warmup: size > 1e5 ? 1 : plan.warmup
    })
    groups.push({
      title: `list stream, ${countText(size)} contacts`,
      unit: "items/s",
      rows: rows(outcomes, perSecond(size * times)),
      reference: names.official
    })
  }
  return groups
}

const cpuAndSpeed = (title: string, things: number, outcomes: Outcomes): ReadonlyArray<Group> => [
  {
    title: `${title}, CPU`,
    unit: "µs a request",
    rows: rows(outcomes, cpuEach(things)),
    reference: names.official
  },
  {
    title: `${title}, speed`,
    unit: "requests/s",
    rows: rows(outcomes, perSecond(things)),
    reference: names.official
  }
]

/** Fetch by id, one and 50 at a time, and create. */
export const requests = async (workers: ReadonlyArray<Worker>, plan: Plan): Promise<ReadonlyArray<Group>> => {
  const groups: Array<Group> = []
  const measure = async (title: string, work: Job["work"], count: number, concurrency: number) => {
    const outcomes = await race(each(workers, { work, size: 1000, count, concurrency }), plan)
    groups.push(...cpuAndSpeed(title, count, outcomes))
  }
  const { requests } = plan
  await measure("fetch, 1 at a time", "fetch", requests, 1)
  await measure("fetch, 50 at a time", "fetch", requests * 2, 50)
  await measure("create, 1 at a time", "create", requests, 1)
  return groups
}

/** What is measured in bulk. */
export const bulks: ReadonlyArray<Bulk> = ["create", "ensure", "update", "delete"]

/** The row of {@link bulk} whose results come as they finish. */
export const unordered = `${names.node}, unordered`

/** How many calls a stream makes, and how many one of ten times the length. */
export const bulkLengths = ({ bulk }: Plan) => ({ short: bulk / 10, long: bulk })

export const bulkTitle = (bulk: Bulk, length: number): string => `${bulk} in bulk, ${countText(length)} by 16`

/**
 * Each write in bulk, in order and not, short and ten times as long: both in the same rounds, so that what disturbs the
 * machine does not look like their length. What is written by hand does them all alike, and is measured once.
 */
export const bulk = async (workers: ReadonlyArray<Worker>, plan: Plan): Promise<ReadonlyArray<Group>> => {
  const groups: Array<Group> = []
  const { long, short } = bulkLengths(plan)
  const few: ReadonlySet<string> = new Set([names.node, names.fetch, names.official])
  const node = workers.filter(({ name }) => name === names.node)
  for (const bulk of bulks) {
    const measured = bulk === "ensure" ? workers : workers.filter(({ name }) => few.has(name))
    const entrants = [short, long].flatMap((count) => {
      const job = { size: 1000, count, concurrency: 16 }
      const inOrder = each(measured, { ...job, work: { bulk } })
      const asTheyFinish = each(node, { ...job, work: { bulk, unordered: true } })
      return [...inOrder, ...asTheyFinish.map(({ run }) => ({ name: unordered, run }))].map(({ name, run }) => ({
        name: `${count} ${name}`,
        run
      }))
    })
    const outcomes = await race(entrants, plan)
    for (const count of [short, long]) {
      const start = `${count} `
      const ofLength = [...outcomes].filter(([name]) => name.startsWith(start))
      const named = new Map(ofLength.map(([name, outcome]) => [name.slice(start.length), outcome]))
      groups.push(...cpuAndSpeed(bulkTitle(bulk, count), count, named))
    }
  }
  return groups
}

const chunkSize = 64 * 1024

/** From bytes to contacts in this process, without a server. */
export const decode = async (plan: Plan): Promise<Group> => {
  const size = 10_000
  const contacts = Array.from({ length: size }, (_, index) => contactAt(index))
  const texts = contacts.map((data) => JSON.stringify({ type: "item", data }))
  const bytes = Buffer.from(`${texts.join("\n")}\n`)
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize))
  const decodeAll = SchemaParser.decodeUnknownResult(Schema.Array(Contact.Contact))
  const times = 5
  const entrant = (name: string, work: () => unknown): Entrant => ({
    name,
    run: () =>
      timed(async () => {
        for (let time = 0; time < times; time++) work()
      })
  })
  const reference = "JSON.parse a line"
  const outcomes = await race(
    [
      entrant(reference, () => texts.map((text): unknown => JSON.parse(text))),
      entrant("our line reader, from bytes", () => {
        const reader = new Reader()
        return chunks.map((chunk) => reader.push(chunk))
      }),
      entrant("Contact's schema, from values", () => decodeAll(contacts))
    ],
    plan
  )
  return { title: "decode alone", unit: "items/s", rows: rows(outcomes, perSecond(size * times)), reference }
}

/** The in-memory layer: no socket, but all of the server. */
export const inMemory = async (url: string, plan: Plan): Promise<Group> => {
  const size = 1000
  const seed = Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(Array.from({ length: size }, (_, index) => contactAt(index)))
  )
  const name = "ours, layers/InMemory"
  const memory = ofLayer(name, Layer.provideMerge(Layer.effectDiscard(seed), InMemory.layer()))
  const all = [memory, await contender(names.node, url, size), await contender(names.fetch, url, size)]
  const ids = Array.from({ length: plan.bulk }, (_, index) => idOf(index % size))
  const outcomes = await race(
    all.map((contender) => ({ name: contender.name, run: () => timed(() => contender.fetch(ids, 1)) })),
    plan
  )
  await Promise.all(all.map((contender) => contender.close()))
  return {
    title: "in-memory layer: fetch, 1 at a time, server included",
    unit: "µs a request",
    rows: rows(outcomes, ({ wall }) => mapFigure(wall, (millis) => (millis / ids.length) * 1000)),
    reference: names.node
  }
}

/** The median of some measurements of each, taken in turns. */
const inTurns = async (
  count: number,
  measures: Readonly<Record<string, () => Promise<number>>>
): Promise<ReadonlyArray<Row>> => {
  const samples = new Map<string, Array<number>>(Object.keys(measures).map((name) => [name, []]))
  for (let turn = 0; turn < count; turn++) {
    for (const [name, measure] of Object.entries(measures)) samples.get(name)?.push(await measure())
  }
  return [...samples].map(([name, values]) => ({ name, figure: figure(values) }))
}

const effectBase = ["Effect", "Layer", "Schema", "Stream", "http/FetchHttpClient"].map((name) => `effect/${name}`)

/** Milliseconds to import, in a new process each time. */
export const imports = async (plan: Plan): Promise<Group> => ({
  title: "time to import",
  unit: "ms",
  digits: 1,
  rows: await inTurns(plan.processes, {
    [names.official]: () => Processes.importTime(["@chatbotkit/sdk/contact/index.js"]),
    "Effect without us": () => Processes.importTime(effectBase),
    [names.fetch]: () => Processes.importTime(["effect-chatbotkit/Contact", "effect-chatbotkit/layers/Fetch"]),
    [names.node]: () => Processes.importTime(["effect-chatbotkit/Contact", "effect-chatbotkit/layers/Node"])
  }),
  reference: "Effect without us"
})

/** Names of the rows of {@link sizes}. */
export const sizeNames = {
  fetchesOne: "app that fetches one contact over fetch",
  own: "our own code in the quick start"
} as const

/** Kilobytes (of 1000 bytes) of bundles, min + gzip. */
export const sizes = async (): Promise<Group> => {
  const { base, own } = await Bundles.ownSize(Bundles.quickStart, "dist")
  const one = await Bundles.ownSize(Bundles.fetchesOne, "dist")
  const row = (name: string, bytes: number): Row => ({ name, figure: figure([bytes / 1000]) })
  return {
    title: "bundle, min + gzip",
    unit: "kB",
    digits: 1,
    rows: [
      row(sizeNames.fetchesOne, one.base + one.own),
      row("the Effect base of that app, without us", one.base),
      row("our own code in that app", one.own),
      row("quick start over fetch", base + own),
      row("the Effect base of the quick start, without us", base),
      row(sizeNames.own, own),
      row("official client, the same app", await Bundles.bundleSize(Bundles.official, "dist"))
    ]
  }
}

/** How much more memory a long list takes at its peak than a short one, in MB. */
export const memory = async (url: string, plan: Plan): Promise<Group> => {
  const { large, small } = plan.memory
  const growth = (name: string) => async () =>
    (await Processes.peakMemory(url, name, large)) - (await Processes.peakMemory(url, name, small))
  return {
    title: `peak memory, ${countText(large)} less ${countText(small)} contacts`,
    unit: "MB",
    digits: 1,
    rows: await inTurns(
      plan.processes,
      Object.fromEntries([names.node, names.fetch, names.official].map((name) => [name, growth(name)]))
    )
  }
}

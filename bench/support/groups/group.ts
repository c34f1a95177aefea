/* oxlint-disable no-await-in-loop -- measurements take turns */
/** A group of measurements, which runs by itself, and the parts that groups share. */
import { names } from "../contenders/byName.ts"
import { type Entrant, type Figure, figure, mapFigure, type Outcome, rotated } from "../harness.ts"
import { startPeer, startWorker, type Worker } from "../processes.ts"
import { type Measurements, ratio, type Row, rowOf, type SummaryRow, type Target } from "../report.ts"
import type { Job } from "../worker.ts"

export interface Results {
  readonly tables: ReadonlyArray<Measurements>
  readonly targets: ReadonlyArray<Target>
  /** The rows of the summary, in the README and in bench/RESULTS.md. */
  readonly summary?: ReadonlyArray<SummaryRow>
}

export interface Group {
  /** The argument of `npm run bench` that selects it. */
  readonly name: string
  readonly description: string
  readonly run: (rounds: number) => Promise<Results>
}

export type Outcomes = ReadonlyMap<string, Outcome>

export const rows = (outcomes: Outcomes, value: (outcome: Outcome) => Figure): ReadonlyArray<Row> =>
  [...outcomes].map(([name, outcome]) => ({ name, figure: value(outcome) }))

export const perSecond = (count: number) => (outcome: Outcome) =>
  mapFigure(outcome.wall, (millis) => (count / millis) * 1000)

const cpuEach = (count: number) => (outcome: Outcome) => mapFigure(outcome.cpu, (millis) => (millis / count) * 1000)

export const countText = (count: number) => count.toLocaleString("en")

/** The CPU time of each request or item, and the number of them a second. */
export const cpuAndSpeed = (
  title: string,
  thing: "request" | "item" | "row",
  count: number,
  outcomes: Outcomes,
  reference: string = names.official
): ReadonlyArray<Measurements> => [
  {
    title: `${title}, CPU`,
    unit: `µs for each ${thing}`,
    digits: thing === "item" ? 2 : 0,
    rows: rows(outcomes, cpuEach(count)),
    reference
  },
  { title: `${title}, speed`, unit: `${thing}s/s`, rows: rows(outcomes, perSecond(count)), reference }
]

/** The ratio of two rows of a table. */
export const over = (tables: ReadonlyArray<Measurements>, title: string, of: string, to: string): Figure =>
  ratio(rowOf(tables, title, of), rowOf(tables, title, to))

export const atMost = (title: string, limit: number, figure: Figure, more: Partial<Target> = {}): Target => ({
  title,
  figure,
  limit,
  atLeast: false,
  unit: "",
  ...more
})

export const atLeast = (title: string, limit: number, figure: Figure, more: Partial<Target> = {}): Target => ({
  ...atMost(title, limit, figure, more),
  atLeast: true
})

/** Runs with a server whose largest account has `size` contacts. */
export const withPeer = async <A>(size: number, run: (url: string) => Promise<A>): Promise<A> => {
  const peer = await startPeer(size)
  try {
    return await run(peer.url)
  } finally {
    peer.stop()
  }
}

/** Makes the entrant of a job. Contenders of one process share what V8 has compiled. */
export type ToEntrant = (job: Omit<Job, "collects">, name?: string) => Entrant

/** Runs with a server and a process for each contender, or for all contenders of which `processOf` gives the same name. */
export const withWorkers = <A>(
  size: number,
  run: (entrant: ToEntrant) => Promise<A>,
  processOf: (contender: string) => string = (contender) => contender
): Promise<A> =>
  withPeer(size, async (url) => {
    const workers = new Map<string, Worker>()
    const entrant: ToEntrant = (job, name = job.contender) => {
      const key = processOf(job.contender)
      const worker = workers.get(key) ?? startWorker(url)
      workers.set(key, worker)
      return { name, run: (collects) => worker.run({ ...job, collects }) }
    }
    try {
      return await run(entrant)
    } finally {
      for (const worker of workers.values()) worker.stop()
    }
  })

/** Takes each measurement `count` times, in turns, so that a disturbance of the machine affects all alike. */
export const inTurns = async (
  count: number,
  measures: Readonly<Record<string, () => Promise<number>>>
): Promise<ReadonlyArray<Row>> => {
  const samples = new Map<string, Array<number>>(Object.keys(measures).map((name) => [name, []]))
  for (let turn = 0; turn < count; turn++) {
    for (const [name, measure] of rotated(Object.entries(measures), turn)) samples.get(name)?.push(await measure())
  }
  return [...samples].map(([name, values]) => ({ name, figure: figure(values) }))
}

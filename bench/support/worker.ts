/* oxlint-disable no-await-in-loop -- one list after another */
/** A process for contenders, as an app is one: it does the jobs that it receives, and reports their time. */
import { contender } from "./contenders/byName.ts"
import type { Contender, Write, WriteInput } from "./contenders/contender.ts"
import { checksum, contactAt, idOf, tokenOf } from "./data.ts"
import { timed } from "./harness.ts"
import { importer } from "./importers/byName.ts"
import { importAll, type Importer } from "./importers/importer.ts"

/** One measurement of a contender: `count` lists, calls or rows, `concurrency` at a time, on the account of `size` contacts. */
export interface Job {
  readonly contender: string
  readonly work: Work
  readonly size: number
  readonly count: number
  readonly concurrency: number
  /** True if a garbage collection comes before the measurement. */
  readonly collects: boolean
}

/**
 * The calls of a job. `stream` runs the writes as a stream of results, in order or not. With `journals`, the job is an import, its
 * contender an importer, and its journal a new file in this folder.
 */
export type Work =
  | "list"
  | "fetch"
  | { readonly write: Write; readonly stream?: "ordered" | "unordered" }
  | { readonly journals: string }

const [, , url = ""] = process.argv
const contenders = new Map<string, Promise<Contender>>()
const importers = new Map<string, Promise<Importer>>()

/** The value of a key, made once. */
const cached = <A>(values: Map<string, A>, key: string, make: () => A): A => {
  const known = values.get(key)
  if (known !== undefined) return known
  const made = make()
  values.set(key, made)
  return made
}

const contenderFor = (name: string, size: number): Promise<Contender> =>
  cached(contenders, `${name} ${size}`, () => contender(name, url, size))

let written = 0

const writeInputs = (count: number, size: number): ReadonlyArray<WriteInput> =>
  Array.from({ length: count }, (_, index) => {
    const number = written++
    return {
      id: idOf(index % size),
      fields: { fingerprint: `bench-fingerprint-${number}`, name: `Contact ${number}`, email: `c${number}@example.com` }
    }
  })

const ids = (count: number, size: number) => Array.from({ length: count }, (_, index) => idOf(index % size))

/** A wrong list is an error, however fast it was. */
const listed = (name: string, client: Contender, size: number, times: number) => {
  const expected = checksum(size)
  return async () => {
    for (let time = 0; time < times; time++) {
      const sum = await client.list()
      if (sum !== expected) throw new Error(`${name} gave a wrong list: its checksum is ${sum} instead of ${expected}`)
    }
  }
}

/** A wrong contact is an error as well. It is checked before the measurement. */
const checkFetch = async (name: string, client: Contender): Promise<void> => {
  const expected = contactAt(0)
  const createdAt = await client.createdAt(expected.id)
  if (createdAt !== expected.createdAt) throw new Error(`${name} read a wrong contact`)
}

let journals = 0

const prepareImport = async ({ concurrency, contender, count }: Job, folder: string): Promise<() => Promise<void>> => {
  const run = await cached(importers, contender, () => importer(contender, url, tokenOf(0)))
  const options = { concurrency, journal: `${folder}/${process.pid}-${journals++}.journal` }
  return () => importAll(run, count, options)
}

const prepare = async (job: Job): Promise<() => Promise<void>> => {
  const { concurrency, contender, count, size, work } = job
  if (typeof work === "object" && "journals" in work) return prepareImport(job, work.journals)
  const client = await contenderFor(contender, size)
  if (work === "list") return listed(contender, client, size, count)
  if (work === "fetch") {
    await checkFetch(contender, client)
    const wanted = ids(count, size)
    return () => client.fetch(wanted, concurrency)
  }
  const { stream, write } = work
  const inputs = writeInputs(count, size)
  return stream === undefined
    ? () => client.write(write, inputs, concurrency)
    : () => client.writeStream(write, inputs, { concurrency, unordered: stream === "unordered" })
}

process.on("message", (job: Job) => {
  void prepare(job)
    .then((work) => timed(work, job.collects))
    .then((took) => process.send?.(took))
})
process.once("disconnect", () => process.exit())

/* oxlint-disable no-await-in-loop -- one list after another */
/** A contender in a process of its own, as in an app: it measures what it is told to do, and says how long it took. */
import { type Bulk, contender, type Contender, type Thing, type Write } from "./contenders.ts"
import { checksum, idOf } from "./data.ts"
import { timed } from "./harness.ts"

/** What to do: `count` lists or requests, so many at a time, with the account of `size` contacts. */
export interface Job {
  readonly work: "list" | "fetch" | "create" | { readonly bulk: Bulk; readonly unordered?: boolean }
  readonly size: number
  readonly count: number
  readonly concurrency: number
}

const [, , url = "", name = ""] = process.argv
const bySize = new Map<number, Contender>()

const contenderFor = async (size: number): Promise<Contender> => {
  const one = bySize.get(size) ?? (await contender(name, url, size))
  bySize.set(size, one)
  return one
}

let written = 0

const writes = (count: number): ReadonlyArray<Write> =>
  Array.from({ length: count }, () => {
    const number = written++
    return { fingerprint: `bench-fingerprint-${number}`, name: `Contact ${number}`, email: `c${number}@example.com` }
  })

const ids = (count: number, size: number) => Array.from({ length: count }, (_, index) => idOf(index % size))

/** A list that is wrong is no faster than one that is right. */
const listed = (contender: Contender, size: number, times: number) => {
  const expected = checksum(size)
  return async () => {
    for (let time = 0; time < times; time++) {
      const sum = await contender.list()
      if (sum !== expected) throw new Error(`${name} listed something else: ${sum} instead of ${expected}`)
    }
  }
}

const prepare = async ({ concurrency, count, size, work }: Job): Promise<() => Promise<void>> => {
  const contender = await contenderFor(size)
  if (work === "list") return listed(contender, size, count)
  if (work === "fetch") {
    const wanted = ids(count, size)
    return () => contender.fetch(wanted, concurrency)
  }
  const given = writes(count)
  if (work === "create") return () => contender.create(given, concurrency)
  const things = given.map((write, index): Thing => ({ id: idOf(index % size), write }))
  return () => contender.bulk(work.bulk, things, concurrency, work.unordered)
}

process.on("message", (job: Job) => {
  void prepare(job)
    .then(timed)
    .then((took) => process.send?.(took))
})
process.once("disconnect", () => process.exit())

/* oxlint-disable no-await-in-loop -- one job after another */
/** The price of a chunk of a job over SQLite, and of going on with a job after a SIGKILL. */
import { join } from "node:path"
import { figure } from "../harness.ts"
import { type JobMoment, runJob } from "../processes.ts"
import type { Measurements } from "../report.ts"
import { withTemporaryFolder } from "../temporaryFolder.ts"
import { type Group, withPeer } from "./group.ts"

const first = (moments: ReadonlyArray<JobMoment>): JobMoment => moments[0] ?? { settled: 0, millis: Number.NaN }
const last = (moments: ReadonlyArray<JobMoment>): JobMoment => moments.at(-1) ?? first(moments)

const chunkSize = 100

/** The milliseconds that each chunk adds to a job: those of a job of many chunks, less those of the same rows in one. */
const chunkCost = async (url: string, folder: string): Promise<number> => {
  const rows = 4000
  const time = async (size: number) => {
    const moments = await runJob(url, join(folder, `${size}.db`), { rows, chunkSize: size })
    return last(moments).millis - first(moments).millis
  }
  return ((await time(chunkSize)) - (await time(rows))) / (rows / chunkSize - 1)
}

/** A job that was killed, and went on in another process. */
interface Restart {
  /** The chunks that were done before. */
  readonly chunks: number
  /** The milliseconds from the start of the other process to the first row that it settled. */
  readonly millis: number
}

const restart = async (url: string, filename: string, chunks: number): Promise<Restart> => {
  const job = { rows: 10_000, chunkSize }
  await runJob(url, filename, job, (moments) => last(moments).settled >= chunks * chunkSize)
  const [before, after] = await runJob(url, filename, job, (moments) => moments.length > 1)
  if (before === undefined || after === undefined) throw new Error("The job was done before its process was killed")
  return { chunks: Math.floor(before.settled / chunkSize), millis: after.millis }
}

/** Kills a job early and another one late. The difference is the replay of the chunks that are done. */
export const restarts = async (
  url: string,
  folder: string
): Promise<{ readonly late: Restart; readonly perChunk: number }> => {
  const early = await restart(url, join(folder, "early.db"), 1)
  const late = await restart(url, join(folder, "late.db"), 90)
  return { late, perChunk: (late.millis - early.millis) / (late.chunks - early.chunks) }
}

export const jobs: Group = {
  name: "jobs",
  description: "a chunk of a job over SQLite, and going on with a job after a SIGKILL",
  run: (rounds) =>
    withPeer(0, async (url) => {
      const chunks: Array<number> = []
      const replays: Array<number> = []
      const starts: Array<number> = []
      for (let round = 0; round < rounds; round++) {
        await withTemporaryFolder(async (folder) => {
          chunks.push(await chunkCost(url, folder))
          const { late, perChunk } = await restarts(url, folder)
          replays.push(perChunk)
          starts.push(late.millis)
        })
      }
      const table: Measurements = {
        title: "job over SQLite",
        unit: "ms",
        digits: 1,
        rows: [
          { name: `a chunk of ${chunkSize} rows, beyond the time of its rows`, figure: figure(chunks) },
          { name: "the replay of a chunk that is done, after a SIGKILL", figure: figure(replays) },
          {
            name: "from the start of a process after a SIGKILL, with 90 chunks done, to its first row",
            figure: figure(starts)
          }
        ],
        note: "`npm run jobs:cluster` measures how long a job on several machines stands still when one of them fails."
      }
      return { tables: [table], targets: [] }
    })
}

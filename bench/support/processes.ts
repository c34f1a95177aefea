/** The other processes of a benchmark: the server, workers, and fresh processes that import modules or list an account. */
import { execFile, fork, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { tokenOf } from "./data.ts"
import type { Took } from "./harness.ts"
import type { Job } from "./worker.ts"

const execute = promisify(execFile)

const root = fileURLToPath(new URL("../..", import.meta.url))
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** A server in a process of its own. */
export interface Server {
  readonly url: string
  readonly stop: () => void
}

/** Starts the benchmark's own server, whose largest account has `largest` contacts. */
export const startPeer = (largest: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = fork(here("peer.ts"), [String(largest)], { execArgv: ["--max-old-space-size=4000"] })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}`)))
    child.once("message", (url) => resolve({ url: String(url), stop: () => child.kill() }))
  })

/** A process for contenders. It does one job at a time. */
export interface Worker {
  readonly run: (job: Job) => Promise<Took>
  readonly stop: () => void
}

export const startWorker = (url: string): Worker => {
  const child = fork(here("worker.ts"), [url], { execArgv: ["--expose-gc"] })
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const failed = () => reject(new Error(`${job.contender} failed`))
        child.once("exit", failed)
        child.once("message", (took) => {
          child.off("exit", failed)
          resolve(took as Took)
        })
        child.send(job)
      }),
    stop: () => child.kill()
  }
}

const evaluate = async (args: ReadonlyArray<string>): Promise<number> => {
  const { stdout } = await execute(process.execPath, [...args], { cwd: root })
  return Number(stdout)
}

/** The CPU time that a new process needs to import some modules, in milliseconds. */
export const importTime = (modules: ReadonlyArray<string>): Promise<number> =>
  evaluate([
    "--input-type=module",
    "--eval",
    `const began = process.cpuUsage()
     ${modules.map((name) => `await import(${JSON.stringify(name)})`).join("\n")}
     const { system, user } = process.cpuUsage(began)
     console.log((system + user) / 1000)`
  ])

/** The time that a program takes from its start to its end, in milliseconds. */
export const commandTime = async (url: string, args: ReadonlyArray<string>): Promise<number> => {
  const env = { ...process.env, CHATBOTKIT_API_SECRET: tokenOf(10), CHATBOTKIT_BASE_URL: url }
  const began = performance.now()
  await execute(process.execPath, [...args], { cwd: root, env })
  return performance.now() - began
}

/** An import in a process of its own: the seconds that it took, and the peaks of the process's memory and of its heap, in MB. */
export interface ImportRun {
  readonly seconds: number
  readonly memory: number
  readonly heap: number
}

/** Imports rows in a new process of Node with these flags. */
export const importOnce = async (
  url: string,
  importer: string,
  rows: number,
  journal: string,
  flags: ReadonlyArray<string> = []
): Promise<ImportRun> => {
  const args = [...flags, here("importOnce.ts"), url, importer, String(rows), journal]
  const { stdout } = await execute(process.execPath, args, { cwd: root })
  const run: ImportRun = JSON.parse(stdout)
  return run
}

/** The number of settled rows of a job at a moment, in milliseconds since its process began. */
export interface JobMoment {
  readonly settled: number
  readonly millis: number
}

/**
 * Runs a job over SQLite in a new process, or goes on with it, and gives its moments, from the submit to the end of the run. The process
 * is killed by SIGKILL once the moments are enough.
 */
export const runJob = (
  url: string,
  filename: string,
  { chunkSize, rows }: { readonly rows: number; readonly chunkSize: number },
  areEnough: (moments: ReadonlyArray<JobMoment>) => boolean = () => false
): Promise<ReadonlyArray<JobMoment>> =>
  new Promise((resolve, reject) => {
    const args = [here("jobOnce.ts"), url, filename, String(rows), String(chunkSize)]
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
    const moments: Array<JobMoment> = []
    createInterface({ input: child.stdout }).on("line", (line) => {
      moments.push(JSON.parse(line))
      if (areEnough(moments)) child.kill("SIGKILL")
    })
    child.once("error", reject)
    child.once("close", (code, signal) => {
      if (code === 0 || signal === "SIGKILL") resolve(moments)
      else reject(new Error(`The job ended with ${code ?? signal}`))
    })
  })

/** The peak memory of a new process in which a contender lists an account, in MB. */
export const peakMemory = (url: string, contender: string, size: number): Promise<number> =>
  evaluate([here("listOnce.ts"), url, contender, String(size)])

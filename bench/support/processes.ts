/** What has to be measured in, or from, other processes: the servers, the time to import, and the peak of memory. */
import { execFile, fork, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
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

/** Starts the benchmark's own server, whose largest account has so many contacts. */
export const startPeer = (largest: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = fork(here("peer.ts"), [String(largest)], { execArgv: ["--max-old-space-size=4000"] })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}`)))
    child.once("message", (url) => resolve({ url: String(url), stop: () => child.kill() }))
  })

/** Starts the emulator, to check that both servers say the same. */
export const startEmulator = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["examples/emulator.ts"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`The emulator ended with ${code}`)))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const [url] = /http:\/\/\S+/.exec(text) ?? []
      if (url !== undefined) resolve({ url, stop: () => child.kill() })
    })
  })

/** A contender in a process of its own. */
export interface Worker {
  readonly name: string
  readonly run: (job: Job) => Promise<Took>
  readonly stop: () => void
}

/** Starts a contender. It does one job at a time. */
export const startWorker = (url: string, name: string): Worker => {
  const child = fork(here("worker.ts"), [url, name], { execArgv: ["--expose-gc"] })
  return {
    name,
    run: (job) =>
      new Promise((resolve, reject) => {
        const failed = () => reject(new Error(`${name} failed`))
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

/** How long a new process takes to import some modules, in milliseconds. */
export const importTime = (modules: ReadonlyArray<string>): Promise<number> =>
  evaluate([
    "--input-type=module",
    "--eval",
    `const began = performance.now()
     ${modules.map((name) => `await import(${JSON.stringify(name)})`).join("\n")}
     console.log(performance.now() - began)`
  ])

/** The peak memory of a new process in which a contender lists an account, in MB. */
export const peakMemory = (url: string, contender: string, size: number): Promise<number> =>
  evaluate([here("memory.ts"), url, contender, String(size)])

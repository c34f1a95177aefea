import type { Process } from "./Process.ts"

/** The steps of a process that it can be killed at. A write to the journal has several of them. */
export type Step = "request" | "reply" | "journal"

/** A moment: the nth step of a kind, from 1. */
export interface Moment {
  readonly step: Step
  readonly nth: number
}

/** The steps of a process so far. It kills the process at a moment, and lets a write to the journal fail at another. */
export class Moments {
  readonly #process: Process
  readonly #killAt: Moment | undefined
  readonly #failAt: number | undefined
  readonly #counts = { request: 0, reply: 0, journal: 0 }
  #writes = 0

  constructor(process: Process, killAt: Moment | undefined, failAt: number | undefined) {
    this.#process = process
    this.#killAt = killAt
    this.#failAt = failAt
  }

  /** Counts a step. Returns true if the process is killed at it. */
  reach(step: Step): boolean {
    this.#counts[step]++
    if (this.#killAt?.step === step && this.#killAt.nth === this.#counts[step]) this.#process.kill()
    return this.#process.isKilled
  }

  /** Counts a write to the journal. Returns true if it fails. */
  failsNow(): boolean {
    return ++this.#writes === this.#failAt
  }

  /** The number of requests so far. */
  get requests(): number {
    return this.#counts.request
  }
}

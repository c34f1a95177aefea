import type { Process } from "./Process.ts"

/** The steps of a process that it can be killed at. A write to the journal has several of them; before it, the lock is read. */
export type Step = "request" | "reply" | "journal" | "lock"

/** A moment: the nth step of a kind, from 1. */
export interface Moment {
  readonly step: Step
  readonly nth: number
}

/** The moments at which something happens to a process. */
export interface Incidents {
  readonly killAt: Moment | undefined
  /** The moment from which on it stands still for a while. */
  readonly stopAt: Moment | undefined
  /** The number of the write to the journal that fails. */
  readonly failAt: number | undefined
}

/** The steps of a process so far. It kills or stops the process at a moment, and lets a write to the journal fail. */
export class Moments {
  readonly #process: Process
  readonly #incidents: Incidents
  readonly #counts = { request: 0, reply: 0, journal: 0, lock: 0 }
  #writes = 0

  constructor(process: Process, incidents: Incidents) {
    this.#process = process
    this.#incidents = incidents
  }

  /** Counts a step. Returns true if the process is killed at it. */
  reach(step: Step): boolean {
    const nth = ++this.#counts[step]
    const isAt = (moment: Moment | undefined) => moment?.step === step && moment.nth === nth
    if (isAt(this.#incidents.killAt)) this.#process.kill()
    if (isAt(this.#incidents.stopAt)) this.#process.stop()
    return this.#process.isKilled
  }

  /** Counts a write to the journal. Returns true if it fails. */
  failsNow(): boolean {
    return ++this.#writes === this.#incidents.failAt
  }

  /** The number of requests so far. */
  get requests(): number {
    return this.#counts.request
  }
}

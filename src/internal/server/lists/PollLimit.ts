import type { Account, Accounts } from "../http/Accounts.ts"

/** The kind of window of the limit (wire contract 4). */
export type PollWindow = "log" | "minutes"

/** The limit and its window. */
export interface PollLimitOptions {
  /** Requests in 60 s, for an account and its children together. Undefined is no limit. */
  readonly limit: number | undefined
  readonly window: PollWindow
}

/** The units of the limit that an account has used. Times are milliseconds. */
interface Usage {
  /** Takes a unit, unless so many are used already. */
  readonly take: (limit: number, now: number) => boolean
}

/**
 * The `rate/poll` limit of paths that end in `/list`: one unit a request, shared by a parent account and its children.
 * A refused request is not counted.
 */
export class PollLimit {
  readonly #accounts: Accounts
  readonly #options: PollLimitOptions
  readonly #used = new Map<string, Usage>()

  constructor(accounts: Accounts, options: PollLimitOptions) {
    this.#accounts = accounts
    this.#options = options
  }

  /** Takes a unit at that time, in milliseconds; false if the limit is reached. */
  take(account: Account, now: number): boolean {
    const payer = this.#accounts.payer(account)
    const limit = payer.rateLimit ?? this.#options.limit
    if (limit === undefined) return true
    const usage = this.#used.get(payer.id) ?? makeUsage[this.#options.window]()
    this.#used.set(payer.id, usage)
    return usage.take(limit, now)
  }

  /** Forgets what was used. */
  clear(): void {
    this.#used.clear()
  }
}

/** In milliseconds. */
const window = 60_000

/** Counts the requests of the last 60 s: a unit is free again after exactly that time. */
const log = (): Usage => {
  let taken: ReadonlyArray<number> = []
  return {
    take: (limit, now) => {
      taken = taken.filter((time) => time > now - window)
      if (taken.length >= limit) return false
      taken = [...taken, now]
      return true
    }
  }
}

/** Counts the current minute of the clock in full, and the one before by its part within the last 60 s. */
const minutes = (): Usage => {
  let minute = 0
  let [current, previous] = [0, 0]
  return {
    take: (limit, now) => {
      const started = Math.floor(now / window)
      if (started !== minute) {
        previous = started === minute + 1 ? current : 0
        current = 0
        minute = started
      }
      const weight = 1 - (now % window) / window
      if (current + previous * weight >= limit) return false
      current++
      return true
    }
  }
}

const makeUsage: Readonly<Record<PollWindow, () => Usage>> = { log, minutes }

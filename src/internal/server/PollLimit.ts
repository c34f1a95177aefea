import type { Account, Accounts } from "./Accounts.ts"
import * as Assumptions from "./Assumptions.ts"

/**
 * The `rate/poll` limit of paths that end in `/list` (wire contract 4): one unit a request in a sliding window, shared
 * by a parent account and its children. A refused request takes none.
 */
export class PollLimit {
  private readonly accounts: Accounts
  private readonly limit: number | undefined
  private readonly used = new Map<string, Array<number>>()

  constructor(accounts: Accounts, limit: number | undefined) {
    this.accounts = accounts
    this.limit = limit
  }

  /** Takes a unit at that time, in milliseconds; false if the limit is reached. */
  take(account: Account, now: number): boolean {
    const payer = this.accounts.payer(account)
    const limit = payer.pollLimit ?? this.limit
    if (limit === undefined) return true
    const recent = (this.used.get(payer.id) ?? []).filter((time) => time > now - Assumptions.pollWindow.millis)
    const allowed = recent.length < limit
    if (allowed) recent.push(now)
    this.used.set(payer.id, recent)
    return allowed
  }

  /** Forgets what was used. */
  clear(): void {
    this.used.clear()
  }
}

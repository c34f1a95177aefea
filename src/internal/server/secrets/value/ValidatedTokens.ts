const lifetimeMillis = 60_000

interface Verdict {
  readonly valid: boolean
  readonly expiresAt: number
}

/** The verdicts of validation URLs on access tokens, remembered for 60 s (wire contract 3.9.2). */
export class ValidatedTokens {
  readonly #verdicts = new Map<string, Verdict>()

  /** The verdict that is still remembered at that time, in milliseconds. */
  get(url: string, token: string, now: number): boolean | undefined {
    const verdict = this.#verdicts.get(key(url, token))
    return verdict !== undefined && now < verdict.expiresAt ? verdict.valid : undefined
  }

  /** Remembers a verdict, and forgets those that are too old. */
  add(url: string, token: string, valid: boolean, now: number): void {
    for (const [key, { expiresAt }] of this.#verdicts) if (expiresAt <= now) this.#verdicts.delete(key)
    this.#verdicts.set(key(url, token), { valid, expiresAt: now + lifetimeMillis })
  }

  /** Forgets all verdicts. */
  clear(): void {
    this.#verdicts.clear()
  }
}

const key = (url: string, token: string): string => JSON.stringify([url, token])

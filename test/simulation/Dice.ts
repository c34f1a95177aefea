/** Chance that comes from a seed. What draws from one pair of dice does not change what others roll. */
import type * as Random from "effect/Random"

/** The bits of a text (FNV-1a). */
const hash = (text: string): number => {
  let bits = 0x811c9dc5
  for (let index = 0; index < text.length; index++) bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193)
  return bits >>> 0
}

/** Mulberry32. `Random.withSeed` is of better quality, and takes longer to begin than most worlds take to roll. */
const generator = (seed: string): (() => number) => {
  let state = hash(seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

export class Dice {
  readonly #seed: string
  /** A number from 0 to below 1. */
  readonly next: () => number
  /** The same dice, for Effect. */
  readonly random: Random.Random

  constructor(seed: string) {
    this.#seed = seed
    const next = generator(seed)
    this.next = next
    this.random = { nextDoubleUnsafe: next, nextIntUnsafe: () => Math.floor((next() - 0.5) * 2 ** 53) }
  }

  /** Other dice, which roll the same whatever was rolled with these. */
  fork(name: string): Dice {
    return new Dice(`${this.#seed} ${name}`)
  }

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A whole number of milliseconds up to a limit, small ones as likely as large ones are. */
  millis(limit: number): number {
    return Math.floor(limit ** this.next())
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<A>(options: readonly [A, ...ReadonlyArray<A>]): A {
    return options[this.below(options.length)] ?? options[0]
  }
}

/** Random numbers from a seed. Each part of a world has its own generator, so that no part affects another. */
import type * as Random from "effect/Random"

/** The FNV-1a hash of a text. */
const hash = (text: string): number => {
  let bits = 0x811c9dc5
  for (let index = 0; index < text.length; index++) bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193)
  return bits >>> 0
}

/** Mulberry32. `Random.withSeed` is of better quality, but its start takes longer than all numbers of most worlds. */
const generator = (seed: string): (() => number) => {
  let state = hash(seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

export class SeededRandom {
  readonly #seed: string
  /** A number from 0 to below 1. */
  readonly next: () => number
  /** The same generator, as Effect's `Random`. */
  readonly effectRandom: Random.Random

  constructor(seed: string) {
    this.#seed = seed
    const next = generator(seed)
    this.next = next
    this.effectRandom = { nextDoubleUnsafe: next, nextIntUnsafe: () => Math.floor((next() - 0.5) * 2 ** 53) }
  }

  /** Another generator, which does not depend on the numbers drawn from this one. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.#seed} ${name}`)
  }

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A whole number of milliseconds up to a limit. Its logarithm is evenly distributed. */
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

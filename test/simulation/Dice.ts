/** Chance that comes from a seed. What draws from one pair of dice does not change what others roll. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const generator = (seed: string): Random.Random =>
  Effect.runSync(
    Random.withSeed(
      Effect.map(Random.Random, (random) => random),
      seed
    )
  )

export class Dice {
  readonly #seed: string
  readonly random: Random.Random

  constructor(seed: string) {
    this.#seed = seed
    this.random = generator(seed)
  }

  /** Other dice, which roll the same whatever was rolled with these. */
  fork(name: string): Dice {
    return new Dice(`${this.#seed} ${name}`)
  }

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    return Math.floor(this.random.nextDoubleUnsafe() * limit)
  }

  /** A whole number of milliseconds up to a limit, small ones as likely as large ones are. */
  millis(limit: number): number {
    return Math.floor(limit ** this.random.nextDoubleUnsafe())
  }

  chance(probability: number): boolean {
    return this.random.nextDoubleUnsafe() < probability
  }

  pick<A>(options: readonly [A, ...ReadonlyArray<A>]): A {
    return options[this.below(options.length)] ?? options[0]
  }
}

import type { Random } from "effect/Random"

const blockSize = 36 ** 4

const block = (value: number): string => Math.floor(value).toString(36).padStart(4, "0")

/** Eight base-36 digits hold the milliseconds from 1970 to 2059; later ones keep their low digits. */
const timestamp = (millis: number): string => Math.abs(Math.floor(millis)).toString(36).padStart(8, "0").slice(-8)

const host = "memo"

/**
 * Ids of the shape `^c[a-z0-9]{24}$` (wire contract 1): time, counter, host and random digits, as in cuid version 1. By
 * the counter, the ids of one millisecond sort in the order they were made.
 */
export class Cuids {
  #counter = 0

  /** The next id at that time, in milliseconds. */
  next(now: number, random: Random): string {
    const count = this.#counter
    this.#counter = (count + 1) % blockSize
    const digits = block(random.nextDoubleUnsafe() * blockSize) + block(random.nextDoubleUnsafe() * blockSize)
    return `c${timestamp(now)}${block(count)}${host}${digits}`
  }
}

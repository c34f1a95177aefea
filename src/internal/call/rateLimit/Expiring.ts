/** Values by key, each kept only as long as it is needed. */
export interface Expiring<A> {
  readonly get: (key: string) => A | undefined
  readonly set: (key: string, value: A, now: number) => void
}

/** Below this size, nothing is removed. */
const smallest = 64

/**
 * Keeps values by key until they have expired. Expired values are removed whenever the map has doubled since the last
 * time: that costs little, and the memory grows only with the keys in use.
 */
export const make = <A>(isExpired: (value: A, now: number) => boolean): Expiring<A> => {
  const values = new Map<string, A>()
  let sweepAt = smallest
  return {
    get: (key) => values.get(key),
    set: (key, value, now) => {
      values.set(key, value)
      if (values.size <= sweepAt) return
      for (const [key, value] of values) if (isExpired(value, now)) values.delete(key)
      sweepAt = Math.max(smallest, 2 * values.size)
    }
  }
}

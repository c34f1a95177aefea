/** Values by key, each kept only as long as it is needed. */
export interface Expiring<A> {
  readonly get: (key: string) => A | undefined
  readonly set: (key: string, value: A, now: number) => void
}

/** The number of values from which expired ones are removed. */
const minSize = 64

/**
 * Keeps values by key until they have expired. They are removed whenever the map has doubled since the last time,
 * so that costs little, and the memory grows only with the keys in use.
 */
export const make = <A>(isExpired: (value: A, now: number) => boolean): Expiring<A> => {
  const values = new Map<string, A>()
  let sweepAt = minSize
  return {
    get: (key) => values.get(key),
    set: (key, value, now) => {
      values.set(key, value)
      if (values.size <= sweepAt) return
      for (const [key, value] of values) if (isExpired(value, now)) values.delete(key)
      sweepAt = Math.max(minSize, 2 * values.size)
    }
  }
}

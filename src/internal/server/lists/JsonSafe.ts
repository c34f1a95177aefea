const hidden = "#"

/**
 * A value as the API sends it (wire contract 1), at every depth: keys that start with `#` are left out, numbers that
 * JSON lacks become `$Infinity`, `-$Infinity` and `$NaN`, dates become milliseconds, and big integers become numbers
 * or, beyond the safe range, their digits and an `n`. Keys such as `__proto__` stay keys.
 */
export const toSafe = (value: unknown): unknown => {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : fromNonFinite(value)
    case "bigint":
      return fromBigInt(value)
    case "undefined":
    case "function":
      return null
    case "object":
      return value === null ? null : fromObject(value)
    default:
      return value
  }
}

const fromNonFinite = (value: number): string => (Number.isNaN(value) ? "$NaN" : value > 0 ? "$Infinity" : "-$Infinity")

const fromBigInt = (value: bigint): number | string =>
  value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER) ? `${value}n` : Number(value)

const fromObject = (value: object): unknown => {
  if (value instanceof Date) return value.getTime()
  if (Array.isArray(value)) return value.map(toSafe)
  const entries: Array<[string, unknown]> = []
  for (const [key, item] of Object.entries(value)) {
    if (!key.startsWith(hidden) && item !== undefined) entries.push([key, toSafe(item)])
  }
  return Object.fromEntries(entries)
}

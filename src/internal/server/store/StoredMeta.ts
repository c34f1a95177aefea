import * as Predicate from "effect/Predicate"
import * as Assumptions from "../Assumptions.ts"
import { isMeta, type Meta } from "./Meta.ts"

const { maxMetaDepth } = Assumptions.prismaVersion

/** Prisma stores the own and the inherited members of an object, but loses one of this name. */
const lost = "__proto__"

/**
 * Metadata as Prisma stores it (wire contract 2): numbers are rounded, `__proto__` is lost, and inherited members
 * become its own. Undefined if it has a lone surrogate or is nested too deep, which Prisma refuses.
 */
export const toStored = (meta: object): Meta | undefined => {
  if (!isStorable(meta, 1)) return undefined
  const stored = copy(meta)
  return isMeta(stored) ? stored : undefined
}

const isStorable = (value: unknown, depth: number): boolean => {
  if (typeof value === "string") return value.isWellFormed()
  if (typeof value !== "object" || value === null) return true
  if (depth > maxMetaDepth) return false
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth + 1))
  return members(value).every(([key, member]) => key.isWellFormed() && isStorable(member, depth + 1))
}

const copy = (value: unknown): unknown => {
  if (typeof value === "number") return rounded(value)
  if (Array.isArray(value)) return value.map(copy)
  return Predicate.isObject(value)
    ? Object.fromEntries(members(value).map(([key, member]) => [key, copy(member)]))
    : value
}

const members = (value: object): ReadonlyArray<readonly [key: string, member: unknown]> => {
  const found: Array<readonly [string, unknown]> = []
  for (const key in value) if (key !== lost) found.push([key, Reflect.get(value, key)])
  return found
}

/** Whole numbers below this one fit into 64 bits. */
const wholeLimit = 2 ** 63

/** A number whose exact decimal form lies halfway between two of 16 digits, the lower one being even. */
const halfwayAboveEven = /^(-?\d\.\d{14}[02468])50*(e.+)$/

/**
 * Prisma keeps whole numbers of 64 bits, and rounds others to 16 significant digits, half to even. If that gives
 * infinity, it is null in JSON.
 */
const rounded = (value: number): number | null => {
  if (Number.isInteger(value) && Math.abs(value) < wholeLimit) return value
  const nearest = Number(value.toExponential(15))
  if (nearest === value) return value
  // The lint rule assumes the old limit of 20 digits; since ES2018 it is 100.
  const exact = value.toExponential(100) // oxlint-disable-line oxc/number-arg-out-of-range
  const [, kept, exponent] = halfwayAboveEven.exec(exact) ?? []
  const result = kept === undefined ? nearest : Number(`${kept}${exponent}`)
  return Number.isFinite(result) ? result : null
}

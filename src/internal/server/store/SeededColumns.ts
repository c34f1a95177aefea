import type { Random } from "effect/Random"
import type { Cuids } from "./Cuids.ts"
import type { Meta } from "./Meta.ts"

/** The columns that seeded items, secrets and values of secrets have in common. */
export interface SeededColumns {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly meta: Meta | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** The columns of a seed, with a copy of its metadata. Absent ones get defaults: a new id, and the time now in milliseconds. */
export const make = (seed: Partial<SeededColumns>, ids: Cuids, now: number, random: Random): SeededColumns => {
  const createdAt = seed.createdAt ?? now
  return {
    id: seed.id ?? ids.next(createdAt, random),
    name: seed.name ?? "",
    description: seed.description ?? "",
    meta: structuredClone(seed.meta ?? null),
    createdAt,
    updatedAt: seed.updatedAt ?? createdAt
  }
}

import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { isRecord } from "./OptionChecks.ts"
import type { Overrides } from "./Options.ts"

/** The depth of the deepest option: a duration such as `{ seconds: 1 }` in `timeout`. */
const maxDepth = 3

/** Adds the names and values in an object, and in the objects in it, to a list. */
const flatten = (value: object, depth: number, list: Array<unknown>): void => {
  for (const [name, inner] of Object.entries(value)) {
    list.push(name)
    // A URL can change without having fields of its own.
    if (inner instanceof URL) list.push(inner.href)
    else if (depth < maxDepth && isMutable(inner)) flatten(inner, depth + 1, list)
    else list.push(inner)
  }
}

/** True for plain objects and arrays. Other objects, such as effects and clients, are compared by identity. */
const isMutable = (value: unknown): value is object =>
  Array.isArray(value) || (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype)

const flattened = (overrides: Overrides): ReadonlyArray<unknown> => {
  const list: Array<unknown> = []
  flatten(overrides, 1, list)
  return list
}

const isSame = (left: ReadonlyArray<unknown>, right: ReadonlyArray<unknown>): boolean =>
  left.length === right.length && left.every((value, index) => Object.is(value, right[index]))

/**
 * Remembers the result for an overrides object until the object changes. A caller who changes it and uses it again, for
 * example to act as another user, gets a new result.
 */
export const cached = <A, E>(make: (overrides: Overrides) => Effect.Effect<A, E>) => {
  const known = new WeakMap<object, { readonly fields: ReadonlyArray<unknown>; readonly effect: Effect.Effect<A, E> }>()
  return (overrides: Overrides): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      // `make` refuses values that are no object or cannot be read.
      const fields = Result.getOrUndefined(Result.try(() => flattened(overrides)))
      if (fields === undefined || !isRecord(overrides)) return make(overrides)
      const before = known.get(overrides)
      if (before !== undefined && isSame(before.fields, fields)) return before.effect
      return Effect.map(make(overrides), (made) => {
        known.set(overrides, { fields, effect: Effect.succeed(made) })
        return made
      })
    })
}

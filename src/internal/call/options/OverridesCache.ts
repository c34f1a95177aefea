import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { Overrides } from "./Options.ts"

/** Adds the names and values of an object to a list; another value is added as it is. */
const add = (list: Array<unknown>, group: unknown): void => {
  if (!Predicate.isObject(group) && !Array.isArray(group)) {
    list.push(group)
    return
  }
  for (const [name, value] of Object.entries(group)) {
    list.push(name)
    // A duration such as `{ seconds: 1 }` or `[1, 0]` may be changed. An instance of `Duration` may not.
    if (Array.isArray(value) || (Predicate.isObject(value) && Object.getPrototypeOf(value) === Object.prototype))
      add(list, value)
    else list.push(value)
  }
  // Otherwise the fields of one object could be taken for those of the next.
  list.push("end")
}

/** All values of overrides, in one list. */
const snapshot = (overrides: Overrides): ReadonlyArray<unknown> => {
  const { baseUrl } = overrides
  const list: Array<unknown> = [
    overrides.secret,
    // A URL can change and stay the same object.
    baseUrl instanceof URL ? baseUrl.href : baseUrl,
    overrides.runAsUserId,
    overrides.runAsChildUserEmail,
    overrides.timezone,
    overrides.circuitBreaker,
    overrides.exactlyOnce,
    overrides.transformClient
  ]
  add(list, overrides.headers)
  add(list, overrides.timeout)
  add(list, overrides.retry)
  add(list, overrides.rateLimit)
  return list
}

const isSame = (left: ReadonlyArray<unknown>, right: ReadonlyArray<unknown>): boolean =>
  left.length === right.length && left.every((value, index) => Object.is(value, right[index]))

interface Remembered<A> {
  readonly snapshot: ReadonlyArray<unknown>
  readonly result: Effect.Effect<A>
}

/**
 * Remembers the result for an overrides object until the object changes. A caller who changes it and uses it again, for
 * example to act as another user, gets a new result.
 */
export const cached = <A, E>(make: (overrides: Overrides) => Effect.Effect<A, E>) => {
  const remembered = new WeakMap<object, Remembered<A>>()
  return (overrides: Overrides): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      // `make` refuses values that are no object or cannot be read.
      const now = Result.getOrUndefined(Result.try(() => snapshot(overrides)))
      if (now === undefined) return make(overrides)
      const before = remembered.get(overrides)
      if (before !== undefined && isSame(before.snapshot, now)) return before.result
      return Effect.map(make(overrides), (result) => {
        remembered.set(overrides, { snapshot: now, result: Effect.succeed(result) })
        return result
      })
    })
}

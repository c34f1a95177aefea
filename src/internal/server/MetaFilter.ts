import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as ApiFailure from "./ApiFailure.ts"
import * as Assumptions from "./Assumptions.ts"
import type { Query } from "./Query.ts"
import type { ContactRecord } from "./Store.ts"

interface Condition {
  readonly path: ReadonlyArray<string | number>
  readonly equals: string | boolean
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false]
])

const pathSteps = /\[(\d+)\]|[^.[\]]+/g

/**
 * The condition that the `meta.<path>=v` and `meta[<path>]=v` parameters of a query put on a contact, all of them
 * together (wire contract 4). A path the database can't read is its 500.
 */
export const fromQuery = (query: Query): Result.Result<(contact: ContactRecord) => boolean, ApiFailure.ApiFailure> =>
  Result.gen(function* () {
    const conditions: Array<Condition> = []
    for (const [key, value] of query) {
      const path = pathOf(key)
      if (path !== undefined && value !== "") conditions.push(yield* condition(path, value))
    }
    return (contact) => conditions.every(({ path, equals }) => valueAt(contact.meta, path) === equals)
  })

const pathOf = (key: string): string | undefined => {
  if (key.startsWith("meta.")) return key.slice("meta.".length)
  return key.startsWith("meta[") && key.endsWith("]") ? key.slice("meta[".length, -1) : undefined
}

const condition = (path: string, value: string): Result.Result<Condition, ApiFailure.ApiFailure> => {
  const misread = Assumptions.inheritedFilterValueFails && value in Object.prototype
  if (misread || !Assumptions.filterPath.test(path)) return Result.fail(ApiFailure.genericError())
  const steps = Array.from(path.matchAll(pathSteps), ([name, index]) => (index === undefined ? name : Number(index)))
  return Result.succeed({ path: steps, equals: booleans.get(value) ?? value })
}

const valueAt = (meta: unknown, path: ReadonlyArray<string | number>): unknown => {
  let value = meta
  for (const step of path) {
    if (typeof step === "number") value = Array.isArray(value) ? value[step] : undefined
    else value = Predicate.isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  return value
}

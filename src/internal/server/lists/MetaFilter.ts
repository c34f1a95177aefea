import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { Query } from "../http/Query.ts"
import type { PageQuery } from "../store/RowPage.ts"
import * as MetaPath from "./MetaPath.ts"

interface Condition {
  readonly path: MetaPath.MetaPath
  readonly holds: (value: unknown) => boolean
}

/**
 * The filter of the `meta.<path>=v` and `meta[<path>]=v` parameters of a query: a row must satisfy all of them
 * (wire contract 4). A path or value that the database can't read in any row is a 500.
 */
export const fromQuery = (query: Query): Result.Result<PageQuery["matches"], ApiFailure.ApiFailure> =>
  Result.gen(function* () {
    const conditions: Array<Condition> = []
    for (const [key, value] of query) {
      const path = pathOf(key)
      if (path !== undefined && value !== "") conditions.push(yield* condition(path, value))
    }
    return ({ meta }) => all(conditions, meta)
  })

const pathOf = (key: string): string | undefined => {
  if (key.startsWith("meta.")) return key.slice("meta.".length)
  return key.startsWith("meta[") && key.endsWith("]") ? key.slice("meta[".length, -1) : undefined
}

const condition = (text: string, value: string): Result.Result<Condition, ApiFailure.ApiFailure> => {
  const path = MetaPath.parse(text)
  const holds = equals(value)
  return path === undefined || holds === undefined
    ? Result.fail(ApiFailure.genericError())
    : Result.succeed({ path, holds })
}

/**
 * The server looks a value up in an object with the members `true` and `false`, and finds inherited members too. The
 * database fails on all of those but `__proto__`, which it takes for an empty object.
 */
const equals = (text: string): Condition["holds"] | undefined => {
  if (text === "true" || text === "false") return (value) => value === (text === "true")
  if (text === "__proto__") return (value) => Predicate.isObject(value) && Object.keys(value).length === 0
  return text in Object.prototype ? undefined : (value) => value === text
}

const all = (conditions: ReadonlyArray<Condition>, meta: unknown): ReturnType<PageQuery["matches"]> => {
  for (const { path, holds } of conditions) {
    const value = MetaPath.valueAt(meta, path)
    if (value === MetaPath.unreadable) return "failure"
    if (!holds(value)) return "no match"
  }
  return "match"
}

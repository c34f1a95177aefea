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

/** Tests the metadata of a row. */
export type MetaFilter = PageQuery["matches"]

type Made<A> = Result.Result<A, ApiFailure.ApiFailure>

/**
 * The filter of the `meta.<path>=v` and `meta[<path>]=v` parameters of a query: a row must satisfy all of them
 * (wire contract 4). A path or value that the database can't read in any row is a 500.
 */
export const fromQuery = (query: Query): Made<MetaFilter> =>
  Result.gen(function* () {
    const conditions: Array<Condition> = []
    for (const [key, value] of query) {
      const path = pathOf(key)
      if (path !== undefined && value !== "") conditions.push(yield* condition(path, equals(value)))
    }
    return matchesAll(conditions)
  })

/**
 * The filter of a JSON object: every text, number and boolean in it must be at the same path in the metadata of a row
 * (wire contract 12.2). A path that the database can't read in any row is a 500, and so is a filter that would exceed
 * the size of a query.
 */
export const fromObject = (filter: object): Made<MetaFilter> =>
  Result.gen(function* () {
    const values = valuesByPath(filter)
    if (values === undefined) return yield* Result.fail(ApiFailure.genericError())
    const conditions: Array<Condition> = []
    for (const [path, value] of values) {
      if (isComparable(value)) conditions.push(yield* condition(path, (stored) => stored === value))
    }
    return matchesAll(conditions)
  })

/** The most characters of all paths of a filter: the size of the largest query of MySQL before version 8. */
const maxPathText = 4_194_304

/**
 * The values of a filter by their paths; undefined if the paths are too long. As on the server, keys are pasted into the
 * path, of two values with the same path the last counts, and a list in a list has labels for indices.
 */
const valuesByPath = (filter: object): ReadonlyMap<string, unknown> | undefined => {
  const values: Array<readonly [path: string, value: unknown]> = []
  let length = 0
  const add = (path: string, value: unknown): void => {
    length += path.length
    values.push([path, value])
  }
  const addMembers = (prefix: string, container: object): void => {
    for (const [key, value] of Object.entries(container)) {
      const path = prefix + key
      if (!Array.isArray(value)) addValue(path, value)
      else for (const [index, item] of value.entries()) addValue(`${path}[${index}]`, item)
    }
  }
  const addValue = (path: string, value: unknown): void =>
    typeof value === "object" && value !== null ? addMembers(`${path}.`, value) : add(path, value)
  addMembers("", filter)
  return length > maxPathText ? undefined : new Map(values)
}

const isComparable = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"

const pathOf = (key: string): string | undefined => {
  if (key.startsWith("meta.")) return key.slice("meta.".length)
  return key.startsWith("meta[") && key.endsWith("]") ? key.slice("meta[".length, -1) : undefined
}

const condition = (text: string, holds: Condition["holds"] | undefined): Made<Condition> => {
  const path = MetaPath.parse(text)
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

const matchesAll =
  (conditions: ReadonlyArray<Condition>): MetaFilter =>
  ({ meta }) => {
    for (const { path, holds } of conditions) {
      const value = MetaPath.valueAt(meta, path)
      if (value === MetaPath.unreadable) return "failure"
      if (!holds(value)) return "no match"
    }
    return "match"
  }

import * as Result from "effect/Result"
import * as FilterPath from "./FilterPath.ts"

/** The greatest length of a cursor and of the key and value of a condition. A longer URL may not reach the server. */
export const maxLength = 1024

/** The problem of a condition, if it has one. */
const problemOfCondition = (key: string, value: string | boolean, paths: Set<string>): string | undefined => {
  if (key.trim() === "" || key.length > maxLength) return `Expected a path into meta of at most ${maxLength} characters`
  const path = FilterPath.fromKey(key)
  if (Result.isFailure(path)) return path.failure
  // The server applies only the first of two parameters of the same name.
  if (paths.has(path.success)) return "Expected one condition on each path"
  paths.add(path.success)
  if (typeof value === "boolean") return undefined
  // The server ignores an empty value, and would list everything.
  if (value === "" || value.length > maxLength) return `Expected text of 1 to ${maxLength} characters`
  return value in Object.prototype
    ? "Expected another text: the server fails on one that is the name of a member of every JavaScript object"
    : undefined
}

/** The first problem among the conditions of a list, and the condition that has it. */
export const problemOf = (
  meta: Readonly<Record<string, string | boolean>>
): undefined | string | { readonly path: ReadonlyArray<string>; readonly issue: string } => {
  const conditions = Object.entries(meta)
  if (conditions.length === 0) return "Expected at least one condition: to list all, leave it out"
  const paths = new Set<string>()
  for (const [key, value] of conditions) {
    const issue = problemOfCondition(key, value, paths)
    if (issue !== undefined) return { path: [key], issue }
  }
  return undefined
}

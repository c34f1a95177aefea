/** The paths of fields, as in `--fields id,meta.tier`. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { UsageError } from "../support/CliFailure.ts"
import type { Shape } from "./Shape.ts"

/** The path of a field: dots lead into objects. */
export type FieldPath = readonly [field: string, ...keys: ReadonlyArray<string>]

/** The path that a text names. */
export const make = (text: string): FieldPath => {
  const [field = "", ...keys] = text.split(".")
  return [field, ...keys]
}

/** The paths of `--fields`. Refuses a field that no object of the shape has. */
export const parse = (text: string, shape: Shape): Result.Result<ReadonlyArray<FieldPath>, UsageError> => {
  const paths = text.split(",").map((name) => make(name.trim()))
  const isKnown = paths.every(([field, ...keys]) => shape.fields.includes(field) && keys.every((key) => key !== ""))
  return isKnown
    ? Result.succeed(paths)
    : Result.fail(
        new UsageError({
          message: "--fields names a field that the output does not have",
          next: `The fields are ${shape.fields.join(", ")}. Dots go into objects, as in meta.tier.`
        })
      )
}

/** The value at a path; undefined if there is none. */
export const valueAt = (value: unknown, path: FieldPath): unknown =>
  path.reduce((at: unknown, key) => (Predicate.isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value)

/** Sets an own property, also one that is called `__proto__`. */
const setOwn = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Sets a value at a path; objects on the way are made. */
export const setAt = (target: object, [key = "", ...rest]: ReadonlyArray<string>, value: unknown): void => {
  if (rest.length === 0) return setOwn(target, key, value)
  const held: unknown = Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined
  const inner = Predicate.isObject(held) ? held : {}
  setOwn(target, key, inner)
  setAt(inner, rest, value)
}

/** The object with the values at the paths, nested as in the original. A value that is absent is null. */
export const project =
  (paths: ReadonlyArray<FieldPath>) =>
  (value: object): object => {
    const result = {}
    for (const path of paths) if (!isCovered(path, paths)) setAt(result, path, valueAt(value, path) ?? null)
    return result
  }

/** True if another path holds the whole value that this one is in. */
const isCovered = (path: FieldPath, paths: ReadonlyArray<FieldPath>): boolean =>
  paths.some((other) => other.length < path.length && other.every((key, index) => path[index] === key))

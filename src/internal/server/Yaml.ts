import * as Predicate from "effect/Predicate"
import * as YamlScalar from "./YamlScalar.ts"

const indentation = "  "

/**
 * A JSON value as YAML in block style, ending in a line feed, as the serialiser of the real server writes it: the
 * `meta` cell of a CSV export (wire contract 5.4).
 */
export const stringify = (value: unknown): string => `${lines(value).join("\n")}\n`

const lines = (value: unknown): ReadonlyArray<string> => {
  const inline = scalar(value)
  if (inline !== undefined) return inline
  if (Array.isArray(value)) return value.flatMap(item)
  return Object.entries(value ?? {}).flatMap(([key, child]) => pair(key, child))
}

/** A list item carries the first line of a block next to its dash. */
const item = (value: unknown): ReadonlyArray<string> => {
  const [first = "", ...rest] = lines(value)
  return [`- ${first}`, ...rest.map(indent)]
}

/** A pair carries the first line of a scalar next to its key, and a block below it. */
const pair = (key: string, value: unknown): ReadonlyArray<string> => {
  const name = YamlScalar.key(key)
  const [first, ...rest] = scalar(value) ?? ["", ...lines(value)]
  return [first === "" ? `${name}:` : `${name}: ${first}`, ...rest.map(indent)]
}

const indent = (line: string): string => (line === "" ? "" : indentation + line)

/** The lines of a scalar or of something empty; undefined for what takes a block. */
const scalar = (value: unknown): ReadonlyArray<string> | undefined => {
  if (typeof value === "string") return YamlScalar.text(value)
  if (typeof value === "number") return [YamlScalar.number(value)]
  if (Array.isArray(value)) return value.length === 0 ? ["[]"] : undefined
  if (Predicate.isObject(value)) return Object.keys(value).length === 0 ? ["{}"] : undefined
  return [String(value)]
}

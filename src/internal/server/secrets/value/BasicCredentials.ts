import * as Base64 from "effect/encoding/Base64"
import * as Predicate from "effect/Predicate"

const property = /^([a-z_]\w*)\s*=\s*(.*)$/i
const yamlEntry = /^([a-z_]\w*):\s+(.*)$/i
const compactEntry = /^([a-z_]\w*):(.+)$/i

/** The keys of user and password, each with its synonym. */
const keys: ReadonlySet<string> = new Set(["username", "user", "password", "pass"])

type Entries = ReadonlyMap<string, string>

/**
 * The value of an `Authorization` header with basic credentials (wire contract 3.9.2). They are stored as
 * `user:password`, or as JSON, YAML or `key=value` lines with both keys. Undefined if there are none.
 */
export const toHeader = (stored: string): string | undefined => {
  const text = stored.trim()
  if (text === "") return undefined
  const entries = read(text)
  if (entries === undefined) return encode(text)
  const user = entries.get("username") ?? entries.get("user") ?? ""
  const password = entries.get("password") ?? entries.get("pass") ?? ""
  return user === "" && password === "" ? undefined : encode(`${user}:${password}`)
}

const encode = (credentials: string): string => `Basic ${Base64.encode(credentials)}`

/** The entries of a text that has a structure; undefined if it is the credentials themselves. */
const read = (text: string): Entries | undefined => {
  const json = text.startsWith("{") ? parsed(text) : undefined
  if (Predicate.isObject(json)) {
    return toEntries(
      Object.entries(json).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []))
    )
  }
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
  // A single line `user:password` is the credentials, but one of several lines is an entry.
  const isEntry = (line: string) => isMarked(line) || (lines.length > 1 && keys.has(keyOf(compactEntry, line)))
  return lines.some(isEntry) ? toEntries(lines.flatMap(entryOf)) : undefined
}

const isMarked = (line: string): boolean =>
  [property, yamlEntry].some((form) => {
    const [, , value = ""] = form.exec(line) ?? []
    return value !== ""
  })

const keyOf = (form: RegExp, line: string): string => form.exec(line)?.[1]?.toLowerCase() ?? ""

const entryOf = (line: string): ReadonlyArray<readonly [key: string, value: string]> => {
  for (const form of [property, yamlEntry, compactEntry]) {
    const [, key = "", value = ""] = form.exec(line) ?? []
    if (keys.has(key.toLowerCase())) return [[key, value]]
  }
  return []
}

const toEntries = (entries: ReadonlyArray<readonly [key: string, value: string]>): Entries =>
  new Map(entries.map(([key, value]) => [key.toLowerCase(), unquoted(value.trim())]))

const unquoted = (text: string): string => (/^(["'])(?:.*\1)?$/s.test(text) ? text.slice(1, -1) : text)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import * as Predicate from "effect/Predicate"
import * as Assumptions from "../Assumptions.ts"

/** One step of a path into metadata. */
type Step =
  | { readonly kind: "label"; readonly label: string | undefined }
  | { readonly kind: "index"; readonly index: number; readonly fromEnd: boolean }
  /** Brackets without an index in them: the database fails if it finds a list here. */
  | { readonly kind: "badIndex" }
  /** Text that belongs to no step: the database fails if it gets here. */
  | { readonly kind: "junk" }

/** A path into metadata, as the database reads it. */
export type MetaPath = ReadonlyArray<Step>

/** The failure of the database at a part of a path that it cannot read. */
export const unreadable: unique symbol = Symbol("unreadable")

const plainLabel = /[^.[]+/y
const quotedLabel = /"((?:\\[^]|[^"\\])*)"/y
const index = /\[(\d+)\]/y
const indexFromEnd = /\[#(?:-(\d+))?\]/y
const badIndex = /\[[^\]]*\]?/y
const junk = /[^.[]+/y

/**
 * Reads a path as SQLite does after its `$.` (wire contract 4): labels after dots, quoted or not, and indices in
 * brackets. Undefined if the database can't read it in any row: a label is empty or its quote is not closed.
 */
export const parse = (text: string): MetaPath | undefined => {
  const steps: Array<Step> = []
  let position = 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position
    const found = pattern.exec(text) ?? undefined
    if (found !== undefined) position += found[0].length
    return found
  }
  const label = (): boolean => {
    const isQuoted = text[position] === '"'
    const found = take(isQuoted ? quotedLabel : plainLabel)
    if (found === undefined) return false
    steps.push({ kind: "label", label: isQuoted ? unescaped(found[1] ?? "") : found[0] })
    return true
  }
  if (!label()) return undefined
  while (position < text.length) {
    if (text[position] === ".") {
      position++
      if (!label()) return undefined
      continue
    }
    const fromStart = take(index)
    const fromEnd = fromStart === undefined ? take(indexFromEnd) : undefined
    const found = fromStart ?? fromEnd
    if (found !== undefined) {
      steps.push({ kind: "index", index: Number(found[1] ?? 0), fromEnd: fromEnd !== undefined })
    } else if (take(badIndex) !== undefined) {
      if (Assumptions.filterPath.badIndexAlwaysFails) return undefined
      steps.push({ kind: "badIndex" })
    } else {
      take(junk)
      steps.push({ kind: "junk" })
    }
  }
  return steps
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"]
])

const escape = /\\(?:u([\da-f]{4})|([^]))/gi

/** A quoted label without its JSON escapes; undefined, which no key is, if it has another escape. */
const unescaped = (quoted: string): string | undefined => {
  let isJson = true
  const label = quoted.replace(escape, (_, code: string | undefined, char: string | undefined) => {
    const plain = code === undefined ? escapes.get(char ?? "") : String.fromCharCode(Number.parseInt(code, 16))
    isJson &&= plain !== undefined
    return plain ?? ""
  })
  return isJson ? label : undefined
}

/** The value at a path; undefined if there is none. */
export const valueAt = (meta: unknown, path: MetaPath): unknown => {
  let value = meta
  for (const step of path) {
    switch (step.kind) {
      case "label":
        value = member(value, step.label)
        break
      case "index":
        value = Array.isArray(value) ? value[step.fromEnd ? value.length - step.index : step.index] : undefined
        break
      case "badIndex":
        return Array.isArray(value) ? unreadable : undefined
      case "junk":
        return unreadable
    }
    if (value === undefined) return undefined
  }
  return value
}

const member = (value: unknown, label: string | undefined): unknown =>
  label !== undefined && Predicate.isObject(value) && Object.hasOwn(value, label) ? value[label] : undefined

/**
 * A copy of the caller's request, as plain JSON. Each property is read once, so what was checked is what is sent,
 * whatever getters, proxies and `toJSON` methods say the second time.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Validate from "./Validate.ts"

/** The largest depth of `meta`, itself included. Beyond it, the server answers with a bare 500 (wire contract 2). */
const maxDepth = 123

const tooDeep = "expected at most 123 levels of objects and arrays, and no cycles"
const notPlain =
  "expected plain JSON: text, a finite number, a boolean, null, an array or a plain object (convert dates and instances of classes first)"
const notWellFormed = "expected well-formed Unicode, without lone surrogates (see String.prototype.toWellFormed)"
const unreadable = "expected a property that can be read without an error"
const lostByServer = "the server loses a key of this name: use another"

/** Marks a value that was refused. The state of the copy has the problem and the path. */
const refused = Symbol("refused")

/** The options of a copy. */
export interface CopyOptions {
  /** True for an update, where the content of `meta.$update` takes the place of `meta`. Default false. */
  readonly isUpdate?: boolean
  /** True if members that are undefined are copied too. Default false. */
  readonly keepsUndefined?: boolean
}

/** The state of a copy. */
interface State extends Required<CopyOptions> {
  /** A lower bound of the copy's size as JSON, so that a huge request is refused before it is written out. */
  bytes: number
  problem: string
  /** The path to the refused value, from the inside to the outside. */
  readonly path: Array<string>
}

const refuse = (state: State, problem: string): typeof refused => {
  state.problem = problem
  return refused
}

/** Adds the name or index of a refused value to its path. */
const refusedAt = (state: State, key: string): typeof refused => {
  state.path.push(key)
  return refused
}

const isTooLarge = (state: State, bytes: number): boolean => (state.bytes += bytes) > Validate.maxBytes

const text = (value: string, state: State): string | typeof refused => {
  if (isTooLarge(state, value.length + 2)) return refuse(state, Validate.tooLarge)
  return value.isWellFormed() ? value : refuse(state, notWellFormed)
}

/** `depth` is how many objects and arrays of `meta` are around the value, the request itself aside. */
const copyOf = (value: unknown, depth: number, state: State): unknown => {
  if (typeof value === "string") return text(value, state)
  if (isTooLarge(state, 1)) return refuse(state, Validate.tooLarge)
  if (value === null || typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : refuse(state, notPlain)
  if (typeof value !== "object") return refuse(state, notPlain)
  if (depth > maxDepth) return refuse(state, tooDeep)
  return Array.isArray(value) ? arrayOf(value, depth, state) : objectOf(value, depth, state)
}

const arrayOf = (source: ReadonlyArray<unknown>, depth: number, state: State): unknown => {
  const copy: Array<unknown> = []
  const { length } = source
  for (let index = 0; index < length; index++) {
    const item = copyOf(source[index], depth + 1, state)
    if (item === refused) return refusedAt(state, String(index))
    copy.push(item)
  }
  return copy
}

/** True if an object has no class: it has no prototype, or the `Object.prototype` of this or another realm. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

const objectOf = (source: object, depth: number, state: State): unknown => {
  if (!Predicate.isObject(source) || !isPlain(source)) return refuse(state, notPlain)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(source)) {
    const member = memberOf(source, key, depth, state)
    if (member === refused) return refusedAt(state, key)
    if (member !== undefined || state.keepsUndefined) copy[key] = member
  }
  return copy
}

/** A member of an object: undefined is as if it were not there. */
const memberOf = (
  source: Readonly<Record<PropertyKey, unknown>>,
  key: string,
  depth: number,
  state: State
): unknown => {
  if (key === "__proto__") return refuse(state, lostByServer)
  if (text(key, state) === refused) return refused
  try {
    const value = source[key]
    if (value === undefined) return undefined
    const isMerged = depth === 1 && key === "$update" && state.isUpdate
    return copyOf(value, isMerged ? depth : depth + 1, state)
  } catch {
    return refuse(state, unreadable)
  }
}

/**
 * Copies the caller's request, or gives the place where it is not plain JSON that the server can store. The copy has the own,
 * enumerable members of plain objects, less those that are undefined unless `keepsUndefined`.
 */
export const copy = (
  request: unknown,
  { isUpdate = false, keepsUndefined = false }: CopyOptions = {}
): Result.Result<unknown, Validate.Problem> => {
  const state: State = { isUpdate, keepsUndefined, bytes: 0, problem: notPlain, path: [] }
  let copied: unknown = refused
  try {
    copied = copyOf(request, 0, state)
  } catch {
    state.problem = unreadable
  }
  return copied === refused
    ? Result.fail({ field: Validate.fieldOf(state.path.toReversed(), "request"), description: state.problem })
    : Result.succeed(copied)
}

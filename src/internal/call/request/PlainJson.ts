/**
 * A copy of the caller's request, as plain JSON. Each property is read once, so getters, proxies and `toJSON`
 * methods cannot change a value between the check and the request.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Validate from "./Validate.ts"

/** The largest depth of `meta`, itself included. Beyond it, the server answers with a bare 500 (wire contract 2). */
const maxDepth = 123

const tooDeep = "expected at most 123 levels of objects and arrays, and no cycles"
const notPlain = "expected plain JSON (convert dates and instances of classes first)"
const notWellFormed = "expected well-formed Unicode (see String.prototype.toWellFormed)"
const unreadable = "expected a property that can be read without an error"
const lostByServer = "the server loses a key of this name: use another"

/** The options of a copy. */
export interface CopyOptions {
  /** True for an update, where the content of `meta.$update` takes the place of `meta`. Default false. */
  readonly isUpdate?: boolean
  /** True if members that are undefined are copied too. Default false. */
  readonly keepsUndefined?: boolean
}

/** The state of one copy. Its methods throw if a value cannot be read or is refused. */
class Copying {
  readonly #options: CopyOptions
  /** The path to the value that is being copied. */
  readonly path: Array<string | number> = []
  /** The reason that the value at the path is not copied. A getter or a proxy can throw anything, so that is the default. */
  problem = unreadable
  /** A lower bound of the copy's size as JSON, so that a huge request is refused before it is written out. */
  #bytes = 0

  constructor(options: CopyOptions) {
    this.#options = options
  }

  /** `depth` is the level of the value below the request: 1 for `meta`, 2 for its members. */
  copyOf(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#text(value)
    this.#count(1)
    if (value === null || typeof value === "boolean" || Number.isFinite(value)) return value
    if (typeof value !== "object") return this.#refuse(notPlain)
    if (depth > maxDepth) return this.#refuse(tooDeep)
    return Array.isArray(value) ? this.#array(value, depth) : this.#object(value, depth)
  }

  #array(source: ReadonlyArray<unknown>, depth: number): ReadonlyArray<unknown> {
    const copy: Array<unknown> = []
    const { length } = source
    for (let index = 0; index < length; index++) {
      this.path.push(index)
      copy.push(this.copyOf(source[index], depth + 1))
      this.path.pop()
    }
    return copy
  }

  #object(source: object, depth: number): object {
    if (!Predicate.isObject(source) || !isPlain(source)) return this.#refuse(notPlain)
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(source)) {
      this.path.push(key)
      if (key === "__proto__") return this.#refuse(lostByServer)
      this.#text(key)
      const member = source[key]
      if (member !== undefined) {
        const isMerged = depth === 1 && key === "$update" && this.#options.isUpdate === true
        copy[key] = this.copyOf(member, isMerged ? depth : depth + 1)
      } else if (this.#options.keepsUndefined === true) copy[key] = undefined
      this.path.pop()
    }
    return copy
  }

  #text(text: string): string {
    this.#count(text.length + 2)
    return text.isWellFormed() ? text : this.#refuse(notWellFormed)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > Validate.maxBytes) this.#refuse(Validate.tooLarge)
  }

  #refuse(problem: string): never {
    this.problem = problem
    throw new Error(problem)
  }
}

/** True if an object has no class: it has no prototype, or the `Object.prototype` of this or another realm. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Copies the caller's request, or names the first field that is not plain JSON or that the server cannot store. The copy has the own,
 * enumerable members of plain objects, less those that are undefined unless `keepsUndefined`.
 */
export const copy = (request: unknown, options: CopyOptions = {}): Result.Result<unknown, Validate.Problem> => {
  const copying = new Copying(options)
  return Result.mapError(
    Result.try(() => copying.copyOf(request, 0)),
    () => ({ field: Validate.fieldOf(copying.path.map(String), "request"), description: copying.problem })
  )
}

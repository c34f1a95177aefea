import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PlainJson from "../call/request/PlainJson.ts"
import * as Validate from "../call/request/Validate.ts"

/** The values to find in `meta`, by key. */
export interface MetaValues {
  readonly [key: string]: MetaValue | ReadonlyArray<MetaValue>
}

/** A value to find in `meta`. */
export type MetaValue = string | number | boolean | MetaValues

interface MetaProblem {
  readonly path: ReadonlyArray<string>
  readonly issue: string
}

/** The first value that the server ignores, so that it finds contacts with any value there, or that it cannot find. */
const problemAt = (value: unknown, path: ReadonlyArray<string>): MetaProblem | undefined => {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return undefined
  const members = Predicate.isObjectOrArray(value) ? Object.entries(value) : []
  if (members.length === 0) {
    return { path, issue: "Expected text, a number, a boolean, or an object or array that is not empty" }
  }
  for (const [key, member] of members) {
    const memberPath = [...path, key]
    const problem =
      Array.isArray(value) && Array.isArray(member)
        ? { path: memberPath, issue: "Expected no array directly in an array: the server does not find it" }
        : problemAt(member, memberPath)
    if (problem !== undefined) return problem
  }
  return undefined
}

const problemOf = (meta: object): undefined | string | MetaProblem =>
  Object.keys(meta).length === 0
    ? "Expected at least one value: to find contacts with any meta, leave it out"
    : problemAt(meta, [])

const isMeta = (value: unknown): value is MetaValues =>
  Predicate.isObject(value) && Result.isSuccess(PlainJson.copy(value))

const Values = /* @__PURE__ */ Schema.Array(
  /* @__PURE__ */ Schema.String.check(
    /* @__PURE__ */ Schema.makeFilter((text) => text.trim() !== "" && text.isWellFormed(), {
      expected: "text that is not blank, in well-formed Unicode (see String.prototype.toWellFormed)"
    })
  )
)

/**
 * The contacts to find: those that meet all of the conditions, or all contacts if there are none. A list may have any number of
 * values. An empty list finds nothing.
 */
export const FindRequest = /* @__PURE__ */ Schema.Struct({
  /** The contact has one of these ids. */
  ids: /* @__PURE__ */ Schema.optional(Values),
  /** The contact has one of these fingerprints. Case and blanks count. */
  fingerprints: /* @__PURE__ */ Schema.optional(Values),
  /** The contact has one of these e-mail addresses. Case and blanks count. Several contacts can have the same address. */
  emails: /* @__PURE__ */ Schema.optional(Values),
  /**
   * The contact's `meta` has all of these values, and possibly others. At least one value is needed. Numbers match numbers, and
   * text matches text. A key is the whole name of a member, with any characters. A member of an object is written as an object,
   * as in `{ address: { city: "London" } }`. The values of an array are compared from the first on, as in `{ tags: ["new"] }`.
   * `null`, `{}` and `[]` are refused, since the server ignores them, and so is an array directly in an array.
   */
  meta: /* @__PURE__ */ Schema.optional(
    /* @__PURE__ */ Schema.declare(isMeta, { expected: "a JSON object" }).check(
      /* @__PURE__ */ Schema.makeFilter(problemOf)
    )
  ),
  /**
   * The order by the time of creation; `desc` is the newest first.
   *
   * @default "desc"
   */
  order: /* @__PURE__ */ Schema.optional(/* @__PURE__ */ Schema.Literals(["asc", "desc"]))
})
export interface FindRequest extends Schema.Struct.Type<typeof FindRequest.fields> {}

/** The length of the longest array. A proxy may have a greater one. */
const maxListLength = 2 ** 32 - 1

/** The values of an array, each read once, up to the first one that is no text and so is refused. Any other value stays as it is. */
const copyOfList = (list: unknown): unknown => {
  if (!Array.isArray(list)) return list
  const { length } = list
  if (length > maxListLength) throw new Error("The list is too long")
  const copy: Array<unknown> = []
  for (let index = 0; index < length; index++) {
    const value: unknown = list[index]
    copy.push(value)
    if (typeof value !== "string") break
  }
  return copy
}

/** The lists of a request, copied, and its other members. Throws if one of them cannot be read. */
const partsOf = (request: unknown) => {
  if (!Predicate.isObject(request)) return undefined
  const { emails, fingerprints, ids, ...others } = request
  return {
    lists: { ids: copyOfList(ids), fingerprints: copyOfList(fingerprints), emails: copyOfList(emails) },
    // `PlainJson` refuses an object that has a class.
    others: Object.setPrototypeOf(others, Object.getPrototypeOf(request))
  }
}

const unreadable: Validate.Problem = {
  field: "request",
  description: "expected properties that can be read without an error"
}

/** A copy of the caller's request. Its lists may be larger than one request to the server, so `PlainJson` does not copy them. */
const copyOf = (request: unknown): Result.Result<unknown, Validate.Problem> =>
  Result.flatMap(Result.try({ try: () => partsOf(request), catch: () => unreadable }), (parts) =>
    parts === undefined
      ? PlainJson.copy(request)
      : // A value of `meta` that is undefined is kept, so that it is refused. Without it, more contacts would be found.
        Result.map(PlainJson.copy(parts.others, { keepsUndefined: true }), (others) =>
          Object.assign({}, others, parts.lists)
        )
  )

const validate = /* @__PURE__ */ Validate.make(FindRequest)

/** A checked copy of the caller's request, or its first problem. */
export const check = (request: unknown): Result.Result<FindRequest, Validate.Problem> =>
  Result.flatMap(copyOf(request), validate)

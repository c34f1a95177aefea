import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"

/** The problem of an input: its field and a description of what was expected, without the value. */
export interface Problem {
  readonly field: string
  readonly description: string
}

// Without `reportInput`, an issue holds no input and its message names only what was expected.
const format = /* @__PURE__ */ SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => (issue._tag === "UnexpectedKey" ? "There is no such field" : SchemaIssue.defaultLeafHook(issue))
})

/** The largest body that the server takes, in bytes (wire contract 6). */
export const maxBytes = 1_048_576

/** The problem of a request that is larger. */
export const tooLarge = "expected a request of at most 1,048,576 bytes as JSON"

/** The number of keys of a path that are shown. Paths into `meta` have the caller's own keys, of any number and length. */
const longestPath = 8
const shownKey = /^[\p{L}\p{N}_$#-]{0,64}$/u

/** A path as the field of a problem; a key that is not short and plain is shown as an ellipsis. */
export const fieldOf = (path: ReadonlyArray<string>, root: string): string => {
  if (path.length === 0) return root
  const shown = path.slice(0, longestPath + 1)
  return shown.map((key, index) => (index < longestPath && shownKey.test(key) ? key : "…")).join(".")
}

/** The first problem of a schema issue; `root` names the value as a whole. */
export const problemOf = (issue: SchemaIssue.Issue, root: string): Problem => {
  const [first] = format(issue).issues
  const path = first?.path?.map((part) => String(typeof part === "object" ? part.key : part)) ?? []
  return { field: fieldOf(path, root), description: first?.message ?? "Expected another value" }
}

/**
 * Builds a strict check of a request: unknown keys are a problem, and the first problem is reported. The schema must
 * not change values: the result is the input itself, with its members in the caller's order.
 */
export const make = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): ((input: unknown) => Result.Result<S["Type"], Problem>) => {
  const decode = SchemaParser.decodeUnknownResult(schema, { onExcessProperty: "error" })
  return (input) => {
    const decoded = decode(input)
    const isValid = (_input: unknown): _input is S["Type"] => Result.isSuccess(decoded)
    if (isValid(input)) return Result.succeed(input)
    return Result.mapError(decoded, (issue) => problemOf(issue, "request"))
  }
}

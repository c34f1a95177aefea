import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"

/** What is wrong with an input: where, and what was expected there. Never the value. */
export interface Problem {
  readonly field: string
  readonly description: string
}

// Without `reportInput`, an issue holds no input and its message names only what was expected.
const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The first problem of a schema issue; `root` names the value as a whole. */
export const problemOf = (issue: SchemaIssue.Issue, root: string): Problem => {
  const [first] = format(issue).issues
  const path = first?.path?.map((part) => String(typeof part === "object" ? part.key : part)) ?? []
  return { field: path.length === 0 ? root : path.join("."), description: first?.message ?? "Expected another value" }
}

/** Builds a strict check of caller input: unknown keys are a problem, and the first problem is reported. */
export const make = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  root: string
): ((input: unknown) => Result.Result<S["Type"], Problem>) => {
  const decode = SchemaParser.decodeUnknownResult(schema, { onExcessProperty: "error" })
  return (input) => Result.mapError(decode(input), (issue) => problemOf(issue, root))
}

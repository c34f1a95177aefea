/** Files in JSON or YAML whose problems name their place. */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { JSON_SCHEMA, load, YAMLException } from "js-yaml"
import { jsonIn } from "../../../internal/format/JsonText.ts"
import * as Validate from "../../../internal/call/request/Validate.ts"

/** A file that a command cannot use. Its message names the place, and holds nothing of the file. */
export class InvalidFile
  extends /* @__PURE__ */ Data.TaggedError("InvalidFile")<{
    /** The path of the file. */
    readonly file: string
    /** The field, such as `accounts.0.contacts.2.email`, or the line and column of text that cannot be read. */
    readonly place: string
    readonly description: string
  }>
{
  override get message(): string {
    return `${this.file}: ${this.place}: ${this.description}`
  }

  /** One sentence that says what to do. */
  get next(): string {
    return "Correct the file."
  }
}

const notReadable = "this is neither JSON nor YAML"

/**
 * The value of a text, or the place at which it cannot be read. The text is read as YAML if it is no JSON: YAML has comments, and
 * its errors have a place.
 */
const parse = (text: string): Result.Result<unknown, Validate.Problem> => {
  const json = jsonIn(text)
  if (json !== undefined) return Result.succeed(json)
  try {
    return Result.succeed(load(text, { schema: JSON_SCHEMA }))
  } catch (error) {
    // The message of the error quotes the text.
    const mark = error instanceof YAMLException ? error.mark : undefined
    const field = mark === undefined ? "the file" : `line ${mark.line + 1}, column ${mark.column + 1}`
    return Result.fail({ field, description: notReadable })
  }
}

/** Makes a reader of the text of a file. Unknown keys are a problem; `check` finds the problems that the schema cannot see. */
export const make = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  check: (value: S["Type"]) => Validate.Problem | undefined
): ((text: string, file: string) => Result.Result<S["Type"], InvalidFile>) => {
  const validate = Validate.make(schema)
  return (text, file) =>
    Result.mapError(
      parse(text).pipe(
        Result.flatMap(validate),
        Result.flatMap((value) => {
          const problem = check(value)
          return problem === undefined ? Result.succeed(value) : Result.fail(problem)
        })
      ),
      ({ description, field }) =>
        new InvalidFile({ file, place: field === "request" ? "the file" : field, description })
    )
}

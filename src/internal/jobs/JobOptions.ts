import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Contact from "../../Contact.ts"
import * as Errors from "../../Errors.ts"
import * as ChangeRows from "../bulk/ChangeRows.ts"
import * as MakeRows from "../bulk/MakeRows.ts"
import type { RowOperation } from "../bulk/RowOperation.ts"
import type { EnsureRow, UpdateRow } from "../bulk/RowRequest.ts"
import * as UpsertRows from "../bulk/UpsertRows.ts"

/** The operations of jobs, each that of `Bulk` with the same name. */
export const Operation = /* @__PURE__ */ Schema.Literals(["ensure", "create", "update", "delete", "upsert"])
export type Operation = typeof Operation.Type

/** The row of each operation. */
export interface Rows {
  readonly ensure: EnsureRow
  readonly create: Contact.CreateRequest
  readonly update: UpdateRow
  readonly delete: ChangeRows.DeleteRow
  readonly upsert: Contact.CreateRequest
}

/** The options of a job. They are stored with it. */
export interface SubmitOptions<out O extends Operation = Operation> {
  /** The operation on each row: the one of `Bulk` with this name. */
  readonly operation: O
  /**
   * The field that contacts are found by. For `upsert` only.
   *
   * @default "fingerprint"
   */
  readonly by?: "fingerprint" | "email" | undefined
  /**
   * True to keep the contact before the change in the outcome, so that the job can be undone. Each row then takes another request.
   * For `update`, `delete` and `upsert` only.
   *
   * @default false
   */
  readonly beforeImages?: boolean | undefined
  /**
   * The largest number of rows under way in one chunk.
   *
   * @default 8
   */
  readonly concurrency?: number | undefined
  /**
   * The largest number of rows in a chunk. A chunk is run by one worker, and is run again if that worker ends. A chunk has fewer
   * rows if they are large.
   *
   * @default 500
   */
  readonly chunkSize?: number | undefined
  /**
   * The largest number of chunks under way, on all workers together.
   *
   * @default 4
   */
  readonly chunkConcurrency?: number | undefined
}

/** The options of a job, checked, with the defaults filled in, as they are stored. */
export const Settings = /* @__PURE__ */ (() =>
  Schema.Struct({
    operation: Operation,
    by: Schema.Literals(["fingerprint", "email"]),
    beforeImages: Schema.Boolean,
    concurrency: Schema.Int,
    chunkSize: Schema.Int,
    chunkConcurrency: Schema.Int,
    /** The id of the job that this one undoes, and its latest run by then. */
    undoes: Schema.optionalKey(Schema.Struct({ id: Schema.String, run: Schema.Int }))
  }))()
export interface Settings extends Schema.Struct.Type<typeof Settings.fields> {}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

const invalid = (option: string, description: string) => Result.fail(new Errors.InvalidOptions({ option, description }))

const isOperation = /* @__PURE__ */ Schema.is(Operation)

const canHaveImages: ReadonlySet<Operation> = /* @__PURE__ */ new Set(["update", "delete", "upsert"])

/** The settings of the options, or the first option that is wrong. */
export const resolve = ({
  beforeImages = false,
  by,
  chunkConcurrency = 4,
  chunkSize = 500,
  concurrency = 8,
  operation
}: SubmitOptions): Result.Result<Settings, Errors.InvalidOptions> => {
  if (!isOperation(operation)) return invalid("operation", `Expected one of ${Operation.literals.join(", ")}`)
  if (by !== undefined && operation !== "upsert") return invalid("by", "Expected none: it is for upsert only")
  if (by !== undefined && by !== "fingerprint" && by !== "email") {
    return invalid("by", "Expected fingerprint or email")
  }
  if (typeof beforeImages !== "boolean") return invalid("beforeImages", "Expected true or false")
  if (beforeImages && !canHaveImages.has(operation)) {
    return invalid("beforeImages", "Expected none: only update, delete and upsert have them")
  }
  for (const [option, value] of Object.entries({ concurrency, chunkSize, chunkConcurrency })) {
    if (!isCount(value)) return invalid(option, "Expected an integer from 1")
  }
  return Result.succeed({ operation, by: by ?? "fingerprint", beforeImages, concurrency, chunkSize, chunkConcurrency })
}

/** The largest number of characters in the name of a job. */
const maxNameLength = 200

/** Checks the name of a new job. PostgreSQL stores no NUL. */
export const checkName = (name: string): Result.Result<string, Errors.InvalidOptions> =>
  typeof name === "string" &&
  name.trim() !== "" &&
  name.length <= maxNameLength &&
  name.isWellFormed() &&
  !name.includes("\0")
    ? Result.succeed(name)
    : invalid("name", `Expected a name that is not blank, of at most ${maxNameLength} characters of Unicode`)

/** Uses the operation on rows that the settings choose. */
export const withOperation = <B>(
  { by, operation }: Pick<Settings, "by" | "operation">,
  use: <A>(operation: RowOperation<A>) => B
): B => {
  switch (operation) {
    case "ensure":
      return use(MakeRows.ensure)
    case "create":
      return use(MakeRows.create)
    case "update":
      return use(ChangeRows.update)
    case "delete":
      return use(ChangeRows.remove)
    case "upsert":
      return use(UpsertRows.upsert(by))
  }
}

/** The rows of a job as they are stored until they are sent. */
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"

/** A row of a job. */
export const StagedRow = /* @__PURE__ */ (() =>
  Schema.Struct({
    /** The number of the row in the input, from 1. */
    row: Schema.Int,
    /** The checked request of the row. Absent if the row was refused. */
    value: Schema.optionalKey(Schema.Json),
    /** The reason that the row was refused. */
    refusal: Schema.optionalKey(
      Schema.Struct({ field: Schema.optionalKey(Schema.String), description: Schema.String })
    ),
    /** The earlier row with the same key, if this one is deferred. */
    of: Schema.optionalKey(Schema.Int)
  }))()
export interface StagedRow extends Schema.Struct.Type<typeof StagedRow.fields> {}

/** The rows in the content of a chunk. */
export const decode = /* @__PURE__ */ (() =>
  SchemaParser.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(StagedRow))))()

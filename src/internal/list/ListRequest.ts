import * as Schema from "effect/Schema"
import * as ListFilter from "./ListFilter.ts"

/** The selection and order of the items to list: contacts, or the items of one contact. */
export const ListRequest = Schema.Struct({
  /** The id of an item of the list: only the items after it are listed. */
  cursor: Schema.optional(
    Schema.String.check(
      Schema.makeFilter((cursor) => cursor.trim() !== "" && cursor.length <= ListFilter.maxLength, {
        expected: "the id of an item of the list"
      })
    )
  ),
  /**
   * The order by the time of creation; `desc` is the newest first.
   *
   * @default "desc"
   */
  order: Schema.optional(Schema.Literals(["asc", "desc"])),
  /** The largest number of items. */
  take: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /**
   * Only items whose `meta` has all of these values are listed. At least one value is needed. A key is a path: dots go into
   * objects and `[0]` into arrays, as in `tags[0].name`. A name that has a dot, a bracket or a quote in it is written in double
   * quotes, as in JSON: `'"a.b".c'`. The server compares text with text and booleans with booleans. It cannot match a number,
   * and takes `"true"` and `"false"` for booleans.
   */
  meta: Schema.optional(
    Schema.Record(Schema.String, Schema.Union([Schema.Boolean, Schema.String])).check(
      Schema.makeFilter(ListFilter.problemOf)
    )
  )
})
export interface ListRequest extends Schema.Struct.Type<typeof ListRequest.fields> {}

import * as Schema from "effect/Schema"

/** One page of a list. `cursor` is the id of its last item, and absent from an empty page. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly cursor?: string
}

/** The schema of a page of items. */
export const make = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), cursor: Schema.optionalKey(Schema.String) })

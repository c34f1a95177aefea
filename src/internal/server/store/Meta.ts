import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"

/** A parsed JSON object: the `meta` of a contact or of an item (wire contract 2). */
export type Meta = Schema.JsonObject

/** True if a parsed value is an object, and so can be a `meta`. */
export const isMeta = (parsed: unknown): parsed is Meta => Predicate.isObject(parsed)

/** The parts that random rows of all kinds have. The schemas are functions: making one takes a while. */
import * as Schema from "effect/Schema"
import { isMeta, type Meta } from "./Meta.ts"
import * as StoredMeta from "./StoredMeta.ts"

/** Texts that often break software. */
const texts = [
  "",
  " ",
  "Ada Lovelace",
  'O\'Brien "Bob"',
  "back\\slash",
  "line\nbreak\r\n",
  "tab\tand, comma; and semicolon",
  "<b>&amp;</b>",
  "=1+1",
  "null",
  "-1",
  "山田太郎",
  "مرحبا",
  "e\u0301 is not \u00e9",
  "🦊👩‍👩‍👧",
  "\u2028\ufeff\u0000"
] as const

/** Keys that the API accepts at the top of `meta`. None begins with `#`: such keys are stored but never sent. */
const keys = [
  "tier",
  "a.b",
  "a[0]",
  "0",
  "odd key",
  'quote"',
  "back\\slash",
  "$set",
  "-dash",
  "é",
  "🦊",
  "constructor",
  "toString"
] as const

/** Keys that the API accepts below the top of `meta`. */
const nestedKeys = [...keys, "_private", ""] as const

/** A UTF-16 unit takes at most three bytes, so that such a text fits every column. */
const maxUnits = 50

/** The range of times of creation, in milliseconds since the epoch: from 2020 to 2026. */
export const createdAt = { minimum: 1_577_836_800_000, maximum: 1_767_225_600_000 }

/** The longest time in milliseconds from the creation of a row to its last update. */
export const maxAge = 10_000_000_000

/** A whole number in a range, both ends included. */
export const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A text, which may have lone surrogates. */
export const text = () => Schema.Union([Schema.Literals(texts), Schema.String.check(Schema.isMaxLength(maxUnits))])

/** The entries of a metadata object. */
export const metaEntries = () => {
  const scalar = Schema.Union([text(), Schema.Finite, Schema.Boolean, Schema.Null])
  const list = Schema.Array(scalar).check(Schema.isMaxLength(3))
  const entries = Schema.Array(Schema.Tuple([Schema.Literals(nestedKeys), Schema.Union([scalar, list])]))
  const nested = Schema.Struct({ nested: entries.check(Schema.isMaxLength(3)) })
  const meta = Schema.Array(Schema.Tuple([Schema.Literals(keys), Schema.Union([scalar, list, nested])]))
  return meta.check(Schema.isMaxLength(5))
}

type Scalar = string | number | boolean | null
type Value = Scalar | ReadonlyArray<Scalar>
type Nested = { readonly nested: ReadonlyArray<readonly [string, Value]> }

/** The metadata as the API stores it: no negative zero, no lone surrogates, at most 16 digits. */
export const toMeta = (entries: ReadonlyArray<readonly [string, Value | Nested]>): Meta => {
  const drawn = entries.map(([key, value]) => [key, isNested(value) ? Object.fromEntries(value.nested) : value])
  const parsed: unknown = JSON.parse(JSON.stringify(Object.fromEntries(drawn)), (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value
  )
  return (isMeta(parsed) ? StoredMeta.toStored(parsed) : undefined) ?? {}
}

const isNested = (value: Value | Nested): value is Nested =>
  typeof value === "object" && value !== null && "nested" in value

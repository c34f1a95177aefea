import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isMeta, type Meta } from "../store/Meta.ts"
import type { NewContact } from "../store/Store.ts"
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

const locals = ["ada", "Grace.Hopper", "o'brien+news", "jürgen", "用户", "x"] as const
const domains = ["example.com", "mail.example.co.uk", "EXAMPLE.org", "bücher.example"] as const

/** Phone numbers reserved for examples, without their last two digits. */
const phones = ["+120255501", "+141555501", "+4420794600", "+614915701"] as const

/** A UTF-16 unit takes at most three bytes, so that such a text fits every column. */
const maxUnits = 50

/** From 2020 to 2026. */
const createdAt = { minimum: 1_577_836_800_000, maximum: 1_767_225_600_000 }
const maxAge = 10_000_000_000

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** Built on use: it takes a while, and would be a side effect of importing the module. */
const make = () => {
  const text = Schema.Union([Schema.Literals(texts), Schema.String.check(Schema.isMaxLength(maxUnits))])
  const scalar = Schema.Union([text, Schema.Finite, Schema.Boolean, Schema.Null])
  const list = Schema.Array(scalar).check(Schema.isMaxLength(3))
  const entries = Schema.Array(Schema.Tuple([Schema.Literals(nestedKeys), Schema.Union([scalar, list])]))
  const nested = Schema.Struct({ nested: entries.check(Schema.isMaxLength(3)) })
  const meta = Schema.Array(Schema.Tuple([Schema.Literals(keys), Schema.Union([scalar, list, nested])]))
  return Arbitrary.map(
    Arbitrary.schema(
      Schema.Struct({
        name: text,
        description: text,
        nick: Schema.NullOr(text),
        preferences: Schema.NullOr(text),
        email: Schema.NullOr(Schema.Tuple([Schema.Literals(locals), between(0, 99), Schema.Literals(domains)])),
        phone: Schema.NullOr(Schema.Tuple([Schema.Literals(phones), between(0, 99)])),
        fingerprint: Schema.NullOr(text),
        verifiedAt: Schema.NullOr(between(1, createdAt.maximum)),
        meta: Schema.NullOr(meta.check(Schema.isMaxLength(5))),
        createdAt: between(createdAt.minimum, createdAt.maximum),
        age: between(0, maxAge)
      })
    ),
    ({ age, email, meta, phone, ...drawn }) => ({
      ...drawn,
      name: drawn.name.toWellFormed(),
      description: drawn.description.toWellFormed(),
      nick: drawn.nick?.toWellFormed() ?? null,
      preferences: drawn.preferences?.toWellFormed() ?? null,
      fingerprint: drawn.fingerprint?.toWellFormed() ?? null,
      email: email === null ? null : `${email[0]}.${email[1]}@${email[2]}`,
      phone: phone === null ? null : `${phone[0]}${String(phone[1]).padStart(2, "0")}`,
      meta: meta === null ? null : toMeta(meta),
      updatedAt: drawn.createdAt + age
    })
  )
}

type Scalar = string | number | boolean | null
type Value = Scalar | ReadonlyArray<Scalar>
type Nested = { readonly nested: ReadonlyArray<readonly [string, Value]> }

/** The metadata as the API stores it: no negative zero, no lone surrogates, at most 16 digits. */
const toMeta = (entries: ReadonlyArray<readonly [string, Value | Nested]>): Meta => {
  const drawn = entries.map(([key, value]) => [key, isNested(value) ? Object.fromEntries(value.nested) : value])
  const parsed: unknown = JSON.parse(JSON.stringify(Object.fromEntries(drawn)), (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value
  )
  return (isMeta(parsed) ? StoredMeta.toStored(parsed) : undefined) ?? {}
}

const isNested = (value: Value | Nested): value is Nested =>
  typeof value === "object" && value !== null && "nested" in value

/** A fingerprint that is not taken, and long enough for every operation. */
const toFingerprint = (text: string, index: number, taken: ReadonlySet<string>): string => {
  for (let number = index; ; number++) {
    const fingerprint = `arbitrary-${String(number).padStart(8, "0")} ${text}`.trim()
    if (!taken.has(fingerprint)) return fingerprint
  }
}

/**
 * Draws contacts that the API would accept unchanged, from Effect's `Random`. Some have a fingerprint, which is none of
 * those taken. The store makes the ids and the other fingerprints.
 */
export const sample = Effect.fnUntraced(function* (
  count: number,
  taken: ReadonlySet<string>
): Effect.fn.Return<ReadonlyArray<NewContact>> {
  const drawn = yield* Effect.orDie(Arbitrary.sampleEffect(make(), { count }))
  const all = new Set(taken)
  return drawn.map(({ fingerprint: text, ...contact }, index): NewContact => {
    if (text === null) return contact
    const fingerprint = toFingerprint(text, index, all)
    all.add(fingerprint)
    return { ...contact, fingerprint }
  })
})

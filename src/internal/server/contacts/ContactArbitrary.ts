import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as RowArbitrary from "../store/RowArbitrary.ts"
import type { NewContact } from "../store/Store.ts"

const locals = ["ada", "Grace.Hopper", "o'brien+news", "jürgen", "用户", "x"] as const
const domains = ["example.com", "mail.example.co.uk", "EXAMPLE.org", "bücher.example"] as const

/** Phone numbers reserved for examples, without their last two digits. */
const phones = ["+120255501", "+141555501", "+4420794600", "+614915701"] as const

const { between, createdAt, maxAge } = RowArbitrary

/** Built on use: it takes a while, and would be a side effect of importing the module. */
const make = () => {
  const text = RowArbitrary.text()
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
        meta: Schema.NullOr(RowArbitrary.metaEntries()),
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
      meta: meta === null ? null : RowArbitrary.toMeta(meta),
      updatedAt: drawn.createdAt + age
    })
  )
}

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

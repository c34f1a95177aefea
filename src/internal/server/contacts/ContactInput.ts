import * as Result from "effect/Result"
import { parsePhoneNumberFromString } from "libphonenumber-js/min"
import * as Assumptions from "../Assumptions.ts"
import * as JoiObject from "../http/JoiObject.ts"
import { isMeta, type Meta } from "../store/Meta.ts"
import * as EmailSyntax from "./EmailSyntax.ts"
import * as NumericText from "./NumericText.ts"

/**
 * A body of create, ensure or update that passed its schema. Absent fields are undefined. `meta` can inherit members.
 */
export interface ContactInput {
  readonly name: string | null | undefined
  readonly description: string | null | undefined
  /** Trimmed, unless it is blank. */
  readonly fingerprint: string | null | undefined
  readonly email: string | null | undefined
  /** In the E.164 format. */
  readonly phone: string | null | undefined
  readonly nick: string | null | undefined
  readonly preferences: string | null | undefined
  readonly verifiedAt: number | null | undefined
  readonly meta: Meta | null | undefined
}

const { clone, refuse } = JoiObject

type Checked<A> = JoiObject.Checked<A>
type Rule = (label: string, value: string) => Checked<string>

const fields: ReadonlySet<string> = new Set([
  "name",
  "description",
  "fingerprint",
  "email",
  "phone",
  "nick",
  "preferences",
  "verifiedAt",
  "meta"
] satisfies ReadonlyArray<keyof ContactInput>)

const fingerprintAudiences: ReadonlySet<string> = new Set(["user", "api", "app"])
const minFingerprintLength = 16

/**
 * Checks a body against the schema that create, ensure and update share, stopping at the first failure (wire contract
 * 2): the fields in the order of the record, then unknown keys in their own order, then the fingerprint against the
 * audience.
 */
export const validate = (given: unknown, audience: string): Checked<ContactInput> =>
  Result.gen(function* () {
    const body = yield* JoiObject.fromBody(given)
    const name = yield* text(body, "name", Assumptions.maxStringBytes)
    const description = yield* text(body, "description", Assumptions.maxTextBytes)
    const fingerprint = yield* text(body, "fingerprint", Assumptions.maxStringBytes)
    const email = yield* text(body, "email", Assumptions.maxStringBytes, emailRule)
    const phone = yield* text(body, "phone", Assumptions.maxStringBytes, phoneRule)
    const nick = yield* text(body, "nick", Assumptions.maxStringBytes)
    const preferences = yield* text(body, "preferences", Assumptions.maxTextBytes)
    const verifiedAt = yield* instant(body["verifiedAt"])
    const meta = yield* metadata(body["meta"])
    yield* JoiObject.onlyFields(body, fields)
    return {
      name,
      description,
      fingerprint: yield* identity(fingerprint, audience),
      email,
      phone,
      nick,
      preferences,
      verifiedAt,
      meta
    }
  })

const encoder = new TextEncoder()

/** A UTF-16 unit takes at most three bytes, so that most texts are known to be short enough without encoding them. */
const exceeds = (value: string, maxBytes: number): boolean =>
  value.length * 3 > maxBytes && encoder.encode(value).length > maxBytes

const text = (
  body: JoiObject.JoiObject,
  label: string,
  maxBytes: number,
  rule?: Rule
): Checked<string | null | undefined> => {
  const value = body[label]
  if (value === undefined || value === null || value === "") return Result.succeed(value)
  if (typeof value !== "string") return refuse(`"${label}" must be a string`)
  if (exceeds(value, maxBytes)) return refuse(`"${label}" must be less than or equal to ${maxBytes} bytes long`)
  return rule === undefined ? Result.succeed(value) : rule(label, value)
}

const emailRule: Rule = (label, value) =>
  EmailSyntax.isEmail(value) ? Result.succeed(value) : refuse(`"${label}" must be a valid email`)

const phoneRule: Rule = (label, value) => {
  const phone = parsePhoneNumberFromString(value, { defaultCountry: "US" })
  return phone?.isValid() === true ? Result.succeed(phone.number) : refuse(`"${label}" must be a phone number`)
}

const instant = (value: unknown): Checked<number | null | undefined> => {
  if (value === undefined || value === null) return Result.succeed(value)
  const number = typeof value === "string" ? NumericText.parse(value) : value
  if (typeof number !== "number") return refuse('"verifiedAt" must be a number')
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER
    ? Result.succeed(number)
    : refuse('"verifiedAt" must be a safe number')
}

const metadata = (value: unknown): Checked<Meta | null | undefined> => {
  if (value === undefined || value === null) return Result.succeed(value)
  if (!isMeta(value)) return refuse('"meta" must be of type object')
  const meta = clone(value)
  const refused = Object.keys(meta).find((key) => key === "" || key.startsWith("_"))
  return refused === undefined ? Result.succeed(meta) : refuse(`"meta.${refused}" is not allowed`)
}

const identity = (value: string | null | undefined, audience: string): Checked<string | null | undefined> => {
  const trimmed = value?.trim()
  if (!trimmed) return Result.succeed(value)
  if (trimmed.length < minFingerprintLength) return refuse("Fingerprint is too short (fingerprint)")
  return fingerprintAudiences.has(audience)
    ? Result.succeed(trimmed)
    : refuse(`Cannot use fingerprint with aud "${audience}" (fingerprint)`)
}

import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { parsePhoneNumberFromString } from "libphonenumber-js"
import type { Client } from "../../../Client.ts"
import * as Contact from "../../../Contact.ts"
import { jsonIn } from "../../../internal/format/JsonText.ts"
import * as FieldPath from "../../format/FieldPath.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import { NotOne, UsageError } from "../../support/CliFailure.ts"
import * as Output from "../../support/Output.ts"
import * as Streams from "../../support/Streams.ts"
import { foundShape } from "../ContactShape.ts"

type Pairs = ReadonlyArray<readonly [key: string, value: string]>

/** The input of {@link find}. */
export interface FindInput {
  readonly ids: ReadonlyArray<string>
  readonly fingerprints: ReadonlyArray<string>
  readonly emails: ReadonlyArray<string>
  readonly phones: ReadonlyArray<string>
  readonly meta: Pairs
  readonly metaJson: Pairs
  readonly order: "asc" | "desc" | undefined
  readonly one: boolean
}

const metaOf = ({ meta, metaJson }: FindInput): Result.Result<object | undefined, UsageError> => {
  const values = metaJson.map(([key, text]) => [key, jsonIn(text)] as const)
  if (values.some(([, value]) => value === undefined)) {
    return Result.fail(
      new UsageError({
        message: "A value of --meta-json is not JSON",
        next: "Write a text in double quotes, or use --meta."
      })
    )
  }
  const all = [...meta, ...values]
  if (all.length === 0) return Result.succeed(undefined)
  const target = {}
  for (const [key, value] of all) FieldPath.setAt(target, key.split("."), value)
  return Result.succeed(target)
}

const listOf = (values: ReadonlyArray<string>) => (values.length === 0 ? undefined : values)

/** A number as contacts have it: in E.164. Without a country code it is one of the United States, as for the server. */
const phoneOf = (text: string): Result.Result<string, UsageError> =>
  Result.fromNullishOr(
    parsePhoneNumberFromString(text, "US")?.number,
    () => new UsageError({ message: "A value of --phone is not a phone number", next: "Write it as +12025550123." })
  )

const nothing = new UsageError({
  message: "There is no condition",
  next: "Give one of --id, --fingerprint, --email, --phone, --meta and --meta-json, or use effect-chatbotkit list."
})

const note = "The server cannot look up a phone number: reading all contacts"

/** The contacts that meet the conditions. */
const matching = Effect.fnUntraced(function* (input: FindInput) {
  const meta = yield* Effect.fromResult(metaOf(input))
  const phones = yield* Effect.fromResult(Result.all(input.phones.map(phoneOf)))
  const conditions = {
    ids: listOf(input.ids),
    fingerprints: listOf(input.fingerprints),
    emails: listOf(input.emails),
    meta
  }
  const isLookup = Object.values(conditions).some((condition) => condition !== undefined)
  if (!isLookup && phones.length === 0) return yield* nothing
  if (!isLookup) yield* Streams.note(note)
  const { order } = input
  // The lookup checks `meta`, whose type the flags do not have.
  const request: object = { ...conditions, order }
  const found: Stream.Stream<Contact.FoundContact, Contact.FindError, Client> = isLookup
    ? Contact.find(request)
    : Stream.map(Contact.list({ order }), Struct.omit(["preferences"]))
  return phones.length === 0 ? found : Stream.filter(found, ({ phone }) => phone !== null && phones.includes(phone))
})

const all = (input: FindInput) => Effect.flatMap(matching(input), (found) => Output.list(found, foundShape))

/** The only contact that meets the conditions. */
const one = Effect.fnUntraced(function* (input: FindInput) {
  const found = yield* Stream.runCollect(Stream.take(yield* matching(input), 2))
  const [contact] = found
  if (contact === undefined || found.length > 1) {
    return yield* new NotOne({
      message: contact === undefined ? "No contact meets the conditions" : "More than one contact meets the conditions",
      next: contact === undefined ? "Check the conditions." : "Give more conditions, or leave out --one."
    })
  }
  return contact
})

/** Writes the contacts that meet the conditions. */
export const find = (input: FindInput) =>
  ApiClient.provide(input.one ? Output.result(one(input), foundShape) : all(input))

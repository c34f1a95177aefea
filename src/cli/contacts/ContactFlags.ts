/** The flags that set fields of a contact. */
import * as Flag from "effect/cli/Flag"
import { optional, pairs, text } from "../support/CommonFlags.ts"

/** The flags of the fields. The names of the fields are those of `Contact`. */
export const contactFlags = {
  name: text("name", "The name"),
  description: text("description", "The description"),
  email: text("email", "The e-mail address"),
  phone: text("phone", "The phone number. Without a country code it is one of the United States"),
  nick: text("nick", "The nickname"),
  preferences: text("preferences", "The preferences"),
  fingerprint: text("fingerprint", "Your own key of the contact, unique within the account"),
  verifiedAt: optional(
    Flag.Int("verified-at").pipe(Flag.withDescription("The time of the verification, in milliseconds since 1970"))
  ),
  set: pairs("set", "Sets a field to a text, as in meta.tier=gold or nick=ada. Can be repeated"),
  setJson: pairs("set-json", "Sets a field to a JSON value, as in meta.age=36 or nick=null. Can be repeated")
}

/** The values of {@link contactFlags}. */
export interface ContactFlags {
  readonly name: string | undefined
  readonly description: string | undefined
  readonly email: string | undefined
  readonly phone: string | undefined
  readonly nick: string | undefined
  readonly preferences: string | undefined
  readonly fingerprint: string | undefined
  readonly verifiedAt: number | undefined
  readonly set: ReadonlyArray<readonly [key: string, value: string]>
  readonly setJson: ReadonlyArray<readonly [key: string, value: string]>
}

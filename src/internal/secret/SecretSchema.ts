/** The schemas of the server's replies about secrets (wire contract 3.8.1 and 3.9). */
import * as Schema from "effect/Schema"
import { Contact } from "../contact/ContactSchema.ts"

/** The type of a secret. A newer server may have others. */
export type SecretType = "plain" | "basic" | "bearer" | "jwt" | "oauth" | "template" | "reference" | (string & {})
const SecretTypeText: Schema.Codec<SecretType, string> = Schema.String

const { createdAt, description, id, meta, name, updatedAt } = Contact.fields

/**
 * A secret for which the contact has a value, never the value itself (wire contract 3.8.1). `id` and `type` are the secret's.
 * `name` and `description` are the value's, or the secret's where those are empty. `meta` and both times are the value's. Unknown
 * fields of a reply are dropped.
 */
export const ContactSecret = /* @__PURE__ */ Schema.Struct({
  id,
  type: SecretTypeText,
  name,
  description,
  meta,
  createdAt,
  updatedAt
})
export interface ContactSecret extends Schema.Struct.Type<typeof ContactSecret.fields> {}

/** One page of the list. It has no `cursor`, since the server finds nothing after the one that it sends. */
export const ContactSecretPage = /* @__PURE__ */ Schema.Struct({ items: /* @__PURE__ */ Schema.Array(ContactSecret) })
export interface ContactSecretPage extends Schema.Struct.Type<typeof ContactSecretPage.fields> {}

const RedactedText = /* @__PURE__ */ Schema.RedactedFromValue(Schema.String)

/** The URL at which the contact authorizes access, for 15 minutes. Whoever has it can authorize: do not log it. */
export const SecretAuthorization = /* @__PURE__ */ Schema.Struct({
  /** The id of the secret, also if it was given by its name or alias. */
  id: Schema.String,
  url: RedactedText
})
export interface SecretAuthorization extends Schema.Struct.Type<typeof SecretAuthorization.fields> {}

/** The step that makes a secret usable. */
const SecretAction = /* @__PURE__ */ Schema.Struct({
  /** `authenticate`: the contact authorizes access at the URL, within 15 minutes. A newer server may have other types. */
  type: Schema.String,
  url: RedactedText
})

/** The status of a secret for a contact. A newer server may have others. */
export type VerificationStatus = "authenticated" | "unauthenticated" | (string & {})
const StatusText: Schema.Codec<VerificationStatus, string> = Schema.String

/**
 * The state of a secret for a contact: `authenticated`, that is with a value that can be used, or `unauthenticated`, and then with
 * the action that is needed.
 */
export const SecretVerification = /* @__PURE__ */ Schema.Struct({
  /** The id of the secret, also if it was given by its name or alias. */
  id: Schema.String,
  status: StatusText,
  action: /* @__PURE__ */ Schema.optionalKey(SecretAction)
}).check(
  /* @__PURE__ */ Schema.makeFilter(({ action, status }) =>
    status === "unauthenticated" && action === undefined
      ? { path: ["action"], issue: "Expected the action that is needed" }
      : undefined
  )
)
export interface SecretVerification extends Schema.Schema.Type<typeof SecretVerification> {}

/** The secret whose value was revoked. */
export const SecretRef = /* @__PURE__ */ Schema.Struct({ id: Schema.String })
export interface SecretRef extends Schema.Struct.Type<typeof SecretRef.fields> {}

/** A token for the service that the secret is for. */
export const MintedToken = /* @__PURE__ */ Schema.Struct({
  /** Without the word for its scheme, such as `Bearer`. */
  token: RedactedText,
  /** Milliseconds since 1970, or `null` if it is not known. */
  expiresAt: /* @__PURE__ */ Schema.NullOr(Schema.Number)
})
export interface MintedToken extends Schema.Struct.Type<typeof MintedToken.fields> {}

import * as Effect from "effect/Effect"
import type { AuthorizedCall } from "../../Endpoint.ts"
import type { SecretRecord } from "../SecretRecord.ts"
import * as SecretValue from "../value/SecretValue.ts"

const secretPlaceholder = /\$\{SECRET_(\w+)\}|\{\{SECRET_(\w+)\}\}/g
const doubledScheme = /^(Basic|Bearer)(?:\s*\1)+\s+/i

/** The placeholder of the secret that the path names. */
export const ofDefault = "${SECRET_DEFAULT}"

/** True if a header value has a placeholder of any content, also one that stands for no secret. */
export const isIn = (value: string): boolean => hasEnclosed(value, "${", "}") || hasEnclosed(value, "{{", "}}")

/** True for a text between marks without a `}` in it, and not empty. A regular expression would take quadratic time. */
const hasEnclosed = (value: string, open: string, close: string): boolean => {
  for (let start = value.indexOf(open); start !== -1;) {
    const content = start + open.length
    const end = value.indexOf("}", content)
    if (end === -1) return false
    if (end > content && value.startsWith(close, end)) return true
    start = value.indexOf(open, end)
  }
  return false
}

/** A header value with its placeholders replaced (wire contract 3.9.5). One that stands for no secret stays. */
export const replaced = Effect.fnUntraced(function* (
  call: AuthorizedCall,
  subject: SecretValue.Subject,
  text: string
): Effect.fn.Return<string, Effect.Error<SecretValue.Resolved<string>>> {
  const values = new Map<string, string>()
  for (const [placeholder, dollarName, braceName] of text.matchAll(secretPlaceholder)) {
    const secret = secretNamed(call, subject, dollarName ?? braceName ?? "")
    if (secret === undefined || values.has(placeholder)) continue
    const resolved = yield* SecretValue.resolve({ ...subject, secret })
    if (resolved === undefined) return yield* Effect.fail(new SecretValue.AuthorizationMissing({ message: noValue }))
    values.set(placeholder, resolved.value)
  }
  if (values.size === 0) return text
  const swapped = text.replace(secretPlaceholder, (placeholder) => values.get(placeholder) ?? placeholder)
  return swapped.replace(doubledScheme, (_, scheme: string) => `${toCanonical(scheme)} `)
})

const noValue = "A linked secret exists but has no value configured. Please authenticate or set up the secret value."

const toCanonical = (scheme: string): string => (scheme.toLowerCase() === "basic" ? "Basic" : "Bearer")

/** The secret of a placeholder: that of the path, or the first of the caller whose name is equal once normalized. */
const secretNamed = (
  { account, state }: AuthorizedCall,
  subject: SecretValue.Subject,
  name: string
): SecretRecord | undefined =>
  name === "DEFAULT"
    ? subject.secret
    : state.secrets.secretsOf(account.id).find((secret) => normalized(secret.name) === normalized(name))

/** In lower case, with runs of other characters as one underscore, and none at the ends. */
const normalized = (name: string): string =>
  name
    .replace(/[\W_]+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase()

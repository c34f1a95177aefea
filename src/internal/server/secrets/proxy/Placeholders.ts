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

type Resolved<A> = SecretValue.Resolved<A>

/**
 * Makes the function that replaces the placeholders of a header value (wire contract 3.9.5). A placeholder that stands
 * for no secret stays. Each secret is looked up and resolved once for all headers of a request, which may have tens of
 * thousands of placeholders.
 */
export const makeReplace = (
  call: AuthorizedCall,
  subject: SecretValue.Subject
): ((text: string) => Resolved<string>) => {
  const values = new Map<string, string>()
  let secrets: ReadonlyMap<string, SecretRecord> | undefined
  const secretNamed = (name: string): SecretRecord | undefined => {
    if (name === "DEFAULT") return subject.secret
    secrets ??= byName(call.state.secrets.secretsOf(call.account.id))
    return secrets.get(normalized(name))
  }
  const resolve = Effect.fnUntraced(function* (
    secret: SecretRecord
  ): Effect.fn.Return<string, Effect.Error<Resolved<string>>> {
    const known = values.get(secret.id)
    if (known !== undefined) return known
    const resolved = yield* SecretValue.resolve({ ...subject, secret })
    if (resolved === undefined) return yield* Effect.fail(new SecretValue.AuthorizationMissing({ message: noValue }))
    values.set(secret.id, resolved.value)
    return resolved.value
  })
  return Effect.fnUntraced(function* (text): Effect.fn.Return<string, Effect.Error<Resolved<string>>> {
    const replacements = new Map<string, string>()
    for (const [placeholder, dollarName, braceName] of text.matchAll(secretPlaceholder)) {
      const secret = replacements.has(placeholder) ? undefined : secretNamed(dollarName ?? braceName ?? "")
      if (secret !== undefined) replacements.set(placeholder, yield* resolve(secret))
    }
    if (replacements.size === 0) return text
    const replaced = text.replace(secretPlaceholder, (placeholder) => replacements.get(placeholder) ?? placeholder)
    return replaced.replace(doubledScheme, (_, scheme: string) => `${toCanonical(scheme)} `)
  })
}

const noValue = "A linked secret exists but has no value configured. Please authenticate or set up the secret value."

const toCanonical = (scheme: string): string => (scheme.toLowerCase() === "basic" ? "Basic" : "Bearer")

/** The secrets by their normalized names. Of several with one name, the first counts. */
const byName = (secrets: ReadonlyArray<SecretRecord>): ReadonlyMap<string, SecretRecord> =>
  new Map(secrets.toReversed().map((secret) => [normalized(secret.name), secret]))

/** In lower case, with runs of other characters as one underscore, and none at the ends. */
const normalized = (name: string): string =>
  name
    .replace(/[\W_]+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase()

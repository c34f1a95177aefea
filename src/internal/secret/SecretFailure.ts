/** Reads the error bodies of the actions on secrets (wire contract 3.9.3 to 3.9.5). */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Errors from "../../Errors.ts"
import type { ErrorContext, OwnFailure } from "../call/Operation.ts"
import * as ServerMessage from "../call/failure/ServerMessage.ts"
import type { CallerValues } from "../call/failure/CallerValues.ts"

/** The description of a failure for lack of a value. The server's own text holds the URL at which anybody can authorize. */
export const missingValue = "The contact has not authorized access to this secret"

const notVerified = "The contact is not verified, so it cannot authorize access to this secret"

/** The messages of the wire contract about secrets that quote nothing but names of the API. */
const known = /* @__PURE__ */ new RegExp(
  `^(?:${[
    "Cannot (?:authenticate|verify) secret for this secret configuration",
    "Cannot obtain secret for this secret type",
    "Cannot find secret (?:template|reference)",
    "Secrets of type '[a-z]{1,32}' cannot be minted for a token; use the egress proxy instead\\.",
    "Platform-managed secrets cannot be minted for a token; use the egress proxy instead\\.",
    "Shared secrets cannot be (?:minted in|used through) a contact context; use the unscoped /secret/\\{secretId\\}/(?:mint|proxy) endpoint\\.",
    "Destination host is not allowed",
    "The destination returned a redirect, which is not followed by the proxy\\.",
    "fetch failed",
    "Request with GET/HEAD method cannot have body\\.",
    '"(?:method|url|headers|body)" (?:is required|is not allowed to be empty|must be [A-Za-z ,|[\\]]{1,100})'
  ].join("|")})$`
)

/** The message of the runtime about a header. It quotes the name or value, and the value can be that of the secret. */
const invalidHeader = /\binvalid header (name|value)\b/

/** A URL, the value of a header, a run of characters that is as long as a token, or the message of a JSON parser, which quotes its input. */
const hidden = /:\/\/|\/s\/|\b(?:bearer|basic)\s|[\w.~+/=-]{20}|\bnot valid JSON\b/i

/** The message of a reply as it may be shown. It never holds a URL or a token, whoever's they are. */
const shown = (message: string, callerValues: CallerValues): string | undefined => {
  if (known.test(message)) return message
  const [, part] = invalidHeader.exec(message) ?? []
  if (part !== undefined) return `A header has an invalid ${part}`
  return hidden.test(message) ? undefined : ServerMessage.shown(message, callerValues)
}

const defaults: Readonly<Record<number, string>> = {
  404: "There is no such contact or secret",
  409: "The secret cannot be used in this way"
}

/** The messages of 500s that are refusals: a retry gets the same answer. */
const permanent =
  /^(?:Cannot find secret |Parent ID is required for |User with alias |Headers\.\w+: |Request with GET\/HEAD )/

/** A text that may be a message. Not a page of HTML. */
const isMessage = (body: unknown): body is string => typeof body === "string" && /^[^<\n]{1,400}$/.test(body)

/** The field of a proxied request that a 400 is about. */
const fieldOf = (message: string): string | undefined => /^"(method|url|headers|body)" /.exec(message)?.[1]

/**
 * Reads the error body of any action: a description that may be shown, and what its message says about the field at fault and
 * about retries.
 */
export const read = (body: unknown, { callerValues, status }: ErrorContext): OwnFailure<never> | undefined => {
  const { code, message } = Predicate.isObject(body) ? body : { code: undefined, message: body }
  // A redirect, or a success.
  if (status < 400 && !(typeof code === "string" && typeof message === "string")) return undefined
  const text = isMessage(message) ? message : ""
  const fallback = defaults[status] ?? (message === undefined ? undefined : "The server refused or failed")
  const description = shown(text, callerValues) ?? fallback
  const field = status === 400 ? fieldOf(text) : undefined
  return {
    ...(description === undefined ? {} : { description }),
    ...(status === 500 && permanent.test(text) ? { transient: false, outcome: "rejected" } : {}),
    ...(field === undefined ? {} : { field }),
    ...(typeof code === "string" && hidden.test(code) ? { code: undefined } : {})
  }
}

/** The beginnings of the messages that a missing value has. */
const unauthorized = /^(?:Missing value for secret\b|Cannot obtain secret manager$)/

const authorizationDescription = (message: unknown): string =>
  message === "Cannot obtain secret manager" ? notVerified : missingValue

/** Reads the error body of a revoke: its 401 can also mean that there is no value, and then the API key is fine. */
export const readRevoke = (body: unknown, context: ErrorContext): OwnFailure<"AuthorizationRequired"> | undefined => {
  const message = Predicate.hasProperty(body, "message") ? body.message : undefined
  return context.status === 401 && typeof message === "string" && unauthorized.test(message)
    ? { tag: "AuthorizationRequired", description: authorizationDescription(message) }
    : read(body, context)
}

/** The tags of the errors that mint and proxy have of their own, by the `error` of their bodies. */
type OwnTags<T extends Errors.Tag> = Readonly<Record<string, T>>

/** Builds the reader of the error bodies `{ error, message, url? }`, and of all others. */
export const makeRead =
  <T extends Errors.Tag>(tags: OwnTags<T>) =>
  (body: unknown, context: ErrorContext): OwnFailure<T> | undefined => {
    const own = read(body, context)
    if (!Predicate.isObject(body) || typeof body.error !== "string") return own
    const { error, message, url } = body
    const tag = Object.hasOwn(tags, error) ? tags[error] : undefined
    if (tag === undefined) return own
    const failure = { ...own, tag, code: error, transient: false }
    if (tag !== "AuthorizationRequired") return failure
    return {
      ...failure,
      description: authorizationDescription(message),
      ...(typeof url === "string" && url !== "" ? { url: Redacted.make(url) } : {})
    }
  }

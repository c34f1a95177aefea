/**
 * Text from the server goes into errors, logs and spans, and servers quote what they were sent. So a server's
 * message is shown only if the wire contract has it, or if it quotes no value of the caller.
 */
import type { CallerValues } from "./CallerValues.ts"

const longestShown = 300

/** The part of a message that is read. It is longer than what is shown, to recognise a quotation across its end. */
const longestRead = 400

/** E-mail addresses, phone numbers and tokens, whoever's they are. */
const personal =
  /[^\s"'<>@]{1,128}@[^\s"'<>@]{1,255}|\+?\d(?:[ ().-]{0,2}\d){6,}|\b(?:sk|oaac|oart)-[^\s"']+|\beyJ[\w-]{1,400}\.[\w-]+\.[\w-]+/g

/** The fields of a request body (wire contract 2). */
const field = "(?:name|description|email|phone|nick|preferences|fingerprint|verifiedAt|meta|value)"

/** The messages of the wire contract (sections 2, 3 and 6) that quote nothing but names of the API and numbers. */
const known = /* @__PURE__ */ new RegExp(
  `^(?:${[
    `"${field}" must be (?:a string|a valid email|a phone number|a number|a safe number|of type object)`,
    `"${field}" must be less than or equal to \\d{1,10} bytes long`,
    "Fingerprint is too short \\(fingerprint\\)",
    "fingerprint is too short",
    "Contact is (?:not )?verified",
    "Unsupported accept header",
    "System error occurred",
    "Unique constraint violation",
    "You have exceeded your allocated rate limits: rate/poll",
    "Bad request",
    "Not (?:authenticated|authorized|found)",
    "No subscription",
    "Method not allowed",
    "Response timeout",
    "Conflict",
    "Invalid (?:JSON|body)",
    "Body exceeded 1mb limit",
    "Internal Server Error",
    "URI malformed",
    "(?:Resource alias|Alias|Name) is required",
    "Parent ID is required for (?:@@|@user@resource) identifier"
  ].join("|")})$`
)

/** The messages of the wire contract that quote something of the caller's, which is left out. */
const quoting =
  /^(?:".*" is not allowed|Cannot use fingerprint with aud ".*" \(fingerprint\)|User with alias ".*" not found)$/s

/** A message as it may be shown, or undefined if it is empty or quotes the caller. */
export const shown = (message: string, callerValues: CallerValues): string | undefined => {
  const text = beginning(message.trim())
  if (known.test(text)) return text
  if (quoting.test(text)) return text.replace(/".*"/s, '"…"')
  return text === "" || callerValues.areQuotedIn(text) ? undefined : redacted(text)
}

/** A code or a request id of the server. Undefined if it does not look like one, or quotes the caller. */
export const identifier = (text: string | undefined, callerValues: CallerValues): string | undefined =>
  text !== undefined && /^[A-Za-z0-9][\w.:/+=-]{0,127}$/.test(text) && !callerValues.areQuotedIn(text)
    ? text
    : undefined

/** The field that a message of the wire contract is about, in `"email" must be …` or `… (fingerprint)`. */
export const fieldOf = (message: string): string | undefined => {
  const [, quoted, named] = fieldAt.exec(beginning(message)) ?? []
  const found = quoted ?? named
  return found === "value" ? undefined : found
}

const fieldAt = /* @__PURE__ */ new RegExp(`^"(${field})" |\\((${field})\\)$`)

/** Takes out what looks like an e-mail address, a phone number or a token, and bounds the length. */
export const redacted = (text: string): string => {
  const clean = beginning(text)
    .replace(personal, "…")
    // Control characters must not reach a terminal or a log line.
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return clean.length > longestShown ? `${clean.slice(0, longestShown)}…` : clean
}

/** The part of a text that is read. A word that is cut at its end is dropped: the rest of it may not be recognised. */
const beginning = (text: string): string => {
  if (text.length <= longestRead) return text
  const start = text.slice(0, longestRead)
  const blank = start.lastIndexOf(" ")
  return blank === -1 ? start : start.slice(0, blank)
}

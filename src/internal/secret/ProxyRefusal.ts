/**
 * Tells the errors of the server itself from the answers that it passes on (wire contract 3.9.5). Both can be JSON with a `code` or
 * an `error`. So an answer counts as the server's own error only if its status, its keys in their order and its texts are those
 * of the wire contract.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Transport from "../transport/Transport.ts"

/** The errors with `message` first, by status and code. */
const messageFirst: Readonly<Record<string, RegExp>> = {
  "400 BAD_REQUEST": /^(?:Bad request|"[^"]{1,64}" (?:is|must be) [^"]{1,100})$/,
  "401 NOT_AUTHENTICATED": /^Not authenticated$/,
  "402 NO_SUBSCRIPTION": /^No subscription$/,
  "403 NOT_AUTHORIZED": /^Not authorized$/,
  "404 NOT_FOUND": /^Not found$/,
  "405 METHOD_NOT_ALLOWED": /^Method not allowed$/
}

/** The errors with `code` first. A 500 has the text of any exception. There is no 429: this endpoint has no limit (wire contract 4). */
const codeFirst: Readonly<Record<string, RegExp>> = {
  "408 TIMEOUT": /^Response timeout$/,
  "500 GENERIC_ERROR": /^/
}

/** The errors with `error` first. */
const errorFirst: Readonly<Record<string, RegExp>> = {
  "400 invalid_destination": /^Destination host is not allowed$/,
  "403 forbidden_secret_kind":
    /^Shared secrets cannot be used through a contact context; use the unscoped \/secret\/\{secretId\}\/proxy endpoint\.$/,
  "409 authorization_required":
    /^(?:Cannot obtain secret manager|Missing value for secret: .{1,2000}|A linked secret exists but has no value configured\. Please authenticate or set up the secret value\.)$/,
  "502 redirect_blocked": /^The destination returned a redirect, which is not followed by the proxy\.$/
}

/** The errors in JSON, by their keys in order. */
const errors: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "message,code": messageFirst,
  "code,message": codeFirst,
  "error,message": errorFirst,
  "error,message,url": errorFirst
}

/** The errors that come without a content type, as text. */
const plain: ReadonlySet<string> = new Set([
  "400 Invalid JSON",
  "400 Invalid body",
  "413 Body exceeded 1mb limit",
  "500 Internal Server Error"
])

const statusesOf = (errors: Iterable<string>): ReadonlySet<number> =>
  new Set(Array.from(errors, (error) => Number(error.slice(0, 3))))

const statuses = /* @__PURE__ */ statusesOf(/* @__PURE__ */ Object.values(errors).flatMap(Object.keys))
const plainStatuses = /* @__PURE__ */ statusesOf(plain)

/** True if an answer may be an error of the server itself, so that its body has to be read. */
export const isPossible = ({ header, status }: Transport.Head): boolean => {
  const type = header("content-type")
  return type === undefined ? plainStatuses.has(status) : type === "application/json" && statuses.has(status)
}

/** True if an answer with this body is an error of the server itself. */
export const isCertain = ({ header, status }: Transport.Head, body: string): boolean => {
  if (header("content-type") === undefined) return plain.has(`${status} ${body}`)
  const json = Result.getOrUndefined(Result.try((): unknown => JSON.parse(body)))
  if (!Predicate.isObject(json)) return false
  const { code, error = code, message } = json
  const texts = errors[Object.keys(json).join(",")]?.[`${status} ${error}`]
  return typeof message === "string" && texts !== undefined && texts.test(message)
}

import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as BaseUrl from "./BaseUrl.ts"
import * as Validate from "../request/Validate.ts"

/** The problem of an option: which one, and what was expected. Never its value. */
export interface Problem {
  readonly option: string
  readonly description: string
}

/** True for an object of options or headers. A `Map` has its entries elsewhere: they would be lost silently. */
export const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Predicate.isObject(value) && !Predicate.isIterable(value)

/** The characters of an HTTP field value (RFC 9110, 5.5). */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** The server takes what follows the first single space of the Authorization header, so a token has no blanks. */
const token = /^[\x21-\x7e]+$/

/** Headers that the client sets itself. If options could set them too, one of the two values would be lost silently. */
const reserved: ReadonlySet<string> = new Set([
  "accept",
  "authorization",
  "content-length",
  "content-type",
  "host",
  "x-runas-child-user-email",
  "x-runas-user-id",
  "x-runas-userid",
  "x-timezone",
  // These describe the connection. A transport throws on some of them.
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/** The value of a secret. A Redacted that was wiped has none. */
const valueOf = (secret: Redacted.Redacted<unknown>): unknown =>
  Result.getOrUndefined(Result.try(() => Redacted.value(secret)))

/** The token in a secret, if it can be sent as one. */
export const tokenOf = (secret: unknown): string | undefined => {
  if (!Redacted.isRedacted(secret)) return undefined
  const value = valueOf(secret)
  return typeof value === "string" && token.test(value) ? value : undefined
}

/** The reason that a secret cannot be sent as a token, and what to do about it. */
export const tokenProblem = (secret: unknown): string => {
  if (typeof secret === "string") return "Expected the token as a Redacted: wrap it in Redacted.make(…)"
  if (secret === undefined || secret === null) return "The API token is not set. Give it as Redacted.make(…)"
  if (!Redacted.isRedacted(secret)) return "Expected a Redacted token, or an Effect of one"
  const value = valueOf(secret)
  if (value === undefined || value === null) {
    return "The token is not set. Is the environment variable that it is read from set?"
  }
  if (typeof value !== "string") return "Expected a Redacted token of type string"
  if (value.trim() === "") return "The token is empty. Is the environment variable that it is read from set?"
  if (/^\s*Bearer\s/i.test(value)) return 'Expected the token alone, without "Bearer "'
  if (value !== value.trim())
    return "The token has blanks or a line break around it. Remove them, for example with trim()"
  return "Expected a token of visible ASCII characters, without blanks"
}

/**
 * Checks a value. Gives what was expected, or the problem of one of its keys; undefined if the value is right. Only overrides
 * allow null, in the place of what can be unset.
 */
type Check = (value: unknown, allowsNull: boolean) => string | Problem | undefined
type Checks = Readonly<Record<string, Check>>

const expecting =
  (expected: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? undefined : `Expected ${expected}`

/** The milliseconds of a duration. A caller in JavaScript may have given anything else, which is NaN. */
const millisOf = (value: unknown): number =>
  Result.getOrElse(
    Result.try(() => Duration.toMillis(value as Duration.Input)),
    () => Number.NaN
  )

const isInteger = (value: unknown, minimum: number, maximum: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum

const isHeaderValue = (value: unknown): boolean => typeof value === "string" && fieldValue.test(value)

const headerValue = "a header value: no CR, LF, NUL or characters beyond Latin-1"

const isHeaderName = (name: string): boolean => fieldName.test(name) && !reserved.has(name.toLowerCase())

const HeaderValue = expecting(
  `${headerValue}, and not blank`,
  (value) => isHeaderValue(value) && String(value).trim() !== ""
)

const HeaderFields: Check = (headers, allowsNull) => {
  if (!isGroup(headers)) return "Expected an object of header names and values"
  const bad = Object.keys(headers).find(
    (name) => !(isHeaderValue(headers[name]) || (allowsNull && headers[name] === null))
  )
  if (bad !== undefined) {
    return { option: Validate.fieldOf(["headers", bad], ""), description: `Expected ${headerValue}` }
  }
  // A symbol becomes a text that is no header name.
  const isNamed = Reflect.ownKeys(headers).every((key) => isHeaderName(String(key)))
  return isNamed
    ? undefined
    : `Expected header names other than those that the client sets: ${[...reserved].join(", ")}`
}

const forExample = 'such as "30 seconds", or a number of milliseconds'

const Wait = expecting(`a duration that is not negative, ${forExample}`, (value) => millisOf(value) >= 0)

const Limit = expecting(`a positive duration, ${forExample}`, (value) => millisOf(value) > 0)

/** The options that are objects, and the checks of their members. */
const groups: Readonly<Record<string, Checks>> = {
  timeout: { attempt: Limit, idle: Limit, total: Limit },
  retry: {
    retries: expecting("an integer from 0 to 100", (value) => isInteger(value, 0, 100)),
    delay: Wait,
    maxDelay: Wait
  },
  rateLimit: {
    limit: expecting("an integer from 1", (value) => isInteger(value, 1, Infinity)),
    window: expecting(
      `a positive, finite duration, ${forExample}`,
      (value) => millisOf(value) > 0 && millisOf(value) < Infinity
    ),
    key: expecting("a text that is not empty", (value) => typeof value === "string" && value !== "")
  }
}

const isRequired = /^rateLimit\.(limit|window)$/

/** Options for which null in overrides has no meaning: the secret has no default, and a rate limit is replaced as a whole. */
const isNeverNull = /^(secret|headers|rateLimit\..*)$/

const checks: Checks = {
  secret: (value) => (Effect.isEffect(value) || tokenOf(value) !== undefined ? undefined : tokenProblem(value)),
  baseUrl: (value) => Option.getOrUndefined(Result.getFailure(BaseUrl.parse(value))),
  runAsUserId: HeaderValue,
  runAsChildUserEmail: HeaderValue,
  timezone: HeaderValue,
  headers: HeaderFields,
  ...Object.fromEntries(Object.entries(groups).map(([name, checks]) => [name, groupCheck(name, checks)])),
  circuitBreaker: expecting("a CircuitBreaker", (value) => Predicate.hasProperty(value, "execute")),
  exactlyOnce: expecting("true or false", Predicate.isBoolean),
  transformClient: expecting("a function", Predicate.isFunction)
}

/** The names of the options. */
export const names = Object.keys(checks)

/** True if an option is an object of members, which a caller may change later. */
export const hasMembers = (name: string): boolean => name === "headers" || Object.hasOwn(groups, name)

function groupCheck(group: string, checks: Checks): Check {
  return (value, allowsNull) =>
    isGroup(value)
      ? problemIn(value, checks, allowsNull, [group])
      : `Expected an object with ${Object.keys(checks).join(", ")}`
}

const problemIn = (
  input: Readonly<Record<string, unknown>>,
  checks: Checks,
  allowsNull: boolean,
  group: ReadonlyArray<string>
): Problem | undefined => {
  for (const name of new Set([...Object.keys(input), ...Object.keys(checks)])) {
    const value = input[name]
    const path = [...group, name]
    const option = path.join(".")
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (value === undefined && !isRequired.test(option)) continue
    if (value === null && allowsNull && check !== undefined && !isNeverNull.test(option)) continue
    const problem = check === undefined ? unknown(name, group, checks) : checked(check, value, allowsNull)
    if (typeof problem === "object") return problem
    if (problem !== undefined) return { option: Validate.fieldOf(path, "options"), description: problem }
  }
  return undefined
}

/** Runs a check on a value that may be a proxy, or have getters that throw. */
const checked = (check: Check, value: unknown, allowsNull: boolean): string | Problem | undefined =>
  Result.getOrElse(
    Result.try(() => check(value, allowsNull)),
    () => "Expected a value that can be read without an error"
  )

/** The names of the options and of their members, such as `retry.retries`. */
const allNames = () => [
  ...names,
  ...Object.entries(groups).flatMap(([group, checks]) => Object.keys(checks).map((name) => `${group}.${name}`))
]

/** `left` without the characters of `right`. */
const without = (left: string, right: string): string =>
  [...right].reduce((rest, character) => rest.replace(character, ""), left)

/** The number of characters that only one of two names has, wherever they stand: typing errors often swap two. */
const distance = (left: string, right: string): number => without(left, right).length + without(right, left).length

const longestName = 32

/** Says that there is no such option, and which one was meant if a name is close. */
const unknown = (name: string, group: ReadonlyArray<string>, checks: Checks): string => {
  const written = name.slice(0, longestName).toLowerCase()
  const [closest] = allNames()
    .map((known) => {
      const last = known.slice(known.lastIndexOf(".") + 1)
      const isBeside = known === [...group, last].join(".")
      return { known, far: distance(written, last.toLowerCase()) + (isBeside ? 0 : 0.5) }
    })
    .toSorted((left, right) => left.far - right.far)
  return closest !== undefined && closest.far * 3 <= written.length + 2
    ? `There is no such option. Did you mean ${closest.known}?`
    : `Expected ${Object.keys(checks).join(", ")}: there is no such option`
}

/** The first problem of a copy of options. Only overrides allow null. */
export const problemOf = (options: Readonly<Record<string, unknown>>, allowsNull: boolean): Problem | undefined =>
  problemIn(options, checks, allowsNull, [])

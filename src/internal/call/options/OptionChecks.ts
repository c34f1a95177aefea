import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Options } from "./Options.ts"
import { invalid, isGroup, type Parse } from "./OptionReader.ts"

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
  if (value !== value.trim()) return "The token has blanks or a line break around it: trim it"
  return "Expected a token of visible ASCII characters, without blanks"
}

type Secret = Options["secret"]

/** Parses the API token, or an Effect of it. */
export const secret: Parse<Secret> = (value) => {
  const isSecret = (value: unknown): value is Secret => Effect.isEffect(value) || tokenOf(value) !== undefined
  return isSecret(value) ? Result.succeed(value) : Result.fail(tokenProblem(value))
}

const expecting =
  <A>(expected: string, is: (value: unknown) => value is A): Parse<A> =>
  (value) =>
    is(value) ? Result.succeed(value) : Result.fail(`Expected ${expected}`)

export const boolean = /* @__PURE__ */ expecting("true or false", Predicate.isBoolean)

export const text = /* @__PURE__ */ expecting(
  "a text that is not empty",
  (value): value is string => typeof value === "string" && value !== ""
)

/** Parses an integer from `minimum` to `maximum`. */
export const integer = (minimum: number, maximum = Infinity): Parse<number> =>
  expecting(
    `an integer from ${minimum}${maximum === Infinity ? "" : ` to ${maximum}`}`,
    (value): value is number => Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum
  )

export const circuitBreaker = /* @__PURE__ */ expecting(
  "a CircuitBreaker",
  (value): value is NonNullable<Options["circuitBreaker"]> => Predicate.hasProperty(value, "execute")
)

export const transformClient = /* @__PURE__ */ expecting(
  "a function",
  (value): value is NonNullable<Options["transformClient"]> => Predicate.isFunction(value)
)

const duration =
  (expected: string, isRight: (millis: number) => boolean): Parse<Duration.Duration> =>
  (value) => {
    // A caller in JavaScript may have given anything else, which throws.
    const duration = Result.getOrUndefined(Result.try(() => Duration.fromInputUnsafe(value as Duration.Input)))
    return duration !== undefined && isRight(Duration.toMillis(duration))
      ? Result.succeed(duration)
      : Result.fail(`Expected a ${expected}, such as "30 seconds", or a number of milliseconds`)
  }

/** Parses a delay, in milliseconds. */
export const delay: Parse<number> = (value) => Result.map(wait(value), Duration.toMillis)

const wait = /* @__PURE__ */ duration("duration that is not negative", (millis) => millis >= 0)

export const timeout = /* @__PURE__ */ duration("positive duration", (millis) => millis > 0)

export const rateLimitWindow = /* @__PURE__ */ duration(
  "positive, finite duration",
  (millis) => millis > 0 && millis < Infinity
)

const headerValue = "a header value: no CR, LF, NUL or characters beyond Latin-1"

const isHeaderValue = (value: unknown): value is string => typeof value === "string" && fieldValue.test(value)

export const header = /* @__PURE__ */ expecting(
  `${headerValue}, and not blank`,
  (value): value is string => isHeaderValue(value) && value.trim() !== ""
)

const isHeaderName = (name: string): boolean => fieldName.test(name) && !reserved.has(name.toLowerCase())

/** Parses headers by name. `null`, which removes one, is for overrides only. */
export const headers =
  (allowsNull: boolean): Parse<Readonly<Record<string, string | null>>> =>
  (value) => {
    if (!isGroup(value)) return Result.fail("Expected an object of header names and values")
    const given = { ...value }
    const fields: Record<string, string | null> = {}
    // A symbol becomes a text that is no header name.
    for (const key of Reflect.ownKeys(given)) {
      const name = String(key)
      const field = given[name]
      if (!isHeaderName(name)) {
        return Result.fail(`Expected header names other than those that the client sets: ${[...reserved].join(", ")}`)
      }
      if (!(isHeaderValue(field) || (allowsNull && field === null))) {
        throw invalid(["headers", name], `Expected ${headerValue}`)
      }
      fields[name] = field
    }
    return Result.succeed(fields)
  }

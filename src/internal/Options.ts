import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Errors from "../Errors.ts"
import { defined } from "./Defined.ts"
import * as Validate from "./Validate.ts"

/** How long to wait. Any `Duration` input; `"Infinity"` turns a timeout off. */
export interface TimeoutOptions {
  /** For one attempt of a call, from sending to the last byte of the body; for a list, to the headers. Default 30 s. */
  readonly attempt?: Duration.Input | undefined
  /** For the next contact of a list: keep-alive lines do not count. Default 60 s. */
  readonly idle?: Duration.Input | undefined
  /** For a call with all its attempts and the waits between them; a list has none. Default none. */
  readonly total?: Duration.Input | undefined
}

/** How often and how fast to try again what is transient and safe to repeat. */
export interface RetryOptions {
  /** How many times after the first: 0 sends once. Default 3, at most 100. */
  readonly retries?: number | undefined
  /** The ceiling of the first wait, doubled for each further one; the wait is random below it. Default 250 ms. */
  readonly delay?: Duration.Input | undefined
  /** The longest wait, also where the server asks for more with `Retry-After`. Default 10 s. */
  readonly maxDelay?: Duration.Input | undefined
}

/** How many requests may be sent, the retried ones included. What is more waits for its turn. */
export interface RateLimitOptions {
  /** Requests in each window: an integer from 1. */
  readonly limit: number
  readonly window: Duration.Input
  /** Clients with the same key and store share the limit. Default: the name of the server. */
  readonly key?: string | undefined
}

/** The options of a client. */
export interface Options {
  /** The API token. An Effect is run before each attempt, for tokens that rotate. */
  readonly secret: Redacted.Redacted<string> | Effect.Effect<Redacted.Redacted<string>, unknown>
  /** The server. `/v1` is added for `api.chatbotkit.com`, `/api/v1` for any other. Default `https://api.chatbotkit.com`. */
  readonly baseUrl?: string | URL | undefined
  /** Act as this child account (`X-RunAs-User-Id`). */
  readonly runAsUserId?: string | undefined
  /** Act as the child account with this e-mail address (`X-RunAs-Child-User-Email`). */
  readonly runAsChildUserEmail?: string | undefined
  /** An IANA time zone (`X-Timezone`). No contact operation reads it. */
  readonly timezone?: string | undefined
  /** Further headers for every request, other than those the client sets itself. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly timeout?: TimeoutOptions | undefined
  readonly retry?: RetryOptions | undefined
  /**
   * Requests in a window, counted in the `RateLimiterStore` of `effect/persistence/RateLimiter` that is in the context
   * when the client is made (one in Redis, for processes that share an account), or else in memory. A 429 holds back
   * every request of the client. Default: no limit.
   */
  readonly rateLimit?: RateLimitOptions | undefined
  /**
   * A breaker of `effect/persistence/CircuitBreaker`. While it is open, calls fail at once with a `TransportError` whose
   * `outcome` is `not-sent`. What is transient counts as a failure. Default: none.
   */
  readonly circuitBreaker?: CircuitBreaker.CircuitBreaker | undefined
  /**
   * Whether `Contact.create` makes sure that it happens exactly once: see there. It costs nothing as long as no answer is
   * lost, but for a fingerprint of the client's own where the caller gives none. Default true.
   */
  readonly exactlyOnce?: boolean | undefined
  /**
   * The one hook for everything else. It sees every attempt, and is run once, not for each `withOptions`. Over `layers/Fetch`
   * and `layers/Node`, a body that it puts in place of the client's has to be one of bytes.
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/** Options to run some calls under: what is given replaces, headers are merged by name, `undefined` changes nothing. */
export interface Overrides extends Partial<Options> {}

/** The options of a client, checked and resolved. */
export interface Settings {
  readonly secret: Effect.Effect<Redacted.Redacted<string>, unknown>
  /** Everything before the path template, such as `https://api.chatbotkit.com/v1`. */
  readonly prefix: string
  /** Where that is, for spans. */
  readonly server: { readonly address: string; readonly port: number }
  /** Sent with every request; the token is not among them. */
  readonly headers: Headers.Headers
  readonly timeout: Readonly<Record<"attempt" | "idle" | "total", Duration.Duration>>
  /** Delays in milliseconds. */
  readonly retry: { readonly retries: number; readonly delay: number; readonly maxDelay: number }
  readonly exactlyOnce: boolean
  readonly rateLimit: { readonly limit: number; readonly window: Duration.Duration; readonly key: string } | undefined
  readonly circuitBreaker: CircuitBreaker.CircuitBreaker | undefined
}

/** The host of the vendor's own server. */
export const vendorHost = "api.chatbotkit.com"

const defaults = {
  baseUrl: `https://${vendorHost}`,
  timeout: { attempt: "30 seconds", idle: "60 seconds", total: "Infinity" },
  retry: { retries: 3, delay: "250 millis", maxDelay: "10 seconds" }
} as const

/** What an HTTP field value may hold (RFC 9110, 5.5). */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** The server takes what follows the first single space of the Authorization header, so a token has no blanks. */
const token = /^[\x21-\x7e]+$/

/** The client sets these itself: with two sources for one header, one would lose in silence. */
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
  // These belong to the connection, and a transport throws on some of them.
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/** The token in a secret, if it can be sent as one. Neither plain text nor a secret that was wiped is any. */
export const tokenOf = (secret: unknown): string | undefined => {
  if (!Redacted.isRedacted(secret)) return undefined
  const value = Result.getOrUndefined(Result.try(() => Redacted.value(secret)))
  return typeof value === "string" && token.test(value) ? value : undefined
}

/** `/v1` on the vendor's host and `/api/v1` on any other, as with the official client. */
const toServer = (baseUrl: unknown): Pick<Settings, "prefix" | "server"> | undefined => {
  if (!(typeof baseUrl === "string" || baseUrl instanceof URL) || !URL.canParse(baseUrl)) return undefined
  const url = new URL(baseUrl)
  const plain = url.username === "" && url.password === "" && url.search === "" && url.hash === ""
  if (!plain || !/^https?:$/.test(url.protocol)) return undefined
  const server = {
    address: url.hostname,
    port: Number(url.port !== "" ? url.port : url.protocol === "https:" ? 443 : 80)
  }
  const path = url.pathname.replace(/\/+$/, "")
  if (url.hostname !== vendorHost) return { prefix: `${url.origin}${path}/api/v1`, server }
  // The OpenAPI document's server URL ends in /v1: a user who copies it means the same server.
  return path === "" || path === "/v1" ? { prefix: `${url.origin}/v1`, server } : undefined
}

const isHeaderValue = (value: unknown): boolean => typeof value === "string" && fieldValue.test(value)

const headerValue = "a header value: no CR, LF, NUL or characters beyond Latin-1"

const isHeaderName = (name: string): boolean => fieldName.test(name) && !reserved.has(name.toLowerCase())

const isInteger = (value: unknown, minimum: number, maximum: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum

/** A caller in JavaScript may have given anything; what is no duration is not a number of milliseconds. */
const millisOf = (value: unknown): number =>
  Result.getOrElse(
    Result.try(() => Duration.toMillis(value as Duration.Input)),
    () => Number.NaN
  )

/** Any value that passes the test: of `Schema`'s own checks and types, the bundle would hold much more. */
const expecting = (expected: string, is: (value: unknown) => boolean) =>
  Schema.Unknown.check(Schema.makeFilter(is, { expected }))

const optional = (expected: string, is: (value: unknown) => boolean) => Schema.optional(expecting(expected, is))

const HeaderValue = optional(
  `${headerValue}, and not blank`,
  (value) => isHeaderValue(value) && String(value).trim() !== ""
)

const Wait = optional("a duration that is not negative", (value) => millisOf(value) >= 0)

const Limit = expecting("a positive duration", (value) => millisOf(value) > 0)

const OptionalLimit = Schema.optional(Limit)

const HeaderFields = Schema.Unknown.check(
  Schema.makeFilter((headers) => {
    if (!Predicate.isObject(headers)) return "Expected an object"
    const bad = Object.keys(headers).find((name) => !isHeaderValue(headers[name]))
    if (bad !== undefined) return { path: [bad], issue: `Expected ${headerValue}` }
    // Of a symbol, the description is no name.
    const isNamed = Reflect.ownKeys(headers).every((key) => isHeaderName(String(key)))
    return isNamed || `Expected header names, and none of ${[...reserved].join(", ")}`
  })
)

const check = Validate.make(
  Schema.Struct({
    secret: expecting(
      "a Redacted token of visible ASCII characters, or an Effect of one",
      (value) => Effect.isEffect(value) || tokenOf(value) !== undefined
    ),
    // Checked where it is taken apart.
    baseUrl: Schema.optional(Schema.Unknown),
    runAsUserId: HeaderValue,
    runAsChildUserEmail: HeaderValue,
    timezone: HeaderValue,
    headers: Schema.optional(HeaderFields),
    timeout: Schema.optional(Schema.Struct({ attempt: OptionalLimit, idle: OptionalLimit, total: OptionalLimit })),
    retry: Schema.optional(
      Schema.Struct({
        retries: optional("an integer from 0 to 100", (value) => isInteger(value, 0, 100)),
        delay: Wait,
        maxDelay: Wait
      })
    ),
    rateLimit: Schema.optional(
      Schema.Struct({
        limit: expecting("an integer from 1", (value) => isInteger(value, 1, Infinity)),
        window: expecting("a positive, finite duration", (value) => millisOf(value) > 0 && millisOf(value) < Infinity),
        key: optional("a text that is not empty", (value) => Predicate.isString(value) && value !== "")
      })
    ),
    circuitBreaker: optional("a CircuitBreaker", (value) => Predicate.hasProperty(value, "execute")),
    exactlyOnce: optional("true or false", Predicate.isBoolean),
    transformClient: optional("a function", Predicate.isFunction)
  }),
  "options"
)

const refused = ({ description, field }: Validate.Problem) =>
  Result.fail(new Errors.InvalidOptions({ option: field, description }))

/** Checks options and fills in the defaults. A failure names the option and never its value. */
export const resolve = (options: Options): Result.Result<Settings, Errors.InvalidOptions> => {
  const checked = check(options)
  if (Result.isFailure(checked)) return refused(checked.failure)
  const { secret, timeout, retry } = options
  const server = toServer(options.baseUrl === undefined ? defaults.baseUrl : options.baseUrl)
  if (server === undefined) {
    return refused({
      field: "baseUrl",
      description: "Expected an http or https URL without credentials, query or fragment"
    })
  }
  return Result.succeed({
    secret: Redacted.isRedacted(secret) ? Effect.succeed(secret) : secret,
    ...server,
    headers: Headers.fromInput({
      ...options.headers,
      "x-runas-user-id": options.runAsUserId,
      "x-runas-child-user-email": options.runAsChildUserEmail,
      "x-timezone": options.timezone
    }),
    timeout: {
      attempt: Duration.fromInputUnsafe(timeout?.attempt ?? defaults.timeout.attempt),
      idle: Duration.fromInputUnsafe(timeout?.idle ?? defaults.timeout.idle),
      total: Duration.fromInputUnsafe(timeout?.total ?? defaults.timeout.total)
    },
    retry: {
      retries: retry?.retries ?? defaults.retry.retries,
      delay: Duration.toMillis(retry?.delay ?? defaults.retry.delay),
      maxDelay: Duration.toMillis(retry?.maxDelay ?? defaults.retry.maxDelay)
    },
    exactlyOnce: options.exactlyOnce ?? true,
    rateLimit:
      options.rateLimit === undefined
        ? undefined
        : {
            limit: options.rateLimit.limit,
            window: Duration.fromInputUnsafe(options.rateLimit.window),
            key: `effect-chatbotkit/${options.rateLimit.key ?? server.server.address}`
          },
    circuitBreaker: options.circuitBreaker
  })
}

/** `over` on top of `base`, key by key, where `undefined` changes nothing. What is no record is kept, to be refused. */
const layered = <A extends object>(base: A | undefined, over: A | undefined): A | undefined => {
  if (over === undefined) return base
  if (base === undefined || !Predicate.isObject(over)) return over
  return { ...base, ...defined(over) }
}

const lowerCased = (headers: Options["headers"]): Options["headers"] =>
  Predicate.isObject(headers)
    ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    : headers

/** The options that result from overriding some. */
export const merge = (options: Options, overrides: Overrides): Options => ({
  ...options,
  ...layered<Overrides>(options, overrides),
  headers: layered(lowerCased(options.headers), lowerCased(overrides.headers)),
  timeout: layered(options.timeout, overrides.timeout),
  retry: layered(options.retry, overrides.retry)
})

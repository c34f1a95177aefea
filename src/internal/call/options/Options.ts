import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Errors from "../../../Errors.ts"
import * as BaseUrl from "./BaseUrl.ts"
import { defined } from "../Defined.ts"
import * as OptionChecks from "./OptionChecks.ts"

/** The longest times to wait. Any `Duration` input; `"Infinity"` turns a timeout off. */
export interface TimeoutOptions {
  /**
   * For one attempt of a call, from sending to the last byte of the body; for a list, to the headers.
   *
   * @default "30 seconds"
   */
  readonly attempt?: Duration.Input | undefined
  /**
   * For the next contact of a list. Keep-alive lines do not count.
   *
   * @default "60 seconds"
   */
  readonly idle?: Duration.Input | undefined
  /**
   * For a call with all its attempts and the waits between them. Lists have no total timeout; `idle` bounds them.
   *
   * @default "Infinity"
   */
  readonly total?: Duration.Input | undefined
}

/** The retries of calls that failed for a transient reason and are safe to repeat. */
export interface RetryOptions {
  /**
   * The number of attempts after the first, at most 100. 0 sends each request once.
   *
   * @default 3
   */
  readonly retries?: number | undefined
  /**
   * The upper bound of the first wait, doubled for each further one. The wait is random below it.
   *
   * @default "250 millis"
   */
  readonly delay?: Duration.Input | undefined
  /**
   * The longest wait, also if the server asks for more with `Retry-After`.
   *
   * @default "10 seconds"
   */
  readonly maxDelay?: Duration.Input | undefined
}

/** The number of requests that may be sent in a window of time, retries included. Further requests wait. */
export interface RateLimitOptions {
  /** Requests in each window: an integer from 1. */
  readonly limit: number
  readonly window: Duration.Input
  /**
   * Clients with the same key and store share the limit.
   *
   * @default the host name of the server
   */
  readonly key?: string | undefined
}

/** The options of a client. An option that is `undefined` or `null` is not set. */
export interface Options {
  /** The API token. An Effect is run before each attempt, for tokens that rotate. */
  readonly secret: Redacted.Redacted<string> | Effect.Effect<Redacted.Redacted<string>, unknown>
  /**
   * The server. The client adds `/v1` for `api.chatbotkit.com`, and `/api/v1` for any other host.
   *
   * @default "https://api.chatbotkit.com"
   */
  readonly baseUrl?: string | URL | undefined
  /** Act as this child account (`X-RunAs-User-Id`). */
  readonly runAsUserId?: string | null | undefined
  /** Act as the child account with this e-mail address (`X-RunAs-Child-User-Email`). */
  readonly runAsChildUserEmail?: string | null | undefined
  /** An IANA time zone (`X-Timezone`). No contact operation reads it. */
  readonly timezone?: string | null | undefined
  /** Further headers for every request, other than those the client sets itself. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined
  readonly timeout?: TimeoutOptions | undefined
  readonly retry?: RetryOptions | undefined
  /**
   * The requests in a window, counted in the `RateLimiterStore` of `effect/persistence/RateLimiter` in the context when the
   * client is made (for example one in Redis, for processes that share an account), or else in memory. After a 429, every
   * request of the client backs off.
   *
   * @default no limit
   */
  readonly rateLimit?: RateLimitOptions | null | undefined
  /**
   * A breaker of `effect/persistence/CircuitBreaker`. While it is open, calls fail at once with a `TransportError` whose
   * `outcome` is `not-sent`. Transient failures count as failures.
   *
   * @default no circuit breaker
   */
  readonly circuitBreaker?: CircuitBreaker.CircuitBreaker | null | undefined
  /**
   * True to have `Contact.create` happen exactly once: see there. It costs nothing while no answer is lost, except that
   * requests without a fingerprint get a generated one.
   *
   * @default true
   */
  readonly exactlyOnce?: boolean | undefined
  /**
   * Changes the `HttpClient`, for whatever else is needed. The changed client sees every attempt; the function runs once, not
   * for each `withOptions`. Over `layers/Fetch` and `layers/Node`, a body that it puts in place of the client's has to be
   * one of bytes.
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | null | undefined
}

/**
 * Options to run some calls under. A given option replaces that of the client; headers are merged by name, `timeout` and
 * `retry` option by option. `undefined` changes nothing, and `null` unsets an option or a header.
 */
export interface Overrides extends Partial<Options> {}

/** The options of a client, checked and resolved. */
export interface Settings extends BaseUrl.Server {
  readonly secret: Effect.Effect<Redacted.Redacted<string>, unknown>
  /** Sent with every request; the token is not among them. */
  readonly headers: Headers.Headers
  readonly timeout: Readonly<Record<"attempt" | "idle" | "total", Duration.Duration>>
  /** Delays in milliseconds. */
  readonly retry: { readonly retries: number; readonly delay: number; readonly maxDelay: number }
  readonly exactlyOnce: boolean
  readonly rateLimit:
    | {
        readonly limit: number
        readonly window: Duration.Duration
        /** The caller's key. Without one, the key is the name of the server. */
        readonly key: string | undefined
      }
    | undefined
  readonly circuitBreaker: CircuitBreaker.CircuitBreaker | undefined
  readonly transformClient: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/** All settings but the secret, which has no default. */
type Unauthenticated = Omit<Settings, "secret">

const defaults: Unauthenticated = {
  ...Result.getOrThrow(BaseUrl.parse(BaseUrl.vendor)),
  headers: Headers.empty,
  timeout: { attempt: Duration.seconds(30), idle: Duration.seconds(60), total: Duration.infinity },
  retry: { retries: 3, delay: 250, maxDelay: 10_000 },
  exactlyOnce: true,
  rateLimit: undefined,
  circuitBreaker: undefined,
  transformClient: undefined
}

/** A copy of what may be the caller's own, changing object. What is no such object is kept, to be refused. */
const copied = <A>(value: A): A => (OptionChecks.isRecord(value) && !Predicate.isIterable(value) ? { ...value } : value)

/** Options without any `null`. */
type Given = Partial<{ readonly [K in keyof Options]: Exclude<Options[K], null> }> & {
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The secret, if there is one. */
const secretIn = ({ secret }: Overrides): Overrides => (secret === undefined ? {} : { secret })

/** Reads every option once, also those that an instance of a class inherits. */
const read = (options: Overrides): Overrides => ({
  ...options,
  ...secretIn(options),
  baseUrl: options.baseUrl,
  runAsUserId: options.runAsUserId,
  runAsChildUserEmail: options.runAsChildUserEmail,
  timezone: options.timezone,
  headers: copied(options.headers),
  timeout: copied(options.timeout),
  retry: copied(options.retry),
  rateLimit: copied(options.rateLimit),
  circuitBreaker: options.circuitBreaker,
  exactlyOnce: options.exactlyOnce,
  transformClient: options.transformClient
})

const refused = (option: string, description: string) => Result.fail(new Errors.InvalidOptions({ option, description }))

/** A copy of options, each of them read once: a getter or a proxy can throw, or answer otherwise the second time. */
const copy = (options: Overrides): Result.Result<Overrides, Errors.InvalidOptions> => {
  const copied = Result.try(() => (OptionChecks.isRecord(options) ? read(options) : undefined))
  if (Result.isFailure(copied)) return refused("options", "Expected options that can be read without an error")
  return copied.success === undefined ? refused("options", "Expected an object") : Result.succeed(copied.success)
}

/** Checks a copy of options. A failure names the option and never its value. */
const check = (options: Overrides): Result.Result<Given, Errors.InvalidOptions> => {
  const problem = OptionChecks.problemOf({ ...options })
  const isValid = (_options: Overrides): _options is Given => problem === undefined
  return isValid(options) ? Result.succeed(options) : refused(problem?.option ?? "", problem?.description ?? "")
}

const secretOf = (secret: Options["secret"]): Settings["secret"] =>
  Redacted.isRedacted(secret) ? Effect.succeed(secret) : secret

/** Puts checked options on top of settings. What is not given stays as it is, down to the same objects. */
const withOverrides = (base: Unauthenticated, options: Given): Unauthenticated => {
  const { exactlyOnce, rateLimit, retry, runAsChildUserEmail, runAsUserId, timeout, timezone } = options
  const fields = defined({
    ...options.headers,
    "x-runas-user-id": runAsUserId,
    "x-runas-child-user-email": runAsChildUserEmail,
    "x-timezone": timezone
  })
  const duration = (given: Duration.Input | undefined, otherwise: Duration.Duration) =>
    given === undefined ? otherwise : Duration.fromInputUnsafe(given)
  const millis = (given: Duration.Input | undefined, otherwise: number) =>
    given === undefined ? otherwise : Duration.toMillis(given)
  const server = options.baseUrl === undefined ? base : Result.getOrThrow(BaseUrl.parse(options.baseUrl))
  return {
    prefix: server.prefix,
    server: server.server,
    headers: Headers.setAll(base.headers, fields),
    timeout:
      timeout === undefined
        ? base.timeout
        : {
            attempt: duration(timeout.attempt, base.timeout.attempt),
            idle: duration(timeout.idle, base.timeout.idle),
            total: duration(timeout.total, base.timeout.total)
          },
    retry:
      retry === undefined
        ? base.retry
        : {
            retries: retry.retries ?? base.retry.retries,
            delay: millis(retry.delay, base.retry.delay),
            maxDelay: millis(retry.maxDelay, base.retry.maxDelay)
          },
    exactlyOnce: exactlyOnce ?? base.exactlyOnce,
    rateLimit:
      rateLimit === undefined
        ? base.rateLimit
        : { limit: rateLimit.limit, window: Duration.fromInputUnsafe(rateLimit.window), key: rateLimit.key },
    circuitBreaker: options.circuitBreaker ?? base.circuitBreaker,
    transformClient: options.transformClient ?? base.transformClient
  }
}

/** The settings without the options that are null, and the overrides that are left. */
const unset = <Base extends Unauthenticated>(
  settings: Base,
  overrides: Overrides
): { readonly base: Base; readonly left: Overrides } => {
  const { circuitBreaker, headers, rateLimit, runAsChildUserEmail, runAsUserId, timezone, transformClient } = overrides
  const isRecord = OptionChecks.isRecord(headers) && !Predicate.isIterable(headers)
  const fields = isRecord ? Object.entries(headers) : []
  const hasNull = fields.some(([, value]) => value === null)
  const removed = [
    ...fields.flatMap(([name, value]) => (value === null ? [name.toLowerCase()] : [])),
    ...(runAsUserId === null ? ["x-runas-user-id"] : []),
    ...(runAsChildUserEmail === null ? ["x-runas-child-user-email"] : []),
    ...(timezone === null ? ["x-timezone"] : [])
  ]
  return {
    base: {
      ...settings,
      headers: removed.length === 0 ? settings.headers : Headers.removeMany(settings.headers, removed),
      rateLimit: rateLimit === null ? undefined : settings.rateLimit,
      circuitBreaker: circuitBreaker === null ? undefined : settings.circuitBreaker,
      transformClient: transformClient === null ? undefined : settings.transformClient
    },
    left: {
      ...overrides,
      runAsUserId: runAsUserId ?? undefined,
      runAsChildUserEmail: runAsChildUserEmail ?? undefined,
      timezone: timezone ?? undefined,
      headers: hasNull ? Object.fromEntries(fields.filter(([, value]) => value !== null)) : headers,
      rateLimit: rateLimit ?? undefined,
      circuitBreaker: circuitBreaker ?? undefined,
      transformClient: transformClient ?? undefined
    }
  }
}

/** Checks options and fills in the defaults. */
export const resolve = (options: Options): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.flatMap(copy(options), (copied) => {
    const { base, left } = unset(defaults, copied)
    return Result.flatMap(check(left), (given) =>
      given.secret === undefined
        ? refused("secret", OptionChecks.tokenProblem(undefined))
        : Result.succeed({ ...withOverrides(base, given), secret: secretOf(given.secret) })
    )
  })

/** Checks overrides and puts them on top of settings. */
export const override = (settings: Settings, overrides: Overrides): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.flatMap(copy(overrides), (copied) => {
    const { base, left } = unset(settings, copied)
    return Result.map(check(left), (given) => ({
      ...withOverrides(base, given),
      secret: given.secret === undefined ? base.secret : secretOf(given.secret)
    }))
  })

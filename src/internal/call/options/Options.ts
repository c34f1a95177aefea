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
  readonly transformClient: Options["transformClient"]
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

/** A checked copy of the options. A failure names the option and never its value. */
const check = (options: Overrides): Result.Result<Overrides, Errors.InvalidOptions> => {
  // Getters and proxies can throw.
  const copy = Result.try(() => (OptionChecks.isRecord(options) ? read(options) : undefined))
  if (Result.isFailure(copy)) return refused("options", "Expected options that can be read without an error")
  if (copy.success === undefined) return refused("options", "Expected an object")
  const problem = OptionChecks.problemOf({ ...copy.success })
  return problem === undefined ? Result.succeed(copy.success) : refused(problem.option, problem.description)
}

const secretOf = (secret: Options["secret"]): Settings["secret"] =>
  Redacted.isRedacted(secret) ? Effect.succeed(secret) : secret

/** Puts checked options on top of settings. What is not given stays as it is, down to the same objects. */
const withOverrides = (base: Unauthenticated, options: Overrides): Unauthenticated => {
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

/** Checks options and fills in the defaults. */
export const resolve = (options: Options): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.flatMap(check(options), (given) =>
    given.secret === undefined
      ? refused("secret", OptionChecks.tokenProblem(undefined))
      : Result.succeed({ ...withOverrides(defaults, given), secret: secretOf(given.secret) })
  )

/** Checks overrides and puts them on top of settings. */
export const override = (settings: Settings, overrides: Overrides): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.map(check(overrides), (given) => ({
    ...withOverrides(settings, given),
    secret: given.secret === undefined ? settings.secret : secretOf(given.secret)
  }))

// Declared here and not in Client.ts, which names them to the world: Client.ts imports the modules that check them.
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import type * as Redacted from "effect/Redacted"

/** The longest times to wait. Any `Duration` input; `"Infinity"` turns a timeout off. */
export interface TimeoutOptions {
  /**
   * For one attempt of a call, from sending to the last byte of the body; for a list, to the headers.
   *
   * @default "30 seconds"
   */
  readonly attempt?: Duration.Input | undefined
  /**
   * For the next item of a list. Keep-alive lines do not count.
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

/** The options of a client. An option that is `undefined` is not set. */
export interface Options {
  /** The API token. An Effect is run before each attempt, for tokens that rotate. */
  readonly secret: Redacted.Redacted<string> | Effect.Effect<Redacted.Redacted<string>, unknown>
  /**
   * The server. The client adds `/v1` for `api.chatbotkit.com`, and `/api/v1` for any other host.
   *
   * @default "https://api.chatbotkit.com"
   */
  readonly baseUrl?: string | URL | undefined
  /**
   * The id of the child account to act as (`X-RunAs-User-Id`).
   *
   * @default none: the account of the token
   */
  readonly runAsUserId?: string | undefined
  /**
   * The e-mail address of the child account to act as (`X-RunAs-Child-User-Email`).
   *
   * @default none: the account of the token
   */
  readonly runAsChildUserEmail?: string | undefined
  /**
   * An IANA time zone (`X-Timezone`). No contact operation reads it.
   *
   * @default none
   */
  readonly timezone?: string | undefined
  /**
   * Further headers for every request, other than those the client sets itself.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The longest times to wait. Each has a default of its own. */
  readonly timeout?: TimeoutOptions | undefined
  /** The retries of failed calls. Each member has a default of its own. */
  readonly retry?: RetryOptions | undefined
  /**
   * The number of requests in a window, counted in the `RateLimiterStore` of `effect/persistence/RateLimiter` in the context
   * when the client is made (for example one in Redis, for processes that share an account), or else in memory. After a 429,
   * every request of the client backs off.
   *
   * @default no limit
   */
  readonly rateLimit?: RateLimitOptions | undefined
  /**
   * A breaker of `effect/persistence/CircuitBreaker`. While it is open, calls fail at once with a `TransportError` whose
   * `outcome` is `not-sent`. Transient failures count as failures.
   *
   * @default no circuit breaker
   */
  readonly circuitBreaker?: CircuitBreaker.CircuitBreaker | undefined
  /**
   * True to make `Contact.create` happen exactly once, as described there. It costs nothing while no answer is lost, except
   * that requests without a fingerprint get a generated one.
   *
   * @default true
   */
  readonly exactlyOnce?: boolean | undefined
  /**
   * Changes the `HttpClient`, for anything that has no option. The changed client sees every attempt. The function runs once,
   * not for each `withOptions`. Over `layers/Fetch` and `layers/Node`, a body that replaces the client's must be bytes.
   *
   * @default none
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/** Options of which each can be `null`. */
type Unsettable<A> = { readonly [K in keyof A]?: A[K] | null | undefined }

/**
 * Options to run some calls under. `undefined` changes nothing. `null` goes back to the default: it unsets an option that has
 * none, and removes a header. Any other value replaces that of the client; headers are merged by name, `timeout` and `retry`
 * member by member.
 */
export interface Overrides extends Unsettable<Omit<Options, "secret" | "headers" | "timeout" | "retry">> {
  /** The API token. It cannot be unset. */
  readonly secret?: Options["secret"] | undefined
  /** Headers by name. `null` removes one. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined
  readonly timeout?: Unsettable<TimeoutOptions> | null | undefined
  readonly retry?: Unsettable<RetryOptions> | null | undefined
}

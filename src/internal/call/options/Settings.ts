import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Errors from "../../../Errors.ts"
import * as BaseUrl from "./BaseUrl.ts"
import * as OptionChecks from "./OptionChecks.ts"
import type { Options, Overrides } from "./Options.ts"

/** The options of a client, checked, with the defaults filled in. */
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

const refused = (option: string, description: string) => Result.fail(new Errors.InvalidOptions({ option, description }))

/** Copies options. Each is read once, also those that an instance of a class inherits. */
const copy = (options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Array.from(new Set([...Object.keys(options), ...OptionChecks.names]), (name) => {
      const value = options[name]
      return [name, OptionChecks.hasMembers(name) && OptionChecks.isGroup(value) ? { ...value } : value]
    })
  )

/** Checks a copy of options. A failure names the option and never its value. */
const check = <A extends Overrides>(options: A, allowsNull: boolean): Result.Result<A, Errors.InvalidOptions> => {
  // A getter or a proxy can throw.
  const read = Result.try(() => (Predicate.isObject(options) ? copy(options) : undefined))
  if (Result.isFailure(read)) return refused("options", "Expected options that can be read without an error")
  const { success } = read
  if (success === undefined) return refused("options", "Expected an object, such as { secret: Redacted.make(…) }")
  const problem = OptionChecks.problemOf(success, allowsNull)
  const isValid = (_copy: object): _copy is A => problem === undefined
  return isValid(success) ? Result.succeed(success) : refused(problem?.option ?? "", problem?.description ?? "")
}

const secretOf = (secret: Options["secret"]): Settings["secret"] =>
  Redacted.isRedacted(secret) ? Effect.succeed(secret) : secret

/** A setting as an option changes it: undefined keeps it, and null gives the default. */
const changed = <A, B>(option: A | null | undefined, setting: B, byDefault: B, from: (option: A) => B): B =>
  option === undefined ? setting : option === null ? byDefault : from(option)

const withHeaders = (headers: Headers.Headers, options: Overrides): Headers.Headers => {
  const fields = Object.entries({
    ...options.headers,
    "x-runas-user-id": options.runAsUserId,
    "x-runas-child-user-email": options.runAsChildUserEmail,
    "x-timezone": options.timezone
  })
  const removed = fields.flatMap(([name, value]) => (value === null ? [name] : []))
  const set = Object.fromEntries(fields.map(([name, value]) => [name, value ?? undefined]))
  return Headers.setAll(Headers.removeMany(headers, removed), set)
}

type Durations<Name extends string> = Readonly<Partial<Record<Name, Duration.Input | null | undefined>>>

/** A group of settings, each changed by the option of its name. Null in the place of the options gives all defaults. */
const changedAll = <Name extends string, A>(
  options: Durations<Name> | null | undefined,
  settings: Readonly<Record<Name, A>>,
  byDefault: Readonly<Record<Name, A>>,
  from: (option: Duration.Input) => A
): Readonly<Record<Name, A>> =>
  Record.map(byDefault, (value, name) =>
    changed(options === null ? null : options?.[name], settings[name], value, from)
  )

/** Puts checked options on top of settings. */
const withOptions = (settings: Unauthenticated, options: Overrides): Unauthenticated => {
  const server = changed(options.baseUrl, settings, defaults, (baseUrl) => Result.getOrThrow(BaseUrl.parse(baseUrl)))
  return {
    prefix: server.prefix,
    server: server.server,
    headers: withHeaders(settings.headers, options),
    timeout: changedAll(options.timeout, settings.timeout, defaults.timeout, Duration.fromInputUnsafe),
    // `retries` is a number, which is its own milliseconds.
    retry: changedAll(options.retry, settings.retry, defaults.retry, Duration.toMillis),
    exactlyOnce: changed(options.exactlyOnce, settings.exactlyOnce, defaults.exactlyOnce, identity),
    rateLimit: changed(options.rateLimit, settings.rateLimit, undefined, ({ key, limit, window }) => ({
      limit,
      window: Duration.fromInputUnsafe(window),
      key
    })),
    circuitBreaker: changed(options.circuitBreaker, settings.circuitBreaker, undefined, identity),
    transformClient: changed(options.transformClient, settings.transformClient, undefined, identity)
  }
}

/** Checks options and fills in the defaults. */
export const resolve = (options: Options): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.flatMap(check(options, false), (checked) =>
    checked.secret === undefined
      ? refused("secret", OptionChecks.tokenProblem(undefined))
      : Result.succeed({ ...withOptions(defaults, checked), secret: secretOf(checked.secret) })
  )

/** Checks overrides and puts them on top of settings. */
export const override = (settings: Settings, overrides: Overrides): Result.Result<Settings, Errors.InvalidOptions> =>
  Result.map(check(overrides, true), (checked) => ({
    ...withOptions(settings, checked),
    secret: checked.secret === undefined ? settings.secret : secretOf(checked.secret)
  }))

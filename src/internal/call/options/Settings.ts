import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Errors from "../../../Errors.ts"
import * as BaseUrl from "./BaseUrl.ts"
import * as OptionChecks from "./OptionChecks.ts"
import { type OptionReader, readOptions } from "./OptionReader.ts"
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

/** The headers that have an option of their own. */
export const headerOptions: Readonly<Record<string, string>> = {
  "x-runas-user-id": "runAsUserId",
  "x-runas-child-user-email": "runAsChildUserEmail",
  "x-timezone": "timezone"
}

/** Headers as options change them. */
const changedHeaders = (headers: Headers.Headers, options: OptionReader): Headers.Headers => {
  const fields = Object.entries({
    ...options.read("headers", {}, OptionChecks.headers(options.allowsNull)),
    ...Record.map(headerOptions, (name) =>
      options.change<string | null | undefined>(name, undefined, null, OptionChecks.header)
    )
  })
  const removed = fields.flatMap(([name, value]) => (value === null ? [name] : []))
  const set = Object.fromEntries(fields.map(([name, value]) => [name, value ?? undefined]))
  return Headers.setAll(Headers.removeMany(headers, removed), set)
}

/** Puts options on top of settings. */
const changed = (settings: Unauthenticated, options: OptionReader): Unauthenticated => {
  const { prefix, server } = options.change<BaseUrl.Server>("baseUrl", settings, defaults, BaseUrl.parse)
  const { retry, timeout } = settings
  return {
    prefix,
    server,
    headers: changedHeaders(settings.headers, options),
    timeout: options.changeGroup("timeout", timeout, defaults.timeout, (members) =>
      Record.map(defaults.timeout, (byDefault, name) =>
        members.change(name, timeout[name], byDefault, OptionChecks.timeout)
      )
    ),
    retry: options.changeGroup("retry", retry, defaults.retry, (members) =>
      Record.map(defaults.retry, (byDefault, name) =>
        members.change(name, retry[name], byDefault, name === "retries" ? retries : OptionChecks.delay)
      )
    ),
    exactlyOnce: options.change("exactlyOnce", settings.exactlyOnce, defaults.exactlyOnce, OptionChecks.boolean),
    rateLimit: options.changeGroup<Settings["rateLimit"]>("rateLimit", settings.rateLimit, undefined, (members) => ({
      limit: members.require("limit", OptionChecks.integer(1)),
      window: members.require("window", OptionChecks.rateLimitWindow),
      key: members.read("key", undefined, OptionChecks.text)
    })),
    circuitBreaker: options.change("circuitBreaker", settings.circuitBreaker, undefined, OptionChecks.circuitBreaker),
    transformClient: options.change(
      "transformClient",
      settings.transformClient,
      undefined,
      OptionChecks.transformClient
    )
  }
}

const retries = /* @__PURE__ */ OptionChecks.integer(0, 100)

const effectOf = (secret: Options["secret"]): Settings["secret"] =>
  Redacted.isRedacted(secret) ? Effect.succeed(secret) : secret

/** Checks options and fills in the defaults. */
export const resolve = (options: Options): Result.Result<Settings, Errors.InvalidOptions> =>
  readOptions(options, false, (options) => ({
    ...changed(defaults, options),
    secret: effectOf(options.require("secret", OptionChecks.secret))
  }))

/** Checks overrides and puts them on top of settings. */
export const override = (settings: Settings, overrides: Overrides): Result.Result<Settings, Errors.InvalidOptions> =>
  readOptions(overrides, true, (options) => ({
    ...changed(settings, options),
    secret: effectOf(options.read("secret", settings.secret, OptionChecks.secret))
  }))

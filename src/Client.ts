/**
 * The client that every operation runs on, and its options.
 *
 * It sends the requests of an operation over the provided `HttpClient`. It authenticates them, retries transient failures
 * where that is safe, enforces timeouts, decodes replies and gives failures their types.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as Errors from "./Errors.ts"
import * as ApiHttpClient from "./internal/call/ApiHttpClient.ts"
import * as Connection from "./internal/call/Connection.ts"
import type * as Failure from "./internal/call/failure/Failure.ts"
import type { OperationRunner } from "./internal/call/OperationRunner.ts"
import type { Options, Overrides } from "./internal/call/options/Options.ts"
import * as OverridesCache from "./internal/call/options/OverridesCache.ts"
import { override, resolve, type Settings } from "./internal/call/options/Settings.ts"
import * as RateLimit from "./internal/call/rateLimit/RateLimit.ts"
import * as PreparedCall from "./internal/call/request/PreparedCall.ts"
import * as Reply from "./internal/call/reply/Reply.ts"
import * as RetryLoop from "./internal/call/RetryLoop.ts"
import * as HttpClientTransport from "./internal/transport/HttpClientTransport.ts"
import * as Transport from "./internal/transport/Transport.ts"

export type {
  Options,
  Overrides,
  RateLimitOptions,
  RetryOptions,
  TimeoutOptions
} from "./internal/call/options/Options.ts"
export type { Settings } from "./internal/call/options/Settings.ts"

/** A client of one server, with its options. */
export interface Service {
  /** The options, checked, with the defaults filled in. Printed, they show the headers, but not the secret. */
  readonly settings: Settings
  /**
   * An `HttpClient` for endpoints that this package does not cover. To each request it adds the URL of the API, the headers of
   * the options and the token, which it reads anew, and it acquires the rate limit. It follows no redirect, sends each request
   * once, and has no timeout. A response of any status is a success. Failures are `HttpClientError`s, also if the secret cannot
   * be read; they show the URL and its query, but no header.
   *
   * @example
   * ```ts
   * const bots = Effect.gen(function* () {
   *   const { httpClient } = yield* Client.Client
   *   const response = yield* HttpClient.filterStatusOk(httpClient).get("/bot/list", { urlParams: { take: 10 } })
   *   return yield* HttpClientResponse.schemaBodyJson(Bots)(response)
   * })
   * ```
   */
  readonly httpClient: HttpClient.HttpClient
  /** The same client under other options; {@link withOptions} provides it to an effect. */
  readonly withOptions: (overrides: Overrides) => Effect.Effect<Service, Errors.InvalidOptions>
  /** @internal */
  readonly run: OperationRunner["run"]
  /** @internal */
  readonly open: OperationRunner["open"]
}

/** The service that every operation depends on. */
export class Client extends Context.Service<Client, Service>()("effect-chatbotkit/Client") {}

/** The parts of a client that stay the same under other options. */
interface Base {
  /** The `HttpClient` before `transformClient` has changed it. */
  readonly httpClient: HttpClient.HttpClient
  readonly rateLimits: RateLimit.RateLimits
}

const transform = (httpClient: HttpClient.HttpClient, { transformClient }: Settings): HttpClient.HttpClient =>
  transformClient === undefined ? httpClient : transformClient(httpClient)

/** Makes a client. `httpClient` is that of the base, as the `transformClient` of the settings has changed it. */
const makeService = (base: Base, settings: Settings, httpClient: HttpClient.HttpClient): Service => {
  // A changed copy, such as `{ ...client, execute }`, still has the transport of the original.
  const transport =
    httpClient === base.httpClient && Transport.isTransportClient(httpClient)
      ? httpClient[Transport.TypeId]
      : HttpClientTransport.make(httpClient)
  const connection = { transport, rateLimit: base.rateLimits(settings), settings }
  return Client.of({
    run: (operation, input, earlier) =>
      Effect.suspend(() => {
        const call = PreparedCall.prepare(settings, operation, input)
        return Result.isFailure(call)
          ? Effect.fail(call.failure)
          : RetryLoop.send(connection, call.success, Reply.exchangeJson(operation, call.success.plainId), earlier)
      }),
    open: Effect.fnUntraced(function* (operation, input, exchange, earlier) {
      const call = yield* Effect.fromResult(PreparedCall.prepare(settings, operation, input))
      const { attempts, value } = yield* RetryLoop.send(connection, call, exchange, earlier)
      return {
        ...value,
        attempts,
        idle: settings.timeout.idle,
        retry: settings.retry,
        onFailure: (failure: Failure.Failure) => Connection.backOff(connection, failure)
      }
    }),
    settings,
    httpClient: ApiHttpClient.make(httpClient, connection),
    withOptions: OverridesCache.cached((overrides) =>
      Effect.map(Effect.fromResult(override(settings, overrides)), (next) => {
        const isSame = next.transformClient === settings.transformClient
        return makeService(base, next, isSame ? httpClient : transform(base.httpClient, next))
      })
    )
  })
}

/**
 * Makes a client over the `HttpClient` in the context. Fails with `InvalidOptions`, which names the wrong option.
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Service, Errors.InvalidOptions, HttpClient.HttpClient> {
  const settings = yield* Effect.fromResult(resolve(options))
  const init = Context.getOrUndefined(yield* Effect.context<never>(), FetchHttpClient.RequestInit)
  const httpClient = HttpClientTransport.withoutRedirects(yield* HttpClient.HttpClient, init)
  const rateLimits = yield* RateLimit.makeAll
  return makeService({ httpClient, rateLimits }, settings, transform(httpClient, settings))
})

/**
 * A client as a layer, over the `HttpClient` in the context. `layers/Fetch` and `layers/Node` bring one. Fails with
 * `InvalidOptions`, which names the wrong option.
 */
export const layer = (options: Options): Layer.Layer<Client, Errors.InvalidOptions, HttpClient.HttpClient> =>
  Layer.effect(Client, make(options))

/** The `Config` that each option is read from. `circuitBreaker` and `transformClient` are given as they are. */
export interface ConfigOptions {
  /**
   * The API token.
   *
   * @default the variable `CHATBOTKIT_API_SECRET`, which must be set
   */
  readonly secret?: Config.Config<Options["secret"]> | undefined
  /**
   * The server.
   *
   * @default the variable `CHATBOTKIT_BASE_URL`; "https://api.chatbotkit.com" if it is not set
   */
  readonly baseUrl?: Config.Config<Options["baseUrl"]> | undefined
  readonly runAsUserId?: Config.Config<Options["runAsUserId"]> | undefined
  readonly runAsChildUserEmail?: Config.Config<Options["runAsChildUserEmail"]> | undefined
  readonly timezone?: Config.Config<Options["timezone"]> | undefined
  readonly headers?: Config.Config<Options["headers"]> | undefined
  readonly timeout?: Config.Config<Options["timeout"]> | undefined
  readonly retry?: Config.Config<Options["retry"]> | undefined
  readonly rateLimit?: Config.Config<Options["rateLimit"]> | undefined
  readonly exactlyOnce?: Config.Config<Options["exactlyOnce"]> | undefined
  readonly circuitBreaker?: Options["circuitBreaker"]
  readonly transformClient?: Options["transformClient"]
}

const secretVariable = "CHATBOTKIT_API_SECRET"
const baseUrlVariable = "CHATBOTKIT_BASE_URL"

const absent = /* @__PURE__ */ Config.succeed(undefined)

/**
 * A client as a layer, with options from the `ConfigProvider`, by default the environment: the token from
 * `CHATBOTKIT_API_SECRET`, and the server from `CHATBOTKIT_BASE_URL` if that is set. Fails with a `ConfigError` that names
 * the variable if the token is missing, and with `InvalidOptions` if a value is wrong.
 */
export const layerConfig = (
  options: ConfigOptions = {}
): Layer.Layer<Client, Config.ConfigError | Errors.InvalidOptions, HttpClient.HttpClient> =>
  Layer.effect(
    Client,
    Predicate.isObject(options)
      ? Effect.flatMap(fromConfig(options), (read) =>
          Effect.mapError(make(read), (error) => withVariable(error, options))
        )
      : Effect.fail(new Errors.InvalidOptions({ option: "options", description: "Expected an object of Configs" }))
  )

/** Adds the name of the variable to an error, if the option is read from one of the variables above. */
const withVariable = (
  { description, option }: Errors.InvalidOptions,
  options: ConfigOptions
): Errors.InvalidOptions => {
  const variable =
    option === "secret" && options.secret === undefined
      ? `${secretVariable}: `
      : option === "baseUrl" && options.baseUrl === undefined
        ? `${baseUrlVariable}: `
        : ""
  return new Errors.InvalidOptions({ option, description: `${variable}${description}` })
}

const fromConfig = (options: ConfigOptions): Config.Config<Options> =>
  Config.map(
    Config.all({
      secret: options.secret ?? Config.Redacted(secretVariable),
      baseUrl: options.baseUrl ?? Config.withDefault(Config.String(baseUrlVariable), undefined),
      runAsUserId: options.runAsUserId ?? absent,
      runAsChildUserEmail: options.runAsChildUserEmail ?? absent,
      timezone: options.timezone ?? absent,
      headers: options.headers ?? absent,
      timeout: options.timeout ?? absent,
      retry: options.retry ?? absent,
      rateLimit: options.rateLimit ?? absent,
      exactlyOnce: options.exactlyOnce ?? absent
    }),
    (read) => ({ ...read, circuitBreaker: options.circuitBreaker, transformClient: options.transformClient })
  )

const overridden = (overrides: Overrides) => Effect.flatMap(Client, (client) => client.withOptions(overrides))

/**
 * Runs an effect under other options, as `extend` of the official client does. A given option replaces that of the client;
 * headers are merged by name, `timeout` and `retry` member by member. `undefined` changes nothing, and `null` goes back to the
 * default: see {@link Overrides}. Fails with `InvalidOptions`, which names the wrong option.
 *
 * The options are checked again only if the object is another one, or has changed. So use a constant object for many
 * calls.
 *
 * @example
 * ```ts
 * Contact.fetch(id).pipe(Client.withOptions({ runAsUserId: "user_1", retry: { retries: 0 } }))
 * Client.withOptions(Contact.fetch(id), { runAsUserId: null })
 * ```
 */
export const withOptions: {
  (
    overrides: Overrides
  ): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | Errors.InvalidOptions, R | Client>
  <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    overrides: Overrides
  ): Effect.Effect<A, E | Errors.InvalidOptions, R | Client>
} = /* @__PURE__ */ dual(
  2,
  <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    overrides: Overrides
  ): Effect.Effect<A, E | Errors.InvalidOptions, R | Client> =>
    Effect.provideServiceEffect(effect, Client, overridden(overrides))
)

/**
 * Runs a stream under other options, as {@link withOptions} does an effect.
 *
 * @example
 * ```ts
 * Contact.list().pipe(Client.withOptionsStream({ timeout: { idle: "5 minutes" } }))
 * ```
 */
export const withOptionsStream: {
  (
    overrides: Overrides
  ): <A, E, R>(stream: Stream.Stream<A, E, R>) => Stream.Stream<A, E | Errors.InvalidOptions, R | Client>
  <A, E, R>(
    stream: Stream.Stream<A, E, R>,
    overrides: Overrides
  ): Stream.Stream<A, E | Errors.InvalidOptions, R | Client>
} = /* @__PURE__ */ dual(
  2,
  <A, E, R>(
    stream: Stream.Stream<A, E, R>,
    overrides: Overrides
  ): Stream.Stream<A, E | Errors.InvalidOptions, R | Client> =>
    Stream.provideServiceEffect(stream, Client, overridden(overrides))
)

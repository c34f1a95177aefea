/**
 * The client over the global `fetch`: for browsers, edge runtimes, Deno, Bun and Node.
 */
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "../Client.ts"
import * as Errors from "../Errors.ts"
import { vendorHost } from "../internal/call/options/BaseUrl.ts"
import { headerOptions } from "../internal/call/options/Settings.ts"
import * as Browser from "../internal/transport/Browser.ts"
import * as Fetch from "../internal/transport/FetchTransport.ts"

/** Refuses headers that the vendor's server allows no browser to send: each request would fail without a response. */
const checkHeaders = (service: Client.Service): Effect.Effect<Client.Service, Errors.InvalidOptions> => {
  const { headers, server } = service.settings
  const [name] = server.address === vendorHost ? Browser.blocked(headers) : []
  if (name !== undefined) {
    const option = headerOptions[name] ?? `headers.${name}`
    const description = `No browser may send this header to ${vendorHost} (CORS). Send it from a server, or to one of yours (baseUrl)`
    return Effect.fail(new Errors.InvalidOptions({ option, description }))
  }
  return Effect.succeed({
    ...service,
    withOptions: (overrides) => Effect.flatMap(service.withOptions(overrides), checkHeaders)
  })
}

/** The client in the context; in a browser, with its headers checked. */
const checkedInBrowser = Layer.effect(
  Client.Client,
  Effect.gen(function* () {
    const service = yield* Client.Client
    return (yield* Browser.IsBrowser) ? yield* checkHeaders(service) : service
  })
)

/**
 * A client over the global `fetch`. Fails with `InvalidOptions`, which names the wrong option. In a browser, the options
 * `headers`, `timezone`, `runAsUserId` and `runAsChildUserEmail` are refused for `api.chatbotkit.com`, which allows no browser
 * to send them.
 */
export const layer = (options: Client.Options): Layer.Layer<Client.Client, Errors.InvalidOptions> =>
  Layer.fresh(checkedInBrowser).pipe(Layer.provide(Client.layer(options)), Layer.provide(Fetch.layer))

/** A client over the global `fetch`, its options read from the `ConfigProvider`: see `Client.layerConfig`. */
export const layerConfig = (
  options?: Client.ConfigOptions
): Layer.Layer<Client.Client, Config.ConfigError | Errors.InvalidOptions> =>
  Layer.fresh(checkedInBrowser).pipe(Layer.provide(Client.layerConfig(options)), Layer.provide(Fetch.layer))

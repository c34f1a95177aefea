/**
 * The client over the global `fetch`: for browsers, edge runtimes, Deno, Bun and Node.
 */
import type * as Config from "effect/Config"
import * as Layer from "effect/Layer"
import * as Client from "../Client.ts"
import type * as Errors from "../Errors.ts"
import * as Fetch from "../internal/transport/Fetch.ts"

/** A client over the global `fetch`. Fails with `InvalidOptions`, which names the option at fault. */
export const layer = (options: Client.Options): Layer.Layer<Client.Client, Errors.InvalidOptions> =>
  Layer.provide(Client.layer(options), Fetch.layer)

/** A client over the global `fetch`, its options read from the `ConfigProvider`: see `Client.layerConfig`. */
export const layerConfig = (
  options?: Client.ConfigOptions
): Layer.Layer<Client.Client, Config.ConfigError | Errors.InvalidOptions> =>
  Layer.provide(Client.layerConfig(options), Fetch.layer)

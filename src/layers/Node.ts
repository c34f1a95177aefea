/**
 * The client over undici, for Node. It uses less CPU for each request than `layers/Fetch`, and needs `@effect/platform-node`.
 */
import type * as Config from "effect/Config"
import * as Layer from "effect/Layer"
import * as Client from "../Client.ts"
import type * as Errors from "../Errors.ts"
import * as Undici from "../internal/transport/UndiciTransport.ts"

/**
 * A client over undici. The clients of a program share one pool of connections, which closes with the last of them. Fails
 * with `InvalidOptions`, which names the wrong option.
 */
export const layer = (options: Client.Options): Layer.Layer<Client.Client, Errors.InvalidOptions> =>
  Layer.provide(Client.layer(options), Undici.layer())

/** A client over undici, its options read from the `ConfigProvider`: see `Client.layerConfig`. */
export const layerConfig = (
  options?: Client.ConfigOptions
): Layer.Layer<Client.Client, Config.ConfigError | Errors.InvalidOptions> =>
  Layer.provide(Client.layerConfig(options), Undici.layer())

/** The client that a command runs on. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Client from "../../Client.ts"
import type * as Errors from "../../Errors.ts"
import * as Configuration from "../config/Configuration.ts"
import { SecretUnavailable } from "./CliFailure.ts"

/** Makes the client: over undici in the program, and in memory in tests. */
export interface Service {
  readonly layer: (options: Client.Options) => Effect.Effect<Layer.Layer<Client.Client, Errors.InvalidOptions>>
}

/** The maker of the client. */
export class ApiClient extends Context.Service<ApiClient, Service>()("effect-chatbotkit/cli/ApiClient") {}

/** The options of the client, from the configuration. */
export const options = Effect.gen(function* () {
  const { baseUrl, runAsUserId, secret } = yield* Configuration.read
  if (secret === undefined) {
    return yield* new SecretUnavailable({
      message: "There is no API secret",
      next: "Set CHATBOTKIT_API_SECRET, give --secret-file, or set secretFile or secretCommand of a profile."
    })
  }
  return { secret: yield* secret.read, baseUrl, runAsUserId } satisfies Client.Options
})

/** Runs an effect with the client of the configuration. */
export const provide = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { layer } = yield* ApiClient
    return yield* Effect.provide(effect, yield* layer(yield* options))
  })

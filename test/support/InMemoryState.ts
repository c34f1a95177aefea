import { Layer } from "effect"
import { HttpClient } from "effect/http"
import * as Client from "../../src/Client.ts"
import * as InProcess from "../../src/internal/server/http/InProcess.ts"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import * as InMemory from "../../src/layers/InMemory.ts"

/** `InMemory.layer`, with the state of the server in the context: a test can delete items, which the API cannot. */
export const layer = (client: Partial<Client.Options> = {}) =>
  Client.layer({ secret: InMemory.secret, ...client }).pipe(
    Layer.orDie,
    Layer.provide(Layer.effect(HttpClient.HttpClient, InProcess.makeHttpClient())),
    Layer.merge(InMemory.layerHandle()),
    Layer.provideMerge(ServerState.layer())
  )

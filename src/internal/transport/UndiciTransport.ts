import type * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constVoid } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Decompress from "./Decompress.ts"
import * as CallbackTransport from "./CallbackTransport.ts"
import * as Transport from "./Transport.ts"
import { UndiciExchange } from "./UndiciExchange.ts"
import * as UndiciPool from "./UndiciPool.ts"

/** An `HttpClient` over a dispatcher of undici. */
export const make = (dispatcher: Pick<Dispatcher, "dispatch">): HttpClient.HttpClient => over(() => dispatcher)

const over = (dispatcher: () => Pick<Dispatcher, "dispatch">): Transport.TransportClient =>
  CallbackTransport.make((outgoing, onReply) => {
    const { body, request } = outgoing
    const url = Result.try(() => new URL(outgoing.url))
    if (Result.isFailure(url)) {
      onReply(Exit.fail(Transport.invalidUrl(request)))
      return constVoid
    }
    const { origin, pathname, search } = url.success
    const exchange = new UndiciExchange(outgoing, onReply)
    const options: Dispatcher.DispatchOptions & { readonly allowH2: false } = {
      origin,
      path: pathname + search,
      method: request.method,
      headers: { "accept-encoding": Decompress.accepted, "user-agent": Transport.userAgent, ...request.headers },
      body: body ?? null,
      // The client measures the time itself.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Agents of undici 8 otherwise speak HTTP/2 with servers that offer it: README, "Connections".
      allowH2: false
    }
    try {
      dispatcher().dispatch(options, exchange)
    } catch (cause) {
      exchange.fail(cause)
    }
    return () => exchange.cancel()
  })

/** A constant layer, which Effect builds once, so that the clients of one program share the pool. */
const pool: Layer.Layer<HttpClient.HttpClient> = Layer.effect(HttpClient.HttpClient, Effect.map(UndiciPool.make, over))

/** The tag by its key: importing it would load platform-node's whole HTTP client. */
const GivenDispatcher = Context.Service<NodeHttpClient.Dispatcher, Dispatcher>(
  "@effect/platform-node/NodeHttpClient/Dispatcher"
)

/**
 * An `HttpClient` over the `NodeHttpClient.Dispatcher` in the context, which its provider has to close; without one, over a pool
 * of connections that closes with the layer. A function, so that Effect builds it for each use: each may have another dispatcher.
 */
export const layer = (): Layer.Layer<HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.map(
      Effect.serviceOption(GivenDispatcher),
      Option.match({
        onNone: () => pool,
        onSome: (dispatcher) => Layer.effect(HttpClient.HttpClient, Effect.map(UndiciPool.checked(dispatcher), make))
      })
    )
  )

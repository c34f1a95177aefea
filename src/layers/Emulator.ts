/**
 * The in-memory ChatBotKit behind a real HTTP server, for clients in any language, and for tests that want sockets.
 * Needs `@effect/platform-node`.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { IncomingMessage, Server } from "node:http"
import { createServer, ServerResponse } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import * as Api from "../internal/server/Api.ts"
import * as Reply from "../internal/server/http/ServerReply.ts"
import * as ServerState from "../internal/server/ServerState.ts"
import * as InMemory from "./InMemory.ts"

/** The address that the emulator listens on. */
export interface ListenOptions {
  /** The TCP port. Default 0: a free one. */
  readonly port?: number
  /** The address or host name. Default `127.0.0.1`. */
  readonly host?: string
}

/** The options of the emulator. */
export interface Options extends ListenOptions, InMemory.ServerOptions {}

/** A running emulator. */
export interface Service {
  /** The `baseUrl` for clients, such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string
}

/** The in-memory ChatBotKit API, served over HTTP. */
export class Emulator extends Context.Service<Emulator, Service>()("effect-chatbotkit/layers/Emulator") {}

/**
 * Serves a new, empty API with Node's HTTP server, and provides the handle on it. Closing the scope of the layer stops
 * the server and cuts open connections.
 */
export const layer = (options: Options = {}): Layer.Layer<Emulator | InMemory.InMemory, ServeError> =>
  layerServed(options).pipe(Layer.merge(InMemory.layerHandle()), Layer.provide(ServerState.layer(options)))

/**
 * Serves the API whose state is in the context.
 *
 * @internal
 */
export const layerServed = (options: ListenOptions = {}): Layer.Layer<Emulator, ServeError, ServerState.ServerState> =>
  Layer.unwrap(Effect.sync(() => serving(createServer(), options)))

const serving = (server: Server, { port = 0, host = "127.0.0.1" }: ListenOptions) =>
  Layer.effect(Emulator, serve(server)).pipe(Layer.provide(NodeHttpServer.layerServer(() => server, { port, host })))

const serve = Effect.fnUntraced(function* (server: Server) {
  const { address } = yield* HttpServer.HttpServer
  const state = yield* ServerState.ServerState
  yield* HttpServer.serveEffect(
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => Api.answer(state, request)).pipe(
      // Effect's server would let the handler go on after its client has disconnected.
      Effect.interruptible,
      Effect.flatMap((response) =>
        response.status < 200 ? resetConnection : Effect.map(connection, flushed(response))
      ),
      Effect.catchTag("ConnectionReset", () => resetConnection)
    )
  )
  server.on("connect", (request, socket) => answerConnect(server, request, socket))
  // Added last so that it runs first: the server's own shutdown waits for connections that may never end.
  yield* Effect.addFinalizer(() => Effect.sync(() => close(server)))
  return Emulator.of({ url: HttpServer.formatAddress(address) })
})

/**
 * Node has no response for CONNECT and cuts the connection if nobody listens. The real server answers (wire contract
 * 6).
 */
const answerConnect = (server: Server, request: IncomingMessage, socket: Duplex): void => {
  if (!(socket instanceof Socket)) return
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on("finish", () => socket.end())
  socket.on("error", () => {})
  server.emit("request", request, response)
}

const close = (server: Server): void => {
  server.close()
  server.closeAllConnections()
}

const connection = Effect.map(HttpServerRequest.HttpServerRequest, NodeHttpServerRequest.toServerResponse)

/** Resets the connection without a response. A status below 200 gets this too, as it is no final response. */
const resetConnection = Effect.map(connection, ({ socket }) => {
  if (socket instanceof Socket) socket.resetAndDestroy()
  return HttpServerResponse.empty()
})

/**
 * The reply with its headers written at once, and with the body before a failure written before the connection is
 * reset. Node would hold the headers back until the body begins, and discard data not yet written.
 */
const flushed =
  (response: HttpServerResponse.HttpServerResponse) =>
  (connection: unknown): HttpServerResponse.HttpServerResponse => {
    const { body } = response
    if (body._tag !== "Stream" || !(connection instanceof ServerResponse)) return response
    const flush = Effect.callback<void>((resume) => {
      connection.write("", () => resume(Effect.void))
    })
    return Reply.withBody(
      response,
      body.stream.pipe(
        Stream.onStart(Effect.sync(() => connection.write(""))),
        Stream.catchCause((cause) => Stream.fromEffect(Effect.andThen(flush, Effect.failCause(cause))))
      )
    )
  }

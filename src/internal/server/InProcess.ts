import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Scope from "effect/Scope"
import * as Api from "./Api.ts"
import type { Disconnect } from "./Interceptor.ts"
import type { ServerState } from "./ServerState.ts"

/**
 * An `HttpClient` that hands its requests to the API in this process, whatever their origin. Handlers run in the fiber
 * of the caller: they see its Clock and Random, and end with it. A streamed body keeps the scope of its request open
 * until it ends or is given up; one that is never read is closed with the scope of the client.
 */
export const makeHttpClient: Effect.Effect<HttpClient.HttpClient, never, ServerState | Scope.Scope> = Effect.gen(
  function* () {
    const handler = yield* HttpRouter.toHttpEffect(Api.routes)
    const scope = yield* Effect.scope
    return HttpClient.make((request) =>
      Effect.suspend(() => {
        const requestScope = Scope.forkUnsafe(scope)
        let transferred = false
        return handler.pipe(
          Effect.map((replied) => {
            const response = request.method === "HEAD" ? withoutBody(replied) : replied
            const sent = HttpEffect.scopeTransferToStream(response)
            transferred = sent !== response
            return HttpServerResponse.toClientResponse(sent, { request })
          }),
          Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
          Effect.provideService(Scope.Scope, requestScope),
          Effect.catchTags({
            Disconnect: (cause) => Effect.fail(disconnected(request, cause)),
            HttpServerError: () => Effect.succeed(HttpServerResponse.toClientResponse(notFound, { request }))
          }),
          Effect.onExit((exit) => (transferred && Exit.isSuccess(exit) ? Effect.void : Scope.close(requestScope, exit)))
        )
      })
    )
  }
)

/** What a router says of a path or verb that it can't even read. */
const notFound = HttpServerResponse.empty({ status: 404 })

/** A transport drops what a handler puts under HEAD. */
const withoutBody = ({ status, headers }: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.empty({ status, headers })

const disconnected = (request: HttpClientRequest, cause: Disconnect): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause, description: cause.message })
  })

import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { acquire, type Connection } from "./Connection.ts"
import type { Failure } from "./failure/Failure.ts"
import { headOf } from "../transport/HttpClientTransport.ts"
import * as Reply from "./reply/Reply.ts"
import * as Secret from "./Secret.ts"

const notSent = (request: HttpClientRequest.HttpClientRequest, { cause, description }: Failure) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause, description })
  })

/** Authenticates a request, and sets the prefix and the headers. The request's own headers win over those of the options. */
const prepare = ({ settings }: Connection, request: HttpClientRequest.HttpClientRequest, token: string) =>
  HttpClientRequest.prependUrl(request, settings.prefix).pipe(
    HttpClientRequest.setHeaders(Headers.merge(settings.headers, request.headers)),
    HttpClientRequest.bearerToken(token)
  )

/** The `HttpClient` of a client, for requests that are no operation. */
export const make = (client: HttpClient.HttpClient, connection: Connection): HttpClient.HttpClient =>
  HttpClient.mapRequestInputEffect(client, (request) =>
    Effect.andThen(acquire(connection), Secret.read(connection.settings)).pipe(
      Effect.mapError((failure) => notSent(request, failure)),
      Effect.map((token) => prepare(connection, request, token))
    )
  ).pipe(
    HttpClient.transformResponse(
      Effect.tap((response) =>
        response.status === 429
          ? Effect.flatMap(Reply.retryAfter(headOf(response)), ({ retryAfter }) =>
              connection.rateLimit.backOff(retryAfter, connection.settings.retry.maxDelay)
            )
          : Effect.void
      )
    )
  )

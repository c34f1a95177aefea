import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { acquire, type Connection } from "./Connection.ts"
import type { Failure } from "./failure/Failure.ts"
import * as Secret from "./Secret.ts"

const notSent = (request: HttpClientRequest.HttpClientRequest, { cause, description }: Failure) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause, description })
  })

/** The `HttpClient` of a client, with its prefix, token and headers, for requests that are no operation. */
export const make = (connection: Connection): HttpClient.HttpClient => {
  const { client, settings } = connection
  return HttpClient.mapRequestInputEffect(client, (request) =>
    Effect.andThen(acquire(connection), Secret.read(settings)).pipe(
      Effect.mapError((failure) => notSent(request, failure)),
      Effect.map((token) =>
        HttpClientRequest.prependUrl(request, settings.prefix).pipe(
          HttpClientRequest.setHeaders(Headers.merge(settings.headers, request.headers)),
          HttpClientRequest.bearerToken(token)
        )
      )
    )
  )
}

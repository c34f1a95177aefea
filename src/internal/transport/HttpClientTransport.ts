/** The transport over an `HttpClient` of any kind: a test's, one that `transformClient` made, or another runtime's. */
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { timeoutOrElse } from "../call/Timeout.ts"
import * as Transport from "./Transport.ts"
import * as WholeBody from "./WholeBody.ts"

type Response = HttpClientResponse.HttpClientResponse

/** Keeps a client from following redirects, sending trace headers and making spans. */
export const withoutRedirects = (
  client: HttpClient.HttpClient,
  init: RequestInit | undefined
): HttpClient.HttpClient => {
  if (Transport.isTransportClient(client)) return client
  return HttpClient.transformResponse(client, (effect) =>
    Effect.updateContext(effect, (context: Context.Context<never>) =>
      Context.add(Context.add(context, HttpClient.TracerDisabledWhen, constTrue), FetchHttpClient.RequestInit, {
        ...init,
        ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
        redirect: "manual"
      })
    )
  )
}

/** The head of a response. */
export const headOf = ({ headers, status }: Response): Transport.Head => ({
  status,
  headers,
  header: (name) => headers[name]
})

const outOfTime = () => Transport.outOfTime

/** The end or the failure of a body. An absent body counts as an empty one. */
const bodyEnd = (error: HttpClientError.HttpClientError | Cause.Done): Pull.Pull<never, Transport.BodyError> =>
  Cause.isDone(error)
    ? Effect.fail(error)
    : error.reason._tag === "EmptyBodyError"
      ? Cause.done()
      : Effect.fail(new Transport.BodyError(error.reason.cause))

/** Opens the body of a response at once, so that it can be closed before it is read. */
const openBody = (response: Response): Effect.Effect<Transport.Body> =>
  Effect.flatMap(Scope.make(), (scope) =>
    Effect.map(Channel.toPullScoped(response.stream.channel, scope), (pull) => ({
      pull: (limit) => timeoutOrElse(Effect.catch(pull, bodyEnd), limit, outOfTime),
      cancel: Scope.close(scope, Exit.void)
    }))
  )

/** Sends the requests of a client over an `HttpClient`. */
export const make = (client: HttpClient.HttpClient): Transport.Transport => {
  const open: Transport.Transport["open"] = (request, attempt) =>
    client.execute(request).pipe(
      Effect.updateContext((context: Context.Context<never>) => {
        const withAttempt = Context.add(context, Transport.AttemptProgress, attempt)
        return attempt.span === undefined ? withAttempt : Context.add(withAttempt, Tracer.ParentSpan, attempt.span)
      }),
      // Only a `transformClient` that filters by status fails like this. An error response says more than that.
      Effect.catch((error) =>
        error.reason._tag === "StatusCodeError" && error.reason.response.status !== 200
          ? Effect.succeed(error.reason.response)
          : Effect.fail(error)
      ),
      Effect.flatMap((response) => {
        const head = headOf(response)
        attempt.head = head
        return Effect.map(openBody(response), (body) => ({ head, body }))
      })
    )
  return {
    open,
    exchange: (request, { attempt, maxBytes, timeout }) =>
      timeoutOrElse(
        Effect.flatMap(open(request, attempt), (reply) =>
          Effect.map(WholeBody.read(reply, maxBytes(reply.head)), (body) => ({ head: reply.head, body }))
        ),
        timeout,
        outOfTime
      )
  }
}

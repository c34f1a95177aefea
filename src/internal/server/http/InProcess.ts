import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cookies from "effect/http/Cookies"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Scope from "effect/Scope"
import * as Api from "../Api.ts"
import { ServerState } from "../ServerState.ts"
import { rememberLast } from "./ReplyHeaders.ts"
import * as Reply from "./ServerReply.ts"

/** The host of the vendor's API. */
const vendorHost = "api.chatbotkit.com"

/** The options of the client in this process. */
export interface Options {
  /** The base URL whose host is answered for, besides the vendor's. Default: no other host. */
  readonly baseUrl?: string | URL | undefined
}

/**
 * An `HttpClient` whose requests the API in this process answers. It answers for the vendor's host and that of the base
 * URL. A request to any other fails like one to a host that can't be found, so that a test with a wrong base URL does
 * not pass. Handlers run in the fiber of the caller, with its Clock and Random, and are interrupted with it. A streamed
 * body keeps the scope of its request open until it ends or is cancelled; one that is never read is closed with the
 * scope of the client.
 */
export const makeHttpClient = ({ baseUrl }: Options = {}): Effect.Effect<
  HttpClient.HttpClient,
  never,
  ServerState | Scope.Scope
> =>
  Effect.gen(function* () {
    const state = yield* ServerState
    const scope = yield* Effect.scope
    const hosts = new Set([
      vendorHost,
      baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).host : vendorHost
    ])
    return HttpClient.make((request, url) =>
      Effect.suspend(() => {
        if (!hosts.has(url.host)) return Effect.fail(failed(request, new HostNotFound(url.hostname)))
        const requestScope = Scope.forkUnsafe(scope)
        let transferred = false
        return Api.answer(state, received(request, url)).pipe(
          Effect.map((replied) => {
            const sent = HttpEffect.scopeTransferToStream(request.method === "HEAD" ? withoutBody(replied) : replied)
            transferred = sent.body._tag === "Stream"
            return HttpServerResponse.toClientResponse(toClient(sent), { request })
          }),
          Effect.provideService(Scope.Scope, requestScope),
          Effect.catchTag("ConnectionReset", (cause) => Effect.fail(failed(request, cause))),
          Effect.onExit((exit) => (transferred && Exit.isSuccess(exit) ? Effect.void : Scope.close(requestScope, exit)))
        )
      })
    )
  })

/** The cause of the failure for any other host: Node's error for a name that can't be resolved. */
class HostNotFound extends Error {
  readonly code = "ENOTFOUND"
  readonly syscall = "getaddrinfo"
  readonly hostname: string
  constructor(hostname: string) {
    super(`getaddrinfo ENOTFOUND ${hostname}`)
    this.hostname = hostname
  }
}

const surroundingBlanks = /^[ \t]+|[ \t]+$/g

/** A request as a server receives it: with a `Host` header, and without blanks around header values. */
const received = (request: HttpClientRequest, url: URL): HttpServerRequest.HttpServerRequest => {
  const headers: Record<string, string> = { host: url.host }
  for (const [name, value] of Object.entries(request.headers)) headers[name] = value.replace(surroundingBlanks, "")
  return HttpServerRequest.fromClientRequest(request).modify({ headers: Headers.fromInput(headers) })
}

/** A transport drops the body of a reply to HEAD. */
const withoutBody = ({ status, headers }: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.empty({ status, headers })

/**
 * The response as a client over sockets gets it: with the cookies of its header and a streamed body. Effect would read
 * a raw body as a web response, which takes turns of the event loop.
 */
const toClient = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const streamed = response.body._tag === "Raw" ? Reply.withBody(response, Reply.body(response)) : response
  const cookie = streamed.headers["set-cookie"]
  return cookie === undefined ? streamed : HttpServerResponse.replaceCookies(streamed, parsedCookie(cookie))
}

const parsedCookie = rememberLast((header: string) => Cookies.fromSetCookie([header]))

const failed = (request: HttpClientRequest, cause: Error): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause, description: cause.message })
  })

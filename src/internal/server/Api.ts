import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import type { unhandled } from "effect/Types"
import * as ApiFailure from "./ApiFailure.ts"
import * as Assumptions from "./Assumptions.ts"
import type { Call } from "./Call.ts"
import type { Endpoint } from "./Endpoint.ts"
import { endpoints } from "./Endpoints.ts"
import * as Exceptions from "./Exceptions.ts"
import type { Disconnect } from "./Interceptor.ts"
import * as Query from "./Query.ts"
import * as Reply from "./Reply.ts"
import * as RequestBody from "./RequestBody.ts"
import * as Routing from "./Routing.ts"
import type { Service } from "./ServerState.ts"
import { ServerState } from "./ServerState.ts"
import * as Session from "./Session.ts"

type Replied<E = never, R = never> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | Scope>

const route = Routing.make(endpoints)

/**
 * The whole API as one catch-all route, so that paths are matched as the real server matches them: case counts, ids
 * have any length, and every verb is answered.
 */
export const routes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const state = yield* ServerState
    const reply = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => handle(state, request))
    yield* router.add("*", "/*", reply)
    // A router finds no route for a path it can't decode.
    yield* router.addGlobalMiddleware((routed) =>
      Effect.flatMap(
        HttpServerRequest.HttpServerRequest,
        ({ url }): Replied<Disconnect | unhandled, HttpServerRequest.HttpServerRequest> =>
          isDecodable(splitUrl(url).path) ? routed : Effect.interruptible(reply)
      )
    )
  })
)

/** Answers a request. */
const handle = Effect.fnUntraced(function* (
  state: Service,
  request: HttpServerRequest.HttpServerRequest
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, Disconnect, Scope> {
  const startedAt = yield* Clock.currentTimeMillis
  const { path, query } = splitUrl(request.url)
  const { method, headers } = request
  const routed = route(path)
  const operation = routed?.endpoint.operation
  const counted = state.log.count(operation)
  const attempt = operation === undefined ? 0 : counted
  const session = Session.authenticate(state.accounts, { method, path, headers, now: startedAt })
  const body = yield* RequestBody.read(request)
  const account = Result.isSuccess(session) ? session.success.account.id : undefined
  const seen = { operation, attempt, method, path, query, headers: redacted(headers), body: body.text, account }
  state.log.add({ ...seen, time: startedAt })
  if (routed === undefined) return yield* dated(withCors(Reply.failure(ApiFailure.unknownRoute)))
  const { interceptor } = state
  const { endpoint, params } = routed
  const intercepted = { operation: endpoint.operation, attempt, request }
  const call = { ...intercepted, state, interceptor, path, query: Query.parse(query), body, startedAt, session }
  const reply =
    params === undefined
      ? Effect.succeed(Reply.failure(ApiFailure.badRequest(Assumptions.undecodablePathMessage)))
      : answer(endpoint, { ...call, params })
  return yield* dated(withCors(yield* interceptor.reply(intercepted, reply)))
})

/**
 * Every reply has a `Date`, from Effect's Clock: Node's own would show the machine's time where a test sets the clock. A
 * fault may set another one.
 */
const dated = Effect.fnUntraced(function* (response: HttpServerResponse.HttpServerResponse) {
  if (response.headers["date"] !== undefined) return response
  return HttpServerResponse.setHeader(response, "date", new Date(yield* Clock.currentTimeMillis).toUTCString())
})

/** Puts a request through the checks in their order (wire contract 6) and then to its endpoint. */
const answer = (endpoint: Endpoint, call: Call): Replied => {
  if (call.body.refusal !== undefined) return Effect.succeed(Reply.plain(call.body.refusal))
  if (call.request.method === "HEAD") return Effect.succeed(Reply.head)
  if (call.request.method === "OPTIONS") return Effect.succeed(Reply.options)
  return handled(endpoint, call).pipe(
    Exceptions.toFailure,
    Effect.catchTag("ApiFailure", (failure) => Effect.succeed(Reply.failure(failure)))
  )
}

const handled = (endpoint: Endpoint, call: Call): Replied<ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    const { method, headers } = call.request
    if (method !== endpoint.verb) return Effect.fail(ApiFailure.methodNotAllowed)
    if (method === "POST" && RequestBody.mediaType(headers["content-type"]) !== "application/json") {
      return Effect.fail(ApiFailure.badRequest())
    }
    return Result.isFailure(call.session)
      ? Effect.fail(call.session.failure)
      : endpoint.handle({ ...call, ...call.session.success })
  })

const withCors = HttpServerResponse.setHeaders(Assumptions.corsHeaders)

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** In process the URL may still have its fragment, which is never sent over a socket. */
const splitUrl = (url: string): { readonly path: string; readonly query: string } => {
  const [sent = ""] = url.split("#", 1)
  const mark = sent.indexOf("?")
  return mark === -1 ? { path: sent, query: "" } : { path: sent.slice(0, mark), query: sent.slice(mark + 1) }
}

const redacted = (headers: HttpServerRequest.HttpServerRequest["headers"]): Readonly<Record<string, string>> =>
  headers["authorization"] === undefined ? { ...headers } : { ...headers, authorization: "<redacted>" }

import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import type { Call, Endpoint } from "./Endpoint.ts"
import { endpoints } from "./Endpoints.ts"
import type { ConnectionReset } from "./faults/Interceptor.ts"
import * as ApiFailure from "./http/ApiFailure.ts"
import * as ContentType from "./http/ContentType.ts"
import * as Exceptions from "./http/Exceptions.ts"
import * as Pages from "./http/HtmlPages.ts"
import * as Query from "./http/Query.ts"
import * as ReplyHeaders from "./http/ReplyHeaders.ts"
import * as RequestBody from "./http/RequestBody.ts"
import * as Reply from "./http/ServerReply.ts"
import * as Session from "./http/Session.ts"
import * as Target from "./http/Target.ts"
import * as Routing from "./Routing.ts"
import type { Service } from "./ServerState.ts"

type Replied<E = never> = Effect.Effect<HttpServerResponse, E, Scope>

const route = Routing.make(endpoints)

/**
 * Answers a request: the whole API, in process and over sockets. `Target` reads the URL, `Routing` finds the `Endpoint`
 * in the table of `Endpoints`, `Session` authenticates, and the `Interceptor` injects faults around the handler, which
 * reads and writes the `ServerState`. `Assumptions` has the choices where the contract is open.
 */
export const answer = Effect.fnUntraced(function* (
  state: Service,
  request: HttpServerRequest
): Effect.fn.Return<HttpServerResponse, ConnectionReset, Scope> {
  const startedAt = yield* Clock.currentTimeMillis
  const { method, headers, cookies } = request
  const target = Target.read(request.url)
  const raw = Target.split(request.url)
  const path = target._tag === "Path" ? target.path : raw.path
  const query = Query.parse(raw.query)
  const routed = target._tag === "Path" ? route(path) : undefined
  const operation = routed?._tag === "Endpoint" ? routed.endpoint.operation : undefined
  const counted = state.log.count(operation)
  const attempt = operation === undefined ? 0 : counted
  const session = Session.authenticate(state.accounts, { method, path, query, headers, cookies, now: startedAt })
  const body = yield* RequestBody.read(request)
  const account = Result.isSuccess(session) ? session.success.account.id : undefined
  const seen = { operation, attempt, method, ...raw, headers: redacted(headers), body: body.text, account }
  state.log.add({ ...seen, time: startedAt })
  const { compression, interceptor } = state
  const isBare = target._tag === "Undecodable" || (target._tag === "Moved" && target.bare)
  const finish = (response: HttpServerResponse) =>
    ReplyHeaders.add(response, { request, path: isBare ? undefined : path, compression })
  if (routed?._tag !== "Endpoint" || unsupported.has(method))
    return yield* finish(withoutEndpoint(method, target, routed))
  const { endpoint, params } = routed
  const intercepted = { operation: endpoint.operation, attempt, request }
  const call = { ...intercepted, state, interceptor, path, query, params, body, startedAt, session }
  return yield* Effect.flatMap(interceptor.reply(intercepted, reply(endpoint, call)), finish)
})

/** The methods that Next.js can't represent. It fails on them before it looks for a route. */
const unsupported: ReadonlySet<string> = new Set(["TRACE", "CONNECT"])

/** The reply of any route to HEAD and OPTIONS, which no endpoint sees (wire contract 6). */
const shortcut = (method: string): HttpServerResponse | undefined =>
  method === "HEAD" ? Reply.head : method === "OPTIONS" ? Reply.options : undefined

/** The reply to a request that belongs to no endpoint. */
const withoutEndpoint = (
  method: string,
  target: Target.Target,
  routed: Routing.Routed | undefined
): HttpServerResponse => {
  if (target._tag === "Undecodable") return Pages.undecodable
  if (target._tag === "Moved" && target.bare) return Reply.moved(target.location)
  if (unsupported.has(method)) return Reply.plain(RequestBody.serverError)
  if (target._tag === "Moved") return Reply.moved(target.location)
  if (routed?._tag !== "NotImplemented") return Pages.notFound
  return shortcut(method) ?? Reply.failure(ApiFailure.notImplemented)
}

/** Checks a request in the order of the contract (wire contract 6), then gives it to its endpoint. */
const reply = (endpoint: Endpoint, call: Call): Replied => {
  if (call.body.refusal !== undefined) return Effect.succeed(Reply.plain(call.body.refusal))
  const shortened = shortcut(call.request.method)
  if (shortened !== undefined) return Effect.succeed(shortened)
  return handled(endpoint, call).pipe(
    Exceptions.toFailure,
    Effect.catchTag("ApiFailure", (failure) => Effect.succeed(Reply.failure(failure)))
  )
}

const handled = (endpoint: Endpoint, call: Call): Replied<ApiFailure.ApiFailure> =>
  Effect.suspend(() => {
    const { method, headers } = call.request
    if (endpoint.method !== "any" && method !== endpoint.method) return Effect.fail(ApiFailure.methodNotAllowed)
    if (endpoint.method === "POST" && ContentType.mediaType(headers["content-type"]) !== "application/json") {
      return Effect.fail(ApiFailure.badRequest())
    }
    return Result.isFailure(call.session)
      ? Effect.fail(call.session.failure)
      : endpoint.handle({ ...call, ...call.session.success })
  })

const redacted = (headers: HttpServerRequest["headers"]): Readonly<Record<string, string>> =>
  headers["authorization"] === undefined ? { ...headers } : { ...headers, authorization: "<redacted>" }

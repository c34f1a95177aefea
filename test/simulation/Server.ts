/** The server of a simulated world: the in-memory API with its own clock, and a record of every change. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type * as InMemory from "../../src/layers/InMemory.ts"
import * as Api from "../../src/internal/server/Api.ts"
import * as Interceptor from "../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import type * as Store from "../../src/internal/server/store/Store.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import * as ContactRows from "./ContactRows.ts"
import type { Commit, History } from "./History.ts"
import { CurrentOrigin, noOrigin, type Origin } from "./Origin.ts"

/** The header with the number of the call, so that an injected fault can be assigned to it. */
export const callHeader = "x-simulated-call"

/** The connection ended before the answer did. */
export class NoAnswer extends Error {
  readonly code = "ECONNRESET"
}

export interface Server {
  readonly state: ServerState.Service
  readonly clock: Clock.Clock
  /** Handles a request that has arrived. */
  readonly handle: (
    request: HttpClientRequest.HttpClientRequest,
    origin: Origin
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, NoAnswer>
  /** Handles a request without faults. */
  readonly handleWithoutFaults: Server["handle"]
}

const tierOf = ({ meta }: Store.ContactRecord): string | undefined => {
  const tier = meta?.["tier"]
  return typeof tier === "string" ? tier : undefined
}

/** Records every change of a store. */
const record = (store: Store.Store, history: History): void => {
  const commit = (kind: Commit["kind"], row: Store.ContactRecord): void => {
    const origin = Fiber.getCurrent()?.getRef(CurrentOrigin) ?? noOrigin
    history.commits.push({
      ...origin,
      at: history.nextEvent(),
      kind,
      account: row.account,
      id: row.id,
      fingerprint: row.fingerprint,
      email: row.email,
      nick: row.nick,
      isVerified: row.verifiedAt !== null,
      tier: tierOf(row),
      createdAt: row.createdAt
    })
    history.log(`call ${origin.call}: ${kind} of ${row.id}, ${row.fingerprint}, ${row.nick}, committed`)
  }
  const insertRecord = store.insertRecord.bind(store)
  store.insertRecord = (row) => {
    const inserted = insertRecord(row)
    if (Result.isSuccess(inserted)) commit("insert", inserted.success)
    return inserted
  }
  const update = store.update.bind(store)
  store.update = (id, columns, now) => {
    const updated = update(id, columns, now)
    const row = store.get(id)
    if (Result.isSuccess(updated) && row !== undefined) commit("update", row)
    return updated
  }
  const remove = store.delete.bind(store)
  store.delete = (id) => {
    const row = store.get(id)
    remove(id)
    if (row !== undefined) commit("delete", row)
  }
}

/** Loads the library that runs queries of GraphQL, for which virtual time cannot wait. */
const loadGraphql = Effect.gen(function* () {
  const state = yield* ServerState.make()
  const query = HttpClientRequest.post("http://localhost/api/v1/graphql").pipe(
    HttpClientRequest.setHeader("authorization", "Bearer sk-loading"),
    HttpClientRequest.bodyText('{"query":"{ contacts { edges { cursor } } }"}', "application/json")
  )
  yield* Api.answer(state, HttpServerRequest.fromClientRequest(query))
}).pipe(Effect.scoped)

await Effect.runPromise(loadGraphql)

const incoming = (request: HttpClientRequest.HttpClientRequest, { call }: Origin) =>
  HttpServerRequest.fromClientRequest(HttpClientRequest.setHeader(request, callHeader, String(call)))

/**
 * Limits the fault that empties a page to streams. A stream that ends early looks like a broken connection. A complete
 * JSON page without its contacts would be a false answer, which no client can detect.
 */
const withoutEmptyPages = (interceptor: Interceptor.Interceptor): Interceptor.Interceptor => ({
  ...interceptor,
  page: (intercepted, page) =>
    Effect.flatMap(interceptor.page(intercepted, page), (rows) =>
      rows.length === 0 && !page.streamed ? page.read(page.cursor) : Effect.succeed(rows)
    )
})

/** Starts a server. */
export const make = Effect.fnUntraced(function* (
  options: { readonly accounts: ReadonlyArray<InMemory.AccountOptions>; readonly rateLimit: number | undefined },
  clock: Clock.Clock,
  random: SeededRandom,
  history: History
): Effect.fn.Return<Server, never, Scope.Scope> {
  const { accounts, rateLimit } = options
  const upstream: InMemory.Upstream = ({ body }) =>
    Effect.sync(() => {
      history.served.push(Fiber.getCurrent()?.getRef(CurrentOrigin).call ?? noOrigin.call)
      history.log(`call ${history.served.at(-1)}: the other service acts`)
      return body === "fail" ? { status: 503, body: "unavailable" } : { status: 200, body: "served" }
    })
  const state = yield* ServerState.make({ accounts, upstream, ...(rateLimit === undefined ? {} : { rateLimit }) })
  // The platform signs with WebCrypto, for which virtual time cannot wait.
  state.platformTokens.sign = () => Effect.sync(() => `canary-state-${history.nextEvent()}`)
  state.platformTokens.isOwn = () => Effect.succeed(false)
  record(state.store, history)
  ContactRows.record(state, history)
  state.interceptor = withoutEmptyPages(state.faults.interceptor)
  const scope = yield* Effect.scope
  const handle: Server["handle"] = (request, origin) =>
    Api.answer(state, incoming(request, origin)).pipe(
      Effect.provideService(Scope.Scope, Scope.forkUnsafe(scope)),
      Effect.provideService(CurrentOrigin, origin),
      Effect.provideService(Clock.Clock, clock),
      Effect.provideService(Random.Random, random.effectRandom),
      // A failure here is a broken connection, since the API answers everything else.
      Effect.mapError(() => new NoAnswer())
    )
  return {
    state,
    clock,
    handle,
    handleWithoutFaults: (request, origin) =>
      Effect.suspend(() => {
        const { interceptor } = state
        // The request is handled synchronously, so no other request sees the change.
        state.interceptor = Interceptor.none
        return Effect.ensuring(
          handle(request, origin),
          Effect.sync(() => {
            state.interceptor = interceptor
          })
        )
      })
  }
})

import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Result from "effect/Result"
import type { ApiFailure } from "./http/ApiFailure.ts"
import * as Assumptions from "./Assumptions.ts"
import type { Intercepted, Interceptor } from "./Interceptor.ts"
import type { Query } from "./http/Query.ts"
import type { RequestBody } from "./http/RequestBody.ts"
import type { Service } from "./ServerState.ts"
import type { Session } from "./http/Session.ts"

/** A request on its way through the checks. */
export interface Call extends Intercepted {
  readonly request: HttpServerRequest
  readonly state: Service
  readonly interceptor: Interceptor
  /** The path as sent, without the query. */
  readonly path: string
  readonly query: Query
  /** The decoded segments of the path that the route leaves open. */
  readonly params: ReadonlyMap<string, string>
  readonly body: RequestBody
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Who it acts as, or why it may not. */
  readonly session: Result.Result<Session, ApiFailure>
}

/** A request that passed the checks all endpoints share. */
export interface AuthorizedCall extends Call, Session {}

/** A parameter by name, trimmed; undefined if there is none or it is blank. */
export const parameter = (call: Call, name: string): string | undefined => {
  const inPath = call.params.get(name)
  const inQuery = call.query.get(name)
  return (Assumptions.queryParametersShadowPath ? (inQuery ?? inPath) : inPath)?.trim() || undefined
}

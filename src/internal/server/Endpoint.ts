import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import * as Assumptions from "./Assumptions.ts"
import type { Intercepted, Interceptor } from "./faults/Interceptor.ts"
import type { ApiFailure } from "./http/ApiFailure.ts"
import type { Query } from "./http/Query.ts"
import type { RequestBody } from "./http/RequestBody.ts"
import * as Reply from "./http/ServerReply.ts"
import type { Session } from "./http/Session.ts"
import type { DocumentOperation, OperationName } from "./OperationName.ts"
import type { Service } from "./ServerState.ts"

/** One operation of the API. A new one is added to the table in `Endpoints.ts`. */
export interface Endpoint {
  readonly operation: OperationName
  /** `any` leaves the methods and content types to the endpoint. */
  readonly method: "GET" | "POST" | "any"
  /** The path after `/v1` or `/api/v1`. A segment in braces is a parameter. */
  readonly path: string
  /** Handles a call whose session has been checked, and before it the method and the content type. */
  readonly handle: (call: AuthorizedCall) => Effect.Effect<HttpServerResponse, ApiFailure, Scope>
}

/** A request to an endpoint, before it is checked. */
export interface Call extends Intercepted {
  readonly state: Service
  readonly interceptor: Interceptor
  /** The path as sent, without the query. */
  readonly path: string
  readonly query: Query
  /** The decoded path parameters, by name. */
  readonly params: ReadonlyMap<string, string>
  readonly body: RequestBody
  /** The time the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number
  /** The account it acts as, or the refusal of its credentials. */
  readonly session: Result.Result<Session, ApiFailure>
}

/** A request that passed the checks that all endpoints share. */
export interface AuthorizedCall extends Call, Session {}

/** A path parameter by name, trimmed; undefined if there is none or it is blank. */
export const parameter = (call: Call, name: string): string | undefined => {
  const inPath = call.params.get(name)
  const inQuery = call.query.get(name)
  return (Assumptions.queryParametersShadowPath ? (inQuery ?? inPath) : inPath)?.trim() || undefined
}

/** An endpoint that answers with one JSON document, given as text. */
export const json = (
  operation: DocumentOperation,
  method: Endpoint["method"],
  path: string,
  run: (call: AuthorizedCall) => Effect.Effect<string, ApiFailure>
): Endpoint => ({ operation, method, path, handle: (call) => Effect.map(run(call), Reply.json) })

import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { Scope } from "effect/Scope"
import type { ApiFailure } from "./http/ApiFailure.ts"
import type { AuthorizedCall } from "./ServerCall.ts"
import type { DocumentOperation, OperationName } from "./OperationName.ts"
import * as Reply from "./http/ServerReply.ts"

/** One operation of the API: adding one is adding it to the table in `Endpoints.ts`. */
export interface Endpoint {
  readonly operation: OperationName
  readonly verb: "GET" | "POST"
  /** After `/v1` or `/api/v1`; a segment in braces is a parameter. */
  readonly path: string
  /** Handles a call whose verb, content type and session have been checked. */
  readonly handle: (call: AuthorizedCall) => Effect.Effect<HttpServerResponse, ApiFailure, Scope>
}

/** An endpoint that answers with one JSON document, given as text. */
export const json = (
  operation: DocumentOperation,
  verb: Endpoint["verb"],
  path: string,
  run: (call: AuthorizedCall) => Effect.Effect<string, ApiFailure>
): Endpoint => ({ operation, verb, path, handle: (call) => Effect.map(run(call), Reply.json) })

import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Endpoint from "../Endpoint.ts"
import type { execute } from "./GraphqlExecution.ts"
import * as GraphqlError from "./GraphqlError.ts"
import * as GraphqlFormat from "./GraphqlFormat.ts"
import * as GraphqlRequest from "./GraphqlRequest.ts"

/** The function that runs queries, once it is loaded. */
let loaded: typeof execute | undefined

/**
 * Loads the function that runs queries. The GraphQL library takes longer to load than a small API to build, so this
 * waits for the first query. Later ones take no turn of the event loop.
 */
const load: Effect.Effect<typeof execute> = Effect.suspend(() =>
  loaded === undefined
    ? Effect.map(
        Effect.promise(() => import("./GraphqlExecution.ts")),
        (module) => (loaded = module.execute)
      )
    : Effect.succeed(loaded)
)

/**
 * `POST /graphql` and `GET /graphql`: looks contacts up by fingerprint, e-mail, id or metadata (wire contract 12). Once
 * the credentials are good, the status is 200 and the content type `application/json`, whatever happens.
 */
export const find = Endpoint.json("Contact.find", "any", "/graphql", (call) =>
  Effect.suspend(() => {
    const format = GraphqlFormat.negotiate(call.request)
    const request = GraphqlRequest.read(call)
    if (format === undefined || request === undefined) {
      return Effect.succeed(GraphqlError.toJson(GraphqlError.noAnswer))
    }
    const document = Result.match(request, {
      onFailure: (error) => Effect.succeed(GraphqlError.toJson(error)),
      onSuccess: (request) => Effect.map(load, (execute) => execute(request, call))
    })
    return Effect.map(document, format)
  })
)

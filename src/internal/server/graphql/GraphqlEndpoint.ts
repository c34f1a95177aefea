import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Endpoint from "../Endpoint.ts"
import * as GraphqlError from "./GraphqlError.ts"
import * as GraphqlFormat from "./GraphqlFormat.ts"
import * as GraphqlRequest from "./GraphqlRequest.ts"

/** Loading the GraphQL library takes longer than building an in-memory API, so it waits for the first query. */
const execution = Effect.promise(() => import("./GraphqlExecution.ts"))

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
      onSuccess: (request) => Effect.map(execution, ({ execute }) => execute(request, call))
    })
    return Effect.map(document, format)
  })
)

import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { AuthorizedCall } from "../Endpoint.ts"
import type { Query } from "../http/Query.ts"
import * as GraphqlError from "./GraphqlError.ts"

/** A query to run, with what GraphQL Yoga has checked of it (wire contract 12.3). */
export interface GraphqlRequest {
  readonly method: "GET" | "POST"
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly operationName: string | undefined
}

type Read<A> = Result.Result<A, GraphqlError.GraphqlError>

/**
 * Reads a request as GraphQL Yoga does, in the order of its checks. Undefined for a POST of a content type that it does
 * not speak, to which it has no answer.
 */
export const read = (call: AuthorizedCall): Read<GraphqlRequest> | undefined => {
  const { method } = call.request
  if (method !== "GET" && method !== "POST") return refused("GraphQL only supports GET and POST requests.")
  const parameters = method === "GET" ? fromQuery(call.query) : fromBody(call)
  return parameters && Result.flatMap(parameters, (given) => checked(method, given))
}

const refused = (message: string): Read<never> => Result.fail(GraphqlError.badRequest(message))

const json = "application/json"

/**
 * The parameters in bodies of other types that GraphQL Yoga speaks. The server forwards every body as JSON: a form as an
 * object, bytes as what Node's `Buffer` is in JSON.
 */
const otherTypes: ReadonlyMap<string, Read<unknown>> = new Map<string, Read<unknown>>([
  ["application/graphql+json", Result.succeed({ type: "Buffer" })],
  ["application/graphql", Result.succeed({ query: '{"type":"Buffer"}' })],
  ["application/x-www-form-urlencoded", Result.succeed({})],
  ["multipart/form-data", Result.fail(GraphqlError.unexpected)]
])

const fromBody = ({ body, request }: AuthorizedCall): Read<unknown> | undefined => {
  const [contentType = ""] = (request.headers["content-type"] ?? "").split(",", 1)
  const type = [json, ...otherTypes.keys()].find((type) => contentType === type || contentType.startsWith(`${type};`))
  return type === json ? fromJson(body.value) : otherTypes.get(type ?? "")
}

/** The server writes the parsed body as JSON again, which turns infinities to null. It loses a body that is falsy. */
const fromJson = (value: unknown): Read<unknown> => {
  if (!value) return refused("POST body sent invalid JSON.")
  return typeof value === "object"
    ? Result.succeed(JSON.parse(JSON.stringify(value)))
    : refused(`POST body is expected to be object but received ${typeof value}`)
}

/** The parameters in the query of a URL. Empty ones are absent. */
const fromQuery = (search: Query): Read<unknown> =>
  Result.try({
    try: () => ({
      query: search.get("query") || undefined,
      operationName: search.get("operationName") || undefined,
      variables: parsed(search.get("variables")),
      extensions: parsed(search.get("extensions"))
    }),
    catch: () => GraphqlError.unexpected
  })

const parsed = (text: string | undefined): unknown => (text ? JSON.parse(text) : undefined)

const known: ReadonlySet<string> = new Set(["query", "variables", "operationName", "extensions"])

const checked = (method: GraphqlRequest["method"], parameters: unknown): Read<GraphqlRequest> => {
  if (!Predicate.isObject(parameters)) return refused("Batching is not supported.")
  const unknown = Object.keys(parameters).find((name) => !known.has(name))
  if (unknown !== undefined) return refused(`Unexpected parameter "${unknown}" in the request body.`)
  const { query, variables, operationName, extensions } = parameters
  if (query === undefined || query === null) return refused("Must provide query string.")
  if (typeof query !== "string") return refused(`Expected "query" param to be a string, but given ${typeOf(query)}.`)
  if (!isObjectOrAbsent(variables)) return refused(notAnObject("variables", variables))
  if (!isObjectOrAbsent(extensions)) return refused(notAnObject("extensions", extensions))
  return Result.succeed({ method, query, variables: variables ?? undefined, operationName: toName(operationName) })
}

/** A name that is no text becomes the empty one: no operation has either. */
const toName = (name: unknown): string | undefined => {
  if (name === undefined || name === null) return undefined
  return typeof name === "string" ? name : ""
}

const isObjectOrAbsent = (value: unknown): value is Record<string, unknown> | null | undefined =>
  value === undefined || value === null || Predicate.isObject(value)

const notAnObject = (name: string, value: unknown): string =>
  `Expected "${name}" param to be empty or an object, but given ${typeOf(value)}.`

const typeOf = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value)

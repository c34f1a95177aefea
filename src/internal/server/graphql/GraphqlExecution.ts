import {
  executeSync,
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type OperationDefinitionNode
} from "graphql"
import type { AuthorizedCall } from "../Endpoint.ts"
import * as GraphqlError from "./GraphqlError.ts"
import type { GraphqlRequest } from "./GraphqlRequest.ts"
import * as GraphqlSchema from "./GraphqlSchema.ts"
import { QueryContext, readColumn } from "./QueryContext.ts"
import * as ResultSize from "./ResultSize.ts"

/** The most fields of an operation that read the schema. Each has thousands of values at most. */
const maxIntrospectedFields = 1000

/** Runs a query, and gives the document of its result: `errors` first, then `data` (wire contract 12.3). */
export const execute = (request: GraphqlRequest, call: AuthorizedCall): string => {
  try {
    return run(request, call)
  } catch {
    // A query may be nested deeper than the stack, and a result longer than the longest text.
    return GraphqlError.toJson(GraphqlError.unexpected)
  }
}

const run = ({ method, operationName, query, variables }: GraphqlRequest, call: AuthorizedCall): string => {
  const document = parsed(query)
  if (document instanceof GraphQLError) return failures([document], "GRAPHQL_PARSE_FAILED")
  const operation = getOperationAST(document, operationName)
  if (!operation) return GraphqlError.toJson(GraphqlError.noOperation)
  if (operation.operation === "mutation" && method === "GET") return GraphqlError.toJson(mutationByGet)
  const invalid = validate(GraphqlSchema.schema, document)
  if (invalid.length > 0) return failures(invalid, "GRAPHQL_VALIDATION_FAILED")
  if (readsTooMuch(document, operation)) return GraphqlError.toJson(GraphqlError.unexpected)
  const contextValue = new QueryContext(call)
  const { data, errors } = executeSync({
    schema: GraphqlSchema.schema,
    document,
    contextValue,
    variableValues: variables,
    operationName,
    fieldResolver: readColumn
  })
  if (contextValue.isExhausted) return GraphqlError.toJson(GraphqlError.unexpected)
  return JSON.stringify({ errors: errors?.map((error) => (isUnexpected(error) ? hidden(error) : error)), data })
}

const mutationByGet = GraphqlError.badRequest("Can only perform a mutation operation from a POST request.")

/** True if an operation reads more of the schema than any tool does. */
const readsTooMuch = ({ definitions }: DocumentNode, operation: OperationDefinitionNode): boolean => {
  const fragments = definitions.flatMap((definition) =>
    definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : []
  )
  return ResultSize.introspectedFields(operation, Object.fromEntries(fragments)) > maxIntrospectedFields
}

const parsed = (query: string): DocumentNode | GraphQLError => {
  try {
    return parse(query)
  } catch (thrown) {
    if (thrown instanceof GraphQLError) return thrown
    throw thrown
  }
}

const failures = (errors: ReadonlyArray<GraphQLError>, code: string): string =>
  JSON.stringify({ errors: errors.map((error) => ({ ...error.toJSON(), extensions: { code } })) })

/** True if an error has a cause that is no error of GraphQL. */
const isUnexpected = ({ originalError }: GraphQLError): boolean =>
  originalError !== undefined && (!(originalError instanceof GraphQLError) || isUnexpected(originalError))

/** The error as GraphQL Yoga shows it: without its text, but with the place. */
const hidden = (error: GraphQLError) => ({ ...error.toJSON(), ...GraphqlError.unexpected })

import * as Predicate from "effect/Predicate"
import type { CommonTag, ErrorContext, OwnFailure } from "../call/Operation.ts"
import * as Failure from "../call/failure/Failure.ts"
import * as ServerMessage from "../call/failure/ServerMessage.ts"
import * as FindQuery from "./FindQuery.ts"

type LookupFailure = OwnFailure<CommonTag>

/** The query is always the same, so a server that refuses it has another schema. */
const schemaCodes: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE"
])

/** The name that the server's schema lacks, in a message about the query. */
const unknownName = /^(?:Cannot query field|Unknown (?:argument|type)) "(\w+)"/

/** The name of the variable in a message about its value. The rest of the message quotes the value. */
const variableName = /^Variable "\$(\w+)" /

const schemaFailure = (message: string): LookupFailure => {
  const [, name] = unknownName.exec(message) ?? []
  return {
    tag: "UnexpectedResponse",
    description:
      name !== undefined && FindQuery.query.includes(name)
        ? `The server's GraphQL schema has no ${name}`
        : "The server's GraphQL schema does not allow the query",
    outcome: "rejected"
  }
}

const variableFailure = (name: string): LookupFailure => ({
  tag: "InvalidRequest",
  description: `${name}: The server refused a value`,
  outcome: "rejected",
  field: name
})

/**
 * Reads the `errors` of a GraphQL reply, which has status 200 (wire contract 12.3). The first error decides. An error without
 * a code is an `UnexpectedResponse`, unless it is about a variable: the client makes no cursors or arguments that the contract
 * does not allow.
 */
export const read = (body: unknown, { callerValues, status }: ErrorContext): LookupFailure | undefined => {
  if (status !== 200 || !Predicate.isObject(body) || !Array.isArray(body["errors"])) return undefined
  const [error] = body["errors"]
  if (!Predicate.isObject(error)) return undefined
  const message = typeof error["message"] === "string" ? error["message"] : ""
  const code = Predicate.hasProperty(error["extensions"], "code") ? error["extensions"].code : undefined
  if (typeof code !== "string") {
    const [, name] = variableName.exec(message) ?? []
    return name !== undefined && FindQuery.query.includes(`$${name}:`)
      ? variableFailure(name)
      : { description: "The server answered with an error that the API does not have" }
  }
  if (schemaCodes.has(code)) return { ...schemaFailure(message), code }
  const isRefused = code === "BAD_REQUEST"
  const tag = isRefused ? "InvalidRequest" : "ServerError"
  return {
    tag,
    description: ServerMessage.shown(message, callerValues) ?? Failure.descriptions[tag] ?? tag,
    code: isRefused ? code : ServerMessage.identifier(code, callerValues),
    outcome: isRefused ? "rejected" : "unknown",
    transient: !isRefused
  }
}

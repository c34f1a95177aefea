import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from "graphql"

/** A date as ISO text in UTC with milliseconds. Stored dates are milliseconds since the epoch. */
export const DateTime = new GraphQLScalarType({
  name: "DateTime",
  description: "A date and time as ISO 8601 text in UTC.",
  serialize: (millis) => {
    const date = new Date(typeof millis === "number" ? millis : Number.NaN)
    if (Number.isNaN(date.getTime())) throw new GraphQLError("DateTime cannot represent an invalid Date instance.")
    return date.toISOString()
  }
})

/** A JSON object. Another value is no error of GraphQL but a `TypeError`, whose text GraphQL Yoga hides. */
export const JsonObject = new GraphQLScalarType<object>({
  name: "JsonObject",
  description: "A JSON object.",
  serialize: (value) => requireObject(value, String),
  parseValue: (value) => requireObject(value, String),
  parseLiteral: (node, variables) => requireObject(fromLiteral(node, variables), () => print(node))
})

const requireObject = (value: unknown, textOf: (value: unknown) => string): object => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value
  throw new TypeError(`JSONObject cannot represent non-object value: ${textOf(value)}`)
}

type Variables = { readonly [name: string]: unknown } | null | undefined

/** The value of a literal. Variables may stand in it at any place. */
const fromLiteral = (node: ValueNode, variables: Variables): unknown => {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, fromLiteral(value, variables)]))
    case Kind.LIST:
      return node.values.map((item) => fromLiteral(item, variables))
    case Kind.NULL:
      return null
    case Kind.VARIABLE:
      return variables?.[node.name.value]
    case Kind.ENUM:
      throw new TypeError(`JSONObject cannot represent value: ${print(node)}`)
  }
}

import type { Case, Expected } from "../../Case.ts"
import * as Reply from "../../Reply.ts"
import { ok, send } from "../../Steps.ts"
import { query } from "./Lookup.ts"

const typeFields = "kind name ofType { kind name ofType { kind name } }"

/** The name of a type as in a schema, such as `[ID!]`. */
const typeName = (type: unknown): string => {
  const inner = Reply.field(type, "ofType")
  switch (Reply.field(type, "kind")) {
    case "NON_NULL":
      return `${typeName(inner)}!`
    case "LIST":
      return `[${typeName(inner)}]`
    default:
      return String(Reply.field(type, "name"))
  }
}

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A field or an argument as in a schema. */
const described = (member: unknown): string => {
  const initial = Reply.field(member, "defaultValue")
  return `${String(Reply.field(member, "name"))}: ${typeName(Reply.field(member, "type"))}${typeof initial === "string" ? ` = ${initial}` : ""}`
}

const typeOf = (reply: Reply.Reply): unknown => Reply.field(Reply.field(Reply.json(reply), "data"), "__type")

/** 200 with a type of exactly these members, in any order. */
const hasExactly = (members: (type: unknown) => ReadonlyArray<string>, expected: ReadonlyArray<string>): Expected => ({
  ...ok,
  checks: [
    [
      `the members are ${expected.join(", ")}`,
      (reply) => members(typeOf(reply)).toSorted().join() === expected.toSorted().join()
    ]
  ]
})

const fieldsOf = (type: unknown): ReadonlyArray<string> => list(Reply.field(type, "fields")).map(described)

const type = (name: string, fields: ReadonlyArray<string>) =>
  send(query(`{ __type(name: "${name}") { fields { name type { ${typeFields} } } } }`), hasExactly(fieldsOf, fields))

const argumentsOf =
  (field: string) =>
  (type: unknown): ReadonlyArray<string> =>
    list(Reply.field(type, "fields"))
      .filter((member) => Reply.field(member, "name") === field)
      .flatMap((member) => list(Reply.field(member, "args")).map(described))

const withArguments = `{ fields { name args { name defaultValue type { ${typeFields} } } } }`

/** The schema of the GraphQL lookup, as introspection shows it (wire contract 12.2). */
export const lookupSchema: ReadonlyArray<Case> = [
  {
    id: "the-schema-of-lookups",
    clauses: ["12.schema", "12.schema.connection", "12.introspection"],
    steps: [
      send(
        query(`{ __type(name: "Query") ${withArguments} }`),
        hasExactly(argumentsOf("contacts"), [
          "first: Int",
          "last: Int",
          "after: ID",
          "before: ID",
          "order: ListOrder = desc",
          "meta: JsonObject",
          "contactIds: [ID!]",
          "fingerprints: [String!]",
          "emails: [String!]"
        ])
      ),
      type("QueryContactsConnection", ["edges: [QueryContactsConnectionEdge]", "pageInfo: PageInfo!"]),
      type("QueryContactsConnectionEdge", ["cursor: ID!", "node: Contact"]),
      type("PageInfo", ["hasNextPage: Boolean!", "hasPreviousPage: Boolean!", "startCursor: ID", "endCursor: ID"]),
      send(
        query('{ __type(name: "ListOrder") { kind enumValues { name } } }'),
        hasExactly(
          (found) => list(Reply.field(found, "enumValues")).map((value) => String(Reply.field(value, "name"))),
          ["asc", "desc"]
        )
      )
    ]
  },
  {
    id: "the-schema-of-a-contact",
    clauses: ["12.schema.contact", "12.introspection"],
    steps: [
      send(
        query('{ __type(name: "Contact") { fields { name type { kind name } } } }'),
        hasExactly(
          (found) =>
            list(Reply.field(found, "fields"))
              .map(described)
              .filter((member) => !member.endsWith("Connection")),
          [
            "id: ID",
            "name: String",
            "description: String",
            "fingerprint: String",
            "email: String",
            "phone: String",
            "nick: String",
            "verifiedAt: DateTime",
            "createdAt: DateTime",
            "updatedAt: DateTime",
            "meta: JsonObject"
          ]
        )
      ),
      ...["tasks", "conversations", "ratings", "memories", "spaces"].map((field) =>
        send(
          query(`{ __type(name: "Contact") ${withArguments} }`),
          hasExactly(argumentsOf(field), ["first: Int", "last: Int", "after: ID", "before: ID"])
        )
      )
    ]
  }
]

import type { Case, Expected } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { ok, send } from "../../Steps.ts"
import { query } from "./Lookup.ts"

const typeFields = "kind name ofType { kind name ofType { kind name } }"

/** The name of a type as in a schema, such as `[ID!]`. */
const typeName = (type: unknown): string => {
  const inner = WireReply.field(type, "ofType")
  switch (WireReply.field(type, "kind")) {
    case "NON_NULL":
      return `${typeName(inner)}!`
    case "LIST":
      return `[${typeName(inner)}]`
    default:
      return String(WireReply.field(type, "name"))
  }
}

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A field or an argument as in a schema. */
const described = (member: unknown): string => {
  const initial = WireReply.field(member, "defaultValue")
  return `${String(WireReply.field(member, "name"))}: ${typeName(WireReply.field(member, "type"))}${typeof initial === "string" ? ` = ${initial}` : ""}`
}

const typeOf = (reply: WireReply.Reply): unknown =>
  WireReply.field(WireReply.field(WireReply.json(reply), "data"), "__type")

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

const fieldsOf = (type: unknown): ReadonlyArray<string> => list(WireReply.field(type, "fields")).map(described)

const type = (name: string, fields: ReadonlyArray<string>) =>
  send(query(`{ __type(name: "${name}") { fields { name type { ${typeFields} } } } }`), hasExactly(fieldsOf, fields))

const argumentsOf =
  (field: string) =>
  (type: unknown): ReadonlyArray<string> =>
    list(WireReply.field(type, "fields"))
      .filter((member) => WireReply.field(member, "name") === field)
      .flatMap((member) => list(WireReply.field(member, "args")).map(described))

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
          (found) => list(WireReply.field(found, "enumValues")).map((value) => String(WireReply.field(value, "name"))),
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
            list(WireReply.field(found, "fields"))
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

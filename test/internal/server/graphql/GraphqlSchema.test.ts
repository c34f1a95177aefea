import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { printSchema, printType } from "graphql"
import { schema } from "../../../../src/internal/server/graphql/GraphqlSchema.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { account, accountNamed, create, layer, parse, remove, seed } from "../Harness.ts"
import { cursor, errorOf, query } from "./Queries.ts"

const typeNamed = (name: string): string | undefined => {
  const type = schema.getType(name)
  return type && printType(type)
}

describe("The schema of GraphQL (contract 12.2)", () => {
  for (const [name, text] of [
    [
      "Query",
      `type Query {
  contacts(first: Int, last: Int, after: ID, before: ID, order: ListOrder = desc, meta: JsonObject, contactIds: [ID!], fingerprints: [String!], emails: [String!]): QueryContactsConnection
}`
    ],
    [
      "QueryContactsConnection",
      `type QueryContactsConnection {
  edges: [QueryContactsConnectionEdge]
  pageInfo: PageInfo!
}`
    ],
    [
      "QueryContactsConnectionEdge",
      `type QueryContactsConnectionEdge {
  cursor: ID!
  node: Contact
}`
    ],
    [
      "PageInfo",
      `type PageInfo {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: ID
  endCursor: ID
}`
    ],
    [
      "ListOrder",
      `enum ListOrder {
  asc
  desc
}`
    ],
    [
      "Contact",
      `type Contact {
  id: ID
  name: String
  description: String
  fingerprint: String
  email: String
  phone: String
  nick: String
  verifiedAt: DateTime
  meta: JsonObject
  createdAt: DateTime
  updatedAt: DateTime
${["Tasks", "Conversations", "Ratings", "Memories", "Spaces"]
  .map((name) => `  ${name.toLowerCase()}(first: Int, last: Int, after: ID, before: ID): Contact${name}Connection`)
  .join("\n")}
}`
    ],
    [
      "Task",
      `type Task {
  id: ID
  name: String
  description: String
  contactId: String
  botId: String
  schedule: String
  timezone: String
  sessionDuration: Float
  maxIterations: Int
  maxTime: Float
  status: String
  outcome: String
  lastRunAt: DateTime
  nextRunAt: DateTime
  meta: JsonObject
  createdAt: DateTime
  updatedAt: DateTime
}`
    ],
    [
      "Rating",
      `type Rating {
  id: ID
  name: String
  description: String
  contactId: String
  botId: String
  conversationId: String
  messageId: String
  value: Int
  reason: String
  meta: JsonObject
  createdAt: DateTime
  updatedAt: DateTime
}`
    ]
  ] as const) {
    it(`has ${name} exactly`, () => assert.strictEqual(typeNamed(name), text))
  }

  it("has no mutation, and no type but these", () => {
    assert.notInclude(printSchema(schema), "Mutation")
    const own = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith("__"))
    const connections = ["Tasks", "Conversations", "Ratings", "Memories", "Spaces"].flatMap((name) => [
      `Contact${name}Connection`,
      `Contact${name}ConnectionEdge`
    ])
    const objects = ["Contact", "Task", "Conversation", "Rating", "Memory", "Space"]
    const scalars = ["Boolean", "DateTime", "Float", "ID", "Int", "JsonObject", "String"]
    const others = ["ListOrder", "PageInfo", "Query", "QueryContactsConnection", "QueryContactsConnectionEdge"]
    assert.sameMembers(own, [...connections, ...objects, ...scalars, ...others])
  })
})

const everything =
  "{contacts{edges{node{id name description fingerprint email phone nick verifiedAt meta createdAt updatedAt}}}}"

const nodesOf = (got: {
  readonly data: { readonly contacts: { readonly edges: ReadonlyArray<{ readonly node: unknown }> } }
}) => got.data.contacts.edges.map(({ node }) => node)

describe("A contact in GraphQL (contract 12.2)", () => {
  it.effect("has dates as ISO text, and its metadata as stored", () =>
    Effect.gen(function* () {
      const contact = {
        id: "ada",
        name: "Ada",
        description: "d",
        fingerprint: "fingerprint-of-ada",
        email: "ada@example.com",
        phone: "+12025550123",
        nick: "a"
      }
      const meta = { "#internal": 1, _a: [null, { "#b": true }], constructor: "c", "": {} }
      const times = { createdAt: 1_699_999_999_999, updatedAt: 253_402_300_799_999, verifiedAt: 1_700_000_005_000 }
      yield* seed([{ ...contact, preferences: "p", ...times, meta }])
      assert.deepStrictEqual(nodesOf(yield* query(everything)), [
        {
          ...contact,
          verifiedAt: "2023-11-14T22:13:25.000Z",
          meta,
          createdAt: "2023-11-14T22:13:19.999Z",
          updatedAt: "9999-12-31T23:59:59.999Z"
        }
      ])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("has nulls where nothing is set, and empty texts", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "a", fingerprint: "", createdAt: 0 }])
      const epoch = "1970-01-01T00:00:00.000Z"
      assert.deepStrictEqual(nodesOf(yield* query(everything)), [
        {
          id: "a",
          name: "",
          description: "",
          fingerprint: "",
          email: null,
          phone: null,
          nick: null,
          verifiedAt: null,
          meta: null,
          createdAt: epoch,
          updatedAt: epoch
        }
      ])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("has no preferences", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* query("{contacts{edges{node{preferences}}}}")), {
        message: 'Cannot query field "preferences" on type "Contact".',
        code: "GRAPHQL_VALIDATION_FAILED"
      })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is there as soon as it is created, and gone once it is deleted", () =>
    Effect.gen(function* () {
      const { id } = parse((yield* create({ name: "Ada" })).text)
      assert.deepStrictEqual(nodesOf(yield* query("{contacts{edges{node{id name}}}}")), [{ id, name: "Ada" }])
      yield* remove(id)
      assert.deepStrictEqual(nodesOf(yield* query("{contacts{edges{node{id name}}}}")), [])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("fails in the one field that a date or a number has no form for", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "a", createdAt: 1, updatedAt: Number.POSITIVE_INFINITY }])
      const got = yield* query("{contacts{edges{node{id createdAt updatedAt}}}}")
      assert.deepStrictEqual(nodesOf(got), [{ id: "a", createdAt: "1970-01-01T00:00:00.001Z", updatedAt: null }])
      assert.deepStrictEqual(got.errors, [
        {
          message: "DateTime cannot represent an invalid Date instance.",
          locations: [{ line: 1, column: 35 }],
          path: ["contacts", "edges", 0, "node", "updatedAt"]
        }
      ])
    }).pipe(Effect.provide(layer()))
  )
})

describe("The connections of a contact (contract 12.2)", () => {
  const common = { name: "n", description: "", contactId: "ada", meta: { "#k": 1 }, createdAt: 1, updatedAt: 2 }
  const sent = {
    ...common,
    createdAt: "1970-01-01T00:00:00.001Z",
    updatedAt: "1970-01-01T00:00:00.002Z"
  }
  const [conversation, memory, rating, space, task] = [
    { taskId: "t", botId: null, datasetId: null, skillsetId: "s", backstory: "", model: "m" },
    { botId: "b", text: "likes tea" },
    { botId: null, conversationId: "c", messageId: null, value: -1, reason: null },
    { blueprintId: null },
    {
      botId: null,
      schedule: "0 * * * *",
      timezone: null,
      sessionDuration: 0.5,
      maxIterations: 3,
      maxTime: null,
      status: "idle",
      outcome: "pending",
      lastRunAt: null
    }
  ]

  it.effect("have the fields of the item lists", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      const { items } = yield* ServerState.ServerState
      const base = { ...common, account: yield* account }
      items.conversations.set({ ...base, ...conversation, id: "c1" })
      items.memories.set({ ...base, ...memory, id: "m1" })
      items.ratings.set({ ...base, ...rating, id: "r1" })
      items.spaces.set({ ...base, ...space, id: "s1" })
      items.tasks.set({ ...base, ...task, id: "t1", nextRunAt: 3 })
      const every = "id name description meta createdAt updatedAt"
      const [{ conversations, memories, ratings, spaces, tasks }] = nodesOf(
        yield* query(`{contacts{edges{node{
          conversations{edges{node{${every} contactId ${Object.keys(conversation).join(" ")}}}}
          memories{edges{node{${every} ${Object.keys(memory).join(" ")}}}}
          ratings{edges{node{${every} contactId ${Object.keys(rating).join(" ")}}}}
          spaces{edges{node{${every} contactId ${Object.keys(space).join(" ")}}}}
          tasks{edges{cursor node{${every} contactId ${Object.keys(task).join(" ")} nextRunAt}}}
        }}}}`)
      ) as any // oxlint-disable-line typescript/no-explicit-any
      const { contactId: _, ...withoutContact } = sent
      assert.deepStrictEqual(conversations.edges, [{ node: { ...sent, ...conversation, id: "c1" } }])
      assert.deepStrictEqual(memories.edges, [{ node: { ...withoutContact, ...memory, id: "m1" } }])
      assert.deepStrictEqual(ratings.edges, [{ node: { ...sent, ...rating, id: "r1" } }])
      assert.deepStrictEqual(spaces.edges, [{ node: { ...sent, ...space, id: "s1" } }])
      const nextRunAt = "1970-01-01T00:00:00.003Z"
      assert.deepStrictEqual(tasks.edges, [{ cursor: cursor("t1"), node: { ...sent, ...task, id: "t1", nextRunAt } }])
    }).pipe(Effect.provide(layer()))
  )

  const memories = (args: string, pageInfo = "") =>
    Effect.map(
      query(`{contacts(contactIds:"ada"){edges{node{memories${args}{edges{node{id}}${pageInfo}}}}}}`),
      (got) => got.data.contacts.edges[0].node.memories
    )
  const ids = (args: string) =>
    Effect.map(memories(args), ({ edges }): ReadonlyArray<string> => edges.map((edge: any) => edge.node.id)) // oxlint-disable-line typescript/no-explicit-any

  it.effect("are newest first, twenty at a time, and page by the ids of their rows", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }, { id: "bob" }])
      const { items } = yield* ServerState.ServerState
      const add = (id: string, contactId: string, createdAt: number, owner: string) =>
        items.memories.set({ ...common, ...memory, id, contactId, createdAt, account: owner })
      const own = yield* account
      for (let index = 0; index < 25; index++) add(`m${10 + index}`, "ada", index, own)
      add("theirs", "ada", 24.5, yield* accountNamed("sk-other"))
      add("other", "bob", 3.5, own)
      const first = yield* memories("", "pageInfo{hasNextPage hasPreviousPage startCursor endCursor}")
      assert.lengthOf(first.edges, 20)
      assert.deepStrictEqual(first.pageInfo, {
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: cursor("theirs"),
        endCursor: cursor("m16")
      })
      assert.deepStrictEqual(yield* ids("(first:2)"), ["theirs", "m34"])
      assert.deepStrictEqual(yield* ids(`(first:2,after:"${cursor("m34")}")`), ["m33", "m32"])
      assert.deepStrictEqual(yield* ids("(last:2)"), ["m11", "m10"])
      assert.deepStrictEqual(yield* ids(`(last:2,before:"${cursor("m10")}")`), ["m12", "m11"])
      assert.deepStrictEqual(yield* ids(`(after:"${cursor("other")}")`), ["m12", "m11", "m10"])
      assert.deepStrictEqual(yield* ids(`(after:"${cursor("ada")}")`), [])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("have no other arguments, and fail one by one", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      assert.strictEqual(
        errorOf(yield* query("{contacts{edges{node{tasks(order:asc){edges{cursor}}}}}}")).message,
        'Unknown argument "order" on field "Contact.tasks". Did you mean "after"?'
      )
      const got = yield* query('{contacts{edges{node{id tasks(after:"x"){edges{cursor}} spaces{edges{cursor}}}}}}')
      assert.deepStrictEqual(nodesOf(got), [{ id: "ada", tasks: null, spaces: { edges: [] } }])
      assert.deepStrictEqual(got.errors, [
        {
          message: "Invalid cursor: x",
          locations: [{ line: 1, column: 25 }],
          path: ["contacts", "edges", 0, "node", "tasks"]
        }
      ])
    }).pipe(Effect.provide(layer()))
  )
})

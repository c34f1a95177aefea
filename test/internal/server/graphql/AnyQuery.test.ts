import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { isMeta, type Meta } from "../../../../src/internal/server/store/Meta.ts"
import { layer, seed } from "../Harness.ts"
import { document, found, query } from "./Queries.ts"

const words = [
  ...'{}()[]:$!@."#&|=,'.split(""),
  "...",
  '"""',
  "query",
  "mutation",
  "fragment F on Contact",
  "contacts",
  "edges",
  "node",
  "pageInfo",
  "cursor",
  "first",
  "meta",
  "emails",
  "after",
  "order",
  "asc",
  "-1",
  "1e400",
  '"a"',
  "null",
  "Int",
  "JsonObject",
  "__schema",
  "\\u{110000}",
  "\ud800"
]

/** Values of a list of a list, which the server reads as labels, are left out of the filter. */
const toFilter = (meta: unknown, inList = false): unknown => {
  if (Array.isArray(meta)) return inList ? null : meta.map((item) => toFilter(item, true))
  return Predicate.isObject(meta)
    ? Object.fromEntries(Object.entries(meta).map(([key, value]) => [JSON.stringify(key), toFilter(value)]))
    : meta
}

describe("Any request of GraphQL", () => {
  it.effect.prop("any JSON body gets a result or errors", [Schema.Json], ([body]) =>
    Effect.gen(function* () {
      const got = yield* document(body)
      assert.isTrue(got.errors !== undefined || got.data !== undefined)
    }).pipe(Effect.provide(layer()))
  )

  it.effect.prop(
    "any text, variables and name get a result or errors",
    [Schema.String, Schema.Json, Schema.Json],
    (any) =>
      Effect.gen(function* () {
        const [text, variables, operationName] = any
        const got = yield* document({ query: text, variables, operationName })
        assert.isTrue(got.errors !== undefined || got.data !== undefined)
      }).pipe(Effect.provide(layer()))
  )

  it.effect.prop("any mixture of words gets a result or errors", [Schema.Array(Schema.Literals(words))], ([mixture]) =>
    Effect.gen(function* () {
      const got = yield* query(`{contacts{edges{cursor}} ${mixture.join(" ")}}`)
      assert.isTrue(got.errors !== undefined || got.data !== undefined)
    }).pipe(Effect.provide(layer()))
  )

  it.effect.prop(
    "any arguments get a result, or one error for the field or none",
    [
      Schema.Record(
        Schema.Literals(["first", "last", "after", "before", "order", "meta", "contactIds", "fingerprints", "emails"]),
        Schema.Json
      )
    ],
    ([variables]) =>
      Effect.gen(function* () {
        yield* seed([{ id: "a", meta: { a: [1] } }])
        const got = yield* query(
          `query($first:Int,$last:Int,$after:ID,$before:ID,$order:ListOrder,$meta:JsonObject,$contactIds:[ID!],$fingerprints:[String!],$emails:[String!]){
          contacts(first:$first,last:$last,after:$after,before:$before,order:$order,meta:$meta,contactIds:$contactIds,fingerprints:$fingerprints,emails:$emails){edges{cursor}}
        }`,
          variables
        )
        assert.isTrue(got.errors === undefined ? got.data.contacts !== null : !got.data?.contacts)
      }).pipe(Effect.provide(layer()))
  )

  it.effect.prop("any metadata is found by all of it, and is sent as stored", [Schema.Json], ([value]) =>
    Effect.gen(function* () {
      const meta: Meta = isMeta(value) ? value : { value }
      yield* seed([
        { id: "a", meta: { other: true } },
        { id: "b", meta, createdAt: -1 }
      ])
      const ids = yield* found("(meta:$meta)", { definitions: "($meta:JsonObject)", values: { meta: toFilter(meta) } })
      assert.include(ids, "b")
      const got = yield* query('{contacts(contactIds:"b"){edges{node{meta}}}}')
      assert.deepStrictEqual(got.data.contacts.edges[0].node.meta, JSON.parse(JSON.stringify(meta)))
    }).pipe(Effect.provide(layer()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { getIntrospectionQuery } from "graphql"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { layer, numbered, parse, seed, send } from "../Harness.ts"
import { document, errorOf, query, text } from "./Queries.ts"

const coded = (code: string, message: string, column?: number) =>
  JSON.stringify({
    errors: [{ message, ...(column === undefined ? {} : { locations: [{ line: 1, column }] }), extensions: { code } }]
  })
const parseFailed = (message: string, column: number) => coded("GRAPHQL_PARSE_FAILED", message, column)
const invalid = (message: string, column: number) => coded("GRAPHQL_VALIDATION_FAILED", message, column)
const unresolved = coded("OPERATION_RESOLUTION_FAILURE", "Could not determine what operation to execute.")

describe("Errors of GraphQL (contract 12.3)", () => {
  for (const [name, sent, expected] of [
    ["an empty query", "", parseFailed("Syntax Error: Unexpected <EOF>.", 1)],
    [
      "blanks",
      " \n",
      '{"errors":[{"message":"Syntax Error: Unexpected <EOF>.","locations":[{"line":2,"column":1}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}'
    ],
    ["no query language", "contacts", parseFailed('Syntax Error: Unexpected Name "contacts".', 1)],
    ["an open brace", "{contacts{", parseFailed("Syntax Error: Expected Name, found <EOF>.", 11)],
    ["an open string", '{contacts(after:"', parseFailed("Syntax Error: Unterminated string.", 18)],
    [
      "an unknown field",
      "{contacts{edges{node{preferences}}}}",
      invalid('Cannot query field "preferences" on type "Contact".', 22)
    ],
    [
      "an unknown field like another",
      "{contacts{edges{node{age}}}}",
      invalid('Cannot query field "age" on type "Contact". Did you mean "name"?', 22)
    ],
    [
      "a field without its own fields",
      "{contacts}",
      invalid(
        'Field "contacts" of type "QueryContactsConnection" must have a selection of subfields. Did you mean "contacts { ... }"?',
        2
      )
    ],
    [
      "a variable that is not declared",
      "{contacts(first:$n){edges{cursor}}}",
      '{"errors":[{"message":"Variable \\"$n\\" is not defined.","locations":[{"line":1,"column":17},{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}'
    ],
    [
      "a value outside the enumeration",
      "{contacts(order:up){edges{cursor}}}",
      invalid('Value "up" does not exist in "ListOrder" enum.', 17)
    ],
    ["no operation", "fragment F on Contact{id}", unresolved],
    ["two operations and no name", "query A{a:__typename} query B{a:__typename}", unresolved],
    ["an unknown operation goes before validation", "query A{nothing} query B{nothing}", unresolved]
  ] as const) {
    it.effect(`${name}: no data`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* text(sent), expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const operationName of ["B", "", 5, ["A"], {}, true]) {
    it.effect(`the operation ${JSON.stringify(operationName)}, which is not there`, () =>
      Effect.gen(function* () {
        const got = yield* send({ path: "/v1/graphql", json: { query: "query A{a:__typename}", operationName } })
        assert.strictEqual(got.text, unresolved)
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const [name, definition, variables, message] of [
    [
      "of another type",
      "$n:Int",
      { n: "1" },
      'Variable "$n" got invalid value "1"; Int cannot represent non-integer value: "1"'
    ],
    [
      "over 32 bits",
      "$n:Int",
      { n: 2 ** 31 },
      'Variable "$n" got invalid value 2147483648; Int cannot represent non 32-bit signed integer value: 2147483648'
    ],
    ["not given", "$n:Int!", {}, 'Variable "$n" of required type "Int!" was not provided.'],
    ["null", "$n:Int!", { n: null }, 'Variable "$n" of non-null type "Int!" must not be null.']
  ] as const) {
    it.effect(`a variable ${name}: no data and no code`, () =>
      Effect.gen(function* () {
        const got = yield* query(`query(${definition}){contacts(first:$n){edges{cursor}}}`, variables)
        assert.deepStrictEqual(got, { errors: [{ message, locations: [{ line: 1, column: 7 }] }] })
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("errors go before data, and fields fail one by one", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "a", meta: { k: 1 } }])
      const got = yield* text(
        "query($m:JsonObject){good:contacts(first:1){edges{node{id}}} bad:contacts(first:-1){edges{cursor}} worse:contacts(meta:$m){edges{cursor}} fine:__typename}",
        { m: { "": 1 } }
      )
      assert.strictEqual(
        got,
        '{"errors":[' +
          '{"message":"Argument \\"first\\" must be a non-negative integer","locations":[{"line":1,"column":62}],"path":["bad"]},' +
          '{"message":"Unexpected error.","locations":[{"line":1,"column":100}],"path":["worse"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}' +
          '],"data":{"good":{"edges":[{"node":{"id":"a"}}]},"bad":null,"worse":null,"fine":"Query"}}'
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("mutations and subscriptions are not there", () =>
    Effect.gen(function* () {
      for (const kind of ["mutation", "subscription"]) {
        const got = yield* query(`${kind}{x}`)
        assert.strictEqual(errorOf(got).message, `Schema is not configured to execute ${kind} operation.`)
      }
    }).pipe(Effect.provide(layer()))
  )
})

describe("Queries (contract 12)", () => {
  it.effect("can have aliases, fragments, directives and variables with defaults", () =>
    Effect.gen(function* () {
      yield* seed(numbered(5))
      const got = yield* query(
        `query Find($first: Int = 2, $deep: Boolean!) {
          newest: contacts(first: $first) { ...ids }
          oldest: contacts(first: $first, order: asc) { ...ids pageInfo @include(if: $deep) { hasNextPage } }
        }
        fragment ids on QueryContactsConnection { edges { node { ... on Contact { key: id } email @skip(if: true) } } }`,
        { deep: false }
      )
      const edges = (...keys: ReadonlyArray<string>) => ({ edges: keys.map((key) => ({ node: { key } })) })
      assert.deepStrictEqual(got, {
        data: { newest: edges("id-0004", "id-0003"), oldest: edges("id-0000", "id-0001") }
      })
    }).pipe(Effect.provide(layer()))
  )
})

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

describe("Hostile queries", () => {
  const hostile: ReadonlyArray<readonly [string, string, unknown?]> = [
    ["a selection nested 100,000 deep", "{a".repeat(100_000)],
    ["a selection nested 2,000 deep", `${"{contacts".repeat(2000)}{edges{cursor}}${"}".repeat(2000)}`],
    ["a list nested 100,000 deep", `{contacts(contactIds:${nested("[", "]", 100_000)}){edges{cursor}}}`],
    ["a list nested 1,000 deep", `{contacts(contactIds:${nested("[", "]", 1000)}){edges{cursor}}}`],
    ["metadata nested 1,000 deep", `{contacts(meta:${nested("{a:", "}", 1000).replace("}", "1}")}){edges{cursor}}}`],
    ["a type nested 10,000 deep", `query($a:${nested("[", "]", 10_000).replace("]", "Int]")}){a:__typename}`],
    [
      "a circle of fragments",
      "{contacts{...A}} fragment A on QueryContactsConnection{...B} fragment B on QueryContactsConnection{...A}"
    ],
    ["a fragment in itself", "{contacts{...A}} fragment A on QueryContactsConnection{edges{cursor} ...A}"],
    ["an unknown fragment", "{...nothing}"],
    [
      "fragments that double 30 times",
      `{contacts{...F0}} ${Array.from({ length: 30 }, (_, at) => `fragment F${at} on QueryContactsConnection{...F${at + 1} ...F${at + 1}}`).join(" ")} fragment F30 on QueryContactsConnection{edges{cursor}}`
    ],
    ["the same field 10,000 times", `{${"contacts{edges{cursor}}".repeat(10_000)}}`],
    ["the same leaf 100,000 times", `{contacts{edges{node{${"id ".repeat(100_000)}}}}}`],
    ["50,000 unknown fields", `{${Array.from({ length: 50_000 }, (_, at) => `f${at}`).join(" ")}}`],
    ["10,000 variables", `query(${Array.from({ length: 10_000 }, (_, at) => `$v${at}:Int`).join(" ")}){a:__typename}`],
    ["a name of a million letters", `{${"a".repeat(1_000_000)}}`],
    ["a string of a million letters", `{contacts(after:"${"a".repeat(1_000_000)}"){edges{cursor}}}`],
    ["control characters", "{\u0000}"],
    ["lone surrogates", '{contacts(after:"\ud800",emails:"\udfff"){edges{cursor}}}'],
    ["names of the prototype", "{__proto__ constructor toString}"],
    [
      "variables of the prototype",
      "query($constructor:Int,$toString:Int){contacts(first:$constructor,last:$toString){edges{cursor}}}",
      {}
    ],
    [
      "variables that have no prototype",
      "query($m:JsonObject){contacts(meta:$m){edges{cursor}}}",
      { m: { toString: 1, valueOf: null, hasOwnProperty: {} } }
    ],
    ["variables nobody declared", "{a:__typename}", { "": [], "a b": {} }],
    ["introspection nested deep", `{__schema{types{fields{type{${"ofType{".repeat(300)}name${"}".repeat(300)}}}}}}`]
  ]
  for (const [name, sent, variables] of hostile) {
    it.effect(`${name} gets an answer of GraphQL, and the store stays as it is`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(3))
        const got = yield* query(sent, variables)
        assert.isTrue(got.errors !== undefined || got.data !== undefined)
        const state = yield* ServerState.ServerState
        assert.lengthOf(yield* state.contacts(), 3)
        assert.deepStrictEqual(yield* query("{contacts(first:1){edges{node{id}}}}"), {
          data: { contacts: { edges: [{ node: { id: "id-0002" } }] } }
        })
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("a result of more than a million fields is an error, and one of fewer is sent", () =>
    Effect.gen(function* () {
      yield* seed(numbered(100))
      const aliases = (count: number) => Array.from({ length: count }, (_, at) => `a${at}:id`).join(" ")
      const few = yield* query(`{contacts(first:100){edges{node{${aliases(1000)}}}}}`)
      assert.lengthOf(Object.keys(few.data.contacts.edges[99].node), 1000)
      const many = yield* text(`{contacts(first:100){edges{node{${aliases(12_000)}}}}}`)
      assert.strictEqual(many, coded("INTERNAL_SERVER_ERROR", "Unexpected error."))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("the fields __typename count, also those of fragments", () =>
    Effect.gen(function* () {
      yield* seed(numbered(100))
      const aliases = (count: number) => Array.from({ length: count }, (_, at) => `a${at}:__typename`).join(" ")
      for (const sent of [
        (count: number) => `{contacts(first:100){edges{node{${aliases(count)}}}}}`,
        (count: number) =>
          `{contacts(first:100){edges{node{...on Contact{...F}}}}} fragment F on Contact{${aliases(count)}}`
      ]) {
        const few = yield* query(sent(1000))
        assert.lengthOf(Object.keys(few.data.contacts.edges[99].node), 1000)
        assert.strictEqual(yield* text(sent(12_000)), coded("INTERNAL_SERVER_ERROR", "Unexpected error."))
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("the query of tools that read the schema is answered, and thousands of its fields are an error", () =>
    Effect.gen(function* () {
      assert.isUndefined((yield* query(getIntrospectionQuery())).errors)
      for (const fields of [
        Array.from({ length: 2000 }, (_, at) => `a${at}:__type(name:"Contact"){fields{name}}`).join(" "),
        `__schema{types{fields{type{${Array.from({ length: 2000 }, (_, at) => `a${at}:name`).join(" ")}}}}}`
      ]) {
        assert.strictEqual(yield* text(`{${fields}}`), coded("INTERNAL_SERVER_ERROR", "Unexpected error."))
      }
      const repeated = Array.from(
        { length: 12 },
        (_, at) => `fragment F${at} on __Type{a:ofType{...F${at + 1}} b:ofType{...F${at + 1}}}`
      )
      const doubling = `{__type(name:"Contact"){...F0}} ${repeated.join(" ")} fragment F12 on __Type{name}`
      assert.strictEqual(yield* text(doubling), coded("INTERNAL_SERVER_ERROR", "Unexpected error."))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("filters that test more than ten million rows are an error", () =>
    Effect.gen(function* () {
      yield* seed(numbered(2000))
      const fields = (count: number) =>
        Array.from({ length: count }, (_, at) => `a${at}:contacts(emails:"x"){edges{cursor}}`)
      assert.isUndefined((yield* query(`{${fields(100).join(" ")}}`)).errors)
      assert.strictEqual(
        yield* text(`{${fields(5001).join(" ")}}`),
        coded("INTERNAL_SERVER_ERROR", "Unexpected error.")
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a result with more text than one text can hold is an error", () =>
    Effect.gen(function* () {
      const [description, meta] = ["d".repeat(60_000), { k: "m".repeat(60_000) }]
      yield* seed(numbered(100).map((contact) => ({ ...contact, description, meta })))
      for (const column of ["description", "meta"]) {
        const aliases = Array.from({ length: 50 }, (_, at) => `a${at}:${column}`).join(" ")
        assert.strictEqual(
          yield* text(`{contacts(first:100){edges{node{${aliases}}}}}`),
          coded("INTERNAL_SERVER_ERROR", "Unexpected error.")
        )
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a filter whose paths are too long for a query is a failure of the database", () =>
    Effect.gen(function* () {
      const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at]))
      const got = yield* query("query($m:JsonObject){contacts(meta:$m){edges{cursor}}}", {
        m: { ["a".repeat(200_000)]: wide }
      })
      assert.deepStrictEqual(errorOf(got), { message: "Unexpected error.", code: "INTERNAL_SERVER_ERROR" })
      assert.deepStrictEqual(got.data, { contacts: null })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a filter with tens of millions of steps in its paths is a failure of the database", () =>
    Effect.gen(function* () {
      const leaves = Array.from({ length: 60_000 }, (_, at) => `"k${at}":1`).join(",")
      const m = parse(`${'{"a":'.repeat(500)}{${leaves}}${"}".repeat(500)}`)
      const got = yield* query("query($m:JsonObject){contacts(meta:$m){edges{cursor}}}", { m })
      assert.deepStrictEqual(errorOf(got), { message: "Unexpected error.", code: "INTERNAL_SERVER_ERROR" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("many fields share one large filter", () =>
    Effect.gen(function* () {
      yield* seed(numbered(3))
      const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]))
      const aliases = Array.from({ length: 5000 }, (_, at) => `a${at}:contacts(meta:$m){edges{cursor}}`)
      const got = yield* query(`query($m:JsonObject){${aliases.join(" ")}}`, { m: wide })
      assert.isUndefined(got.errors)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("metadata of any depth is sent, or is an error", () =>
    Effect.gen(function* () {
      const deep = (depth: number) => parse(nested('{"k":', "}", depth).replace("}", "1}"))
      yield* seed([{ id: "a", meta: deep(1000) }])
      assert.deepStrictEqual((yield* query("{contacts{edges{node{meta}}}}")).data.contacts.edges, [
        { node: { meta: deep(1000) } }
      ])
      // A snapshot would clone it.
      const state = yield* ServerState.ServerState
      state.store.insertRecord({ ...state.store.rows()[0]!, id: "b", fingerprint: "b", meta: deep(100_000) }) // oxlint-disable-line typescript/no-non-null-assertion
      const got = yield* query("{contacts{edges{node{meta}}}}")
      assert.isTrue(got.errors === undefined || errorOf(got).message === "Unexpected error.")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("metadata with a member toString is sent", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "a", meta: { toString: "x" } }])
      const got = yield* document({ query: "{contacts{edges{node{meta}}}}" })
      assert.deepStrictEqual(got, { data: { contacts: { edges: [{ node: { meta: { toString: "x" } } }] } } })
    }).pipe(Effect.provide(layer()))
  )
})

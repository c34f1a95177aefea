import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { NewContact } from "../../../../src/internal/server/store/Store.ts"
import { accountNamed, created, layer, seed } from "../Harness.ts"
import { errorOf, found, query } from "./Queries.ts"

/** The ids found with these arguments, each as a variable of its type, oldest first. */
const find = (filter: Readonly<Record<string, unknown>>) => {
  const names = Object.keys(filter)
  const typeOf = (name: string) => (name === "meta" ? "JsonObject" : name === "contactIds" ? "[ID!]" : "[String!]")
  return found(`(order:asc,first:100,${names.map((name) => `${name}:$${name}`).join(",")})`, {
    definitions: `(${names.map((name) => `$${name}:${typeOf(name)}`).join(",")})`,
    values: filter
  })
}

const contacts: ReadonlyArray<NewContact> = [
  { id: "a", fingerprint: "fingerprint-a", email: "ada@example.com", createdAt: 1 },
  { id: "b", fingerprint: "fingerprint-b", email: "ada@example.com", createdAt: 2 },
  { id: "c", fingerprint: " fingerprint-c ", email: "Ada@example.com", createdAt: 3 },
  { id: "5", fingerprint: "", email: null, createdAt: 4 }
]

describe("Filters of contacts (contract 12.2)", () => {
  for (const [filter, expected] of [
    [{ contactIds: ["a", "c"] }, ["a", "c"]],
    [{ contactIds: ["c", "a", "a", "nobody"] }, ["a", "c"]],
    [{ contactIds: ["A", " a"] }, []],
    [{ contactIds: "b" }, ["b"]],
    [{ contactIds: [5] }, ["5"]],
    [{ contactIds: 5 }, ["5"]],
    [{ contactIds: [] }, []],
    [{ contactIds: null }, ["a", "b", "c", "5"]],
    [{ fingerprints: ["fingerprint-b", "fingerprint-a"] }, ["a", "b"]],
    [{ fingerprints: ["FINGERPRINT-A", "fingerprint-c"] }, []],
    [{ fingerprints: [" fingerprint-c "] }, ["c"]],
    [{ fingerprints: [""] }, ["5"]],
    [{ fingerprints: "fingerprint-a" }, ["a"]],
    [{ fingerprints: [] }, []],
    [{ fingerprints: null }, ["a", "b", "c", "5"]],
    [{ emails: ["ada@example.com"] }, ["a", "b"]],
    [{ emails: ["Ada@example.com", "nobody@example.com"] }, ["c"]],
    [{ emails: [""] }, []],
    [{ emails: ["null"] }, []],
    [{ emails: [] }, []],
    [{ emails: null }, ["a", "b", "c", "5"]],
    [{ contactIds: ["a", "b"], fingerprints: ["fingerprint-b", " fingerprint-c "] }, ["b"]],
    [{ emails: ["ada@example.com"], contactIds: ["c"] }, []],
    [{ emails: "ada@example.com", fingerprints: [], contactIds: null }, []],
    [{ fingerprints: ["\ud800", "fingerprint-a"] }, ["a"]]
  ] as const) {
    it.effect(JSON.stringify(filter), () =>
      Effect.gen(function* () {
        yield* seed(contacts)
        yield* seed(
          [{ id: "theirs", fingerprint: "fingerprint-a", email: "ada@example.com" }],
          yield* accountNamed("sk-o")
        )
        assert.deepStrictEqual(yield* find(filter), expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("finds nothing of another account by id", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
      assert.deepStrictEqual(yield* find({ contactIds: ["theirs"] }), [])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("takes a list or one value in the query itself", () =>
    Effect.gen(function* () {
      yield* seed(contacts)
      assert.deepStrictEqual(yield* found('(contactIds:["a",5])'), ["5", "a"])
      assert.deepStrictEqual(yield* found("(contactIds:5)"), ["5"])
      assert.deepStrictEqual(yield* found('(fingerprints:"fingerprint-a",emails:"ada@example.com")'), ["a"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("cuts the result at 100, also where more values were given", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 130 }, (_, index) => ({ id: `n${index}`, createdAt: index }))
      yield* seed(many)
      assert.lengthOf(yield* find({ contactIds: many.map(({ id }) => id) }), 100)
    }).pipe(Effect.provide(layer()))
  )

  for (const [filter, message] of [
    [
      { fingerprints: [1] },
      'Variable "$v" got invalid value 1 at "v[0]"; String cannot represent a non string value: 1'
    ],
    [{ emails: 1 }, 'Variable "$v" got invalid value 1; String cannot represent a non string value: 1'],
    [
      { emails: ["a", null] },
      'Variable "$v" got invalid value null at "v[1]"; Expected non-nullable type "String!" not to be null.'
    ],
    [
      { contactIds: [null] },
      'Variable "$v" got invalid value null at "v[0]"; Expected non-nullable type "ID!" not to be null.'
    ],
    [{ contactIds: [1.5] }, 'Variable "$v" got invalid value 1.5 at "v[0]"; ID cannot represent value: 1.5'],
    [{ contactIds: [true] }, 'Variable "$v" got invalid value true at "v[0]"; ID cannot represent value: true']
  ] as const) {
    it.effect(`refuses ${JSON.stringify(filter)}`, () =>
      Effect.gen(function* () {
        const [name = "", value] = Object.entries(filter)[0] ?? []
        const type = name === "contactIds" ? "[ID!]" : "[String!]"
        const got = yield* query(`query($v:${type}){contacts(${name}:$v){edges{cursor}}}`, { v: value })
        assert.deepStrictEqual(got, { errors: [{ message, locations: [{ line: 1, column: 7 }] }] })
      }).pipe(Effect.provide(layer()))
    )
  }
})

describe("Values in the query that are of another type (contract 12.2)", () => {
  for (const [args, message] of [
    ["contactIds:[null]", 'Expected value of type "ID!", found null.'],
    ["fingerprints:5", "String cannot represent a non string value: 5"],
    ['emails:["a",null]', 'Expected value of type "String!", found null.'],
    ["emails:[true]", "String cannot represent a non string value: true"],
    ["contactIds:1.5", "ID cannot represent a non-string and non-integer value: 1.5"]
  ] as const) {
    it.effect(`${args} is an error of validation`, () =>
      Effect.gen(function* () {
        const got = yield* query(`{contacts(${args}){edges{cursor}}}`)
        assert.deepStrictEqual(errorOf(got), { message, code: "GRAPHQL_VALIDATION_FAILED" })
        assert.notProperty(got, "data")
      }).pipe(Effect.provide(layer()))
    )
  }
})

describe("The filter on metadata (contract 12.2)", () => {
  const metas: Readonly<Record<string, NewContact["meta"]>> = {
    none: null,
    empty: {},
    number: { age: 30, zero: 0 },
    text: { age: "30", flag: "true" },
    boolean: { age: true, flag: true },
    nested: { o: { k: true, "x.y": { z: 1 } }, t: ["x", { n: 2 }, ["deep"]] },
    odd: { "a.b": "dotted", "a b": "blank", "#h": "hash", constructor: "own", "": "nameless", é: "accent" },
    nulls: { age: null, list: [], object: {} }
  }
  const all = Object.keys(metas)

  for (const [meta, expected] of [
    [{}, all],
    [null, all],
    [{ age: 30 }, ["number"]],
    [{ age: 30.5 }, []],
    [{ zero: -0 }, ["number"]],
    [{ age: "30" }, ["text"]],
    [{ age: true }, ["boolean"]],
    [{ flag: "true" }, ["text"]],
    [{ flag: true }, ["boolean"]],
    [{ flag: false }, []],
    [{ age: null }, all],
    [{ age: {} }, all],
    [{ age: [] }, all],
    [{ age: [null, {}, []] }, all],
    [{ age: 30, zero: 0 }, ["number"]],
    [{ age: 30, zero: 1 }, []],
    [{ age: 30, other: null }, ["number"]],
    [{ o: { k: true } }, ["nested"]],
    [{ o: { k: "true" } }, []],
    [{ "o.k": true }, ["nested"]],
    [{ o: { '"x.y"': { z: 1 } } }, ["nested"]],
    [{ o: { "x.y": { z: 1 } } }, []],
    [{ t: ["x"] }, ["nested"]],
    [{ "t[0]": "x" }, ["nested"]],
    [{ "t[#-3]": "x" }, ["nested"]],
    [{ t: [null, { n: 2 }] }, ["nested"]],
    [{ t: ["y"] }, []],
    [{ t: [null, null, ["deep"]] }, []],
    [{ "t[2][0]": "deep" }, ["nested"]],
    [{ '"a.b"': "dotted" }, ["odd"]],
    [{ "a.b": "dotted" }, []],
    [{ "a b": "blank" }, ["odd"]],
    [{ "#h": "hash" }, ["odd"]],
    [{ é: "accent" }, ["odd"]],
    [{ constructor: "own" }, ["odd"]],
    [{ toString: "x" }, []],
    [{ age: "constructor" }, []],
    [{ age: "__proto__" }, []],
    [{ "": null, age: 30 }, ["number"]],
    [{ "t[x]": null }, all],
    [{ "age[x]": "30" }, []]
  ] as const) {
    it.effect(JSON.stringify(meta), () =>
      Effect.gen(function* () {
        yield* seed(all.map((id, createdAt) => ({ id, createdAt, meta: metas[id] ?? null })))
        assert.deepStrictEqual(yield* find({ meta }), expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const [literal, expected] of [
    ["{}", all],
    ["{age:30}", ["number"]],
    ["{age:30.0}", ["number"]],
    ['{age:"30"}', ["text"]],
    ['{age:"""30"""}', ["text"]],
    ["{age:true}", ["boolean"]],
    ["{age:null}", all],
    ["{o:{k:true}}", ["nested"]],
    ['{t:["x",{n:2}]}', ["nested"]],
    ["{age:$v}", ["number"]],
    ["{age:[$v]}", []],
    ["{age:30,zero:$absent}", ["number"]],
    ["{__proto__:{age:30}}", []]
  ] as const) {
    it.effect(`${literal} in the query`, () =>
      Effect.gen(function* () {
        yield* seed(all.map((id, createdAt) => ({ id, createdAt, meta: metas[id] ?? null })))
        const got = yield* query(
          `query($v:Int,$absent:Int){contacts(order:asc,meta:${literal}){edges{node{id}}} b:contacts(first:$v,last:$absent){edges{cursor}}}`,
          { v: 30 }
        )
        assert.isUndefined(got.errors)
        assert.deepStrictEqual(
          got.data.contacts.edges.map((edge: { readonly node: { readonly id: string } }) => edge.node.id),
          expected
        )
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("finds what was created over the API, numbers too", () =>
    Effect.gen(function* () {
      const id = yield* created({ meta: { age: 30, big: 9007199254740991, half: 0.5, "#x": [1] } })
      for (const meta of [{ age: 30 }, { big: 9007199254740991 }, { half: 0.5 }, { "#x": [1] }]) {
        assert.deepStrictEqual(yield* find({ meta }), [id])
      }
    }).pipe(Effect.provide(layer()))
  )

  for (const meta of [
    { "": 1 },
    { a: { "": 1 } },
    { "a.": 1 },
    { "a..b": 1 },
    { '"a': 1 },
    { "[0]": 1 },
    { "t[x]": "x" }
  ]) {
    it.effect(`${JSON.stringify(meta)} is a failure of the database`, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "a", meta: { t: [1] } }])
        const got = yield* query("query($m:JsonObject){contacts(meta:$m){edges{cursor}}}", { m: meta })
        assert.deepStrictEqual(got, {
          errors: [
            {
              message: "Unexpected error.",
              locations: [{ line: 1, column: 22 }],
              path: ["contacts"],
              extensions: { code: "INTERNAL_SERVER_ERROR" }
            }
          ],
          data: { contacts: null }
        })
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const value of [5, "x", true, []]) {
    it.effect(`${JSON.stringify(value)} is no object`, () =>
      Effect.gen(function* () {
        const got = yield* query("query($m:JsonObject){contacts(meta:$m){edges{cursor}}}", { m: value })
        assert.deepStrictEqual(errorOf(got), { message: "Unexpected error.", code: "INTERNAL_SERVER_ERROR" })
        assert.notProperty(got, "data")
        const literal = yield* query(`{contacts(meta:${JSON.stringify(value)}){edges{cursor}}}`)
        assert.strictEqual(errorOf(literal).code, "GRAPHQL_VALIDATION_FAILED")
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("with an argument of the page that is wrong too, that one is told", () =>
    Effect.gen(function* () {
      const got = yield* query("query($m:JsonObject){contacts(meta:$m,first:-1){edges{cursor}}}", { m: { "": 1 } })
      assert.strictEqual(errorOf(got).message, 'Argument "first" must be a non-negative integer')
    }).pipe(Effect.provide(layer()))
  )
})

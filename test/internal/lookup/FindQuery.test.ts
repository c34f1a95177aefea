import { assert, describe, it } from "@effect/vitest"
import { FindRequest } from "../../../src/internal/lookup/FindRequest.ts"
import * as FindQuery from "../../../src/internal/lookup/FindQuery.ts"

describe("variables", () => {
  it.each([
    [{ tier: "gold" }, { tier: "gold" }],
    [
      { _a1: 1.5, B: false },
      { _a1: 1.5, B: false }
    ],
    [{ "": "x" }, { '""': "x" }],
    [{ "a.b": "x" }, { '"a.b"': "x" }],
    [{ "t[0]": "x" }, { '"t[0]"': "x" }],
    [
      { "a b": "x", "a-b": "y", "1st": "z" },
      { '"a b"': "x", '"a-b"': "y", '"1st"': "z" }
    ],
    [
      { 'say "hi"': "x", "back\\": "y" },
      { '"say \\"hi\\""': "x", '"back\\\\"': "y" }
    ],
    [{ '"a.b"': "x" }, { '"\\"a.b\\""': "x" }],
    [
      { é: "x", $: "y", "*": "z" },
      { '"é"': "x", '"$"': "y", '"*"': "z" }
    ],
    [{ constructor: "x" }, { constructor: "x" }],
    [{ o: { "k.l": { m: true } } }, { o: { '"k.l"': { m: true } } }],
    [{ tags: ["x", { "a.b": ["y"] }] }, { tags: ["x", { '"a.b"': ["y"] }] }]
  ])("a key of meta always means that key: %j", (meta, quoted) => {
    assert.deepStrictEqual(FindQuery.variables({ meta }), { first: 100, order: "desc", meta: quoted })
  })

  it("leave out all that is not given", () => {
    assert.deepStrictEqual(FindQuery.variables({}), { first: 100, order: "desc" })
    assert.deepStrictEqual(FindQuery.variables({ order: "asc", ids: ["c1"] }), { first: 100, order: "asc" })
  })

  it("have the names of the fields of the request", () => {
    for (const name of Object.keys(FindRequest.fields)) assert.include(FindQuery.query, `$${name}:`)
  })
})

describe("body", () => {
  it("has the cursor of the contact that the page begins after", () => {
    const variables = FindQuery.variables({})
    const { query } = FindQuery
    assert.deepStrictEqual(FindQuery.body(variables, undefined), { query, variables })
    const after = "R1BDOlM6Y213c2s1NXg4MDAwY29tN2RqOXFjdXd4Ng=="
    assert.deepStrictEqual(FindQuery.body(variables, "cmwsk55x8000com7dj9qcuwx6"), {
      query,
      variables: { ...variables, after }
    })
  })
})

import { assert, describe, it } from "@effect/vitest"
import { CallerValues } from "../../../src/internal/call/failure/CallerValues.ts"
import * as LookupFailure from "../../../src/internal/lookup/LookupFailure.ts"

const body = JSON.stringify({ query: "", variables: { fingerprints: ["canary-lovelace"] } })
const context = { status: 200, callerValues: new CallerValues({ body }) }

const read = (error: unknown) => LookupFailure.read({ errors: [error] }, context)

const coded = (code: string, message: string) => read({ message, extensions: { code } })

describe("read", () => {
  it.each([
    ["GRAPHQL_PARSE_FAILED", 'Syntax Error: Expected Name, found "}".', "does not allow the query"],
    ["GRAPHQL_VALIDATION_FAILED", 'Cannot query field "nick" on type "Contact".', "has no nick"],
    [
      "GRAPHQL_VALIDATION_FAILED",
      'Cannot query field "phone" on type "Contact". Did you mean "phones"?',
      "has no phone"
    ],
    ["GRAPHQL_VALIDATION_FAILED", 'Unknown argument "emails" on field "Query.contacts".', "has no emails"],
    ["GRAPHQL_VALIDATION_FAILED", 'Unknown type "JsonObject".', "has no JsonObject"],
    ["GRAPHQL_VALIDATION_FAILED", 'Cannot query field "canary" on type "Contact".', "does not allow the query"],
    ["OPERATION_RESOLUTION_FAILURE", "Could not determine what operation to execute.", "does not allow the query"]
  ])("%s is another schema of the server: %s", (code, message, description) => {
    assert.deepStrictEqual(coded(code, message), {
      tag: "UnexpectedResponse",
      description: `The server's GraphQL schema ${description}`,
      code,
      outcome: "rejected"
    })
  })

  it("BAD_REQUEST is an invalid request", () => {
    assert.deepStrictEqual(coded("BAD_REQUEST", "Batching is not supported."), {
      tag: "InvalidRequest",
      description: "Batching is not supported.",
      code: "BAD_REQUEST",
      outcome: "rejected",
      transient: false
    })
    assert.strictEqual(coded("BAD_REQUEST", "canary-lovelace")?.description, "The server refused the request")
  })

  it("INTERNAL_SERVER_ERROR, or a code that is not known, is a failure of the server that may pass", () => {
    for (const code of ["INTERNAL_SERVER_ERROR", "SOMETHING_NEW"]) {
      assert.deepStrictEqual(coded(code, "Unexpected error."), {
        tag: "ServerError",
        description: "Unexpected error.",
        code,
        outcome: "unknown",
        transient: true
      })
    }
    assert.deepInclude(coded("canary-lovelace", "canary"), { code: undefined, description: "The server failed" })
  })

  it.each([
    ["fingerprints", 'got invalid value "canary-lovelace" at "fingerprints[0]"; String cannot represent a non string'],
    ["meta", 'got invalid value "canary"'],
    ["first", "of required type"]
  ])("a refused value of the variable %s is an invalid request, and not quoted", (name, rest) => {
    assert.deepStrictEqual(read({ message: `Variable "$${name}" ${rest}` }), {
      tag: "InvalidRequest",
      description: `${name}: The server refused a value`,
      outcome: "rejected",
      field: name
    })
  })

  it.each([
    'Variable "$canary" got invalid value 1',
    "Invalid cursor: canary",
    'Argument "first" must be a non-negative integer',
    'Arguments "before" and "first" are not supported at the same time',
    "Failed to get reader from response body",
    "canary"
  ])("another error without a code breaks the contract: %s", (message) => {
    assert.deepStrictEqual(read({ message }), {
      description: "The server answered with an error that the API does not have"
    })
  })

  it("the first of several errors decides", () => {
    const errors = [{ message: "a", extensions: { code: "INTERNAL_SERVER_ERROR" } }, { message: "b" }]
    assert.strictEqual(LookupFailure.read({ errors, data: { contacts: null } }, context)?.tag, "ServerError")
  })

  it("a code or a message of another type counts as none", () => {
    for (const error of [{}, { message: 5 }, { extensions: null }, { extensions: { code: 5 } }, { extensions: "x" }]) {
      assert.isUndefined(read(error)?.tag)
      assert.isDefined(read(error))
    }
  })

  it.each([
    ["no object", null],
    ["no errors", { data: {} }],
    ["errors that are no list", { errors: "x" }],
    ["empty errors", { errors: [] }],
    ["an error that is no object", { errors: ["x"] }]
  ])("a body with %s is read otherwise", (_name, body) => {
    assert.isUndefined(LookupFailure.read(body, context))
  })

  it("a body whose status is a failure is read otherwise", () => {
    assert.isUndefined(LookupFailure.read({ errors: [{ message: "said" }] }, { ...context, status: 400 }))
  })
})

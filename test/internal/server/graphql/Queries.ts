import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parse, send } from "../Harness.ts"

/** The document of a query sent by POST, which must have the status and the content type of every answer. */
export const query = (text: string, variables?: unknown) => document({ query: text, variables })

/** The document of the answer to a JSON body. */
export const document = (json: unknown) =>
  Effect.map(send({ path: "/v1/graphql", json }), (got) => {
    assert.strictEqual(got.status, 200, got.text)
    assert.strictEqual(got.headers["content-type"], "application/json")
    return parse(got.text)
  })

/** The text of the answer to a query sent by POST. */
export const text = (query: string, variables?: unknown) =>
  Effect.map(send({ path: "/v1/graphql", json: { query, variables } }), (got) => got.text)

/** The ids that `contacts` finds with the arguments, in order. There must be no errors. */
export const found = (args: string, variables?: { readonly definitions: string; readonly values: unknown }) =>
  Effect.map(
    query(`query${variables?.definitions ?? ""}{contacts${args}{edges{node{id}}}}`, variables?.values),
    (got): ReadonlyArray<string> => {
      assert.isUndefined(got.errors, JSON.stringify(got.errors))
      return got.data.contacts.edges.map((edge: { readonly node: { readonly id: string } }) => edge.node.id)
    }
  )

/** The cursor of a row. */
export const cursor = (id: string): string => btoa(`GPC:S:${id}`)

/** The message and the code of the one error of a document. */
export const errorOf = (got: {
  readonly errors: ReadonlyArray<{ readonly message: string; readonly extensions?: { readonly code?: string } }>
}) => {
  assert.lengthOf(got.errors, 1)
  return { message: got.errors[0]?.message, code: got.errors[0]?.extensions?.code }
}

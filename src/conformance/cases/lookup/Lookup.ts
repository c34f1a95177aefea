import type { Check, Expected, Request } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import { ok, post } from "../../Steps.ts"

/** A POST of a query. */
export const query = (text: string, variables?: object, rest: Partial<Request> = {}): Request =>
  post("/graphql", { query: text, ...(variables === undefined ? {} : { variables }) }, rest)

/** A query for contacts with these arguments. `fields` are those of the connection. */
export const contacts = (args: string, fields = "edges { node { id } }"): string =>
  `{ contacts${args === "" ? "" : `(${args})`} { ${fields} } }`

/** A query for the ids of contacts with these arguments. */
export const lookup = (args: string): Request => query(contacts(args))

/** 200 with this data, and no errors. */
export const data = (value: unknown): Expected => ({ ...ok, json: { data: value } })

/** 200 with these contacts, in order. */
export const found = (...ids: ReadonlyArray<string>): Expected =>
  data({ contacts: { edges: ids.map((id) => ({ node: { id } })) } })

/** The cursor of a contact. */
export const cursorOf = (id: string): string => Buffer.from(`GPC:S:${id}`).toString("base64")

/** The first error of a reply. */
const firstError = (reply: WireReply.Reply): unknown => {
  const errors = WireReply.field(WireReply.json(reply), "errors")
  return Array.isArray(errors) ? errors[0] : undefined
}

const codeOf = (reply: WireReply.Reply): unknown =>
  WireReply.field(WireReply.field(firstError(reply), "extensions"), "code")

/** 200 with an error. `code` undefined stands for no code, and `value` undefined for no data. */
export const failed = (message: string | RegExp, code: string | undefined, value?: unknown): Expected => {
  const hasMessage: Check = [
    `the message ${message}`,
    (reply) => {
      const actual = WireReply.field(firstError(reply), "message")
      return typeof actual === "string" && (typeof message === "string" ? actual === message : message.test(actual))
    }
  ]
  return {
    ...ok,
    has: { data: value },
    checks: [
      ["errors come first", ({ text }) => text.startsWith('{"errors":[{"message":"')],
      hasMessage,
      [`the code ${code}`, (reply) => codeOf(reply) === code],
      ["data only if it is expected", (reply) => reply.text.includes('"data":') === (value !== undefined)]
    ]
  }
}

/** 200 with an error in the arguments that is found before the query runs. */
export const invalid = (message: string | RegExp = /./): Expected => failed(message, "GRAPHQL_VALIDATION_FAILED")

/** 200 with an error in the arguments that is found when the query runs. */
export const refusedArgument = (message: string): Expected => failed(message, undefined, { contacts: null })

/** 200 with a failure of the database. */
export const databaseFailure: Expected = failed("Unexpected error.", "INTERNAL_SERVER_ERROR", { contacts: null })

/** 200 with an error of a request that is no query. */
export const badRequest = (message: string): Expected => failed(message, "BAD_REQUEST")

/** 200 where GraphQL gave no answer at all. */
export const noAnswer: Expected = {
  ...ok,
  json: { errors: [{ message: "Failed to get reader from response body" }] }
}

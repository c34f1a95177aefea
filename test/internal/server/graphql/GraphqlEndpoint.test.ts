import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { layer, post, seed, send, token, type Got, type Sent } from "../Harness.ts"
import { document, errorOf } from "./Queries.ts"

const path = "/v1/graphql"
const ids = "{contacts{edges{node{id}}}}"
const byGet = (query: string, rest = "") => `${path}?query=${encodeURIComponent(query)}${rest}`
const idsOf = (...found: ReadonlyArray<string>) =>
  JSON.stringify({ data: { contacts: { edges: found.map((id) => ({ node: { id } })) } } })
const answered = (got: Got, text: string) => {
  assert.strictEqual(got.status, 200)
  assert.strictEqual(got.headers["content-type"], "application/json")
  assert.strictEqual(got.text, text)
}
const refusal = (message: string, code: string) => JSON.stringify({ errors: [{ message, extensions: { code } }] })
const badRequest = (message: string) => refusal(message, "BAD_REQUEST")
const noQuery = badRequest("Must provide query string.")
const noAnswer = '{"errors":[{"message":"Failed to get reader from response body"}]}'

describe("Requests of GraphQL (contract 12.1)", () => {
  for (const [name, sent] of [
    ["POST /v1", post(path, { query: ids })],
    ["POST /api/v1", post("/api/v1/graphql", { query: ids })],
    ["extensions and nulls", post(path, { query: ids, variables: null, operationName: null, extensions: { a: 1 } })],
    ["an operation by name", post(path, { query: `query A{a:__typename} query B ${ids}`, operationName: "B" })],
    ["GET", { path: byGet(ids) }],
    ["GET with variables", { path: byGet(`query($f:Int)${ids.replace("s", "s(first:$f)")}`, '&variables={"f":20}') }],
    ["GET with a name", { path: byGet(`query A{a:__typename} query B ${ids}`, "&operationName=B&extensions={}") }],
    ["GET with empty parameters", { path: byGet(ids, "&variables=&operationName=&extensions=&foo=1") }],
    ["the first of two queries", { path: byGet(ids, "&query=x") }],
    ["a parameter of the URL beside a body", post(`${path}?query=x`, { query: ids })]
  ] satisfies ReadonlyArray<readonly [string, Sent]>) {
    it.effect(`answers ${name}`, () =>
      Effect.gen(function* () {
        yield* seed([
          { id: "a", createdAt: 1 },
          { id: "b", createdAt: 2 }
        ])
        answered(yield* send(sent), idsOf("b", "a"))
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const [name, sent, text] of [
    ["no query", post(path, {}), noQuery],
    ["an empty body", { method: "POST", path, body: "" }, noQuery],
    ["a query that is null", post(path, { query: null }), noQuery],
    ["GET without a query", { path }, noQuery],
    ["GET with an empty query", { path: `${path}?query=` }, noQuery],
    ["another key", post(path, { query: ids, foo: 1 }), badRequest('Unexpected parameter "foo" in the request body.')],
    [
      "another key without a query",
      post(path, { __proto__: null, "": 1, "1": 2 }),
      badRequest('Unexpected parameter "1" in the request body.')
    ],
    [
      "a key of the prototype",
      { path, body: '{"__proto__":{"query":"{a}"}}' },
      badRequest('Unexpected parameter "__proto__" in the request body.')
    ],
    ["a batch", post(path, [{ query: ids }]), badRequest("Batching is not supported.")],
    ["an empty batch", post(path, []), badRequest("Batching is not supported.")],
    ["JSON null", { path, body: "null" }, badRequest("POST body sent invalid JSON.")],
    ["JSON zero", { path, body: "0" }, badRequest("POST body sent invalid JSON.")],
    ["a JSON text", { path, body: '"x"' }, badRequest("POST body is expected to be object but received string")],
    ["a JSON number", { path, body: "1" }, badRequest("POST body is expected to be object but received number")],
    [
      "a query that is no text",
      post(path, { query: ["{a}"] }),
      badRequest('Expected "query" param to be a string, but given array.')
    ],
    [
      "variables that are no object",
      post(path, { query: ids, variables: "x" }),
      badRequest('Expected "variables" param to be empty or an object, but given string.')
    ],
    [
      "variables of GET that are no object",
      { path: byGet(ids, "&variables=[1]") },
      badRequest('Expected "variables" param to be empty or an object, but given array.')
    ],
    [
      "variables of GET that are no JSON",
      { path: byGet(ids, "&variables={") },
      refusal("Unexpected error.", "INTERNAL_SERVER_ERROR")
    ],
    [
      "extensions that are no object",
      post(path, { query: ids, extensions: 1 }),
      badRequest('Expected "extensions" param to be empty or an object, but given number.')
    ],
    [
      "a mutation by GET",
      { path: byGet("mutation{x}") },
      badRequest("Can only perform a mutation operation from a POST request.")
    ],
    ...(["PUT", "PATCH", "DELETE"] as const).map((method): readonly [string, Sent, string] => [
      method,
      { method, path, body: "{}" },
      badRequest("GraphQL only supports GET and POST requests.")
    ])
  ] satisfies ReadonlyArray<readonly [string, Sent, string]>) {
    it.effect(`refuses ${name} at status 200`, () =>
      Effect.gen(function* () {
        answered(yield* send(sent), text)
      }).pipe(Effect.provide(layer()))
    )
  }

  for (const [contentType, text] of [
    ["application/json", idsOf()],
    ["application/json;charset=utf-8", idsOf()],
    ["application/json; charset=utf-8", idsOf()],
    ["application/json;", badRequest("POST body is expected to be object but received string")],
    ["Application/JSON", noAnswer],
    ["application/ld+json", noAnswer],
    ["text/plain", noAnswer],
    ["application/octet-stream", noAnswer],
    ["application/graphql+json", badRequest('Unexpected parameter "type" in the request body.')],
    ["application/x-www-form-urlencoded", noQuery],
    ["multipart/form-data; boundary=x", refusal("Unexpected error.", "INTERNAL_SERVER_ERROR")]
  ] as const) {
    it.effect(`reads JSON sent as ${contentType}`, () =>
      Effect.gen(function* () {
        const body = JSON.stringify({ query: ids })
        answered(yield* send({ path, body, headers: { "content-type": contentType } }), text)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("has no answer to a POST without a content type, and a syntax error for application/graphql", () =>
    Effect.gen(function* () {
      answered(yield* send({ method: "POST", path }), noAnswer)
      const got = yield* send({ path, body: ids, headers: { "content-type": "application/graphql" } })
      assert.strictEqual(got.status, 200)
      assert.include(got.text, "GRAPHQL_PARSE_FAILED")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("ignores the content type of GET", () =>
    Effect.gen(function* () {
      answered(yield* send({ path: byGet(ids), headers: { "content-type": "text/csv" } }), idsOf())
    }).pipe(Effect.provide(layer()))
  )
})

describe("The form of an answer of GraphQL (contract 12.1)", () => {
  const events = `:\n\nevent: next\ndata: ${idsOf()}\n\nevent: complete\ndata:\n\n`
  for (const [accept, text] of [
    [undefined, idsOf()],
    ["", idsOf()],
    ["*/*", idsOf()],
    ["application/json", idsOf()],
    ["APPLICATION/JSON;q=0.1", idsOf()],
    ["application/*", idsOf()],
    ["application/graphql-response+json", idsOf()],
    ["text/event-stream, application/json", idsOf()],
    ["text/html, */*;q=0.1", idsOf()],
    ["text/event-stream", events],
    ["text/*", events],
    ["text/csv", noAnswer],
    ["text/html", noAnswer],
    ["application/jsonl", noAnswer],
    ["application/json;charset=iso-8859-1", noAnswer],
    ["nonsense", noAnswer]
  ] as const) {
    it.effect(`for Accept ${accept}`, () =>
      Effect.gen(function* () {
        const headers = accept === undefined ? {} : { accept }
        answered(yield* send(post(path, { query: ids }, { headers })), text)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("is one part for multipart/mixed, with its length in bytes", () =>
    Effect.gen(function* () {
      const sent = post(path, { query: "{contacts{edges{node{name}}}}" }, { headers: { accept: "multipart/mixed" } })
      yield* seed([{ name: "é" }])
      const json = '{"data":{"contacts":{"edges":[{"node":{"name":"é"}}]}}}'
      const head = "Content-Type: application/json; charset=utf-8\r\nContent-Length: 56\r\n\r\n"
      answered(yield* send(sent), `---\r\n${head}${json}\r\n-----\r\n`)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is an HTML page for a browser, still as JSON", () =>
    Effect.gen(function* () {
      for (const accept of ["text/html", "application/json, text/html"]) {
        const got = yield* send({ path: byGet(ids), headers: { accept } })
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.headers["content-type"], "application/json")
        assert.match(got.text, /^<!doctype html>/)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("applies to refusals too", () =>
    Effect.gen(function* () {
      const got = yield* send(post(path, {}, { headers: { accept: "text/event-stream" } }))
      answered(got, `:\n\nevent: next\ndata: ${noQuery}\n\nevent: complete\ndata:\n\n`)
    }).pipe(Effect.provide(layer()))
  )
})

describe("What goes before GraphQL (contract 12.1)", () => {
  const notAuthenticated = '{"message":"Not authenticated","code":"NOT_AUTHENTICATED"}'
  const notAuthorized = '{"message":"Not authorized","code":"NOT_AUTHORIZED"}'
  const none = { authorization: null }
  const accounts = [
    {
      id: "parent",
      tokens: [
        "sk-parent",
        { token: "a.b.graphql", allowedRoutes: ["graphql"] },
        { token: "a.b.contact", allowedRoutes: ["contact/**"] },
        { token: "a.b.widget", audience: "widget" },
        { token: "oaac-expired", expiresAt: -1 }
      ]
    },
    { id: "child", tokens: ["sk-child"], parent: "parent", email: "child@example.com" }
  ]
  const as = (key: string, headers = {}): Partial<Sent> => ({ authorization: `Bearer ${key}`, headers })

  for (const [name, sent, status, text] of [
    ["POST without credentials", post(path, { query: ids }, none), 403, notAuthorized],
    ["POST without credentials and without a query", post(path, [], none), 403, notAuthorized],
    [
      "POST without credentials from XMLHttpRequest",
      post(path, {}, { ...none, headers: { "x-requested-with": "XMLHttpRequest" } }),
      401,
      notAuthenticated
    ],
    [
      "a content type without credentials",
      { path, body: "x", headers: { "content-type": "a/b" }, ...none },
      403,
      notAuthorized
    ],
    ["GET without credentials", { path: byGet(ids), ...none }, 401, notAuthenticated],
    ["GET of the page without credentials", { path, headers: { accept: "text/html" }, ...none }, 401, notAuthenticated],
    ["an unknown token", post(path, { query: ids }, as("sk-other")), 401, notAuthenticated],
    ["an expired token", post(path, { query: ids }, as("oaac-expired")), 401, notAuthenticated],
    ["a token for other routes", post(path, { query: ids }, as("a.b.contact")), 401, notAuthenticated],
    ["a token of an end user", post(path, { query: ids }, as("a.b.widget")), 401, notAuthenticated],
    ["a token for graphql", post(path, { query: ids }, as("a.b.graphql")), 200, idsOf("p")],
    ["run-as", post(path, { query: ids }, as("sk-parent", { "x-runas-user-id": "child" })), 200, idsOf("c")],
    [
      "run-as by e-mail",
      post(path, { query: ids }, as("sk-parent", { "x-runas-child-user-email": "child@example.com" })),
      200,
      idsOf("c")
    ],
    [
      "run-as of a stranger",
      post(path, { query: ids }, as("sk-child", { "x-runas-user-id": "parent" })),
      401,
      notAuthenticated
    ],
    ["malformed JSON", { path, body: "{", ...none }, 400, "Invalid JSON"],
    ["malformed JSON of PUT", { method: "PUT", path, body: "{", ...none }, 400, "Invalid JSON"],
    ["a body that is too large", { path, body: " ".repeat(1_048_577), ...none }, 413, "Body exceeded 1mb limit"],
    [
      "an unknown charset",
      { path, body: "{}", headers: { "content-type": "application/json;charset=x" }, ...none },
      400,
      "Invalid body"
    ],
    ["HEAD", { method: "HEAD", path, ...none }, 200, ""],
    ["OPTIONS", { method: "OPTIONS", path, ...none }, 200, "{}"],
    ["a slash at the end", { path: `${path}/`, ...none }, 308, path]
  ] satisfies ReadonlyArray<readonly [string, Sent, number, string]>) {
    it.effect(name, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "p" }], "parent")
        yield* seed([{ id: "c" }], "child")
        const got = yield* send(sent)
        assert.deepStrictEqual([got.status, got.text], [status, text])
        assert.strictEqual(got.headers["x-failure-code"], status === 403 ? "NOT_AUTHORIZED" : undefined)
      }).pipe(Effect.provide(layer({ accounts })))
    )
  }

  it.effect("a body of exactly the limit passes", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ query: ids })
      answered(yield* send({ path, body: body.padEnd(1_048_576) }), idsOf())
    }).pipe(Effect.provide(layer()))
  )

  it.effect("there is nothing under the path, nor in another letter case", () =>
    Effect.gen(function* () {
      for (const other of ["/v1/graphql/x", "/v1/GraphQL", "/graphql", "/v2/graphql", "/v1/%67raphql"]) {
        assert.strictEqual((yield* send(post(other, { query: ids }))).status, 404, other)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("no rate limit is checked, nor used", () =>
    Effect.gen(function* () {
      for (let sent = 0; sent < 5; sent++) answered(yield* send(post(path, { query: ids })), idsOf())
      assert.strictEqual((yield* send({ path: "/v1/contact/list" })).status, 200)
      assert.strictEqual((yield* send({ path: "/v1/contact/list" })).status, 429)
      answered(yield* send(post(path, { query: ids })), idsOf())
    }).pipe(Effect.provide(layer({ rateLimit: 1 })))
  )

  it.effect("introspection is on", () =>
    Effect.gen(function* () {
      const got = yield* document({ query: '{__schema{queryType{fields{name}}} __type(name:"Contact"){kind}}' })
      assert.deepStrictEqual(got, {
        data: { __schema: { queryType: { fields: [{ name: "contacts" }] } }, __type: { kind: "OBJECT" } }
      })
    }).pipe(Effect.provide(layer()))
  )
})

describe("The operation Contact.find", () => {
  it.effect("is logged, whatever its method, without the credentials", () =>
    Effect.gen(function* () {
      yield* send(post(path, { query: ids }))
      yield* send({ path: byGet(ids), authorization: null })
      const state = yield* ServerState.ServerState
      const requests = yield* state.requests
      assert.deepStrictEqual(
        requests.map(({ operation, attempt, method }) => [operation, attempt, method]),
        [
          ["Contact.find", 1, "POST"],
          ["Contact.find", 2, "GET"]
        ]
      )
      assert.notInclude(JSON.stringify(requests), token)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("can be disturbed like any other that answers with a document", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* state.faults.inject([
        { operation: "Contact.find", attempt: 1, fault: Fault.status(503) },
        { operation: "Contact.find", attempt: 2, fault: Fault.afterCommit(Fault.reset) },
        { operation: "Contact.find", attempt: 3, fault: Fault.cutAfter(8) }
      ])
      const sent = post(path, { query: ids })
      const unavailable = yield* send(sent)
      assert.deepStrictEqual(
        [unavailable.status, unavailable.text],
        [503, '{"message":"Service unavailable","code":"SERVICE_UNAVAILABLE"}']
      )
      assert.isTrue(Result.isFailure(yield* Effect.result(send(sent))))
      answered(yield* send(sent), idsOf().slice(0, 8))
      answered(yield* send(sent), idsOf())
    }).pipe(Effect.provide(layer()))
  )

  it.effect("has no pages that a fault could change", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      const injected = yield* Effect.exit(
        state.faults.inject([{ operation: "Contact.find", fault: Fault.dropPage(0) }])
      )
      assert.strictEqual(injected._tag, "Failure")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("gives errors of the contract's codes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* document({ query: "{" })), {
        message: "Syntax Error: Expected Name, found <EOF>.",
        code: "GRAPHQL_PARSE_FAILED"
      })
    }).pipe(Effect.provide(layer()))
  )
})

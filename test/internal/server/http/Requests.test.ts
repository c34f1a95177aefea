import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { layer, post, send, type Sent } from "../Harness.ts"

const error = (message: string, code: string) => JSON.stringify({ message, code })
const badRequest = error("Bad request", "BAD_REQUEST")
const notAuthenticated = error("Not authenticated", "NOT_AUTHENTICATED")
const notAuthorized = error("Not authorized", "NOT_AUTHORIZED")
const methodNotAllowed = error("Method not allowed", "METHOD_NOT_ALLOWED")
const json = { "content-type": "application/json" }
const mebibyte = 1_048_576

interface Case {
  readonly clause: string
  readonly sent: Sent
  readonly status: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

const operations: ReadonlyArray<readonly ["GET" | "POST", string]> = [
  ["POST", "/contact/create"],
  ["POST", "/contact/ensure"],
  ["POST", "/contact/x/update"],
  ["POST", "/contact/x/delete"],
  ["GET", "/contact/x/fetch"],
  ["GET", "/contact/list"],
  ["GET", "/contact/export"],
  ["GET", "/contact/x/conversation/list"],
  ["GET", "/contact/x/memory/list"],
  ["POST", "/contact/x/memory/search"],
  ["GET", "/contact/x/rating/list"],
  ["GET", "/contact/x/space/list"],
  ["GET", "/contact/x/task/list"]
]

const verbs: ReadonlyArray<Case> = operations.flatMap(([verb, path]): ReadonlyArray<Case> => [
  {
    clause: "HEAD is empty and needs no credentials",
    sent: { method: "HEAD", path: `/v1${path}`, authorization: null },
    status: 200,
    text: "",
    headers: { "content-type": undefined }
  },
  {
    clause: "OPTIONS needs no credentials",
    sent: { method: "OPTIONS", path: `/api/v1${path}`, authorization: null },
    status: 200,
    text: "{}",
    headers: json
  },
  ...(["GET", "POST", "PUT", "PATCH", "DELETE"] as const)
    .filter((method) => method !== verb)
    .map((method) => ({
      clause: "the verb goes before content type and credentials",
      sent: { method, path: `/v1${path}`, authorization: null },
      status: 405,
      text: methodNotAllowed,
      headers: { allow: undefined, "x-failure-code": undefined }
    }))
])

const contentTypes: ReadonlyArray<Case> = [
  ...operations
    .filter(([verb]) => verb === "POST")
    .flatMap(([, path]) =>
      [undefined, "text/plain", "application/x-www-form-urlencoded", "application/ld+json", "application/jsonl"].map(
        (contentType): Case => ({
          clause: `content type ${contentType} goes before credentials`,
          sent: {
            method: "POST",
            path: `/v1${path}`,
            authorization: null,
            ...(contentType === undefined ? {} : { body: "{}", headers: { "content-type": contentType } })
          },
          status: 400,
          text: badRequest
        })
      )
    ),
  ...[
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    " application/json ;x=y",
    'application/json;charset="utf-8"'
  ].map((contentType): Case => ({
    clause: `content type ${contentType}`,
    sent: { path: "/v1/contact/create", body: "{}", headers: { "content-type": contentType } },
    status: 200
  }))
]

const plain = (status: number, text: string) => ({ status, text, headers: { "content-type": undefined } })
const invalidJson = plain(400, "Invalid JSON")
const tooLarge = plain(413, "Body exceeded 1mb limit")
const invalidBody = plain(400, "Invalid body")

const bodies: ReadonlyArray<Case> = [
  {
    clause: "an empty body is an empty object",
    sent: { path: "/v1/contact/create", method: "POST", headers: json },
    status: 200
  },
  ...["{", "undefined", "{'a':1}", "{}{}", " ", "NaN", "[1,]"].map((body) => ({
    clause: `malformed JSON ${body} goes before everything`,
    sent: { path: "/v1/contact/x/delete", body, authorization: null },
    status: invalidJson.status,
    text: invalidJson.text,
    headers: invalidJson.headers
  })),
  {
    clause: "malformed JSON goes before the verb",
    sent: { path: "/v1/contact/list", body: "{", authorization: null },
    ...invalidJson
  },
  {
    clause: "malformed JSON goes before HEAD",
    sent: { path: "/v1/contact/list", method: "OPTIONS", body: "{" },
    ...invalidJson
  },
  {
    clause: "malformed linked data",
    sent: { path: "/v1/contact/create", body: "{", headers: { "content-type": "application/ld+json" } },
    ...invalidJson
  },
  {
    clause: "other types are not parsed",
    sent: { path: "/v1/contact/create", body: "{", headers: { "content-type": "text/plain" } },
    status: 400,
    text: badRequest
  },
  {
    clause: "a body of the limit",
    sent: { path: "/v1/contact/create", body: `{"meta":{"a":"${"x".repeat(mebibyte - 17)}"}}`.padEnd(mebibyte) },
    status: 200
  },
  {
    clause: "a body above the limit",
    sent: { path: "/v1/contact/create", body: "{}".padEnd(mebibyte + 1), authorization: null },
    ...tooLarge
  },
  {
    clause: "a body above the limit of any type",
    sent: { path: "/v1/contact/create", body: "x".repeat(mebibyte + 1), headers: { "content-type": "text/plain" } },
    ...tooLarge
  },
  {
    clause: "an unknown charset",
    sent: { path: "/v1/contact/create", body: "{}", headers: { "content-type": "application/json; charset=nope" } },
    ...invalidBody
  },
  {
    clause: "a body nested too deep for the server's own encoder",
    sent: { path: "/v1/contact/create", body: `{"meta":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}` },
    status: 500
  }
]

const authorizations: ReadonlyArray<Case> = [
  ...["Bearer sk-1", "Token sk-1", "Basic sk-1", "x sk-1", "Bearer sk-1 more", "bearer sk-"].map((authorization) => ({
    clause: `the scheme is not looked at: ${authorization}`,
    sent: { path: "/v1/contact/export", authorization },
    status: 200
  })),
  ...[
    "sk-1",
    "Bearer",
    "Bearer  sk-1",
    "Bearersk-1",
    "Bearer oaac-1",
    "Bearer oart-1",
    "Bearer a.b.c",
    "Bearer x",
    "Bearer SK-1"
  ].flatMap((authorization): ReadonlyArray<Case> => [
    {
      clause: `GET 401: ${authorization}`,
      sent: { path: "/v1/contact/x/fetch", authorization },
      status: 401,
      text: notAuthenticated
    },
    {
      clause: `list 401: ${authorization}`,
      sent: { path: "/v1/contact/list", authorization },
      status: 401,
      text: notAuthenticated
    },
    {
      clause: `POST 401 before the body is validated: ${authorization}`,
      sent: { path: "/v1/contact/create", json: { foo: 1 }, authorization },
      status: 401,
      text: notAuthenticated,
      headers: { "x-failure-code": undefined, "www-authenticate": undefined }
    }
  ]),
  ...[null, ""].flatMap((authorization): ReadonlyArray<Case> => [
    {
      clause: "GET without credentials",
      sent: { path: "/v1/contact/list", authorization },
      status: 401,
      text: notAuthenticated
    },
    {
      clause: "POST without credentials",
      sent: { path: "/v1/contact/create", json: {}, authorization },
      status: 403,
      text: notAuthorized,
      headers: { "x-failure-code": "NOT_AUTHORIZED" }
    }
  ])
]

const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST",
  "access-control-allow-headers": "X-Requested-With, Accept, Content-Length, Content-Type, Authorization",
  "access-control-expose-headers": undefined,
  "access-control-allow-credentials": undefined
}

const noCors = Object.fromEntries(Object.keys(cors).map((name) => [name, undefined]))

const html = { "content-type": "text/html; charset=utf-8" }

const routes: ReadonlyArray<Case> = [
  ...["/v1", "/v1/contact", "/v1/Contact/list", "/v1/contact/x", "/v1/contact/x/nope", "/v1/contact/x/y/fetch"].map(
    (path) => ({ clause: `unknown route ${path}`, sent: { path, authorization: null }, status: 404, headers: html })
  ),
  ...["/", "/v2/contact/list", "/api/contact/list", "/api/api/v1/contact/list", "/contact/list"].map((path) => ({
    clause: `unknown route ${path}`,
    sent: { path, authorization: null },
    status: 404,
    headers: { ...html, ...noCors }
  })),
  ...["/v1/", "/v1/contact/", "/v1/contact/list/"].map((path) => ({
    clause: `a slash at the end of ${path}`,
    sent: { path, authorization: null },
    status: 308,
    text: path.slice(0, -1),
    headers: { location: path.slice(0, -1), "content-type": undefined }
  })),
  {
    clause: "broken encoding",
    sent: { path: "/%zz", authorization: null },
    status: 400,
    headers: { ...html, ...noCors }
  }
]

const headOfNothing: Case = {
  clause: "HEAD has no body even then",
  sent: { method: "HEAD", path: "/v1/nope" },
  status: 404,
  text: "",
  headers: html
}

describe("Checks and their order (contract 6 and 7)", () => {
  for (const { clause, sent, status, text, headers } of [
    ...verbs,
    ...contentTypes,
    ...bodies,
    ...authorizations,
    ...routes,
    headOfNothing
  ]) {
    it.effect(`${sent.method ?? ""} ${sent.path}: ${clause} -> ${status}`, () =>
      Effect.gen(function* () {
        const got = yield* send(sent)
        assert.strictEqual(got.status, status, got.text)
        if (text !== undefined) assert.strictEqual(got.text, text)
        for (const [name, value] of Object.entries({ ...cors, ...headers })) {
          assert.strictEqual(got.headers[name], value, name)
        }
      }).pipe(Effect.provide(layer()))
    )
  }
})

describe("The request log", () => {
  it.effect("lists the requests, with the secret redacted", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* TestClock.setTime(7)
      yield* send(post("/v1/contact/create?x=%20y", { name: "Ada" }, { headers: { "X-Custom": "v" } }))
      yield* send({ path: "/v1/contact/a%20b/fetch", authorization: "Bearer sk-secret" })
      yield* send({ path: "/v1/contact/c/fetch", authorization: "nonsense" })
      yield* send({ path: "/nope#fragment", authorization: null })
      const seen = yield* state.requests
      assert.notInclude(JSON.stringify(seen), "sk-secret")
      assert.deepInclude(seen[0], {
        operation: "Contact.create",
        attempt: 1,
        method: "POST",
        path: "/v1/contact/create",
        query: "x=%20y",
        body: '{"name":"Ada"}',
        time: 7,
        account: state.accountOf("sk-main")
      })
      assert.deepInclude(seen[0]?.headers, { authorization: "<redacted>", "x-custom": "v" })
      assert.deepStrictEqual(
        seen.slice(1).map(({ operation, attempt, path, body, account }) => [operation, attempt, path, body, account]),
        [
          ["Contact.fetch", 1, "/v1/contact/a%20b/fetch", "", state.accountOf("sk-secret")],
          ["Contact.fetch", 2, "/v1/contact/c/fetch", "", undefined],
          [undefined, 0, "/nope", "", undefined]
        ]
      )
      assert.strictEqual(state.log.counted("Contact.fetch"), 2)
      yield* state.clear
      assert.deepStrictEqual(yield* state.requests, [])
      yield* send({ path: "/v1/contact/a/fetch" })
      assert.strictEqual((yield* state.requests)[0]?.attempt, 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keeps the newest requests and counts all", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      for (let index = 0; index < 25; index++) yield* send({ path: `/v1/contact/${index}/fetch` })
      const paths = (yield* state.requests).map((seen) => seen.path)
      assert.deepStrictEqual(paths, ["/v1/contact/22/fetch", "/v1/contact/23/fetch", "/v1/contact/24/fetch"])
      assert.strictEqual(state.log.counted("Contact.fetch"), 25)
    }).pipe(Effect.provide(layer({ requestLogLimit: 3 })))
  )
})

import type { AccountOptions } from "../../../layers/InMemory.ts"
import type { Case, Request, Step } from "../../Case.ts"
import { numbered } from "../../Seeds.ts"
import {
  create,
  get,
  jsonl,
  notAuthenticated,
  notAuthorized,
  ok,
  plainText,
  post,
  send,
  withAccept
} from "../../Steps.ts"
import { badRequest, contacts, data, failed, found, invalid, lookup, noAnswer, query } from "./Lookup.ts"

const accounts: ReadonlyArray<AccountOptions> = [
  {
    id: "parent",
    tokens: [
      "sk-main",
      { token: "l.i.m", allowedRoutes: ["graphql"] },
      { token: "o.t.h", allowedRoutes: ["contact/*"] }
    ]
  },
  { id: "child", tokens: ["sk-child"], parent: "parent", email: "child@example.com" }
]

const seeds = ["sk-main", "sk-child"].map((token) => ({ token, contacts: [{ id: `of-${token}` }] }))

const text = contacts("")
const textType = { "content-type": "text/plain" } as const
const badToken = { authorization: "Bearer nonsense" } as const
const anonymous = { authorization: null } as const

const byGet = (of: string, rest: Partial<Request> = {}): Request =>
  get(`/graphql?query=${encodeURIComponent(of)}`, rest)

const one = (id: string, clauses: Case["clauses"], steps: ReadonlyArray<Step>): Case => ({
  id,
  clauses,
  needs: ["seed"],
  setup: { seeds: [{ contacts: [{ id: "a" }] }] },
  steps
})

const credentials: ReadonlyArray<Case> = [
  {
    id: "lookups-without-credentials",
    clauses: ["12.credentials", "7.none", "6.header.failure-code"],
    steps: [
      send(query(text, undefined, anonymous), {
        ...notAuthorized,
        headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" }
      }),
      send(byGet(text, anonymous), notAuthenticated),
      send(query(text, undefined, badToken), notAuthenticated),
      send(byGet(text, badToken), notAuthenticated),
      send(post("/graphql", {}, badToken), notAuthenticated),
      send(post("/graphql", { query: "{", foo: 1 }, badToken), notAuthenticated),
      send(post("/graphql", {}, anonymous), notAuthorized),
      send(post("/graphql", {}, { ...anonymous, headers: { "X-Requested-With": "XMLHttpRequest" } }), notAuthenticated)
    ]
  },
  {
    id: "lookups-with-a-token-for-some-routes",
    clauses: ["12.credentials.scoped", "7.scoped", "7.scoped.others"],
    needs: ["accounts", "seed"],
    setup: { accounts, seeds },
    steps: [
      ...["/graphql", "/v1/graphql", "/api/v1/graphql"].flatMap((path) => [
        send(post(path, { query: text }, { authorization: "Bearer l.i.m" }), found("of-sk-main")),
        send(post(path, { query: text }, { authorization: "Bearer o.t.h" }), notAuthenticated)
      ]),
      send(get("/contact/list", { authorization: "Bearer l.i.m" }), notAuthenticated)
    ]
  },
  {
    id: "lookups-as-a-child",
    clauses: ["12.credentials.run-as"],
    needs: ["accounts", "seed"],
    setup: { accounts, seeds },
    steps: [
      send(query(text), found("of-sk-main")),
      send(query(text, undefined, { headers: { "X-RunAs-User-Id": "child" } }), found("of-sk-child")),
      send(
        query(text, undefined, { headers: { "X-RunAs-Child-User-Email": "child@example.com" } }),
        found("of-sk-child")
      ),
      send(query(text, undefined, { headers: { "X-RunAs-User-Id": "nobody" } }), notAuthenticated)
    ]
  }
]

const requests: ReadonlyArray<Case> = [
  one(
    "lookups-under-both-prefixes",
    ["12.path", "12.status", "0.path.prefixes"],
    ["/v1/graphql", "/api/v1/graphql"].map((path) => send(post(path, { query: text }), found("a")))
  ),
  one(
    "bodies-of-lookups",
    ["12.body", "12.body.keys", "12.errors.request", "12.errors.operation", "12.no-batching", "12.status"],
    [
      send(post("/graphql", { query: text, extensions: {} }), found("a")),
      send(post("/graphql", { query: text, variables: null, operationName: null, extensions: null }), found("a")),
      send(
        post("/graphql", {
          query: `query one ${text} query none { contacts(first: 0) { edges { node { id } } } }`,
          operationName: "one"
        }),
        found("a")
      ),
      send(
        post("/graphql", { query: `query one ${text} query two ${text}` }),
        failed("Could not determine what operation to execute.", "OPERATION_RESOLUTION_FAILURE")
      ),
      send(
        post("/graphql", { query: text, operationName: "nobody" }),
        failed("Could not determine what operation to execute.", "OPERATION_RESOLUTION_FAILURE")
      ),
      send(post("/graphql", {}), badRequest("Must provide query string.")),
      send(post("/graphql", { variables: {} }), badRequest("Must provide query string.")),
      send(post("/graphql", { query: text, foo: 1 }), badRequest('Unexpected parameter "foo" in the request body.')),
      send(post("/graphql", [{ query: text }]), badRequest("Batching is not supported."))
    ]
  ),
  one(
    "variables-aliases-and-fragments",
    ["12.body", "12.and"],
    [
      send(
        query(
          "query of($ids: [ID!], $first: Int = 1) { mine: contacts(contactIds: $ids, first: $first) { ...ids } }" +
            " fragment ids on QueryContactsConnection { edges { node { number: id ... on Contact { __typename } } } }",
          { ids: ["a"] }
        ),
        data({ mine: { edges: [{ node: { number: "a", __typename: "Contact" } }] } })
      ),
      send(
        query(
          "query of($with: Boolean!) { contacts { edges { node { id name @include(if: $with) nick @skip(if: $with) } } } }",
          { with: true }
        ),
        data({ contacts: { edges: [{ node: { id: "a", name: "" } }] } })
      )
    ]
  ),
  one(
    "verbs-of-lookups",
    ["12.get", "12.get.mutation", "12.verbs", "12.head", "12.errors.request", "12.status"],
    [
      send(byGet(text), found("a")),
      send(get("/graphql"), badRequest("Must provide query string.")),
      send(byGet("mutation { anything }"), badRequest("Can only perform a mutation operation from a POST request.")),
      ...(["PUT", "PATCH", "DELETE"] as const).map((method) =>
        send({ ...query(text), method }, badRequest("GraphQL only supports GET and POST requests."))
      ),
      ...[{}, badToken, anonymous].flatMap((rest) => [
        send({ method: "HEAD", path: "/graphql", ...rest }, { status: 200, text: "" }),
        send({ method: "OPTIONS", path: "/graphql", ...rest }, { ...ok, text: "{}" })
      ])
    ]
  ),
  one(
    "content-types-of-lookups",
    ["12.content-type", "12.errors.none", "12.status"],
    [
      send({ ...query(text), headers: { "content-type": "application/json; charset=utf-8" } }, found("a")),
      send({ ...query(text), headers: textType }, noAnswer),
      send({ ...query(text), headers: { "content-type": "application/xml" } }, noAnswer)
    ]
  ),
  one(
    "accept-of-lookups",
    ["12.accept", "12.accept.csv", "12.accept.streams", "12.accept.html", "12.errors.none"],
    [
      ...["application/json", "*/*", "application/json, text/plain, */*", "Application/JSON;q=0.9"].map((accept) =>
        send(withAccept("/graphql", accept, { json: { query: text } }), found("a"))
      ),
      send(withAccept("/graphql", "application/json", { method: "GET", path: byGet(text).path }), found("a")),
      send(withAccept("/graphql", "text/csv", { json: { query: text } }), noAnswer),
      ...(
        [
          ["text/event-stream", /^(?:.*\n)*event: next\ndata: \{"data":\{"contacts":/],
          ["multipart/mixed", /^---\r\n(?:.*\r\n)*\{"data":\{"contacts":/]
        ] as const
      ).map(([accept, body]) =>
        send(withAccept("/graphql", accept, { json: { query: text } }), {
          ...ok,
          checks: [[`the body is like ${body}`, (reply) => body.test(reply.text)]]
        })
      ),
      send(withAccept(byGet(text).path, "text/html"), {
        ...ok,
        checks: [["the body is an HTML page", (reply) => reply.text.toLowerCase().startsWith("<!doctype html>")]]
      }),
      send(withAccept("/graphql", "text/html", { json: { query: text } }), noAnswer)
    ]
  ),
  {
    id: "broken-bodies-of-lookups",
    clauses: ["12.limits", "6.order.body", "6.413", "6.400.malformed"],
    steps: [{}, badToken, anonymous].flatMap((rest) => [
      send({ path: "/graphql", body: "{", ...rest }, plainText(400, "Invalid JSON")),
      send(
        { path: "/graphql", body: "{}", headers: { "content-type": "application/json; charset=nope" }, ...rest },
        plainText(400, "Invalid body")
      ),
      send({ path: "/graphql", body: "x".repeat(1_048_577), ...rest }, plainText(413, "Body exceeded 1mb limit")),
      send({ path: "/graphql", body: "[".repeat(20_000), ...rest }, plainText(500, "Internal Server Error"))
    ])
  },
  {
    id: "lookups-and-the-poll-limit",
    clauses: ["12.no-rate-limit", "4.limit.others"],
    needs: ["limit", "seed"],
    setup: { limit: 1, seeds: [{ contacts: [{ id: "a" }] }] },
    steps: [
      ...[1, 2, 3].map(() => send(query(text), found("a"))),
      send(get("/contact/list"), ok),
      send(withAccept("/contact/list", jsonl), { status: 429 }),
      send(query(text), found("a"))
    ]
  },
  {
    id: "syntax-and-validation-of-lookups",
    clauses: [
      "12.errors",
      "12.errors.suggestion",
      "12.errors.parse",
      "12.errors.validation",
      "12.errors.variable",
      "12.status"
    ],
    steps: [
      send(query("{"), failed(/^Syntax Error: /, "GRAPHQL_PARSE_FAILED")),
      send(query("{ contacts { edges { node { id } } }"), failed(/^Syntax Error: /, "GRAPHQL_PARSE_FAILED")),
      send(query("{ contacts { edges { node { preferences } } } }"), {
        ...invalid(/^Cannot query field "preferences" on type "Contact"\./),
        checks: [
          [
            "the reply has the message, its location and its code, in this order",
            ({ text }) =>
              /^\{"errors":\[\{"message":"[^"]*(?:\\"[^"]*)*","locations":\[\{"line":1,"column":29\}\],"extensions":\{"code":"GRAPHQL_VALIDATION_FAILED"\}\}\]\}$/.test(
                text
              )
          ]
        ]
      }),
      send(lookup("foo: 1"), invalid(/^Unknown argument "foo" on field "Query\.contacts"\./)),
      send(
        query("{ contact { edges { cursor } } }"),
        invalid(/^Cannot query field "contact" on type "Query"\. Did you mean "contacts"/)
      ),
      send(query("{ nobody }"), invalid(/^Cannot query field "nobody" on type "Query"\./)),
      send(
        query(`query ($f: [String!]) ${contacts("fingerprints: $f")}`, { f: [1] }),
        failed('Variable "$f" got invalid value 1 at "f[0]"; String cannot represent a non string value: 1', undefined)
      ),
      send(
        query(`query ($f: [String!]!) ${contacts("fingerprints: $f")}`, {}),
        failed('Variable "$f" of required type "[String!]!" was not provided.', undefined)
      )
    ]
  },
  {
    id: "several-fields-of-which-one-fails",
    clauses: ["12.errors.partial", "12.errors.argument", "12.errors"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: numbered(3) }] },
    steps: [
      send(
        query("{ bad: contacts(first: -1) { edges { cursor } } good: contacts(first: 1) { edges { node { id } } } }"),
        {
          ...ok,
          has: { data: { bad: null, good: { edges: [{ node: { id: "id-0002" } }] } } },
          checks: [
            [
              "errors come first, with the path of the field",
              ({ text }) =>
                text.startsWith('{"errors":[{"message":"Argument \\"first\\" must be a non-negative integer"') &&
                text.includes('"path":["bad"]')
            ]
          ]
        }
      )
    ]
  },
  {
    id: "lookups-of-created-contacts",
    clauses: ["12.path", "12.equals", "12.and", "12.cursor", "12.emails"],
    steps: [
      create({ fingerprint: "the fingerprint of <run>", email: "ada-<run>@example.com", meta: { age: 30 } }, "ada"),
      create({ email: "ada-<run>@example.com", meta: { age: "30" } }, "other"),
      ...[
        'fingerprints: ["the fingerprint of <run>"]',
        'contactIds: ["<ada>"]',
        'emails: ["ada-<run>@example.com"], meta: {age: 30}'
      ].map((args) => send(lookup(args), found("<ada>"))),
      send(lookup('emails: ["ada-<run>@example.com"]'), found("<other>", "<ada>")),
      send(lookup('emails: ["ada-<run>@example.com"], order: asc'), found("<ada>", "<other>"))
    ]
  }
]

/** Requests of the GraphQL lookup, and their errors (wire contract 12.1 and 12.3). */
export const lookupRequests: ReadonlyArray<Case> = [...credentials, ...requests]

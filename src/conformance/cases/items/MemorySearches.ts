import * as Effect from "effect/Effect"
import { isDeepStrictEqual } from "node:util"
import type { Case, Expected, Request, Rows, Step } from "../../Case.ts"
import * as WireReply from "../../WireReply.ts"
import {
  badRequest,
  csv,
  get,
  jsonl,
  methodNotAllowed,
  notAuthenticated,
  notAuthorized,
  notFound,
  ok,
  plainText,
  post,
  send,
  serverError,
  sse,
  withAccept
} from "../../Steps.ts"

const path = "/contact/ada/memory/search"

const search = (body: unknown, rest: Partial<Request> = {}): Request => post(path, body, rest)

/** A search that finds memories with these texts, in this order. */
const finds = (body: object, ...texts: ReadonlyArray<string>): Step =>
  send(search(body), {
    ...ok,
    checks: [
      [
        `the texts are ${texts.join(", ")}`,
        (reply) =>
          isDeepStrictEqual(
            WireReply.items(reply).map((item) => WireReply.field(item, "text")),
            texts
          )
      ],
      [
        "an item is {id, text}",
        (reply) =>
          WireReply.items(reply).every(
            (item) => typeof item === "object" && item !== null && Object.keys(item).join() === "id,text"
          )
      ]
    ]
  })

const seeded = (id: string, clauses: Case["clauses"], rows: Rows, steps: ReadonlyArray<Step>): Case => ({
  id,
  clauses,
  needs: ["accounts", "seed"],
  setup: {
    seeds: [
      { contacts: [{ id: "ada", name: "Ada" }, { id: "nobody" }] },
      { token: "sk-other", contacts: [{ id: "theirs" }] }
    ],
    rows
  },
  steps
})

const one: Rows = (api) => api.seedMemories("ada", [{ id: "m", text: "likes tea", createdAt: 1 }])

const found: Expected = { ...ok, text: '{"items":[{"id":"m","text":"likes tea"}]}' }

/** The memory search (wire contract 3.8.2). */
export const memorySearches: ReadonlyArray<Case> = [
  seeded(
    "bodies-of-memory-searches",
    [
      "3.1.memory-search",
      "3.8.search.body",
      "3.8.search.not-trimmed",
      "3.8.search.empty",
      "3.8.search.type",
      "3.8.search.keys",
      "3.8.search.object",
      "3.8.search.fields",
      "6.odd.empty"
    ],
    one,
    [
      ...["tea", " ", " tea ", "x".repeat(10_000)].map((text) => send(search({ search: text }), found)),
      send(search({ search: "" }), badRequest('"search" is not allowed to be empty')),
      ...[null, 1, true, ["tea"], { a: 1 }].map((text) =>
        send(search({ search: text }), badRequest('"search" must be a string'))
      ),
      send(search({ search: "tea", take: 1 }), badRequest('"take" is not allowed')),
      ...["limit", "cursor", "contactId", "meta"].map((key) =>
        send(search({ search: "tea", [key]: "x" }), badRequest(`"${key}" is not allowed`))
      ),
      send(search({ search: 1, take: 1 }), badRequest('"search" must be a string')),
      ...[[], ["tea"], "tea", 7, true].map((body) => send(search(body), badRequest('"value" must be of type object'))),
      ...["null", "false", "0", '""'].map((body) => send({ path, body }, badRequest())),
      ...["application/json;", "application/json; charset"].map((type) =>
        send(
          { path, body: '{"search":"tea"}', headers: { "content-type": type } },
          badRequest('"value" must be of type object')
        )
      ),
      ...["{}", ""].map((body) =>
        send(
          {
            method: "POST",
            path: "/contact/nobody/memory/search",
            body,
            headers: { "content-type": "application/json" }
          },
          { ...ok, text: '{"items":[]}' }
        )
      )
    ]
  ),
  seeded(
    "memory-searches-without-memories",
    ["3.8.search.none"],
    one,
    [{}, { search: "tea" }].map((body) =>
      send(post("/contact/nobody/memory/search", body), { ...ok, text: '{"items":[]}' })
    )
  ),
  seeded("memory-searches-without-search", ["3.8.search.without"], one, [
    send(search({}), {
      status: 500,
      headers: { "content-type": "application/json" },
      checks: [
        ["the code is GENERIC_ERROR, first", ({ text }) => text.startsWith('{"code":"GENERIC_ERROR","message":"')]
      ]
    })
  ]),
  seeded(
    "order-of-checks-of-memory-searches",
    ["3.8.search.order", "3.8.search.errors", "3.1.content-type.others"],
    one,
    [
      send({ method: "POST", path, body: "{", authorization: null }, plainText(400, "Invalid JSON")),
      send({ method: "HEAD", path, authorization: null }, { status: 200, text: "" }),
      send({ method: "OPTIONS", path, authorization: null }, { ...ok, text: "{}" }),
      ...(["GET", "PUT", "DELETE"] as const).map((method) =>
        send({ method, path, authorization: "Bearer nonsense" }, methodNotAllowed)
      ),
      ...[undefined, "text/plain", "application/jsonl"].map((type) =>
        send(
          {
            method: "POST",
            path,
            authorization: "Bearer nonsense",
            ...(type === undefined ? {} : { body: "{}", headers: { "content-type": type } })
          },
          badRequest()
        )
      ),
      send(search({ foo: 1 }, { authorization: "Bearer nonsense" }), notAuthenticated),
      send(search({ foo: 1 }, { authorization: null }), notAuthorized),
      ...["%20", "missing", "theirs"].map((id) =>
        send(post(`/contact/${id}/memory/search`, { foo: 1 }), badRequest('"foo" is not allowed'))
      ),
      send(post("/contact/%20/memory/search", { search: "tea" }), badRequest()),
      send(post("/contact/missing/memory/search", { search: "tea" }), notFound),
      send(post("/contact/theirs/memory/search", { search: "tea" }), {
        ...notAuthorized,
        headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" }
      }),
      send(post("/contact/@alias/memory/search", { search: "tea" }), serverError()),
      send(post("/contact/(Ada)/memory/search?contactId=theirs", { search: "tea" }), found)
    ]
  ),
  {
    ...seeded("memory-searches-are-documents", ["3.8.search.accept", "3.8.search.limit", "3.8.search.cursor"], one, [
      ...["application/json", jsonl, sse, csv, "text/html", "nonsense"].map((accept) =>
        send(withAccept(path, accept, { json: { search: "tea" } }), found)
      ),
      send(post(`${path}?cursor=m&take=1&order=asc&meta.a=b`, { search: "tea" }), found),
      send(get("/contact/ada/memory/list"), ok),
      send(get("/contact/ada/memory/list"), { status: 429 }),
      send(search({ search: "tea" }), found)
    ]),
    needs: ["accounts", "seed", "limit"],
    setup: {
      limit: 1,
      seeds: [{ contacts: [{ id: "ada" }] }],
      rows: one
    }
  },
  seeded(
    "memories-that-a-search-looks-at",
    ["3.8.search.owner", "3.8.search.fields"],
    (api) =>
      Effect.all([
        api.seedMemories("ada", [{ text: "tea of ours", createdAt: 1 }]),
        api.seedMemories("ada", [{ text: "tea of theirs", createdAt: 2 }], "sk-other"),
        api.seedMemories("nobody", [{ text: "tea of nobody", createdAt: 3 }])
      ]),
    [finds({ search: "tea" }, "tea of ours")]
  ),
  seeded(
    "the-newest-memories-of-a-search",
    ["3.8.search.fifty", "3.8.search.ten"],
    (api) =>
      api.seedMemories(
        "ada",
        Array.from({ length: 60 }, (_, index) => ({
          // The oldest 10 updates are those of the newest creations.
          text: index < 10 ? `tea ${index}` : `coffee ${index}`,
          createdAt: 1000 - index,
          updatedAt: 2000 + index
        }))
      ),
    [finds({ search: "tea" }, ...[59, 58, 57, 56, 55, 54, 53, 52, 51, 50].map((index) => `coffee ${index}`))]
  ),
  seeded(
    "the-rank-of-memories",
    ["3.8.search.rank", "3.8.search.ten"],
    (api) =>
      api.seedMemories(
        "ada",
        [
          "green tea with lemon",
          "tea",
          "coffee",
          "lemon",
          "green lemon",
          ...Array.from({ length: 8 }, (_, index) => `nothing ${index}`)
        ].map((text, index) => ({ text, createdAt: index, updatedAt: 100 - index }))
      ),
    [
      finds(
        { search: "green tea lemon" },
        "green tea with lemon",
        "green lemon",
        "tea",
        "lemon",
        "coffee",
        ...Array.from({ length: 5 }, (_, index) => `nothing ${index}`)
      )
    ]
  )
]

import type { AccountOptions } from "../../layers/InMemory.ts"
import { listNames, reads, writes } from "../ContactPaths.ts"
import { startTime, type Case, type Step } from "../Case.ts"
import {
  clock,
  create,
  fetched,
  get,
  notAuthenticated,
  notAuthorized,
  notFound,
  ok,
  post,
  send,
  update
} from "../Steps.ts"

const accounts: ReadonlyArray<AccountOptions> = [
  { id: "parent", tokens: ["sk-main", "oaac-main", "oart-main", "oart-m.a.in", "m.a.in"] },
  { id: "child", tokens: ["sk-child"], parent: "parent", email: "child@example.com" },
  { id: "twin", tokens: [], parent: "parent", email: "twin@example.com" },
  { id: "stranger", tokens: ["sk-stranger"], email: "stranger@example.com" },
  {
    id: "limited",
    tokens: [
      "sk-limited",
      { token: "l.i.m", allowedRoutes: ["contact/list", "/v1/contact/*/fetch"] },
      { token: "i.t.s", allowedRoutes: ["contact/*/task/list", "contact/*/secret/*/verify"] },
      { token: "o.l.d", expiresAt: startTime + 1000 },
      { token: "oaac-old", expiresAt: startTime + 1000 },
      { token: "w.i.d", audience: "widget" }
    ]
  }
]

const seeds = ["sk-main", "sk-child", "sk-stranger", "sk-limited"].map((token) => ({
  token,
  contacts: [{ id: `of-${token}`, name: token }]
}))

/** Lists contacts to find out the account that a request acts as. */
const actsAs = (token: string, headers: Readonly<Record<string, string>>, account: string | undefined): Step =>
  send(
    get("/contact/list", { authorization: `Bearer ${token}`, headers }),
    account === undefined ? notAuthenticated : { ...ok, ids: account === "" ? [] : [`of-${account}`] }
  )

const controlled = (id: string, clauses: Case["clauses"], steps: ReadonlyArray<Step>): Case => ({
  id,
  clauses,
  needs: ["accounts", "seed"],
  setup: { accounts, seeds },
  steps
})

const list = (authorization: string, refused = true): Step =>
  send(get("/contact/list", { authorization }), refused ? notAuthenticated : { ...ok, ids: ["of-sk-main"] })

const tokens: ReadonlyArray<Case> = [
  controlled(
    "schemes",
    ["7.scheme", "7.scheme.bare", "7.scheme.blanks"],
    [
      ...[
        "Bearer sk-main",
        "bearer sk-main",
        "Token sk-main",
        "Basic sk-main",
        "x sk-main",
        "Bearer sk-main and more"
      ].map((authorization) => list(authorization, false)),
      ...["sk-main", "Bearer", "Bearersk-main", "Bearer  sk-main"].map((authorization) => list(authorization))
    ]
  ),
  controlled(
    "kinds-of-tokens",
    ["7.token.secret", "7.token.access", "7.token.refresh", "7.token.jwt", "7.token.other"],
    [
      actsAs("sk-main", {}, "sk-main"),
      actsAs("oaac-main", {}, "sk-main"),
      actsAs("m.a.in", {}, "sk-main"),
      ...[
        "oart-main",
        "oart-m.a.in",
        "sk-unknown",
        "oaac-unknown",
        "u.nkno.wn",
        "main",
        "SK-main",
        "a.b",
        "a.b.c.d"
      ].map((token) => actsAs(token, {}, undefined))
    ]
  ),
  {
    ...controlled(
      "tokens-that-expire",
      ["7.token.access", "7.token.jwt"],
      [
        clock(999),
        ...["o.l.d", "oaac-old"].map((token) => actsAs(token, {}, "sk-limited")),
        clock(1000),
        ...["o.l.d", "oaac-old"].map((token) => actsAs(token, {}, undefined))
      ]
    ),
    needs: ["accounts", "seed", "clock"]
  },
  {
    id: "tokens-of-unknown-kinds",
    clauses: ["7.token.other", "7.scheme.bare", "6.401"],
    steps: ["Bearer nonsense", "nonsense", "Bearer", "Bearer oart-nonsense", "Bearer a.b.c"].flatMap(
      (authorization) => [
        send(get("/contact/list", { authorization }), notAuthenticated),
        send(post("/contact/create", {}, { authorization }), notAuthenticated)
      ]
    )
  },
  controlled(
    "a-token-for-some-routes",
    ["7.scoped", "7.scoped.others"],
    [
      ...["/v1", "/api/v1"].flatMap((prefix) => [
        send(get(`${prefix}/contact/list`, { authorization: "Bearer l.i.m" }), { ...ok, ids: ["of-sk-limited"] }),
        send(get(`${prefix}/contact/of-sk-limited/fetch`, { authorization: "Bearer l.i.m" }), ok),
        send(get(`${prefix}/contact/export`, { authorization: "Bearer l.i.m" }), notAuthenticated),
        send(post(`${prefix}/contact/create`, {}, { authorization: "Bearer l.i.m" }), notAuthenticated),
        send(post(`${prefix}/contact/of-sk-limited/delete`, {}, { authorization: "Bearer l.i.m" }), notAuthenticated)
      ]),
      send(get("/contact/of-sk-limited/fetch", { authorization: "Bearer sk-limited" }), ok)
    ]
  ),
  controlled(
    "a-token-for-some-routes-of-contacts",
    ["7.scoped", "7.scoped.others"],
    [
      ...["of-sk-limited/task/list", "nobody/task/list"].map((path) =>
        send(get(`/contact/${path}`, { authorization: "Bearer i.t.s" }), { status: path.startsWith("of") ? 200 : 404 })
      ),
      send(post("/contact/of-sk-limited/secret/nobody/verify", {}, { authorization: "Bearer i.t.s" }), notFound),
      ...listNames
        .filter((name) => name !== "task")
        .map((name) =>
          send(get(`/contact/of-sk-limited/${name}/list`, { authorization: "Bearer i.t.s" }), notAuthenticated)
        ),
      ...["authenticate", "revoke", "mint", "proxy"].map((action) =>
        send(
          post(`/contact/of-sk-limited/secret/nobody/${action}`, {}, { authorization: "Bearer i.t.s" }),
          notAuthenticated
        )
      ),
      send(post("/contact/of-sk-limited/memory/search", {}, { authorization: "Bearer i.t.s" }), notAuthenticated),
      send(post("/graphql", {}, { authorization: "Bearer i.t.s" }), notAuthenticated)
    ]
  ),
  controlled(
    "a-token-for-a-widget",
    ["7.scoped.widget"],
    [
      ...reads.map((path) => send(get(path, { authorization: "Bearer w.i.d" }), notAuthenticated)),
      ...[...writes, "/graphql"].map((path) =>
        send(post(path, {}, { authorization: "Bearer w.i.d" }), notAuthenticated)
      )
    ]
  )
]

const csrfCookie = "__Host-next-auth.csrf-token"

const none: ReadonlyArray<Case> = [
  {
    id: "posts-without-credentials",
    clauses: ["7.none", "7.none.script", "7.none.csrf", "6.403.csrf"],
    steps: [...writes, "/graphql"].flatMap((path) => {
      const requestWith = (headers: Readonly<Record<string, string>>, query = "") =>
        post(`${path}${query}`, { foo: 1 }, { authorization: null, headers })
      return [
        ...["XMLHttpRequest"].map((value) => send(requestWith({ "X-Requested-With": value }), notAuthenticated)),
        ...["xmlhttprequest", "XMLHttpRequest2", "fetch"].map((value) =>
          send(requestWith({ "X-Requested-With": value }), notAuthorized)
        ),
        send(requestWith({ cookie: `${csrfCookie}=t0ken` }, "?csrfToken=t0ken"), notAuthenticated),
        send(requestWith({ cookie: `a=b; ${csrfCookie}=a%7Cb; c=d` }, "?take=1&csrfToken=a%7Cb"), notAuthenticated),
        send(requestWith({ cookie: `${csrfCookie}=t0ken` }, "?csrfToken=t0ken&csrfToken=x"), notAuthenticated),
        send(requestWith({ cookie: `${csrfCookie}=t0ken` }, "?csrfToken=x&csrfToken=t0ken"), notAuthorized),
        send(requestWith({ cookie: `${csrfCookie}=t0ken` }, "?csrfToken=T0ken"), notAuthorized),
        send(requestWith({ cookie: `${csrfCookie}=t0ken` }), notAuthorized),
        send(requestWith({ cookie: `${csrfCookie}=` }, "?csrfToken="), notAuthorized),
        send(requestWith({ cookie: "next-auth.csrf-token=t0ken" }, "?csrfToken=t0ken"), notAuthorized),
        send(requestWith({}, "?csrfToken=t0ken"), notAuthorized),
        send(requestWith({}), {
          ...notAuthorized,
          headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" }
        })
      ]
    })
  },
  {
    id: "gets-without-credentials",
    clauses: ["7.none"],
    steps: [...reads, "/graphql?query={x}"].flatMap((path) => [
      send(get(path, { authorization: null }), notAuthenticated),
      send(get(path, { authorization: null, headers: { "X-Requested-With": "XMLHttpRequest" } }), notAuthenticated)
    ])
  }
]

const runAs: ReadonlyArray<Case> = [
  controlled(
    "running-as-a-child",
    ["7.run-as.id", "7.run-as.id.other", "7.run-as.email", "7.run-as.case", "7.run-as.tokens"],
    [
      actsAs("sk-main", { "X-RunAs-User-Id": "child" }, "sk-child"),
      actsAs("sk-main", { "X-RunAs-UserId": "child" }, "sk-child"),
      actsAs("sk-main", { "x-runas-user-id": "child" }, "sk-child"),
      actsAs("sk-main", { "X-RUNAS-CHILD-USER-EMAIL": "child@example.com" }, "sk-child"),
      actsAs("sk-main", { "X-RunAs-Child-User-Email": "twin@example.com" }, ""),
      actsAs("oaac-main", { "X-RunAs-User-Id": "child" }, "sk-child"),
      actsAs("oaac-main", { "X-RunAs-Child-User-Email": "child@example.com" }, "sk-child"),
      actsAs("m.a.in", { "X-RunAs-User-Id": "child" }, "sk-main"),
      actsAs("m.a.in", { "X-RunAs-User-Id": "stranger" }, "sk-main"),
      actsAs("m.a.in", { "X-RunAs-Child-User-Email": "child@example.com" }, "sk-main")
    ]
  ),
  controlled(
    "running-as-two-accounts",
    ["7.run-as.precedence"],
    [
      actsAs("sk-main", { "X-RunAs-User-Id": "child", "X-RunAs-Child-User-Email": "twin@example.com" }, "sk-child"),
      actsAs("sk-main", { "X-RunAs-User-Id": "twin", "X-RunAs-Child-User-Email": "child@example.com" }, ""),
      actsAs("sk-main", { "X-RunAs-User-Id": "stranger", "X-RunAs-Child-User-Email": "child@example.com" }, undefined)
    ]
  ),
  controlled(
    "running-as-a-stranger",
    ["7.run-as.stranger"],
    [
      actsAs("sk-main", { "X-RunAs-User-Id": "stranger" }, undefined),
      actsAs("sk-main", { "X-RunAs-User-Id": "nobody" }, undefined),
      actsAs("sk-main", { "X-RunAs-User-Id": "parent" }, undefined),
      actsAs("sk-main", { "X-RunAs-Child-User-Email": "stranger@example.com" }, undefined),
      actsAs("sk-child", { "X-RunAs-User-Id": "parent" }, undefined),
      actsAs("sk-child", { "X-RunAs-User-Id": "twin" }, undefined)
    ]
  ),
  controlled(
    "contacts-belong-to-the-child",
    ["7.run-as.id"],
    [
      create({ name: "made" }, "id", { headers: { "X-RunAs-User-Id": "child" } }),
      send(get("/contact/<id>/fetch"), { status: 403 }),
      send(get("/contact/<id>/fetch", { authorization: "Bearer sk-child" }), { ...ok, has: { name: "made" } }),
      ...listNames.flatMap((name) => [
        send(get(`/contact/<id>/${name}/list`), { status: 403 }),
        send(get(`/contact/<id>/${name}/list`, { headers: { "X-RunAs-User-Id": "child" } }), ok)
      ]),
      send(post("/contact/<id>/memory/search"), notAuthorized),
      send(post("/contact/<id>/memory/search", {}, { headers: { "X-RunAs-User-Id": "child" } }), ok)
    ]
  ),
  {
    id: "timezones",
    clauses: ["7.timezone"],
    steps: [
      create({ name: "<run>", verifiedAt: 1_600_000_000_000 }, "id", { headers: { "X-Timezone": "Pacific/Auckland" } }),
      update({ nick: "n" }, "id", { headers: { "X-Timezone": "nonsense" } }),
      fetched({ verifiedAt: 1_600_000_000_000, nick: "n" })
    ]
  }
]

/** Authentication (wire contract 7). */
export const section7: ReadonlyArray<Case> = [...tokens, ...none, ...runAs]

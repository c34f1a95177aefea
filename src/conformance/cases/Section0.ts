import type { Case } from "../Case.ts"
import { reads, writes } from "../ContactPaths.ts"
import {
  withAccept,
  create,
  get,
  idOf,
  jsonl,
  redirect,
  ok,
  onlyId,
  htmlPage,
  post,
  send,
  thrown,
  methodNotAllowed
} from "../Steps.ts"

const verbs: ReadonlyArray<readonly ["GET" | "POST", string]> = [
  ...writes.map((path) => ["POST", path] as const),
  ...reads.map((path) => ["GET", path] as const)
]

/** Paths and verbs (wire contract 0). */
export const section0: ReadonlyArray<Case> = [
  {
    id: "both-prefixes",
    clauses: ["0.path.prefixes"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a", name: "Ada" }] }] },
    steps: ["/v1", "/api/v1"].flatMap((prefix) => [
      send(get(`${prefix}/contact/a/fetch`), { ...ok, has: { id: "a", name: "Ada" } }),
      send(get(`${prefix}/contact/list`), { ...ok, ids: ["a"] }),
      send(get(`${prefix}/contact/export`), { ...ok, ids: ["a"] }),
      send(post(`${prefix}/contact/create`), { ...ok, save: { made: "id" } }),
      send(post(`${prefix}/contact/ensure`), { ...ok, save: { ensured: "id" } }),
      send(post(`${prefix}/contact/<made>/update`), idOf("made")),
      send(post(`${prefix}/contact/<made>/delete`), idOf("made")),
      send(post(`${prefix}/contact/<ensured>/delete`), idOf("ensured"))
    ])
  },
  {
    id: "unknown-paths",
    clauses: ["0.path.unknown", "0.path.case", "0.path.letters", "6.header.pages"],
    needs: ["seed"],
    steps: [
      ...[
        "/",
        "/v1",
        "/api/v1",
        "/v1/contact",
        "/v1/contact/x",
        "/v1/contact/x/nope",
        "/v1/contact/x/y/fetch",
        "/v1/contact/x/memory/nope",
        "/v1/contact/x/memory",
        "/v1/contact/x/bot/list",
        "/v1/contact/x/task/search",
        "/v1/contact/x/Memory/list",
        "/v1/contact/x/secret/y",
        "/v1/contact/x/secret/y/fetch",
        "/v1/contact/x/secret/y/Mint",
        "/v1/contact/x/secret/y/z/mint",
        "/v1/GraphQL",
        "/v1/graphql/x",
        "/v1/nope/list",
        "/v1/bot",
        "/v2/contact/list",
        "/api/contact/list",
        "/api/api/v1/contact/list",
        "/contact-list",
        // Another letter case.
        "/v1/Contact/list",
        "/v1/contact/List",
        "/V1/contact/list",
        "/API/v1/contact/list",
        "/v1/contact/x/Fetch",
        "/v1/Bot/list",
        // Encoded letters.
        "/v1/contact/%6Cist",
        "/v1/%63ontact/list",
        "/%761/contact/list",
        "/v1/contact/x%2Ffetch"
      ].map((path) => send(get(path, { authorization: null }), htmlPage(404))),
      send(post("/v1/nope", {}), htmlPage(404)),
      send({ path: "/v1/nope", body: "{" }, htmlPage(404)),
      send({ method: "OPTIONS", path: "/v1/nope" }, htmlPage(404)),
      send({ method: "DELETE", path: "/v1/contact/x" }, htmlPage(404)),
      send({ method: "HEAD", path: "/v1/nope" }, { status: 404, text: "" })
    ]
  },
  {
    id: "undecodable-paths",
    clauses: ["0.path.undecodable", "6.header.pages"],
    needs: ["seed"],
    steps: [
      ...["%zz", "%E0%A4%A", "%", "%c3%28"].map((id) => send(get(`/contact/${id}/fetch`), htmlPage(400))),
      send(get("/nope/%"), htmlPage(400)),
      send(get("/v1/contact/%/"), htmlPage(400)),
      // The path is decoded before any handler, so the verb and the body do not matter.
      send({ method: "DELETE", path: "/contact/%/fetch", authorization: null }, htmlPage(400)),
      send({ path: "/contact/%/update", body: "{" }, htmlPage(400))
    ]
  },
  {
    id: "paths-that-moved",
    clauses: [
      "0.path.slash",
      "0.path.slashes",
      "0.path.moved",
      "6.header.cookie",
      "6.header.cookie.none",
      "6.cors.others"
    ],
    needs: ["seed"],
    steps: [
      ...["/v1/contact/list", "/api/v1/contact/list", "/v1/contact/x/fetch", "/v1", "/nope", "/v1/bot/list"].flatMap(
        (path) => [
          send(get(`${path}/`, { authorization: null }), redirect(path)),
          send(get(`${path}/?take=1&meta.a=b%20c`), redirect(`${path}?take=1&meta.a=b%20c`)),
          send(get(`/${path}`), redirect(path)),
          send(get(`${path}//?a=//`), redirect(`${path}/?a=//`)),
          send(get(path.replace("/", "///")), redirect(path))
        ]
      ),
      ...(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const).flatMap((method) => [
        send({ method, path: "/v1/contact/create/" }, redirect("/v1/contact/create")),
        send({ method, path: "/v1//contact/create" }, redirect("/v1/contact/create"))
      ]),
      send({ path: "/v1/contact/create/", body: "{" }, redirect("/v1/contact/create")),
      send(get("/v1/contact//%/fetch"), redirect("/v1/contact/%/fetch")),
      send(get("/v1/contact/a%2F%2Fb/fetch/"), redirect("/v1/contact/a%2F%2Fb/fetch")),
      send(
        { method: "HEAD", path: "/v1/contact/list/" },
        { status: 308, text: "", headers: { location: "/v1/contact/list" } }
      )
    ]
  },
  {
    id: "paths-with-dots",
    clauses: ["0.path.dots"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a", name: "Ada" }] }] },
    steps: [
      ...[
        "/v1/./contact/a/fetch",
        "/v1/contact/x/../a/fetch",
        "/v1/nope/../contact/a/fetch",
        "/v1/../v1/contact/a/fetch",
        "/v1/contact/%2E%2e/contact/a/fetch"
      ].map((path) => send(get(path), { ...ok, has: { id: "a" } })),
      send(get("/v1/contact/a/.."), redirect("/v1/contact")),
      send(get("/v1/contact/..a/fetch"), { status: 404, headers: { "content-type": "application/json" } })
    ]
  },
  {
    id: "slashes-in-ids",
    clauses: ["0.path.encoded-slash"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a/fetch" }, { id: "/" }] }] },
    steps: [
      send(get("/v1/contact/a%2Ffetch/fetch"), { ...ok, has: { id: "a/fetch" } }),
      send(get("/v1/contact/%2f/fetch"), { ...ok, has: { id: "/" } })
    ]
  },
  {
    id: "endpoints-that-the-emulator-does-not-have",
    clauses: ["0.path.elsewhere"],
    needs: ["emulator"],
    steps: [
      // HEAD and OPTIONS are answered on every route of the API.
      send({ method: "HEAD", path: "/v1/task/list", authorization: null }, { status: 200, text: "" }),
      send({ method: "OPTIONS", path: "/v1/task/list", authorization: null }, { ...ok, text: "{}" }),
      ...[
        get("/v1/conversation/list"),
        get("/api/v1/bot/list"),
        post("/v1/bot/b/session/create"),
        post("/v1/integration/slack/x/setup"),
        // Neither the credentials nor the body are checked.
        get("/v1/task/list", { authorization: null }),
        { path: "/v1/memory/search", body: "{" }
      ].map((request) => send(request, thrown(501, "NOT_IMPLEMENTED", "The emulator does not have this endpoint")))
    ]
  },
  {
    id: "verbs",
    clauses: ["0.verbs", "6.405", "6.odd.verb", "6.order.verb"],
    steps: verbs.flatMap(([verb, path]) =>
      (["GET", "POST", "PUT", "PATCH", "DELETE"] as const)
        .filter((method) => method !== verb)
        .flatMap((method) => [
          send({ method, path }, methodNotAllowed),
          // Without a content type and credentials, since the verb is checked first.
          send({ method, path, authorization: null }, { ...methodNotAllowed, headers: { allow: null } })
        ])
    )
  },
  {
    id: "success-is-200",
    clauses: ["0.success", "3.1.create", "3.1.ensure", "3.1.update", "3.1.delete", "3.1.fetch"],
    steps: [
      send(post("/contact/create", { name: "<run>" }), { ...ok, save: { id: "id" }, checks: [onlyId] }),
      send(post("/contact/ensure", { name: "<run> ensured" }), { ...ok, save: { ensured: "id" }, checks: [onlyId] }),
      send(post("/contact/<id>/update", { nick: "n" }), idOf("id")),
      send(get("/contact/<id>/fetch"), { ...ok, has: { id: "<id>", name: "<run>", nick: "n" } }),
      send(post("/contact/<ensured>/delete"), idOf("ensured")),
      send(post("/contact/<id>/delete"), idOf("id"))
    ]
  },
  {
    id: "lists-are-GETs",
    clauses: ["3.1.list", "3.1.export", "0.verbs"],
    steps: [
      create({ meta: { run: "<run>" } }),
      ...["list", "export"].flatMap((list) => [
        send(get(`/contact/${list}?meta.run=<run>`), {
          ...ok,
          ids: ["<id>"],
          has: { cursor: "<id>" },
          checks: [
            [
              "the body is an object with items and cursor",
              ({ text }) => /^\{"items":\[.+\],"cursor":"[^"]+"\}$/.test(text)
            ]
          ]
        }),
        send(withAccept(`/contact/${list}?meta.run=<run>`, jsonl), {
          status: 200,
          headers: { "content-type": jsonl },
          ids: ["<id>"]
        })
      ])
    ]
  }
]

import type { Case } from "../Case.ts"
import { asking, badRequest, create, get, idOf, jsonl, notFound, ok, onlyId, post, send, wrongVerb } from "../Steps.ts"

const verbs: ReadonlyArray<readonly ["GET" | "POST", string]> = [
  ["POST", "/contact/create"],
  ["POST", "/contact/ensure"],
  ["POST", "/contact/x/update"],
  ["POST", "/contact/x/delete"],
  ["GET", "/contact/x/fetch"],
  ["GET", "/contact/list"],
  ["GET", "/contact/export"]
]

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
    clauses: ["0.path.unknown"],
    needs: ["seed"],
    steps: ["/", "/v1", "/v1/contact", "/v1/contact/x", "/v1/contact/x/nope", "/v2/contact/list", "/contact-list"].map(
      (path) => send(get(path), notFound)
    )
  },
  {
    id: "undecodable-paths",
    clauses: ["0.path.undecodable"],
    needs: ["seed"],
    steps: ["%zz", "%E0%A4%A", "%"].map((id) => send(get(`/contact/${id}/fetch`), badRequest()))
  },
  {
    id: "verbs",
    clauses: ["0.verbs", "6.405", "6.odd.verb", "6.order.verb"],
    steps: verbs.flatMap(([verb, path]) =>
      (["GET", "POST", "PUT", "PATCH", "DELETE"] as const)
        .filter((method) => method !== verb)
        .flatMap((method) => [
          send({ method, path }, wrongVerb),
          // Neither a content type nor credentials: the verb is looked at first.
          send({ method, path, authorization: null }, { ...wrongVerb, headers: { allow: null } })
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
          checks: [["an object of items and cursor", ({ text }) => /^\{"items":\[.+\],"cursor":"[^"]+"\}$/.test(text)]]
        }),
        send(asking(`/contact/${list}?meta.run=<run>`, jsonl), {
          status: 200,
          headers: { "content-type": jsonl },
          ids: ["<id>"]
        })
      ])
    ]
  }
]

import type { Case, Request, Step } from "../Case.ts"
import { badRequest, create, fetched, get, idOf, notAuthorized, notFound, ok, post, send } from "../Steps.ts"

const others = "Bearer sk-other"

const operations = (id: string): ReadonlyArray<Request> => [
  get(`/contact/${id}/fetch`),
  post(`/contact/${id}/update`),
  post(`/contact/${id}/delete`)
]

const resolves = (id: string, name: string): ReadonlyArray<Step> => [
  send(get(`/contact/${id}/fetch`), { ...ok, has: { id: `<${name}>` } }),
  send(post(`/contact/${id}/update`, { nick: "n" }), idOf(name))
]

export const identifiers: ReadonlyArray<Case> = [
  {
    id: "ids-are-trimmed-and-decoded",
    clauses: ["3.2.trimmed", "3.2.encoded"],
    steps: [
      create({ name: "<run>" }),
      ...["<id>", "%20<id>%20", "%09<id>", "%20%28<run>%29"].flatMap((id) => resolves(id, "id")),
      send(post("/contact/%20<id>%0A/delete"), idOf("id"))
    ]
  },
  {
    id: "ids-with-percent-in-the-middle",
    clauses: ["3.2.encoded"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a/b c" }] }] },
    steps: [send(get("/contact/a%2Fb%20c/fetch"), { ...ok, has: { id: "a/b c" } })]
  },
  {
    id: "rows-of-another-account",
    clauses: ["3.2.foreign", "3.5.foreign", "6.403.foreign", "6.header.failure-code", "6.body.order"],
    needs: ["accounts"],
    steps: [
      create({ name: "theirs" }, "theirs", { authorization: others }),
      ...operations("<theirs>").map((request) =>
        send(request, { ...notAuthorized, headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" } })
      ),
      send(get("/contact/<theirs>/fetch", { authorization: others }), { ...ok, has: { name: "theirs" } })
    ]
  },
  {
    id: "ids-of-nobody",
    clauses: ["3.2.missing", "3.5.missing", "6.404", "5.6.missing", "6.body.order"],
    steps: [
      ...operations("c<run>").map((request) => send(request, notFound)),
      send(get("/contact/missing/fetch"), { status: 404, text: '{"message":"Not found","code":"NOT_FOUND"}' })
    ]
  },
  {
    id: "names-in-parentheses",
    clauses: ["3.2.name", "3.2.name.missing"],
    steps: [
      create({ name: "Ada <run>" }),
      ...resolves("(Ada%20<run>)", "id"),
      ...operations("(Nobody%20<run>)").map((request) => send(request, notFound)),
      ...operations("(ADA%20<run>)").map((request) => send(request, notFound)),
      send(post("/contact/(Ada%20<run>)/delete"), idOf("id"))
    ]
  },
  {
    id: "names-of-another-account",
    clauses: ["3.2.name.missing"],
    needs: ["accounts"],
    steps: [
      create({ name: "Ada" }, "theirs", { authorization: others }),
      ...operations("(Ada)").map((request) => send(request, notFound))
    ]
  },
  {
    id: "aliases",
    clauses: ["3.2.alias", "3.2.alias.parent", "3.2.alias.sibling"],
    steps: ["@alias", "@@alias", "@a@b"].flatMap((id) =>
      operations(id).map((request) =>
        send(request, {
          status: 500,
          headers: { "content-type": "application/json" },
          has: { code: "GENERIC_ERROR" },
          checks:
            id === "@alias" ? [["the database refuses it", ({ text }) => text.includes("System error occurred")]] : []
        })
      )
    )
  },
  {
    id: "blank-ids",
    clauses: ["3.2.blank", "6.400.blank-id"],
    steps: ["%20", "%09%20"].flatMap((id) => operations(id).map((request) => send(request, badRequest())))
  },
  {
    id: "an-id-in-the-query",
    clauses: ["3.2.query"],
    steps: [
      create({ name: "a <run>" }, "a"),
      create({ name: "b <run>" }, "b"),
      send(get("/contact/<a>/fetch?contactId=<b>"), { ...ok, has: { id: "<b>" } }),
      send(post("/contact/<a>/update?contactId=<b>", { nick: "changed" }), idOf("b")),
      fetched({ nick: null }, "a"),
      fetched({ nick: "changed" }, "b")
    ]
  }
]

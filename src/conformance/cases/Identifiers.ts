import type { Case, Step } from "../Case.ts"
import {
  badRequest,
  create,
  serverError,
  fetched,
  get,
  idOf,
  notAuthorized,
  notFound,
  ok,
  post,
  send,
  requestsWithId
} from "../Steps.ts"

const others = "Bearer sk-other"

/** An account without a parent, and its child. */
const parentAndChild = [
  { id: "main", tokens: ["sk-main"] },
  { id: "child", tokens: ["sk-child"], parent: "main" }
]

const resolves = (id: string, name: string): ReadonlyArray<Step> => [
  send(get(`/contact/${id}/fetch`), { ...ok, has: { id: `<${name}>` } }),
  send(post(`/contact/${id}/update`, { nick: "n" }), idOf(name))
]

/** The ids in paths (wire contract 3.2). */
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
    id: "ids-with-encoded-characters-in-the-middle",
    clauses: ["3.2.encoded"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a/b c" }] }] },
    steps: [send(get("/contact/a%2Fb%20c/fetch"), { ...ok, has: { id: "a/b c" } })]
  },
  {
    id: "contacts-of-another-account",
    clauses: ["3.2.foreign", "3.5.foreign", "6.403.foreign", "6.header.failure-code", "6.body.order"],
    needs: ["accounts"],
    steps: [
      create({ name: "theirs" }, "theirs", { authorization: others }),
      ...requestsWithId("<theirs>").map((request) =>
        send(request, { ...notAuthorized, headers: { ...notAuthorized.headers, "x-failure-code": "NOT_AUTHORIZED" } })
      ),
      send(get("/contact/<theirs>/fetch", { authorization: others }), { ...ok, has: { name: "theirs" } })
    ]
  },
  {
    id: "unknown-ids",
    clauses: ["3.2.missing", "3.5.missing", "6.404", "5.6.missing", "6.body.order"],
    steps: [
      ...requestsWithId("c<run>").map((request) => send(request, notFound)),
      send(get("/contact/missing/fetch"), { status: 404, text: '{"message":"Not found","code":"NOT_FOUND"}' })
    ]
  },
  {
    id: "names-in-parentheses",
    clauses: ["3.2.name", "3.2.name.missing"],
    steps: [
      create({ name: "Ada <run>" }),
      ...resolves("(Ada%20<run>)", "id"),
      ...requestsWithId("(Nobody%20<run>)").map((request) => send(request, notFound)),
      ...requestsWithId("(ADA%20<run>)").map((request) => send(request, notFound)),
      send(post("/contact/(Ada%20<run>)/delete"), idOf("id"))
    ]
  },
  {
    id: "names-of-another-account",
    clauses: ["3.2.name.missing"],
    needs: ["accounts"],
    steps: [
      create({ name: "Ada" }, "theirs", { authorization: others }),
      ...requestsWithId("(Ada)").map((request) => send(request, notFound))
    ]
  },
  {
    id: "aliases",
    clauses: ["3.2.alias", "3.2.alias.parent", "3.2.alias.sibling", "3.2.name.blank"],
    needs: ["accounts"],
    setup: { accounts: parentAndChild },
    steps: (
      [
        ["@alias", undefined, undefined],
        ["@", "Alias is required", "Alias is required"],
        ["@@", "Alias is required", "Alias is required"],
        ["@@alias", "Parent ID is required for @@ identifier", undefined],
        ["@a@b", "Parent ID is required for @user@resource identifier", 'User with alias "a" not found'],
        ["@a@", "Resource alias is required", "Resource alias is required"],
        ["()", "Name is required", "Name is required"],
        ["(%20)", "Name is required", "Name is required"]
      ] as const
    ).flatMap(([id, alone, ofChild]) =>
      requestsWithId(id).flatMap((request) => [
        send({ ...request, authorization: "Bearer sk-main" }, serverError(alone)),
        send({ ...request, authorization: "Bearer sk-child" }, serverError(ofChild))
      ])
    )
  },
  {
    id: "names-are-trimmed",
    clauses: ["3.2.name"],
    steps: [create({ name: "Ada <run>" }), ...resolves("(%20Ada%20<run>%20)", "id")]
  },
  {
    id: "blank-ids",
    clauses: ["3.2.blank", "6.400.blank-id"],
    steps: ["%20", "%09%20"].flatMap((id) => requestsWithId(id).map((request) => send(request, badRequest())))
  },
  {
    id: "an-id-in-the-query",
    clauses: ["3.2.query"],
    steps: [
      create({ name: "a <run>" }, "a"),
      create({ name: "b <run>" }, "b"),
      ...["<b>", "", "%20", "nobody", "<b>&contactId=nobody"].flatMap((id) => [
        send(get(`/contact/<a>/fetch?contactId=${id}`), { ...ok, has: { id: "<a>" } }),
        send(post(`/contact/<a>/update?contactId=${id}`, { nick: "changed" }), idOf("a"))
      ]),
      send(get("/contact/%20/fetch?contactId=<b>"), badRequest()),
      send(get("/contact/c<run>/fetch?contactId=<b>"), notFound),
      fetched({ nick: "changed" }, "a"),
      fetched({ nick: null }, "b"),
      send(post("/contact/<a>/delete?contactId=<b>"), idOf("a")),
      fetched({ name: "b <run>" }, "b")
    ]
  }
]

import type { Case, Expected } from "../../Case.ts"
import {
  clock,
  csv,
  get,
  jsonl,
  methodNotAllowed,
  notAuthenticated,
  ok,
  plainText,
  post,
  rateLimited,
  send,
  serverError,
  sse,
  thrown,
  withAccept
} from "../../Steps.ts"
import { listNames } from "../../ContactPaths.ts"

const bare = (expected: Expected): Expected => ({
  ...expected,
  headers: { ...expected.headers, "x-failure-code": null }
})

const unsupported = bare(thrown(400, "BAD_REQUEST", "Unsupported accept header"))
const blank = bare(thrown(400, "BAD_REQUEST", "Bad request"))
const missing = bare(thrown(404, "NOT_FOUND", "Not found"))
const foreign = bare(thrown(403, "NOT_AUTHORIZED", "Not authorized"))
const limited = bare(rateLimited)
const nobody = { authorization: "Bearer nonsense" } as const
const anonymous = { authorization: null } as const
const formats = ["application/json", jsonl, sse, csv]

/** Both accounts have a contact. The second one belongs to the account of `sk-other`. */
const seeds = [{ contacts: [{ id: "ada", name: "Ada" }] }, { token: "sk-other", contacts: [{ id: "theirs" }] }]

/** The checks of the lists of a contact's items, in their order, and their errors (wire contract 3.8.1). */
export const itemChecks: ReadonlyArray<Case> = [
  ...listNames.map((name): Case => {
    const path = (id: string) => `/contact/${id}/${name}/list`
    return {
      id: `errors-of-lists-of-items-${name}`,
      clauses: [
        ...(name === "secret" ? (["3.1.secrets"] as const) : []),
        "3.8.checks.blank",
        "3.8.checks.missing",
        "3.8.checks.foreign",
        "3.8.errors",
        "3.8.errors.failure-code",
        "5.2.error.before.lookup",
        "6.header.failure-code.lists",
        "6.body.order"
      ],
      needs: ["accounts", "seed"],
      setup: { seeds },
      steps: [
        send(get(path("ada")), { ...ok, text: '{"items":[]}' }),
        ...formats.flatMap((accept) => [
          ...["%20", "%09%20"].map((id) => send(withAccept(path(id), accept), blank)),
          ...["nobody", "(Nobody)", "__proto__"].map((id) => send(withAccept(path(id), accept), missing)),
          send(withAccept(path("theirs"), accept), foreign),
          // The rows are not read for a contact that may not be read.
          send(withAccept(`${path("theirs")}?order=constructor`, accept), foreign),
          send(withAccept(`${path("nobody")}?order=constructor`, accept), missing),
          send(withAccept(`${path("nobody")}?meta..a=x`, accept), missing),
          send(withAccept(`${path("ada")}?order=constructor`, accept), serverError()),
          send(withAccept(path("@alias"), accept), serverError()),
          send(withAccept(path("@"), accept), serverError("Alias is required")),
          send(withAccept(path("()"), accept), serverError("Name is required"))
        ]),
        send(get(path("theirs"), { authorization: "Bearer sk-other" }), { ...ok, text: '{"items":[]}' }),
        send(get(path("ada"), { authorization: "Bearer sk-other" }), foreign)
      ]
    }
  }),
  ...listNames.map((name): Case => {
    const path = (id: string) => `/contact/${id}/${name}/list`
    return {
      id: `order-of-checks-of-lists-of-items-${name}`,
      clauses: [
        "3.8.checks.verb",
        "3.8.checks.credentials",
        "3.8.checks.accept",
        "3.8.checks.limit",
        "4.limit.accept",
        "4.limit.sub-lists",
        "6.odd.head",
        "6.odd.options"
      ],
      needs: ["accounts", "seed", "limit", "clock"],
      setup: { seeds, limit: 1 },
      steps: [
        send({ method: "GET", path: path("ada"), body: "{", ...anonymous }, plainText(400, "Invalid JSON")),
        send({ method: "HEAD", path: path("%20"), ...anonymous }, { status: 200, text: "" }),
        send({ method: "OPTIONS", path: path("%20"), ...anonymous }, { ...ok, text: "{}" }),
        ...(["POST", "PUT", "PATCH", "DELETE"] as const).map((method) =>
          send(
            { method, path: path("%20"), body: "x", headers: { "content-type": "text/plain" }, ...nobody },
            methodNotAllowed
          )
        ),
        send(post(path("ada")), methodNotAllowed),
        ...[nobody, anonymous].map((credentials) =>
          send(withAccept(path("%20"), "text/html", credentials), notAuthenticated)
        ),
        ...["%20", "nobody", "theirs", "ada"].map((id) => send(withAccept(path(id), "text/html"), unsupported)),
        // None of these has used the limit. A list that is refused for its contact does.
        send(get(path("nobody")), missing),
        ...["%20", "nobody", "theirs", "ada"].map((id) => send(get(path(id)), limited)),
        send(withAccept(path("ada"), "text/html"), unsupported),
        clock(60_000),
        send(get(path("theirs")), foreign),
        send(get(path("ada")), limited),
        clock(120_000),
        send(get(path("%20")), blank),
        send(get(path("ada")), limited),
        clock(180_000),
        send(get(path("ada")), ok)
      ]
    }
  })
]

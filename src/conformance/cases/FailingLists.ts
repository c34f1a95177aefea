import type { Case, Check } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import { numbered } from "../Seeds.ts"
import {
  withAccept,
  count,
  create,
  csv,
  serverError,
  jsonl,
  rateLimited,
  notAuthenticated,
  ok,
  okAs,
  post,
  remove,
  send,
  sse
} from "../Steps.ts"

const systemErrorJson = '{"code":"GENERIC_ERROR","message":"System error occurred"}'
const secondPageFails = { pages: { 1: { fails: true } } } as const
const contacts = numbered(150)
const firstPage = contacts.toReversed().slice(0, 100)

const ends = (what: string, text: string): Check => [`ends with ${what}`, (reply) => reply.text.endsWith(text)]

/** Lists that fail or are cut (wire contract 5.2 to 5.4). */
export const failingLists: ReadonlyArray<Case> = [
  {
    id: "errors-on-a-later-page",
    clauses: ["5.2.error.after", "5.2.dropped", "5.3.types", "5.4.error", "5.6.error"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: secondPageFails, seeds: [{ contacts }] },
    steps: [
      send(
        withAccept("/contact/list", jsonl),
        okAs(jsonl, {
          ids: firstPage.map(({ id = "" }) => id),
          checks: [ends("an error line", `}}\n{"type":"error","data":${systemErrorJson}}\n`)]
        })
      ),
      send(
        withAccept("/contact/export", sse),
        okAs(sse, { checks: [count(100), ends("an error event", `\n\nevent: error\ndata: ${systemErrorJson}\n\n`)] })
      ),
      send(
        withAccept("/contact/list", csv),
        okAs(csv, {
          checks: [
            count(100),
            ["no text of the error", ({ text }) => !text.includes("GENERIC_ERROR")],
            ["whole rows", (reply) => WireReply.rows(reply).every((row) => row.length === 12)]
          ]
        })
      )
    ]
  },
  {
    id: "errors-on-the-first-page",
    clauses: ["5.2.error.before.query", "6.body.order", "6.header.failure-code.lists"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 0: { fails: true } } }, seeds: [{ contacts }] },
    steps: ["application/json", jsonl, sse, csv].flatMap((accept) =>
      ["list", "export"].map((list) => send(withAccept(`/contact/${list}`, accept), serverError()))
    )
  },
  {
    id: "exceptions-on-the-first-page",
    clauses: ["6.500.exception", "5.2.error.before.query"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 0: { throws: "an exception" } } }, seeds: [{ contacts }] },
    steps: ["application/json", jsonl, sse, csv].map((accept) =>
      send(withAccept("/contact/list", accept), serverError("an exception"))
    )
  },
  {
    id: "exceptions-on-a-later-page",
    clauses: ["6.500.exception", "5.2.error.after"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 1: { throws: "an exception" } } }, seeds: [{ contacts }] },
    steps: [
      send(
        withAccept("/contact/list", jsonl),
        okAs(jsonl, {
          checks: [
            count(100),
            ends("an error line", '{"type":"error","data":{"code":"GENERIC_ERROR","message":"an exception"}}\n')
          ]
        })
      )
    ]
  },
  {
    id: "bad-credentials-of-streams",
    clauses: ["5.2.error.before.auth", "5.2.error.before.accept"],
    steps: [jsonl, sse, csv].flatMap((accept) => [
      send(withAccept("/contact/list", accept, { authorization: null }), notAuthenticated),
      send(withAccept("/contact/export", accept, { authorization: "Bearer nonsense" }), notAuthenticated)
    ])
  },
  {
    id: "the-poll-limit-of-streams",
    clauses: ["5.2.error.before.limit", "6.header.failure-code.lists"],
    needs: ["limit"],
    setup: { limit: 1 },
    steps: [
      send(withAccept("/contact/list", jsonl), okAs(jsonl)),
      ...[jsonl, sse, csv].map((accept) =>
        send(withAccept("/contact/list", accept), {
          ...rateLimited,
          headers: { ...rateLimited.headers, "x-failure-code": null }
        })
      )
    ]
  },
  {
    id: "a-connection-that-breaks-in-a-stream",
    clauses: ["5.2.truncated", "5.2.end"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { cutAfterPieces: 1 }, seeds: [{ contacts }] },
    steps: [
      send(
        withAccept("/contact/list", jsonl),
        okAs(jsonl, { cut: true, ids: firstPage.map(({ id = "" }) => id), checks: [ends("a whole line", "}}\n")] })
      )
    ]
  },
  {
    id: "a-list-whose-contacts-disappear",
    clauses: ["5.1.pages", "5.2.end"],
    steps: [
      ...["a", "b"].map((name) => create({ name, meta: { run: "<run>" } }, name)),
      send(withAccept("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { ids: ["<b>", "<a>"] })),
      remove("b"),
      send(withAccept("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { ids: ["<a>"] })),
      send(withAccept("/contact/list?meta.run=<run>&cursor=<b>", jsonl), okAs(jsonl, { text: "" })),
      send(post("/contact/<a>/update", { meta: { run: "another" } }), ok),
      send(withAccept("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { text: "" }))
    ]
  }
]

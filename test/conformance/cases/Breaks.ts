import type { Case, Check } from "../Case.ts"
import * as Reply from "../Reply.ts"
import { numbered } from "../Seeds.ts"
import {
  asking,
  count,
  create,
  csv,
  failed,
  jsonl,
  limited,
  notAuthenticated,
  ok,
  okAs,
  post,
  remove,
  send,
  sse
} from "../Steps.ts"

const errorText = '{"code":"GENERIC_ERROR","message":"System error occurred"}'
const fails = { pages: { 1: { fails: true } } } as const
const half = numbered(150)
const firstPage = half.toReversed().slice(0, 100)

const ends = (what: string, text: string): Check => [`ends with ${what}`, (reply) => reply.text.endsWith(text)]

export const breaks: ReadonlyArray<Case> = [
  {
    id: "errors-on-a-later-page",
    clauses: ["5.2.error.after", "5.2.dropped", "5.3.types", "5.4.error", "5.6.error"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: fails, seeds: [{ contacts: half }] },
    steps: [
      send(
        asking("/contact/list", jsonl),
        okAs(jsonl, {
          ids: firstPage.map(({ id = "" }) => id),
          checks: [ends("an error line", `}}\n{"type":"error","data":${errorText}}\n`)]
        })
      ),
      send(
        asking("/contact/export", sse),
        okAs(sse, { checks: [count(100), ends("an error event", `\n\nevent: error\ndata: ${errorText}\n\n`)] })
      ),
      send(
        asking("/contact/list", csv),
        okAs(csv, {
          checks: [
            count(100),
            ["no word of an error", ({ text }) => !text.includes("GENERIC_ERROR")],
            ["whole rows", (reply) => Reply.rows(reply).every((row) => row.length === 12)]
          ]
        })
      )
    ]
  },
  {
    id: "errors-on-the-first-page",
    clauses: ["5.2.error.before.query", "6.body.order", "6.header.failure-code.lists"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 0: { fails: true } } }, seeds: [{ contacts: half }] },
    steps: ["application/json", jsonl, sse, csv].flatMap((accept) =>
      ["list", "export"].map((list) => send(asking(`/contact/${list}`, accept), failed()))
    )
  },
  {
    id: "exceptions-on-the-first-page",
    clauses: ["6.500.exception", "5.2.error.before.query"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 0: { throws: "no such luck" } } }, seeds: [{ contacts: half }] },
    steps: ["application/json", jsonl, sse, csv].map((accept) =>
      send(asking("/contact/list", accept), failed("no such luck"))
    )
  },
  {
    id: "exceptions-on-a-later-page",
    clauses: ["6.500.exception", "5.2.error.after"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { pages: { 1: { throws: "no such luck" } } }, seeds: [{ contacts: half }] },
    steps: [
      send(
        asking("/contact/list", jsonl),
        okAs(jsonl, {
          checks: [
            count(100),
            ends("an error line", '{"type":"error","data":{"code":"GENERIC_ERROR","message":"no such luck"}}\n')
          ]
        })
      )
    ]
  },
  {
    id: "errors-before-the-first-event",
    clauses: ["5.2.error.before.auth", "5.2.error.before.accept"],
    steps: [jsonl, sse, csv].flatMap((accept) => [
      send(asking("/contact/list", accept, { authorization: null }), notAuthenticated),
      send(asking("/contact/export", accept, { authorization: "Bearer nonsense" }), notAuthenticated)
    ])
  },
  {
    id: "the-poll-limit-before-the-first-event",
    clauses: ["5.2.error.before.limit", "6.header.failure-code.lists"],
    needs: ["limit"],
    setup: { limit: 1 },
    steps: [
      send(asking("/contact/list", jsonl), okAs(jsonl)),
      ...[jsonl, sse, csv].map((accept) =>
        send(asking("/contact/list", accept), { ...limited, headers: { ...limited.headers, "x-failure-code": null } })
      )
    ]
  },
  {
    id: "a-connection-that-breaks",
    clauses: ["5.2.truncated", "5.2.end"],
    needs: ["interceptor", "seed"],
    setup: { disturbance: { cutAfterPieces: 1 }, seeds: [{ contacts: half }] },
    steps: [
      send(
        asking("/contact/list", jsonl),
        okAs(jsonl, { cut: true, ids: firstPage.map(({ id = "" }) => id), checks: [ends("a whole line", "}}\n")] })
      )
    ]
  },
  {
    id: "a-list-whose-rows-go",
    clauses: ["5.1.pages", "5.2.end"],
    steps: [
      ...["a", "b"].map((name) => create({ name, meta: { run: "<run>" } }, name)),
      send(asking("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { ids: ["<b>", "<a>"] })),
      remove("b"),
      send(asking("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { ids: ["<a>"] })),
      send(asking("/contact/list?meta.run=<run>&cursor=<b>", jsonl), okAs(jsonl, { text: "" })),
      send(post("/contact/<a>/update", { meta: { run: "another" } }), ok),
      send(asking("/contact/list?meta.run=<run>", jsonl), okAs(jsonl, { text: "" }))
    ]
  }
]

import type { Case } from "../Case.ts"
import { numbered } from "../Seeds.ts"
import {
  asking,
  clock,
  count,
  create,
  failed,
  get,
  jsonl,
  limited,
  listed,
  ok,
  post,
  remove,
  send,
  update
} from "../Steps.ts"

const meta = {
  run: "<run>",
  tier: "gold",
  age: 30,
  ages: "30",
  vip: true,
  vips: "true",
  off: false,
  "a-b": "c",
  "dot.ted": "d",
  deep: { er: { est: "v" } },
  empty: ""
}

const all = ["x", "other"]

const filter = (
  id: string,
  clauses: Case["clauses"],
  queries: ReadonlyArray<readonly [string, ReadonlyArray<string>]>
): Case => ({
  id: `filters-${id}`,
  clauses,
  steps: [
    create({ meta }, "x"),
    create({ meta: { run: "<run>", tier: "silver" } }, "other"),
    ...queries.map(([query, ids]) => listed(`order=asc&${query}`, ids))
  ]
})

const filters: ReadonlyArray<Case> = [
  filter(
    "in-both-notations",
    ["4.meta.dot", "4.meta.bracket", "4.meta.both", "4.meta.and"],
    [
      ["meta.tier=gold", ["x"]],
      ["meta[tier]=silver", ["other"]],
      ["meta%5Btier%5D=gold", ["x"]],
      ["meta.tier=bronze", []],
      ["meta.tier=gold&meta[tier]=gold", ["x"]],
      ["meta.tier=gold&meta[tier]=silver", []],
      ["meta.tier=gold&meta.ages=30", ["x"]],
      ["meta.tier=silver&meta.ages=30", []]
    ]
  ),
  filter(
    "into-objects",
    ["4.meta.nested", "4.match.dotted", "4.match.hyphen"],
    [
      ["meta.deep.er.est=v", ["x"]],
      ["meta[deep.er.est]=v", ["x"]],
      ["meta.deep.er=v", []],
      ["meta.dot.ted=d", []],
      ["meta[dot.ted]=d", []],
      ["meta.a-b=c", ["x"]],
      ["meta[a-b]=c", ["x"]]
    ]
  ),
  filter(
    "that-say-nothing",
    ["4.meta.empty-value", "4.meta.no-key", "4.meta.unclosed"],
    [
      ["meta.tier=", all],
      ["meta[tier]=", all],
      ["meta.empty=", all],
      ["meta=gold", all],
      ["meta[tier=gold", all],
      ["meta%5Btier=gold", all]
    ]
  ),
  filter(
    "compare-texts-and-booleans",
    ["4.match.boolean", "4.match.boolean-text", "4.match.number", "4.match.number-text"],
    [
      ["meta.vip=true", ["x"]],
      ["meta.off=false", ["x"]],
      ["meta.vips=true", []],
      ["meta.age=30", []],
      ["meta.ages=30", ["x"]],
      ["meta.vip=True", []],
      ["meta.tier=Gold", []]
    ]
  ),
  {
    id: "filters-the-database-cannot-read",
    clauses: ["4.match.malformed", "4.match.inherited", "6.500.database"],
    steps: [
      "meta[]=x",
      "meta.=x",
      "meta.a..b=x",
      "meta.a.=x",
      ...["constructor", "toString", "hasOwnProperty"].map((value) => `meta.a=${value}`)
    ].map((query) => send(get(`/contact/list?${query}`), failed()))
  }
]

const accounts = [
  { id: "parent", tokens: ["sk-main"], pollLimit: 2 },
  { id: "child", tokens: ["sk-child"], parent: "parent", pollLimit: 50 },
  { id: "stranger", tokens: ["sk-stranger"], pollLimit: 2 }
]

const list = send(get("/contact/list"), ok)
const refusedList = send(get("/contact/list"), limited)

const limits: ReadonlyArray<Case> = [
  {
    id: "the-poll-limit",
    clauses: ["4.limit.list", "4.limit.export", "4.limit.others", "6.429"],
    needs: ["limit"],
    setup: { limit: 2 },
    steps: [
      list,
      list,
      refusedList,
      send(asking("/contact/list", jsonl), limited),
      send(get("/api/v1/contact/list"), limited),
      ...[1, 2, 3].flatMap(() => [
        send(get("/contact/export"), ok),
        create({ name: "a" }),
        send(get("/contact/<id>/fetch"), ok),
        update({ name: "b" }),
        send(post("/contact/ensure", { name: "c" }), ok),
        remove()
      ]),
      refusedList
    ]
  },
  {
    id: "the-window-of-the-poll-limit",
    clauses: ["4.limit.window", "4.limit.refused"],
    needs: ["limit", "clock"],
    setup: { limit: 2 },
    steps: [
      list,
      clock(30_000),
      list,
      refusedList,
      clock(59_999),
      refusedList,
      clock(60_000),
      list,
      refusedList,
      clock(90_000),
      list,
      refusedList
    ]
  },
  {
    id: "the-payer-of-the-poll-limit",
    clauses: ["4.limit.payer"],
    needs: ["limit", "accounts"],
    setup: { accounts },
    steps: [
      send(get("/contact/list", { authorization: "Bearer sk-child" }), ok),
      list,
      send(get("/contact/list", { authorization: "Bearer sk-child" }), limited),
      refusedList,
      send(get("/contact/list", { authorization: "Bearer sk-stranger" }), ok)
    ]
  },
  {
    id: "the-unit-of-the-poll-limit",
    clauses: ["4.limit.unit"],
    needs: ["limit", "seed"],
    setup: { limit: 2, seeds: [{ contacts: numbered(350) }] },
    steps: [send(asking("/contact/list", jsonl), { status: 200, checks: [count(350)] }), list, refusedList]
  }
]

export const filtersAndLimits: ReadonlyArray<Case> = [...filters, ...limits]

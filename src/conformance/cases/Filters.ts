import type { Case } from "../Case.ts"
import { numbered } from "../Seeds.ts"
import {
  withAccept,
  clock,
  count,
  create,
  serverError,
  get,
  jsonl,
  rateLimited,
  listed,
  ok,
  post,
  remove,
  send,
  thrown,
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
  "br[0]": "b",
  "a key": "s",
  "9th": "n",
  "c]*$": "o",
  'q"t': "q",
  nameless: { "": "e" },
  tags: ["x", "y", { k: "z", l: [["v", "w"]] }],
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
    ["4.meta.nested", "4.match.dotted", "4.match.label"],
    [
      ["meta.deep.er.est=v", ["x"]],
      ["meta[deep.er.est]=v", ["x"]],
      ["meta.deep.er=v", []],
      ["meta.dot.ted=d", []],
      ["meta[dot.ted]=d", []],
      ["meta.a-b=c", ["x"]],
      ["meta[a-b]=c", ["x"]],
      ["meta.Deep.er.est=v", []],
      ["meta.%22dot.ted%22=d", ["x"]],
      ["meta[%22dot.ted%22]=d", ["x"]],
      ["meta.%22dot%22.ted=d", []],
      ["meta.deep.%22er%22.est=v", ["x"]],
      ["meta.%22br[0]%22=b", ["x"]],
      ["meta[br[0]]=b", []],
      ["meta.a%20key=s", ["x"]],
      ["meta.9th=n", ["x"]],
      ["meta.c]*$=o", ["x"]],
      ["meta.q%22t=q", ["x"]]
    ]
  ),
  filter(
    "by-quoted-labels",
    ["4.match.quoted", "4.match.malformed.always", "4.match.malformed"],
    [
      ["meta.%22q%5C%22t%22=q", ["x"]],
      ["meta.%22%5Cu0074ier%22=gold", ["x"]],
      ["meta.%22tier%5C/%22=gold", []],
      ["meta.%22tier%5Cx%22=gold", []],
      ["meta.nameless.%22%22=e", ["x"]],
      ["meta.nameless.%22%22.x=e", []],
      ["meta.%22tier%22=silver", ["other"]]
    ]
  ),
  filter(
    "into-arrays",
    ["4.meta.indices", "4.match.bad-index"],
    [
      ["meta.tags[0]=x", ["x"]],
      ["meta[tags[1]]=y", ["x"]],
      ["meta.tags[00]=x", ["x"]],
      ["meta.tags[1]=x", []],
      ["meta.tags[9]=x", []],
      ["meta.tags[99999999999999999999]=x", []],
      ["meta.tags[%23-1]=z", []],
      ["meta.tags[%23-2]=y", ["x"]],
      ["meta.tags[%23-3]=x", ["x"]],
      ["meta.tags[%23-4]=x", []],
      ["meta.tags[%23-0]=x", []],
      ["meta.tags[%23]=x", []],
      ["meta.tags[2].k=z", ["x"]],
      ["meta.tags[%23-1].k=z", ["x"]],
      ["meta.tags[2].l[0][1]=w", ["x"]],
      ["meta.tags.0=x", []],
      ["meta.tags=x", []],
      ["meta.tier[0]=gold", []],
      ["meta.deep[0]=gold", []],
      ["meta.tier[x]=gold", []],
      ["meta.deep[-1]=gold", []],
      ["meta.nobody[]=gold", []],
      ["meta.deep.er[0=v", []],
      // The contact that fails the first condition is not tested for the second.
      ["meta.tier=silver&meta.tags[x]=y", []]
    ]
  ),
  {
    id: "filters-with-a-bad-index-into-an-array",
    clauses: ["4.match.bad-index", "6.500.database"],
    steps: [
      create({ meta }, "x"),
      ...["tags[x]", "tags[-1]", "tags[]", "tags[0", "tags[%23-]", "tags[%22%22]", "tags[2].l[y]", "tags[0]x"].flatMap(
        (path) => [
          send(get(`/contact/list?meta.run=<run>&meta.${path}=v`), serverError()),
          send(get(`/contact/export?meta.run=<run>&meta[${path}]=v`), serverError())
        ]
      ),
      send(withAccept("/contact/list?meta.run=<run>&meta.tags[x]=v", jsonl), serverError()),
      listed("meta.tier[x]=v", []),
      listed("meta.tags[9]x=v", [])
    ]
  },
  {
    id: "filters-by-an-empty-object",
    clauses: ["4.match.inherited.proto", "4.match.inherited"],
    steps: [
      create({ meta: { run: "<run>", a: {}, l: [{}] } }, "empty"),
      create({ meta: { run: "<run>", a: { b: {} }, l: [] } }, "full"),
      create({ meta: { run: "<run>", a: null, b: "__proto__" } }, "none"),
      listed("order=asc&meta.a=__proto__", ["empty"]),
      listed("order=asc&meta.a.b=__proto__", ["full"]),
      listed("order=asc&meta.l[0]=__proto__", ["empty"]),
      listed("order=asc&meta.l=__proto__", []),
      listed("order=asc&meta.b=__proto__", []),
      ...["toString", "valueOf", "isPrototypeOf", "__defineGetter__"].map((value) =>
        send(get(`/contact/list?meta.run=<run>&meta.a=${value}`), serverError())
      ),
      listed("order=asc&meta.a=tostring", [])
    ]
  },
  filter(
    "that-are-ignored",
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
    id: "filters-that-the-database-refuses",
    clauses: ["4.match.malformed", "4.match.malformed.always", "4.match.inherited", "6.500.database"],
    steps: [
      "meta.run=nobody&meta.a..b=x",
      "meta.run=nobody&meta.%22a=x",
      "meta[%22a]=x",
      "meta.a.%22b%5C%22=x",
      "meta.[0]=x",
      "meta[[0]]=x",
      "meta..a=x",
      "meta.a[0].=x",
      "meta.a.[0]=x",
      "meta.a[x]..b=y",
      "meta[]=x",
      "meta.=x",
      "meta.a..b=x",
      "meta.a.=x",
      ...["constructor", "toString", "hasOwnProperty"].map((value) => `meta.a=${value}`)
    ].map((query) => send(get(`/contact/list?${query}`), serverError()))
  }
]

const accounts = [
  { id: "parent", tokens: ["sk-main"], rateLimit: 2 },
  { id: "child", tokens: ["sk-child"], parent: "parent", rateLimit: 50 },
  { id: "stranger", tokens: ["sk-stranger"], rateLimit: 2 }
]

const list = send(get("/contact/list"), ok)
const refusedList = send(get("/contact/list"), rateLimited)

const limits: ReadonlyArray<Case> = [
  {
    id: "no-poll-limit",
    clauses: ["4.limit.none"],
    steps: Array.from({ length: 20 }, () => send(get("/contact/list?meta.run=<run>"), ok))
  },
  {
    id: "the-poll-limit",
    clauses: ["4.limit.list", "4.limit.export", "4.limit.others", "6.429"],
    needs: ["limit"],
    setup: { limit: 2 },
    steps: [
      list,
      list,
      refusedList,
      send(withAccept("/contact/list", jsonl), rateLimited),
      send(get("/api/v1/contact/list"), rateLimited),
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
    clauses: ["4.limit.window"],
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
    id: "refused-lists-do-not-count",
    clauses: ["4.limit.refused"],
    needs: ["limit", "clock"],
    setup: { limit: 2 },
    steps: [
      ...[1, 2, 3].map(() => send(withAccept("/contact/list", "text/html"), { status: 400 })),
      list,
      clock(30_000),
      // This list is counted, since it fails after the check of the limit.
      send(get("/contact/list?order=constructor"), serverError()),
      ...[1, 2, 3].map(() => refusedList),
      clock(60_000),
      list,
      refusedList,
      send(withAccept("/contact/list", "text/html"), { status: 400 }),
      clock(90_000),
      list
    ]
  },
  {
    id: "requests-refused-before-the-poll-limit",
    clauses: ["4.limit.accept", "4.limit.refused"],
    needs: ["limit", "clock"],
    setup: { limit: 1 },
    steps: [
      ...["text/html", "application/*", "x"].map((accept) =>
        send(withAccept("/contact/list", accept), thrown(400, "BAD_REQUEST", "Unsupported accept header"))
      ),
      send(get("/contact/list", { authorization: "Bearer nonsense" }), { status: 401 }),
      send({ method: "HEAD", path: "/contact/list" }, { status: 200 }),
      send({ method: "OPTIONS", path: "/contact/list" }, ok),
      list,
      clock(59_999),
      refusedList,
      // If the refused requests were counted, this list would be refused.
      clock(60_000),
      list,
      send(withAccept("/contact/list", "text/html"), thrown(400, "BAD_REQUEST", "Unsupported accept header"))
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
      send(get("/contact/list", { authorization: "Bearer sk-child" }), rateLimited),
      refusedList,
      send(get("/contact/list", { authorization: "Bearer sk-stranger" }), ok)
    ]
  },
  {
    id: "a-stream-of-many-pages-counts-once",
    clauses: ["4.limit.unit"],
    needs: ["limit", "seed"],
    setup: { limit: 2, seeds: [{ contacts: numbered(350) }] },
    steps: [send(withAccept("/contact/list", jsonl), { status: 200, checks: [count(350)] }), list, refusedList]
  }
]

/** Filters by meta, and the poll limit (wire contract 4). */
export const filtersAndLimits: ReadonlyArray<Case> = [...filters, ...limits]

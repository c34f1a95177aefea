import * as Effect from "effect/Effect"
import type { Case, Rows, Step } from "../../Case.ts"
import { listNames } from "../../ContactPaths.ts"
import * as WireReply from "../../WireReply.ts"
import {
  clock,
  count,
  csv,
  get,
  jsonl,
  ok,
  okAs,
  plainText,
  rateLimited,
  send,
  serverError,
  sse,
  withAccept
} from "../../Steps.ts"
import { type CommonSeed, type ItemKind, itemId, itemIds, itemKinds, numberedItems } from "./ItemListKinds.ts"

/** A case for each kind of item. The contact ada has the seeds. */
const forEachKind = (
  id: string,
  clauses: Case["clauses"],
  seeds: ReadonlyArray<CommonSeed>,
  steps: (path: string, kind: ItemKind) => ReadonlyArray<Step>,
  rest: Partial<Case> = {}
): ReadonlyArray<Case> =>
  itemKinds.map((kind) => ({
    id: `${id}-${kind.name}`,
    clauses,
    ...rest,
    needs: ["seed", ...(rest.needs ?? [])],
    setup: {
      seeds: [{ contacts: [{ id: "ada", name: "Ada", meta: { tier: "silver" } }, { id: "other" }] }],
      rows: (api) => kind.seed(api, "ada", seeds),
      ...rest.setup
    },
    steps: steps(`/contact/ada/${kind.name}/list`, kind)
  }))

const gives = (path: string, ids: ReadonlyArray<string>): Step =>
  send(get(path), {
    ...ok,
    ids,
    checks: [
      [
        "the cursor is the last id",
        (reply) => WireReply.field(WireReply.json(reply), "cursor") === (ids.length === 0 ? undefined : ids.at(-1))
      ]
    ]
  })

const rows: ReadonlyArray<Case> = itemKinds.map((kind): Case => ({
  id: `items-of-two-contacts-${kind.name}`,
  clauses: [kind.clauses[0], "3.8.rows", "3.8.rows.owner", "3.8.order", "3.8.format.json", "3.8.query.contact-id"],
  needs: ["seed", "accounts"],
  setup: {
    seeds: [{ contacts: [{ id: "ada", name: "Ada" }, { id: "grace" }, { id: "nobody" }] }],
    rows: (api) =>
      Effect.all([
        kind.seed(api, "ada", [
          { id: "a1", createdAt: 1 },
          { id: "a3", createdAt: 3 }
        ]),
        kind.seed(api, "ada", [{ id: "a2", createdAt: 2 }], "sk-other"),
        kind.seed(api, "grace", [{ id: "g1", createdAt: 1 }])
      ])
  },
  steps: [
    gives(`/contact/ada/${kind.name}/list`, ["a3", "a2", "a1"]),
    gives(`/contact/grace/${kind.name}/list`, ["g1"]),
    send(get(`/contact/nobody/${kind.name}/list`), { ...ok, text: '{"items":[]}' }),
    ...["/v1", "/api/v1"].map((prefix) => gives(`${prefix}/contact/ada/${kind.name}/list`, ["a3", "a2", "a1"])),
    ...["ada", "%20ada", "(Ada)"].map((id) => gives(`/contact/${id}/${kind.name}/list`, ["a3", "a2", "a1"])),
    ...["grace", "", "%20", "missing", "grace&contactId=nobody"].map((id) =>
      gives(`/contact/ada/${kind.name}/list?contactId=${id}`, ["a3", "a2", "a1"])
    ),
    // Of a cursor, only the position matters: here the first own row after it is skipped.
    gives(`/contact/grace/${kind.name}/list?cursor=a2`, [])
  ]
}))

const paging: ReadonlyArray<Case> = [
  ...forEachKind("pages-of-items", ["3.8.query", "3.8.format.json", "4.json.cursor"], numberedItems(120), (path) => [
    ...["", "?take=", "?take=0", "?take=abc", "?take=500", "?limit=3&skip=1"].map((query) =>
      gives(path + query, itemIds(119, 20))
    ),
    gives(`${path}?take=-3`, itemIds(119, 119)),
    gives(`${path}?take=5.9`, itemIds(119, 115)),
    gives(`${path}?take=0x10`, itemIds(119, 104)),
    gives(`${path}?take=2&take=7`, itemIds(119, 118)),
    ...["asc", "%20asc"].map((order) => gives(`${path}?order=${order}&take=3`, itemIds(0, 2))),
    ...["desc", "ASC", "up", ""].map((order) => gives(`${path}?order=${order}&take=3`, itemIds(119, 117))),
    gives(`${path}?cursor=${itemId(50)}&take=3`, itemIds(49, 47)),
    gives(`${path}?cursor=%20${itemId(50)}&take=3&order=asc`, itemIds(51, 53)),
    gives(`${path}?cursor=&take=2`, itemIds(119, 118)),
    ...[itemId(0), "unknown", "ada"].map((cursor) =>
      send(get(`${path}?cursor=${cursor}`), { ...ok, text: '{"items":[]}' })
    ),
    ...["constructor", "toString"].map((order) => send(get(`${path}?order=${order}`), serverError()))
  ]),
  ...forEachKind(
    "the-order-of-items",
    ["3.8.order", "3.8.order.tasks"],
    [
      { id: "b", createdAt: 2 },
      { id: "c", createdAt: 1, updatedAt: 9 },
      { id: "a", createdAt: 2, updatedAt: 8 },
      { id: "d", createdAt: 3 }
    ],
    (path) => [
      gives(path, ["d", "b", "a", "c"]),
      gives(`${path}?order=asc`, ["c", "a", "b", "d"]),
      gives(`${path}?cursor=b`, ["a", "c"]),
      gives(`${path}?order=asc&cursor=a`, ["b", "d"])
    ]
  ),
  ...forEachKind(
    "filters-of-items",
    ["3.8.query.meta"],
    [
      { id: "gold", createdAt: 1, meta: { tier: "gold", vip: true, age: 30 } },
      { id: "bronze", createdAt: 2, meta: { tier: "bronze", vips: "true" } },
      { id: "none", createdAt: 3 }
    ],
    (path) => [
      gives(`${path}?meta.tier=gold`, ["gold"]),
      gives(`${path}?meta[tier]=bronze`, ["bronze"]),
      gives(`${path}?meta.vip=true`, ["gold"]),
      gives(`${path}?meta.vips=true`, []),
      gives(`${path}?meta.age=30`, []),
      // The meta of the contact does not count.
      gives(`${path}?meta.tier=silver`, []),
      gives(`${path}?meta.tier=`, ["none", "bronze", "gold"]),
      gives(`${path}?meta.tier=gold&cursor=bronze`, []),
      ...["meta..a=x", "meta.=x", "meta.a=constructor"].map((query) => send(get(`${path}?${query}`), serverError()))
    ]
  ),
  ...forEachKind(
    "streams-of-items",
    ["3.8.format.jsonl", "3.8.format.sse", "3.8.format.csv", "3.8.query", "5.1.take.rounded"],
    numberedItems(350),
    (path) =>
      [jsonl, sse, csv].flatMap((accept) => [
        send(withAccept(path, accept), okAs(accept, { ids: itemIds(349, 0) })),
        send(withAccept(`${path}?take=150`, accept), okAs(accept, { ids: itemIds(349, 150) })),
        send(withAccept(`${path}?take=7&order=asc`, accept), okAs(accept, { ids: itemIds(0, 6) })),
        send(withAccept(`${path}?cursor=${itemId(3)}`, accept), okAs(accept, { ids: itemIds(2, 0) })),
        send(withAccept(`${path}?cursor=${itemId(0)}`, accept), okAs(accept, { text: "" }))
      ])
  ),
  ...forEachKind(
    "slow-lists-of-items",
    ["3.8.format.json", "3.8.format.jsonl", "5.2.nop", "5.5.commits"],
    numberedItems(3),
    (path) => [
      send(
        withAccept(path, jsonl),
        okAs(jsonl, { at: { head: 16_667, pieces: [16_667, 40_000] }, checks: [count(3)] })
      ),
      send(get(path), { ...ok, ids: itemIds(2, 0), at: { head: 18_750, pieces: [40_000] } })
    ],
    { needs: ["interceptor", "clock"], setup: { disturbance: { pages: { 0: { millis: 40_000 } } } } }
  ),
  ...forEachKind(
    "items-with-a-toString",
    ["5.4.to-string", "5.4.to-string.first", "3.8.format.csv"],
    [
      { id: "a", createdAt: 1, meta: { toString: "x" } },
      { id: "b", createdAt: 2, meta: { tier: "gold" } }
    ],
    (path) => [
      send(withAccept(path, csv), okAs(csv, { ids: ["b"] })),
      send(withAccept(`${path}?order=asc`, csv), plainText(500, "Internal Server Error")),
      send(get(path), { ...ok, ids: ["b", "a"] })
    ]
  )
]

const effects: ReadonlyArray<Case> = [
  ...forEachKind(
    "lists-change-nothing",
    ["3.8.effects"],
    [{ id: "a", createdAt: 1, updatedAt: 2 }],
    (path) => [
      clock(5000),
      ...["application/json", jsonl, sse, csv].flatMap((accept) => [
        send(withAccept(path, accept), { status: 200 }),
        send(withAccept(path, accept), { status: 200, ids: ["a"] })
      ]),
      send(get(path), {
        ...ok,
        checks: [["updatedAt is as before", ({ text }) => text.includes('"createdAt":1,"updatedAt":2}')]]
      }),
      send(get("/contact/ada/fetch"), { ...ok, has: { updatedAt: 1_700_000_000_000 } })
    ],
    { needs: ["clock"] }
  ),
  {
    id: "the-poll-limit-of-lists-of-items",
    clauses: ["4.limit.sub-lists", "4.limit.unit", "3.8.checks.limit"],
    needs: ["limit", "seed", "clock"],
    setup: {
      limit: 6,
      seeds: [{ contacts: [{ id: "ada" }] }],
      rows: (api) => itemKinds[1]?.seed(api, "ada", numberedItems(350)) ?? Effect.void
    },
    steps: ["application/json", jsonl].flatMap((accept, index) => [
      clock(index * 60_000),
      ...listNames.map((name) => send(withAccept(`/contact/ada/${name}/list`, accept), { status: 200 })),
      ...listNames.map((name) => send(withAccept(`/contact/ada/${name}/list`, accept), rateLimited)),
      send(get("/contact/list"), rateLimited),
      send(get("/contact/export"), ok)
    ])
  }
]

const deleting: Rows = (api) =>
  Effect.forEach(itemKinds, (kind) => kind.seed(api, "ada", numberedItems(150)), { discard: true })

const deletedMeanwhile = (accept: string, name: string, end: string): Case => ({
  id: `a-contact-deleted-during-a-list-${name}-${accept.slice(accept.indexOf("/") + 1)}`,
  clauses: ["3.8.lookup"],
  needs: ["interceptor", "seed"],
  setup: {
    seeds: [{ contacts: [{ id: "ada" }] }],
    rows: deleting,
    disturbance: { pages: { 1: { deletes: "ada" } } }
  },
  steps: [
    send(
      withAccept(`/contact/ada/${name}/list`, accept),
      okAs(accept, {
        ids: itemIds(149, 50),
        checks: [["the end is an error event, or nothing in CSV", ({ text }) => text.endsWith(end)]]
      })
    ),
    send(get(`/contact/ada/${name}/list`), { status: 404 })
  ]
})

const notFoundJson = '{"code":"NOT_FOUND","message":"Not found"}'

const lookups: ReadonlyArray<Case> = itemKinds.flatMap(({ name }) => [
  deletedMeanwhile(jsonl, name, `}}\n{"type":"error","data":${notFoundJson}}\n`),
  deletedMeanwhile(sse, name, `}\n\nevent: error\ndata: ${notFoundJson}\n\n`),
  deletedMeanwhile(csv, name, '"50","50"\n')
])

/** The lists of a contact's items (wire contract 3.8.1). */
export const itemLists: ReadonlyArray<Case> = [...rows, ...paging, ...effects, ...lookups]

import type { NewContact } from "../../internal/server/store/Store.ts"
import type { Case, Step } from "../Case.ts"
import { numbered, numberedId } from "../Seeds.ts"
import {
  withAccept,
  count,
  create,
  csv,
  serverError,
  get,
  jsonl,
  listed,
  ok,
  okAs,
  post,
  remove,
  send,
  sse,
  update
} from "../Steps.ts"

const seeded = (
  id: string,
  clauses: Case["clauses"],
  contacts: ReadonlyArray<NewContact>,
  steps: ReadonlyArray<Step>
): Case => ({
  id,
  clauses,
  needs: ["seed"],
  setup: { seeds: [{ contacts }] },
  steps
})

const lists = (queries: ReadonlyArray<string>, expected: number): ReadonlyArray<Step> =>
  ["list", "export"].flatMap((list) =>
    queries.map((query) =>
      send(get(`/contact/${list}?${query}`), {
        ...ok,
        checks: [count(expected)],
        has: { cursor: numberedId(120 - expected) }
      })
    )
  )

const gives = (query: string, ids: ReadonlyArray<string>): Step =>
  send(get(`/contact/list?${query}`), {
    ...ok,
    ids,
    checks: [["cursor is the last id", ({ text }) => text.includes('"cursor"') === ids.length > 0]]
  })

const takeCases: ReadonlyArray<Case> = [
  seeded(
    "take-by-default",
    ["4.take.default"],
    numbered(120),
    lists(["", "take=", "take=0", "take=abc", "take=NaN", "take=-0"], 100)
  ),
  seeded("take-below-0", ["4.take.negative"], numbered(120), lists(["take=-1", "take=-500"], 1)),
  seeded(
    "take-above-100",
    ["4.take.clamp"],
    numbered(120),
    lists(["take=100", "take=101", "take=500", "take=99999999999999999999"], 100)
  ),
  seeded("take-as-text", ["4.take.parse"], numbered(120), [
    ...lists(["take=5.9", "take=5abc", "take=%205"], 5),
    ...lists(["take=10abc"], 10),
    ...lists(["take=1e2"], 1)
  ]),
  seeded("take-in-hexadecimal", ["4.take.hexadecimal"], numbered(120), [
    ...lists(["take=0x10", "take=0X10"], 16),
    ...lists(["take=-0x10"], 1),
    ...lists(["take=0x0", "take=0x1000"], 100),
    ...[jsonl, sse, csv].flatMap((accept) =>
      ["take=0x10", "take=-0x10", "take=0x1"].map((query) =>
        send(withAccept(`/contact/list?${query}`, accept), okAs(accept, { checks: [count(120)] }))
      )
    )
  ]),
  seeded("repeated-keys", ["4.duplicates", "4.duplicates.question"], numbered(120), [
    ...lists(["take=&take=2", "?take=&take=2"], 100),
    ...lists(["?take=2", "?take=2&take=7"], 2),
    gives("order=&order=asc&take=1", ["id-0119"]),
    gives("cursor=&cursor=id-0003&take=1", ["id-0119"]),
    ...lists(["take=2&take=7", "take=2&take="], 2),
    gives("take=1&order=asc&order=desc", ["id-0000"]),
    gives("take=1&cursor=id-0002&cursor=id-0009", ["id-0001"]),
    gives("take=1&order=asc&meta.a=&meta.a=b", ["id-0000"])
  ]),
  seeded(
    "unknown-parameters",
    ["4.unknown"],
    numbered(120),
    lists(["take=3&foo=1", "Take=7&take=3", "take=3&limit=1&skip=2&"], 3)
  )
]

/** Creates three contacts of this run, the oldest first. */
const three = ["a", "b", "c"].map((name) => create({ name, meta: { run: "<run>", name } }, name))

const orderCases: ReadonlyArray<Case> = [
  {
    id: "order",
    clauses: ["4.order.asc", "4.order.desc", "4.order.other", "4.order.trimmed"],
    steps: [
      ...three,
      listed("order=asc", ["a", "b", "c"]),
      listed("order=%20asc%09", ["a", "b", "c"]),
      ...["", "order=desc", "order=ASC", "order=Asc", "order=up", "order="].map((query) =>
        listed(query, ["c", "b", "a"])
      )
    ]
  },
  {
    id: "orders-with-names-of-inherited-members",
    clauses: ["4.order.inherited", "6.500.database"],
    steps: Object.getOwnPropertyNames(Object.prototype)
      .concat("%20constructor%20")
      .flatMap((order) =>
        ["application/json", jsonl, sse, csv].flatMap((accept) =>
          ["list", "export"].map((list) => send(withAccept(`/contact/${list}?order=${order}`, accept), serverError()))
        )
      )
  },
  seeded(
    "order-by-time-then-id",
    ["4.order.created", "4.order.tie", "4.order.updated"],
    [
      { id: "b", createdAt: 2 },
      { id: "c", createdAt: 1, updatedAt: 9 },
      { id: "a", createdAt: 2 },
      { id: "d", createdAt: 3 }
    ],
    [
      gives("order=asc", ["c", "a", "b", "d"]),
      gives("", ["d", "b", "a", "c"]),
      gives("order=asc&cursor=a", ["b", "d"]),
      gives("cursor=b", ["a", "c"]),
      send(post("/contact/c/update", { name: "changed" }), ok),
      gives("order=asc", ["c", "a", "b", "d"])
    ]
  ),
  {
    id: "paging-is-stable-under-inserts",
    clauses: ["4.order.stable", "4.json.one", "4.json.cursor"],
    steps: [
      ...three,
      listed("take=2", ["c", "b"]),
      create({ name: "d", meta: { run: "<run>" } }, "d"),
      listed("take=2&cursor=<b>", ["a"]),
      listed("take=2&order=asc&cursor=<b>", ["c", "d"]),
      update({ name: "changed" }, "a"),
      listed("order=asc", ["a", "b", "c", "d"])
    ]
  }
]

const cursorCases: ReadonlyArray<Case> = [
  {
    id: "cursors",
    clauses: ["4.cursor.exclusive", "4.cursor.trimmed", "4.cursor.empty", "4.cursor.unknown", "4.json.empty", "4.end"],
    steps: [
      ...three,
      listed("cursor=<b>", ["a"]),
      listed("cursor=<b>&order=asc", ["c"]),
      listed("cursor=%20<b>%20", ["a"]),
      listed("cursor=", ["c", "b", "a"]),
      listed("cursor=%20%20", ["c", "b", "a"]),
      ...["<a>", "cunknown<run>"].map((cursor) =>
        send(get(`/contact/list?meta.run=<run>&cursor=${cursor}`), { ...ok, text: '{"items":[]}' })
      ),
      // A last page has a cursor too, whether it is full or not.
      send(get("/contact/list?meta.run=<run>&take=3"), { ...ok, ids: ["<c>", "<b>", "<a>"], has: { cursor: "<a>" } }),
      send(get("/contact/list?meta.run=<run>&take=2&cursor=<b>"), { ...ok, ids: ["<a>"], has: { cursor: "<a>" } })
    ]
  },
  {
    id: "the-cursor-of-a-deleted-contact",
    clauses: ["4.cursor.deleted"],
    steps: [
      ...three,
      listed("take=1", ["c"]),
      remove("c"),
      send(get("/contact/list?meta.run=<run>&take=1&cursor=<c>"), { ...ok, text: '{"items":[]}' }),
      listed("", ["b", "a"])
    ]
  },
  {
    id: "a-cursor-outside-the-filter",
    clauses: ["4.cursor.filtered"],
    steps: [
      ...["gold", "silver", "gold", "gold"].map((tier, index) =>
        create({ meta: { run: "<run>", tier } }, `row-${index}`)
      ),
      listed("order=asc&meta.tier=gold&cursor=<row-0>", ["row-2", "row-3"]),
      listed("order=asc&meta.tier=gold&cursor=<row-1>", ["row-3"]),
      listed("order=desc&meta.tier=gold&cursor=<row-1>", [])
    ]
  },
  {
    id: "the-cursor-of-another-account",
    clauses: ["4.cursor.foreign", "4.cursor.exclusive"],
    needs: ["accounts", "seed"],
    setup: {
      seeds: [{ contacts: numbered(5) }, { token: "sk-other", contacts: [{ id: "theirs", createdAt: 2.5 }] }]
    },
    steps: [
      // One contact is skipped, as for any cursor, although the cursor's contact is not in the list.
      gives("cursor=theirs", ["id-0001", "id-0000"]),
      gives("cursor=theirs&order=asc", ["id-0004"])
    ]
  },
  seeded("a-walk-through-all-pages", ["4.json.one", "4.json.cursor", "4.end", "4.json.empty"], numbered(205), [
    send(get("/contact/list"), { ...ok, checks: [count(100)], save: { cursor: "cursor" } }),
    send(get("/contact/list?cursor=<cursor>"), { ...ok, checks: [count(100)], save: { cursor: "cursor" } }),
    send(get("/contact/list?cursor=<cursor>"), { ...ok, checks: [count(5)], has: { cursor: "id-0000" } }),
    send(get("/contact/list?cursor=id-0000"), { ...ok, text: '{"items":[]}' })
  ])
]

/** Paging (wire contract 4). */
export const section4: ReadonlyArray<Case> = [...takeCases, ...orderCases, ...cursorCases]

import type { NewContact } from "../../internal/server/store/Store.ts"
import type { Case, Check, Expected, Step } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import { numbered } from "../Seeds.ts"
import {
  withAccept,
  create,
  csv,
  fetched,
  get,
  jsonl,
  ok,
  okAs,
  plainText,
  send,
  sse,
  thrown,
  update
} from "../Steps.ts"

const unsupported = thrown(400, "BAD_REQUEST", "Unsupported accept header")

const both = (accept: string | undefined, expected: Expected): ReadonlyArray<Step> =>
  ["list", "export"].map((list) => {
    const path = `/contact/${list}?meta.run=<run>`
    return send(accept === undefined ? get(path) : withAccept(path, accept), expected)
  })

const mine = create({ name: "a", meta: { run: "<run>" } })

const negotiation: ReadonlyArray<Case> = [
  {
    id: "accept",
    clauses: [
      "5.accept.first",
      "5.accept.parameters",
      "5.accept.case",
      "5.accept.json",
      "5.accept.jsonl",
      "5.accept.sse",
      "5.accept.csv"
    ],
    steps: [
      mine,
      ...[
        undefined,
        "",
        "*/*",
        "application/json",
        "Application/JSON",
        "application/json;q=0.1",
        "application/json, text/plain, */*",
        "*/*, text/csv"
      ].flatMap((accept) => both(accept, { ...ok, ids: ["<id>"] })),
      ...[jsonl, "APPLICATION/jsonl", "application/jsonl; q=0.5, application/json"].flatMap((accept) =>
        both(accept, okAs(jsonl, { ids: ["<id>"] }))
      ),
      ...[sse, "Text/Event-Stream;x=y, text/csv"].flatMap((accept) => both(accept, okAs(sse, { ids: ["<id>"] }))),
      ...[csv, "TEXT/CSV; header=present"].flatMap((accept) => both(accept, okAs(csv, { ids: ["<id>"] })))
    ]
  },
  {
    id: "accept-other-types",
    clauses: ["5.accept.other", "5.accept.first", "5.2.error.before.accept", "6.400.accept", "6.body.order"],
    steps: [
      "text/html",
      "application/x-ndjson",
      "application/*",
      "text/plain",
      "nonsense",
      "text/html, application/json",
      "text/html;q=0.1, */*"
    ].flatMap((accept) => both(accept, unsupported))
  },
  {
    id: "accept-on-other-endpoints",
    clauses: ["5.scope"],
    steps: [
      send(withAccept("/contact/create", "text/html", { json: { name: "<run>" } }), { ...ok, save: { id: "id" } }),
      ...["text/html", jsonl, csv].flatMap((accept) => [
        send(withAccept("/contact/<id>/fetch", accept), ok),
        send(withAccept("/contact/<id>/update", accept, { json: { name: "x" } }), ok)
      ]),
      send(withAccept("/contact/<id>/delete", "text/html", { json: {} }), ok)
    ]
  }
]

const streams = (id: string, clauses: Case["clauses"], queries: ReadonlyArray<readonly [string, number]>): Case => ({
  id: `streams-${id}`,
  clauses,
  needs: ["seed"],
  setup: { seeds: [{ contacts: numbered(350) }] },
  steps: queries.flatMap(([query, wanted]) =>
    [jsonl, sse, csv].map((accept) =>
      send(
        withAccept(`/contact/list?${query}`, accept),
        okAs(accept, {
          ids: numbered(350)
            .toReversed()
            .slice(0, wanted)
            .map(({ id = "" }) => id)
        })
      )
    )
  )
})

const paging: ReadonlyArray<Case> = [
  streams(
    "take-all",
    ["5.1.pages", "5.1.take.all"],
    [
      ["", 350],
      ["take=0", 350],
      ["take=", 350],
      ["take=abc", 350]
    ]
  ),
  streams(
    "take-few",
    ["5.1.take.small", "5.1.take.negative"],
    [
      ["take=1", 1],
      ["take=7", 7],
      ["take=100", 100],
      ["take=-3", 1]
    ]
  ),
  streams(
    "take-many",
    ["5.1.take.rounded", "5.1.between"],
    [
      ["take=101", 200],
      ["take=150", 200],
      ["take=200", 200],
      ["take=250", 300],
      ["take=301", 350],
      ["take=9999", 350]
    ]
  ),
  {
    id: "streams-start-at-the-cursor",
    clauses: ["5.1.cursor", "5.2.resume", "5.2.empty", "5.1.pages"],
    steps: [
      ...["a", "b", "c"].map((name) => create({ name, meta: { run: "<run>" } }, name)),
      ...([jsonl, sse, csv] as const).flatMap((accept) => [
        send(
          withAccept("/contact/list?meta.run=<run>&order=asc", accept),
          okAs(accept, { ids: ["<a>", "<b>", "<c>"] })
        ),
        send(
          withAccept("/contact/list?meta.run=<run>&order=asc&cursor=<a>", accept),
          okAs(accept, { ids: ["<b>", "<c>"] })
        ),
        send(withAccept("/contact/list?meta.run=<run>&cursor=<a>", accept), okAs(accept, { text: "" })),
        send(withAccept("/contact/list?meta.run=<run>&cursor=unknown<run>", accept), okAs(accept, { text: "" }))
      ])
    ]
  }
]

/** Two contacts. Below are their texts in each format. */
const pair: ReadonlyArray<NewContact> = [
  { id: "a", fingerprint: "f1", createdAt: 1, meta: { k: "v", l: [1, { m: "n" }], "#h": 1 } },
  {
    id: "b",
    fingerprint: "f2",
    createdAt: 2,
    updatedAt: 3,
    name: 'q"q',
    description: "=1+1\nl2, x",
    email: "é@b.co",
    verifiedAt: 7
  }
]

const listA =
  '{"id":"a","name":"","description":"","fingerprint":"f1","email":null,"phone":null,"nick":null,"preferences":null,' +
  '"verifiedAt":null,"meta":{"k":"v","l":[1,{"m":"n"}]},"createdAt":1,"updatedAt":1}'
const listB =
  '{"id":"b","name":"q\\"q","description":"=1+1\\nl2, x","fingerprint":"f2","email":"é@b.co","phone":null,"nick":null,' +
  '"preferences":null,"verifiedAt":7,"meta":null,"createdAt":2,"updatedAt":3}'
const exportA = listA.replace(/"meta":(.*),("createdAt":1,"updatedAt":1)}/, '$2,"meta":$1}')
const exportB = listB.replace('"meta":null,', "").replace(/}$/, ',"meta":{}}')

const yamlMeta = {
  "#hidden": 1,
  texts: ["1_0", "1e1000", "0x1_F", "1_000.5", "yes", "12", "~", "", " a", "it's", "a: b", "#b", "l1\nl2\n"],
  long: `${"word ".repeat(40)}end`,
  numbers: [1, 1.5, 1e21, 1e-7, Number.NaN],
  b: { "#hidden": 1 },
  a: { c: [], d: [{ e: null, f: [true] }] },
  "a b": "🦊\u2028",
  "1": "first"
}

const yaml = `'1': first
texts:
  - 1_0
  - 1e1000
  - 0x1_F
  - 1_000.5
  - 'yes'
  - '12'
  - '~'
  - ''
  - ' a'
  - it's
  - 'a: b'
  - '#b'
  - |
    l1
    l2
long: ${"word ".repeat(40)}end
numbers:
  - 1
  - 1.5
  - 1e+21
  - 1.e-7
  - $NaN
b: {}
a:
  c: []
  d:
    - e: null
      f:
        - true
a b: "🦊\\L"
`

const wholeRows = (wanted: number): Check => [
  `${wanted} whole lines`,
  (reply) => WireReply.rows(reply).length === wanted && WireReply.rows(reply).every((row) => row.length === 12)
]

const written = (list: string, accept: string, text: string) =>
  send(withAccept(`/contact/${list}?order=asc`, accept), okAs(accept, { text }))

const formats: ReadonlyArray<Case> = [
  {
    id: "lists-as-text",
    clauses: [
      "5.2.content-type",
      "5.2.lines",
      "5.2.item",
      "5.2.end",
      "5.3.form",
      "5.3.types",
      "5.3.bare",
      "5.6.jsonl",
      "5.6.list",
      "1.order.list",
      "1.order.export",
      "1.meta.export",
      "1.safe.hash"
    ],
    needs: ["seed"],
    setup: { seeds: [{ contacts: pair }] },
    steps: [
      written("list", "application/json", `{"items":[${listA},${listB}],"cursor":"b"}`),
      written("export", "application/json", `{"items":[${exportA},${exportB}],"cursor":"b"}`),
      written("list", jsonl, `{"type":"item","data":${listA}}\n{"type":"item","data":${listB}}\n`),
      written("export", jsonl, `{"type":"item","data":${exportA}}\n{"type":"item","data":${exportB}}\n`),
      written("list", sse, `event: item\ndata: ${listA}\n\nevent: item\ndata: ${listB}\n\n`),
      written("export", sse, `event: item\ndata: ${exportA}\n\nevent: item\ndata: ${exportB}\n\n`)
    ]
  },
  {
    id: "lists-as-csv",
    clauses: [
      "5.4.header",
      "5.4.rows",
      "5.4.null",
      "5.4.dates",
      "5.4.meta.export",
      "5.4.meta.list",
      "5.4.formula",
      "5.accept.csv"
    ],
    needs: ["seed"],
    setup: { seeds: [{ contacts: pair }] },
    steps: [
      written(
        "list",
        csv,
        "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,meta,createdAt,updatedAt\n" +
          '"a","","","f1","","","","","","[object Object]","1","1"\n' +
          '"b","q""q","=1+1\nl2, x","f2","é@b.co","","","","7","","2","3"\n'
      ),
      written(
        "export",
        csv,
        "id,name,description,fingerprint,email,phone,nick,preferences,verifiedAt,createdAt,updatedAt,meta\n" +
          '"a","","","f1","","","","","","1","1","k: v\nl:\n  - 1\n  - m: \'n\'\n"\n' +
          '"b","q""q","=1+1\nl2, x","f2","é@b.co","","","","7","2","3","{}\n"\n'
      )
    ]
  },
  {
    id: "exports-as-yaml",
    clauses: ["5.4.yaml", "5.4.meta.export", "1.safe.hash", "1.safe.nan"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a", meta: yamlMeta as never }] }] },
    steps: [
      send(withAccept("/contact/export", csv), {
        ...okAs(csv),
        checks: [["the cell is the YAML of js-yaml", (reply) => WireReply.rows(reply)[1]?.at(-1) === yaml]]
      })
    ]
  },
  {
    id: "metadata-with-a-toString",
    clauses: ["1.meta.to-string", "5.4.to-string", "5.4.to-string.first"],
    steps: [
      create({ name: "one", meta: { run: "<run>" } }, "one"),
      create({ name: "two", meta: { toString: "x", run: "<run>", deep: { toString: "y" } } }, "two"),
      create({ name: "three", meta: { run: "<run>" } }, "three"),
      fetched({ meta: { toString: "x", run: "<run>", deep: { toString: "y" } } }, "two"),
      ...["application/json", jsonl, sse].flatMap((accept) =>
        [
          ["list", '"meta":{"toString":"x","run":"<run>","deep":{"toString":"y"}}'] as const,
          ["export", '"meta":{"run":"<run>","deep":{"toString":"y"}}'] as const
        ].map(([list, meta]) =>
          send(
            withAccept(`/contact/${list}?meta.run=<run>&order=asc`, accept),
            okAs(accept, {
              ids: ["<one>", "<two>", "<three>"],
              checks: [[`has ${meta}`, ({ text }) => text.replaceAll(/"run":"[^"]*"/g, '"run":"<run>"').includes(meta)]]
            })
          )
        )
      ),
      send(
        withAccept("/contact/export?meta.run=<run>&order=asc", csv),
        okAs(csv, {
          ids: ["<one>", "<two>", "<three>"],
          checks: [
            [
              "the YAML has the key",
              (reply) =>
                /^toString: x\nrun: .*\ndeep:\n {2}toString: 'y'\n$/.test(WireReply.rows(reply)[2]?.at(-1) ?? "")
            ]
          ]
        })
      ),
      send(
        withAccept("/contact/list?meta.run=<run>&order=asc", csv),
        okAs(csv, { ids: ["<one>"], checks: [wholeRows(2)] })
      ),
      send(withAccept("/contact/list?meta.run=<run>", csv), okAs(csv, { ids: ["<three>"], checks: [wholeRows(2)] })),
      send(
        withAccept("/contact/list?meta.run=<run>&take=1", csv),
        okAs(csv, { ids: ["<three>"], checks: [wholeRows(2)] })
      ),
      ...["cursor=<three>", "cursor=<one>&order=asc"].map((query) =>
        send(withAccept(`/contact/list?meta.run=<run>&${query}`, csv), {
          ...plainText(500, "Internal Server Error"),
          headers: { "content-type": null }
        })
      ),
      send(withAccept("/contact/list?meta.run=<run>&cursor=<two>", csv), okAs(csv, { ids: ["<one>"] })),
      ...[null, 1, {}].flatMap((value) => [
        update({ meta: { run: "<run>", toString: value } }, "three"),
        send(withAccept("/contact/list?meta.run=<run>", csv), plainText(500, "Internal Server Error"))
      ])
    ]
  },
  {
    id: "empty-lists",
    clauses: ["5.2.empty", "5.6.last", "4.json.empty"],
    steps: ["list", "export"].flatMap((list) => [
      send(get(`/contact/${list}?meta.run=<run>`), { ...ok, text: '{"items":[]}' }),
      ...[jsonl, sse, csv].map((accept) =>
        send(withAccept(`/contact/${list}?meta.run=<run>`, accept), okAs(accept, { text: "" }))
      )
    ])
  },
  {
    id: "samples-of-pages",
    clauses: ["5.6.list", "5.6.last"],
    needs: ["empty"],
    steps: [
      create({}, "a"),
      create({}, "b"),
      create({}, "c"),
      send(get("/contact/<c>/fetch"), { ...ok, save: { "print-c": "fingerprint" } }),
      send(get("/contact/<b>/fetch"), { ...ok, save: { "print-b": "fingerprint" } }),
      send(get("/contact/list?take=2"), {
        ...ok,
        checks: [
          [
            "the text is that of the sample",
            ({ text }) => {
              const item =
                '{"id":"c[a-z0-9]{24}","name":"","description":"","fingerprint":"c[a-z0-9]{24}","email":null,' +
                '"phone":null,"nick":null,"preferences":null,"verifiedAt":null,"meta":null,"createdAt":\\d{13},' +
                '"updatedAt":\\d{13}}'
              return new RegExp(`^{"items":\\[${item},${item}],"cursor":"c[a-z0-9]{24}"}$`).test(text)
            }
          ]
        ],
        ids: ["<c>", "<b>"],
        has: { cursor: "<b>" }
      }),
      send(get("/contact/list?cursor=<a>"), { ...ok, text: '{"items":[]}' })
    ]
  }
]

/** Formats and streams (wire contract 5). */
export const section5: ReadonlyArray<Case> = [...negotiation, ...paging, ...formats]

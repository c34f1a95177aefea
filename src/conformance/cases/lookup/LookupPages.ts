import * as Effect from "effect/Effect"
import type { NewContact } from "../../../internal/server/store/Store.ts"
import { startTime, type Case, type Expected, type Request, type Step } from "../../Case.ts"
import { numbered, numberedId } from "../../Seeds.ts"
import { create, remove, send } from "../../Steps.ts"
import { contacts, cursorOf, data, failed, found, invalid, lookup, query, refusedArgument } from "./Lookup.ts"

const seeded = (
  id: string,
  clauses: Case["clauses"],
  seeds: ReadonlyArray<NewContact>,
  steps: ReadonlyArray<Step>
): Case => ({ id, clauses, needs: ["seed"], setup: { seeds: [{ contacts: seeds }] }, steps })

/** The ids from one number to another, both included, up or down. */
const ids = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => numberedId(from + (to < from ? -index : index)))

const finds = (args: string, expected: ReadonlyArray<string>): Step => send(lookup(args), found(...expected))

const at = (index: number): string => `"${cursorOf(numberedId(index))}"`

const orders: ReadonlyArray<Case> = [
  seeded(
    "the-order-of-lookups",
    ["12.order"],
    [
      { id: "b", createdAt: 2 },
      { id: "c", createdAt: 1, updatedAt: 9 },
      { id: "a", createdAt: 2 },
      { id: "d", createdAt: 3 }
    ],
    [
      ...["", "order: desc", "order: null"].map((args) => finds(args, ["d", "b", "a", "c"])),
      finds("order: asc", ["c", "a", "b", "d"]),
      send(query(`query ($o: ListOrder) ${contacts("order: $o")}`, { o: "asc" }), found("c", "a", "b", "d")),
      ...["order: up", 'order: "asc"', "order: ASC", "order: 1", "order: constructor"].map((args) =>
        send(lookup(args), invalid())
      ),
      send(query(`query ($o: ListOrder) ${contacts("order: $o")}`, { o: "up" }), failed(/^Variable "\$o" /, undefined))
    ]
  )
]

const sizes: ReadonlyArray<Case> = [
  seeded("the-size-of-lookups", ["12.first", "12.first.zero", "12.first.negative", "12.first.invalid"], numbered(120), [
    finds("", ids(119, 100)),
    finds("first: null", ids(119, 100)),
    finds("first: 1", ids(119, 119)),
    finds("first: 100", ids(119, 20)),
    ...["first: 101", "first: 2147483647"].map((args) => finds(args, ids(119, 20))),
    finds(`first: 150, contactIds: ${JSON.stringify(ids(0, 119))}`, ids(119, 20)),
    finds("first: 0", []),
    send(lookup("first: -1"), refusedArgument('Argument "first" must be a non-negative integer')),
    ...["first: 2147483648", 'first: "1"', "first: 1.5", "first: true", "first: -2147483649"].map((args) =>
      send(lookup(args), invalid())
    ),
    ...[2_147_483_648, "1", 1.5].map((n) =>
      send(
        query(`query ($n: Int) ${contacts("first: $n")}`, { n }),
        failed(/^Variable "\$n" got invalid value /, undefined)
      )
    )
  ]),
  seeded("the-cursors-of-lookups", ["12.after", "12.last", "12.before", "12.first-and-last"], numbered(120), [
    finds(`after: ${at(50)}`, ids(49, 30)),
    finds(`after: ${at(50)}, order: asc`, ids(51, 70)),
    finds(`after: ${at(5)}, first: 3`, ids(4, 2)),
    finds(`after: ${at(0)}`, []),
    finds("after: null, before: null", ids(119, 100)),
    finds("last: 3", ids(2, 0)),
    finds("last: 3, order: asc", ids(117, 119)),
    finds("last: 150", ids(99, 0)),
    finds("last: 0", []),
    finds(`before: ${at(50)}, last: 3`, ids(53, 51)),
    finds(`before: ${at(50)}`, ids(70, 51)),
    finds(`before: ${at(50)}, order: asc`, ids(30, 49)),
    finds(`before: ${at(118)}`, ids(119, 119)),
    finds("first: 5, last: 2", ids(1, 0)),
    finds("first: 1, last: 3", ids(2, 0))
  ]),
  seeded(
    "combinations-of-cursors",
    ["12.combinations", "12.errors.argument"],
    numbered(3),
    (
      [
        [`before: ${at(1)}, first: 1`, "before", "first"],
        [`after: ${at(1)}, last: 1`, "after", "last"],
        [`before: ${at(1)}, after: ${at(1)}`, "before", "after"]
      ] as const
    ).map(([args, one, other]) =>
      send(lookup(args), refusedArgument(`Arguments "${one}" and "${other}" are not supported at the same time`))
    )
  ),
  seeded("invalid-cursors-of-lookups", ["12.cursor", "12.cursor.invalid"], numbered(3), [
    send(
      query(contacts("first: 2", "edges { cursor } pageInfo { startCursor endCursor }")),
      data({
        contacts: {
          edges: [{ cursor: cursorOf("id-0002") }, { cursor: cursorOf("id-0001") }],
          pageInfo: { startCursor: cursorOf("id-0002"), endCursor: cursorOf("id-0001") }
        }
      })
    ),
    ...["", "nonsense", "id-0001", Buffer.from("GPC:N:1").toString("base64")].flatMap((cursor) =>
      ["after", "before"].map((name) =>
        send(lookup(`${name}: ${JSON.stringify(cursor)}`), refusedArgument(`Invalid cursor: ${cursor}`))
      )
    )
  ]),
  {
    id: "cursors-of-contacts-that-are-gone",
    clauses: ["12.cursor.unknown"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: numbered(3) }] },
    steps: [
      ...["after", "before"].map((name) => finds(`${name}: "${cursorOf("nobody")}"`, [])),
      send({ path: "/contact/id-0001/delete", json: {} }, { status: 200 }),
      finds(`after: ${at(1)}`, []),
      finds(`after: ${at(2)}`, ["id-0000"])
    ]
  },
  {
    id: "the-cursor-of-a-deleted-contact-in-a-lookup",
    clauses: ["12.cursor.unknown"],
    steps: [
      create({ meta: { run: "<run>" } }, "a"),
      create({ meta: { run: "<run>" } }, "b"),
      send(query(contacts('meta: {run: "<run>"}, first: 1', "edges { node { id } }")), found("<b>")),
      remove("b"),
      finds('meta: {run: "<run>"}', ["<a>"])
    ]
  },
  {
    id: "the-cursor-of-another-account-in-a-lookup",
    clauses: ["12.cursor.foreign"],
    needs: ["accounts", "seed"],
    setup: {
      seeds: [{ contacts: numbered(5) }, { token: "sk-other", contacts: [{ id: "theirs", createdAt: 2.5 }] }]
    },
    steps: [
      finds(`after: "${cursorOf("theirs")}"`, ["id-0001", "id-0000"]),
      finds(`after: "${cursorOf("theirs")}", order: asc`, ["id-0004"])
    ]
  }
]

const pageInfoFields = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { id } }"

const pageInfo = (
  args: string,
  next: boolean,
  previous: boolean,
  expected: ReadonlyArray<string>
): readonly [Request, Expected] => [
  query(contacts(args, pageInfoFields)),
  data({
    contacts: {
      pageInfo: {
        hasNextPage: next,
        hasPreviousPage: previous,
        startCursor: expected[0] === undefined ? null : cursorOf(expected[0]),
        endCursor: expected.at(-1) === undefined ? null : cursorOf(expected.at(-1) ?? "")
      },
      edges: expected.map((id) => ({ node: { id } }))
    }
  })
]

const pages: ReadonlyArray<Case> = [
  seeded(
    "page-info-of-lookups",
    ["12.page-info", "12.page-info.backward", "12.page-info.cursors"],
    numbered(5),
    (
      [
        ["", false, false, ids(4, 0)],
        ["first: 5", false, false, ids(4, 0)],
        ["first: 4", true, false, ids(4, 1)],
        [`first: 2, after: ${at(4)}`, true, true, ids(3, 2)],
        [`first: 3, after: ${at(3)}`, false, true, ids(2, 0)],
        [`first: 2, after: ${at(3)}`, true, true, ids(2, 1)],
        [`after: ${at(0)}`, false, true, []],
        ["last: 5", false, false, ids(4, 0)],
        ["last: 2", false, true, ids(1, 0)],
        [`last: 2, before: ${at(1)}`, true, true, ids(3, 2)],
        [`last: 3, before: ${at(1)}`, true, false, ids(4, 2)],
        ['contactIds: ["nobody"]', false, false, []]
      ] as const
    ).map(([args, next, previous, expected]) => send(...pageInfo(args, next, previous, expected)))
  ),
  seeded("a-walk-through-a-lookup", ["12.page-info", "12.after", "12.first"], numbered(205), [
    send(
      query(
        contacts(`first: 100, fingerprints: ${JSON.stringify(numbered(205).map(({ fingerprint }) => fingerprint))}`)
      ),
      found(...ids(204, 105))
    ),
    send(query(contacts(`first: 100, after: ${at(105)}`)), found(...ids(104, 5))),
    send(query(contacts(`first: 100, after: ${at(5)}`)), found(...ids(4, 0)))
  ])
]

const fieldNames = "id name description fingerprint email phone nick verifiedAt meta createdAt updatedAt"

const ada: NewContact = {
  id: "ada",
  name: "Ada",
  description: "d",
  fingerprint: "the fingerprint of Ada",
  email: "a@b.co",
  phone: "+12025550123",
  nick: "a",
  verifiedAt: 1_600_000_000_123,
  meta: { "#hidden": 1, a: { "#b": [1.5, null, true] } },
  createdAt: startTime + 5000,
  updatedAt: startTime + 6000
}

const records: ReadonlyArray<Case> = [
  seeded(
    "the-record-of-a-lookup",
    ["12.contact.fields", "12.contact.dates", "12.contact.meta", "1.graphql.dates", "1.graphql.hash"],
    [ada, { id: "none", fingerprint: "", createdAt: startTime }],
    [
      send(
        query(contacts("", `edges { node { ${fieldNames} } }`)),
        data({
          contacts: {
            edges: [
              {
                node: {
                  ...ada,
                  verifiedAt: "2020-09-13T12:26:40.123Z",
                  createdAt: "2023-11-14T22:13:25.000Z",
                  updatedAt: "2023-11-14T22:13:26.000Z"
                }
              },
              {
                node: {
                  id: "none",
                  name: "",
                  description: "",
                  fingerprint: "",
                  email: null,
                  phone: null,
                  nick: null,
                  verifiedAt: null,
                  meta: null,
                  createdAt: "2023-11-14T22:13:20.000Z",
                  updatedAt: "2023-11-14T22:13:20.000Z"
                }
              }
            ]
          }
        })
      ),
      send(
        query(contacts("", "edges { node { preferences } }")),
        invalid(/^Cannot query field "preferences" on type "Contact"\./)
      )
    ]
  ),
  {
    id: "items-in-a-lookup",
    clauses: ["12.contact.items"],
    needs: ["seed", "empty"],
    setup: {
      seeds: [{ contacts: [{ id: "ada" }, { id: "other" }] }],
      rows: (api) =>
        Effect.all([
          api.seedTasks(
            "ada",
            [1, 2, 3].map((createdAt) => ({ id: `task-${createdAt}`, createdAt }))
          ),
          api.seedConversations(
            "ada",
            [1, 2, 3].map((createdAt) => ({ id: `conversation-${createdAt}`, createdAt }))
          ),
          api.seedRatings(
            "ada",
            [1, 2, 3].map((createdAt) => ({ id: `rating-${createdAt}`, value: 1, createdAt }))
          ),
          api.seedMemories(
            "ada",
            [1, 2, 3].map((createdAt) => ({ id: `memory-${createdAt}`, text: "m", createdAt }))
          ),
          api.seedSpaces(
            "ada",
            [1, 2, 3].map((createdAt) => ({ id: `space-${createdAt}`, createdAt }))
          )
        ])
    },
    steps: (
      [
        ["tasks", "task"],
        ["conversations", "conversation"],
        ["ratings", "rating"],
        ["memories", "memory"],
        ["spaces", "space"]
      ] as const
    ).flatMap(([field, kind]) => {
      const items = (args: string, ...wanted: ReadonlyArray<number>): Step =>
        send(
          query(
            contacts(
              'contactIds: ["ada", "other"], order: asc',
              `edges { node { ${field}${args} { edges { node { id } } } } }`
            )
          ),
          data({
            contacts: {
              edges: [
                { node: { [field]: { edges: wanted.map((number) => ({ node: { id: `${kind}-${number}` } })) } } },
                { node: { [field]: { edges: [] } } }
              ]
            }
          })
        )
      return [
        items("", 3, 2, 1),
        items("(first: 2)", 3, 2),
        items("(last: 2)", 2, 1),
        send(
          query(contacts("", `edges { node { ${field}(order: asc) { edges { node { id } } } } }`)),
          invalid(/^Unknown argument "order" on field "Contact\./)
        )
      ]
    })
  }
]

/** The order, pages and records of the GraphQL lookup (wire contract 12.2). */
export const lookupPages: ReadonlyArray<Case> = [...orders, ...sizes, ...pages, ...records]

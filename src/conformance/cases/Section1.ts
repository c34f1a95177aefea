import { startTime, type Case, type Check } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import {
  withAccept,
  clock,
  conflict,
  create,
  fetched,
  get,
  idOf,
  jsonl,
  listed,
  ok,
  post,
  send,
  update
} from "../Steps.ts"

const list = "id name description fingerprint email phone nick preferences verifiedAt meta createdAt updatedAt".split(
  " "
)
const exported = [...list.filter((name) => name !== "meta"), "meta"]

const fieldsOf = (contact: unknown, fields: ReadonlyArray<string>): boolean =>
  Object.keys(typeof contact === "object" && contact !== null ? contact : {}).join() === fields.join()

const contactsOf = (reply: WireReply.Reply): ReadonlyArray<unknown> => {
  const isOne = WireReply.field(WireReply.json(reply), "id") !== undefined
  return isOne ? [WireReply.json(reply)] : WireReply.items(reply)
}

const fields = (wanted: ReadonlyArray<string>): Check => [
  `the fields ${wanted.join()}, in that order`,
  (reply) => contactsOf(reply).length > 0 && contactsOf(reply).every((contact) => fieldsOf(contact, wanted))
]

const millis = (name: string): Check => [
  `${name} is a time in milliseconds`,
  (reply) => {
    const value = WireReply.field(WireReply.json(reply), name)
    return Number.isInteger(value) && Number(value) > 1_600_000_000_000
  }
]

const cuid = (name: string): Check => [
  `${name} is a cuid`,
  (reply) => /^c[a-z0-9]{24}$/.test(String(WireReply.field(WireReply.json(reply), name)))
]

const unset = { name: "", description: "", email: null, phone: null, nick: null, preferences: null, verifiedAt: null }

/** The record (wire contract 1). */
export const section1: ReadonlyArray<Case> = [
  {
    id: "a-record-of-defaults",
    clauses: [
      "1.id",
      "1.user-id",
      "1.default.name",
      "1.default.description",
      "1.default.preferences",
      "1.default.fingerprint",
      "1.default.email",
      "1.default.phone",
      "1.default.nick",
      "1.default.verified-at",
      "1.default.meta",
      "1.order.fetch",
      "1.dates",
      "1.nulls",
      "1.meta.null",
      "1.content-type",
      "2.empty"
    ],
    steps: [
      create({}),
      send(get("/contact/<id>/fetch"), {
        ...ok,
        has: { ...unset, meta: null },
        checks: [cuid("id"), cuid("fingerprint"), fields(list), millis("createdAt"), millis("updatedAt")]
      })
    ]
  },
  {
    id: "order-of-fields-in-lists",
    clauses: ["1.order.list", "1.order.export", "1.user-id", "1.nulls"],
    steps: [
      create({ name: "a", meta: { run: "<run>" } }),
      send(get("/contact/list?meta.run=<run>"), { ...ok, checks: [fields(list)] }),
      send(withAccept("/contact/list?meta.run=<run>", jsonl), { status: 200, checks: [fields(list)] }),
      send(get("/contact/export?meta.run=<run>"), { ...ok, checks: [fields(exported)] }),
      send(withAccept("/contact/export?meta.run=<run>", jsonl), { status: 200, checks: [fields(exported)] })
    ]
  },
  {
    id: "times-of-creation-and-change",
    clauses: ["1.created-at", "1.updated-at", "1.dates"],
    needs: ["clock"],
    steps: [
      create({ name: "a" }),
      fetched({ createdAt: startTime, updatedAt: startTime }),
      clock(5000),
      update({ name: "b" }),
      fetched({ createdAt: startTime, updatedAt: startTime + 5000, name: "b" })
    ]
  },
  {
    id: "updatedAt-is-not-before-createdAt",
    clauses: ["1.updated-at"],
    steps: [
      create({ name: "a" }),
      update({ name: "b" }),
      send(get("/contact/<id>/fetch"), {
        ...ok,
        checks: [
          [
            "updatedAt is not before createdAt",
            (reply) => {
              const at = (name: string) => Number(WireReply.field(WireReply.json(reply), name))
              return at("updatedAt") >= at("createdAt")
            }
          ]
        ]
      })
    ]
  },
  {
    id: "a-fingerprint-belongs-to-one-contact",
    clauses: ["1.fingerprint.unique"],
    steps: [
      create({ fingerprint: "<run> is a fingerprint" }),
      send(post("/contact/create", { fingerprint: "<run> is a fingerprint" }), conflict)
    ]
  },
  {
    id: "accounts-share-fingerprints",
    clauses: ["1.fingerprint.accounts"],
    needs: ["accounts"],
    steps: [
      create({ fingerprint: "the very same text" }),
      create({ fingerprint: "the very same text" }, "other", { authorization: "Bearer sk-other" })
    ]
  },
  {
    id: "email-phone-and-nick-are-not-unique",
    clauses: ["1.not-unique"],
    steps: [1, 2].map((index) =>
      create({ email: "a@example.com", phone: "+12025550123", nick: "nick", name: "<run>" }, `id${index}`)
    )
  },
  {
    id: "keys-that-start-with-a-hash",
    clauses: ["1.safe.hash", "1.meta.stored"],
    steps: [
      create({ meta: { run: "<run>", "#a": 1, b: { "#c": 1, d: [{ "#e": 1, f: 2 }] }, "-g": 1, é: 1, $update: 2 } }),
      fetched({ meta: { run: "<run>", b: { d: [{ f: 2 }] }, "-g": 1, é: 1, $update: 2 } }),
      send(get("/contact/export?meta.run=<run>"), {
        ...ok,
        checks: [["no key starts with a hash", ({ text }) => !text.includes('"#')]]
      })
    ]
  },
  {
    id: "numbers-that-json-does-not-have",
    clauses: ["1.safe.infinity", "1.safe.nan", "1.safe.bigint"],
    needs: ["seed"],
    setup: {
      // The type of meta in a seed is JSON, which has none of these numbers.
      seeds: [{ contacts: [{ id: "a", meta: { i: [Infinity, -Infinity], n: { n: NaN }, b: 2n ** 60n } as never }] }]
    },
    steps: [
      send(get("/contact/a/fetch"), {
        ...ok,
        has: { meta: { i: ["$Infinity", "-$Infinity"], n: { n: "$NaN" }, b: "1152921504606846976n" } }
      }),
      send(get("/contact/export"), {
        ...ok,
        checks: [["the numbers are sent as strings", ({ text }) => text.includes('["$Infinity","-$Infinity"]')]]
      })
    ]
  },
  {
    id: "metadata-that-is-null",
    clauses: ["1.meta.export", "1.meta.null"],
    needs: ["seed"],
    setup: { seeds: [{ contacts: [{ id: "a", fingerprint: "f", createdAt: 1 }] }] },
    steps: [
      send(get("/contact/a/fetch"), { ...ok, has: { meta: null } }),
      send(get("/contact/list"), { ...ok, checks: [["meta is null", ({ text }) => text.includes('"meta":null')]] }),
      send(withAccept("/contact/list", jsonl), {
        status: 200,
        checks: [["meta is null", ({ text }) => text.includes('"meta":null')]]
      }),
      send(get("/contact/export"), { ...ok, checks: [["meta is {}", ({ text }) => text.includes('"meta":{}')]] }),
      send(withAccept("/contact/export", jsonl), {
        status: 200,
        checks: [["meta is {}", ({ text }) => text.includes('"meta":{}')]]
      })
    ]
  },
  {
    id: "text-of-any-script",
    clauses: ["1.utf-8"],
    steps: [
      create({ name: "Ñandú 😀 語", description: "\u2028\u0000\u007f", meta: { run: "<run>", "clé 😀": "ж" } }),
      fetched({ name: "Ñandú 😀 語", meta: { run: "<run>", "clé 😀": "ж" } }),
      send(withAccept("/contact/list?meta.run=<run>", jsonl), {
        status: 200,
        checks: [
          ["the text comes back unchanged", ({ text }) => text.includes('"name":"Ñandú 😀 語"') && text.includes("ж")]
        ]
      }),
      send(get("/contact/list?meta.run=<run>&meta[cl%C3%A9%20%F0%9F%98%80]=%D0%B6"), { ...ok, ids: ["<id>"] })
    ]
  },
  {
    id: "a-write-answers-only-the-id",
    clauses: ["3.1.update", "1.content-type"],
    steps: [
      create({ meta: { run: "<run>" } }),
      send(post("/contact/<id>/update", { name: "x" }), idOf("id")),
      listed("", ["id"])
    ]
  }
]

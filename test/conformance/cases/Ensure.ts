import { epoch, type Case, type Check } from "../Case.ts"
import * as Reply from "../Reply.ts"
import {
  clock,
  create,
  ensure,
  failed,
  fetched,
  get,
  idOf,
  listed,
  ok,
  post,
  send,
  together,
  update
} from "../Steps.ts"

const print = "the fingerprint of <run>"

const isTime: Check = [
  "verifiedAt is a time",
  (reply) => Number.isInteger(Reply.field(Reply.json(reply), "verifiedAt"))
]

const trusted: ReadonlyArray<Case> = [
  {
    id: "ensure-makes-a-verified-contact",
    clauses: ["3.4.created", "3.4.as-is", "3.1.ensure"],
    needs: ["clock"],
    steps: [
      clock(1234),
      ensure({ fingerprint: ` ${print} `, name: "n", email: "a@b.co", meta: { a: 1 } }),
      fetched({ fingerprint: print, verifiedAt: epoch + 1234, name: "n", email: "a@b.co", meta: { a: 1 } })
    ]
  },
  {
    id: "ensure-finds-a-verified-contact",
    clauses: ["3.4.existing", "3.4.existing.kept", "3.4.created", "3.4.as-is"],
    steps: [
      ensure({ fingerprint: print, name: "first" }),
      send(get("/contact/<id>/fetch"), { ...ok, has: { fingerprint: print, name: "first" }, checks: [isTime] }),
      send(post("/contact/ensure", { fingerprint: print, name: "second", meta: { a: 1 } }), idOf("id")),
      fetched({ name: "first", meta: null })
    ]
  },
  {
    id: "ensure-finds-one-that-was-verified-otherwise",
    clauses: ["3.4.existing", "3.4.unverified"],
    steps: [
      create({ fingerprint: print, name: "made" }),
      send(post("/contact/ensure", { fingerprint: print }), failed("Contact is not verified")),
      update({ verifiedAt: 1_600_000_000_000 }),
      send(post("/contact/ensure", { fingerprint: print }), idOf("id")),
      fetched({ name: "made", verifiedAt: 1_600_000_000_000 }),
      update({ verifiedAt: null }),
      send(post("/contact/ensure", { fingerprint: print }), failed("Contact is not verified"))
    ]
  },
  {
    id: "ensure-with-16",
    clauses: ["3.4.sixteen", "3.4.blank", "6.500.exception"],
    needs: ["empty"],
    steps: ["x".repeat(16), `  ${"x".repeat(16)}  `, " ", " ".repeat(16), "\t".repeat(16)].map((fingerprint) =>
      send(post("/contact/ensure", { fingerprint }), failed("fingerprint is too short"))
    )
  },
  {
    id: "ensure-with-17",
    clauses: ["3.4.sixteen", "3.4.blanks"],
    needs: ["empty"],
    steps: ["x".repeat(17), " ".repeat(17)].flatMap((fingerprint) => [
      ensure({ fingerprint }),
      send(get("/contact/<id>/fetch"), { ...ok, has: { fingerprint }, checks: [isTime] }),
      send(post("/contact/ensure", { fingerprint }), idOf("id"))
    ])
  },
  {
    id: "ensure-ignores-verifiedAt",
    clauses: ["3.4.verified-at"],
    steps: [
      ensure({ fingerprint: print, verifiedAt: 5 }),
      send(get("/contact/<id>/fetch"), {
        ...ok,
        checks: [isTime, ["it is not the one sent", ({ text }) => !text.includes('"verifiedAt":5,')]]
      }),
      ensure({ name: "anonymous <run>", verifiedAt: 5 }, "anonymous"),
      fetched({ verifiedAt: null }, "anonymous"),
      ensure({ fingerprint: print, verifiedAt: null })
    ]
  },
  {
    id: "two-ensures-at-once",
    clauses: ["3.4.race"],
    steps: [
      together(
        [post("/contact/ensure", { fingerprint: print }), post("/contact/ensure", { fingerprint: print })],
        [
          [200, 200],
          [200, 409]
        ]
      ),
      ensure({ fingerprint: print, name: "later" }),
      fetched({ fingerprint: print, name: "" })
    ]
  }
]

const anonymous = "18d29b66-d358-5f36-81a9-bdfcf8b73786"

/** Bodies of ensure that give one contact, and one that gives another. */
const same = (id: string, clauses: Case["clauses"], bodies: ReadonlyArray<object>, other?: object): Case => ({
  id,
  clauses,
  steps: [
    ...bodies.map((body, index) => (index === 0 ? ensure(body) : send(post("/contact/ensure", body), idOf("id")))),
    ...(other === undefined
      ? []
      : [
          ensure(other, "other"),
          // They are two if a change of one leaves the other.
          update({ description: "changed" }, "other"),
          fetched({ description: "" })
        ])
  ]
})

const hashes = (body: object, fingerprint: string) => [ensure(body), fetched({ fingerprint, verifiedAt: null })]

const untrusted: ReadonlyArray<Case> = [
  {
    id: "fingerprints-of-the-anonymous",
    clauses: ["3.4.untrusted", "3.4.vector.empty", "3.4.hash.anonymous", "3.4.hash.uuid", "3.4.hash.others"],
    needs: ["empty"],
    steps: [
      ...hashes({}, anonymous),
      ...[{ fingerprint: null }, { fingerprint: "" }, { description: "x", preferences: "y", meta: { a: 1 } }].map(
        (body) => send(post("/contact/ensure", body), idOf("id"))
      ),
      send(get("/contact/list"), { ...ok, ids: ["<id>"] })
    ]
  },
  {
    id: "one-anonymous-contact-an-account",
    clauses: ["3.4.hash.anonymous"],
    needs: ["accounts"],
    steps: [
      ensure({}, "mine"),
      ensure({}, "theirs", { authorization: "Bearer sk-other" }),
      send(get("/contact/<theirs>/fetch", { authorization: "Bearer sk-other" }), {
        ...ok,
        has: { fingerprint: anonymous }
      }),
      send(get("/contact/list"), { ...ok, ids: ["<mine>"] })
    ]
  },
  {
    id: "vectors-of-fingerprints",
    clauses: ["3.4.vector.guest", "3.4.vector.zoe", "3.4.hash.uuid", "3.4.hash.sort"],
    needs: ["empty"],
    steps: [
      ...hashes({ name: "Guest User", email: "guest@example.com" }, "36133ebf-e743-5a8e-b513-74640424d5c0"),
      ...hashes({ name: "zoe" }, "d3dc1d24-7da4-5de6-9c44-7a3508583397"),
      send(post("/contact/ensure", { nick: "zoe" }), idOf("id"))
    ]
  },
  {
    id: "fields-of-a-fingerprint-are-sorted",
    clauses: ["3.4.hash.sort", "3.4.hash.uuid"],
    needs: ["empty"],
    // Capitals sort before small letters, digits and + before both: "+12025550123;Zed;a@b.co;b" is hashed.
    steps: hashes(
      { name: "b", nick: "Zed", email: "a@b.co", phone: "(202) 555-0123" },
      "046c2c40-2f67-5461-83d8-8a204a08b918"
    )
  },
  same(
    "fields-are-interchangeable",
    ["3.4.hash.swap", "3.4.hash.sort"],
    [
      { name: "a <run>", nick: "b <run>" },
      { name: "b <run>", nick: "a <run>" },
      { nick: "a <run>", name: "b <run>" }
    ]
  ),
  same(
    "others-do-not-matter",
    ["3.4.hash.others", "3.4.untrusted.kept"],
    [{ name: "a <run>" }, { name: "a <run>", description: "d", preferences: "p", meta: { a: 1 } }]
  ),
  same("the-case-of-email-matters", ["3.4.hash.case"], [{ email: "a@example.com", nick: "<run>" }], {
    email: "A@example.com",
    nick: "<run>"
  }),
  same(
    "phone-is-normalised-first",
    ["3.4.hash.phone"],
    [
      { phone: "(202) 555-0123", nick: "<run>" },
      { phone: "+12025550123", nick: "<run>" }
    ]
  ),
  // "run-…" sorts after "null", so the null comes first and its place shows; before it, absence and null are the same.
  same("null-is-not-absence", ["3.4.hash.sent", "3.4.hash.null"], [{ name: "<run>" }], { name: "<run>", nick: null }),
  same("null-after-the-rest-is", ["3.4.hash.null"], [{ name: "a <run>" }, { name: "a <run>", nick: null }]),
  same("empty-is-not-absence", ["3.4.hash.sent"], [{ name: "<run>" }], { name: "<run>", nick: "" }),
  {
    id: "an-anonymous-contact-stays-as-it-is",
    clauses: ["3.4.untrusted.kept", "3.4.untrusted.verified", "3.4.untrusted.update", "6.500.exception"],
    steps: [
      ensure({ name: "<run>", meta: { run: "<run>" } }),
      send(get("/contact/<id>/fetch"), { ...ok, save: { print: "fingerprint" }, has: { verifiedAt: null } }),
      send(post("/contact/ensure", { name: "<run>", meta: { other: 1 }, description: "d" }), idOf("id")),
      fetched({ meta: { run: "<run>" }, description: "" }),
      update({ name: "renamed", email: "x@example.com" }),
      fetched({ fingerprint: "<print>", name: "renamed" }),
      send(post("/contact/ensure", { name: "<run>" }), idOf("id")),
      update({ verifiedAt: 1_600_000_000_000 }),
      send(post("/contact/ensure", { name: "<run>" }), failed("Contact is verified")),
      update({ verifiedAt: null }),
      send(post("/contact/ensure", { name: "<run>" }), idOf("id")),
      listed("", ["id"])
    ]
  }
]

export const ensuring: ReadonlyArray<Case> = [...trusted, ...untrusted]

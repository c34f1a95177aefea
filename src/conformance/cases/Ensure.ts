import { startTime, type Case, type Check } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import {
  clock,
  create,
  ensure,
  serverError,
  fetched,
  get,
  idOf,
  listed,
  ok,
  post,
  send,
  concurrently,
  update
} from "../Steps.ts"

const fingerprint = "the fingerprint of <run>"

const isTime: Check = [
  "verifiedAt is a time",
  (reply) => Number.isInteger(WireReply.field(WireReply.json(reply), "verifiedAt"))
]

const trusted: ReadonlyArray<Case> = [
  {
    id: "ensure-makes-a-verified-contact",
    clauses: ["3.4.created", "3.4.as-is", "3.1.ensure"],
    needs: ["clock"],
    steps: [
      clock(1234),
      ensure({ fingerprint: ` ${fingerprint} `, name: "n", email: "a@b.co", meta: { a: 1 } }),
      fetched({ fingerprint, verifiedAt: startTime + 1234, name: "n", email: "a@b.co", meta: { a: 1 } })
    ]
  },
  {
    id: "ensure-finds-a-verified-contact",
    clauses: ["3.4.existing", "3.4.existing.kept", "3.4.created", "3.4.as-is"],
    steps: [
      ensure({ fingerprint, name: "first" }),
      send(get("/contact/<id>/fetch"), { ...ok, has: { fingerprint, name: "first" }, checks: [isTime] }),
      send(post("/contact/ensure", { fingerprint, name: "second", meta: { a: 1 } }), idOf("id")),
      fetched({ name: "first", meta: null })
    ]
  },
  {
    id: "ensure-finds-a-contact-that-an-update-verified",
    clauses: ["3.4.existing", "3.4.unverified"],
    steps: [
      create({ fingerprint, name: "made" }),
      send(post("/contact/ensure", { fingerprint }), serverError("Contact is not verified")),
      update({ verifiedAt: 1_600_000_000_000 }),
      send(post("/contact/ensure", { fingerprint }), idOf("id")),
      fetched({ name: "made", verifiedAt: 1_600_000_000_000 }),
      update({ verifiedAt: null }),
      send(post("/contact/ensure", { fingerprint }), serverError("Contact is not verified"))
    ]
  },
  {
    id: "ensure-with-a-fingerprint-of-16",
    clauses: ["3.4.sixteen", "3.4.blank", "6.500.exception"],
    needs: ["empty"],
    steps: ["x".repeat(16), `  ${"x".repeat(16)}  `, " ", " ".repeat(16), "\t".repeat(16)].map((fingerprint) =>
      send(post("/contact/ensure", { fingerprint }), serverError("fingerprint is too short"))
    )
  },
  {
    id: "ensure-with-a-fingerprint-of-17",
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
      ensure({ fingerprint, verifiedAt: 5 }),
      send(get("/contact/<id>/fetch"), {
        ...ok,
        checks: [isTime, ["verifiedAt is not the one that was sent", ({ text }) => !text.includes('"verifiedAt":5,')]]
      }),
      ensure({ name: "anonymous <run>", verifiedAt: 5 }, "anonymous"),
      fetched({ verifiedAt: null }, "anonymous"),
      ensure({ fingerprint, verifiedAt: null })
    ]
  },
  {
    id: "two-concurrent-ensures",
    clauses: ["3.4.race"],
    steps: [
      concurrently(
        [post("/contact/ensure", { fingerprint }), post("/contact/ensure", { fingerprint })],
        [
          [200, 200],
          [200, 409]
        ]
      ),
      ensure({ fingerprint, name: "later" }),
      fetched({ fingerprint, name: "" })
    ]
  }
]

const anonymous = "18d29b66-d358-5f36-81a9-bdfcf8b73786"

/** Bodies of ensure that all give the same contact, and another body that gives another contact. */
const same = (id: string, clauses: Case["clauses"], bodies: ReadonlyArray<object>, other?: object): Case => ({
  id,
  clauses,
  steps: [
    ...bodies.map((body, index) => (index === 0 ? ensure(body) : send(post("/contact/ensure", body), idOf("id")))),
    ...(other === undefined
      ? []
      : [
          ensure(other, "other"),
          // If an update of one contact does not change the other, they are two contacts.
          update({ description: "changed" }, "other"),
          fetched({ description: "" })
        ])
  ]
})

const computesFingerprint = (body: object, fingerprint: string) => [
  ensure(body),
  fetched({ fingerprint, verifiedAt: null })
]

const untrusted: ReadonlyArray<Case> = [
  {
    id: "the-fingerprint-of-the-anonymous-contact",
    clauses: ["3.4.untrusted", "3.4.vector.empty", "3.4.hash.anonymous", "3.4.hash.uuid", "3.4.hash.others"],
    needs: ["empty"],
    steps: [
      ...computesFingerprint({}, anonymous),
      ...[{ fingerprint: null }, { fingerprint: "" }, { description: "x", preferences: "y", meta: { a: 1 } }].map(
        (body) => send(post("/contact/ensure", body), idOf("id"))
      ),
      send(get("/contact/list"), { ...ok, ids: ["<id>"] })
    ]
  },
  {
    id: "one-anonymous-contact-in-each-account",
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
    id: "known-fingerprints",
    clauses: ["3.4.vector.guest", "3.4.vector.zoe", "3.4.hash.uuid", "3.4.hash.sort"],
    needs: ["empty"],
    steps: [
      ...computesFingerprint(
        { name: "Guest User", email: "guest@example.com" },
        "36133ebf-e743-5a8e-b513-74640424d5c0"
      ),
      ...computesFingerprint({ name: "zoe" }, "d3dc1d24-7da4-5de6-9c44-7a3508583397"),
      send(post("/contact/ensure", { nick: "zoe" }), idOf("id"))
    ]
  },
  {
    id: "fields-of-a-fingerprint-are-sorted",
    clauses: ["3.4.hash.sort", "3.4.hash.uuid"],
    needs: ["empty"],
    // Capitals sort before small letters, and digits and + before both, so this is hashed: "+12025550123;Zed;a@b.co;b".
    steps: computesFingerprint(
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
    "other-fields-are-not-hashed",
    ["3.4.hash.others", "3.4.untrusted.kept"],
    [{ name: "a <run>" }, { name: "a <run>", description: "d", preferences: "p", meta: { a: 1 } }]
  ),
  same("the-case-of-email-is-hashed", ["3.4.hash.case"], [{ email: "a@example.com", nick: "<run>" }], {
    email: "A@example.com",
    nick: "<run>"
  }),
  same(
    "phone-is-normalised-before-hashing",
    ["3.4.hash.phone"],
    [
      { phone: "(202) 555-0123", nick: "<run>" },
      { phone: "+12025550123", nick: "<run>" }
    ]
  ),
  // "run-…" sorts after "null", so a null comes first and changes the hash. After the other values, it would not.
  same("null-can-change-the-hash", ["3.4.hash.sent", "3.4.hash.null"], [{ name: "<run>" }], {
    name: "<run>",
    nick: null
  }),
  same(
    "null-after-the-other-values-does-not-change-the-hash",
    ["3.4.hash.null"],
    [{ name: "a <run>" }, { name: "a <run>", nick: null }]
  ),
  same("an-empty-string-can-change-the-hash", ["3.4.hash.sent"], [{ name: "<run>" }], { name: "<run>", nick: "" }),
  {
    id: "ensure-does-not-change-an-anonymous-contact",
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
      send(post("/contact/ensure", { name: "<run>" }), serverError("Contact is verified")),
      update({ verifiedAt: null }),
      send(post("/contact/ensure", { name: "<run>" }), idOf("id")),
      listed("", ["id"])
    ]
  }
]

/** Ensure with and without a fingerprint (wire contract 3.4). */
export const ensures: ReadonlyArray<Case> = [...trusted, ...untrusted]

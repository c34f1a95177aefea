import { startTime, type Case, type Step } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import {
  withAccept,
  badRequest,
  conflict,
  create,
  serverError,
  fetched,
  get,
  idOf,
  listed,
  notFound,
  ok,
  plainText,
  post,
  remove,
  send,
  concurrently,
  update,
  requestsWithId
} from "../Steps.ts"

const fingerprint = "the fingerprint of <run>"

const creating: ReadonlyArray<Case> = [
  {
    id: "creates-are-new-contacts",
    clauses: ["3.3.new"],
    steps: [
      create({ name: "a", meta: { run: "<run>" } }, "one"),
      create({ name: "a", meta: { run: "<run>" } }, "two"),
      send(get("/contact/list?meta.run=<run>"), {
        ...ok,
        checks: [["two contacts", (reply) => new Set(WireReply.ids(reply)).size === 2]]
      })
    ]
  },
  {
    id: "creates-with-a-used-fingerprint",
    clauses: ["3.3.conflict", "6.409", "5.6.conflict", "1.fingerprint.unique"],
    steps: [
      create({ fingerprint, name: "first" }),
      send(post("/contact/create", { fingerprint, name: "second" }), {
        status: 409,
        text: '{"code":"CONFLICT","message":"Unique constraint violation"}'
      }),
      send(post("/contact/create", { fingerprint: ` ${fingerprint} ` }), conflict),
      fetched({ name: "first" })
    ]
  },
  {
    id: "creates-with-an-empty-fingerprint",
    clauses: ["3.3.empty"],
    needs: ["empty"],
    steps: [
      create({ fingerprint: "" }),
      fetched({ fingerprint: "" }),
      send(post("/contact/create", { fingerprint: "" }), conflict),
      remove(),
      create({ fingerprint: "" }, "again")
    ]
  },
  {
    id: "creates-do-not-verify",
    clauses: ["3.3.unverified"],
    steps: [
      create({ fingerprint }),
      fetched({ verifiedAt: null, fingerprint }),
      create({ fingerprint: `${fingerprint}, verified`, verifiedAt: 1_600_000_000_000 }, "verified"),
      fetched({ verifiedAt: 1_600_000_000_000 }, "verified")
    ]
  },
  {
    id: "creates-keep-metadata",
    clauses: ["3.3.meta", "1.meta.stored"],
    steps: [
      create({ meta: { $update: { a: 1 }, "-b": 2, $c: 3, " d": 4, é: 5, run: "<run>" } }),
      fetched({ meta: { $update: { a: 1 }, "-b": 2, $c: 3, " d": 4, é: 5, run: "<run>" } })
    ]
  },
  {
    id: "posts-of-other-content-types",
    clauses: ["3.1.content-type", "6.400.content-type"],
    steps: [
      create({ name: "<run>" }),
      ...["/contact/create", "/contact/ensure", "/contact/<id>/update", "/contact/<id>/delete"].flatMap((path) => [
        send({ method: "POST", path }, badRequest()),
        ...["text/plain", "application/x-www-form-urlencoded", "application/jsonl"].map((type) =>
          send({ path, body: "{}", headers: { "content-type": type } }, badRequest())
        )
      ]),
      fetched({ name: "<run>" })
    ]
  }
]

const full = {
  name: "n",
  description: "d",
  email: "a@b.co",
  phone: "+12025550123",
  nick: "k",
  preferences: "p",
  verifiedAt: 1_600_000_000_000,
  meta: { run: "<run>", a: 1, b: { c: 2 } }
}

const changesMeta = (sent: object, stored: object): ReadonlyArray<Step> => [
  update({ meta: { a: 1, b: { c: 2 } } }),
  update({ meta: sent }),
  fetched({ meta: stored })
]

const updating: ReadonlyArray<Case> = [
  {
    id: "fetch-gives-the-record",
    clauses: ["3.5.record", "3.1.fetch"],
    steps: [
      create({ ...full, fingerprint }),
      send(get("/contact/<id>/fetch"), { ...ok, has: { id: "<id>", ...full, fingerprint } })
    ]
  },
  {
    id: "fetch-ignores-accept",
    clauses: ["3.5.accept", "5.scope"],
    steps: [
      create({ name: "<run>" }),
      ...["application/jsonl", "text/csv", "text/html", "nonsense"].map((accept) =>
        send(withAccept("/contact/<id>/fetch", accept), { ...ok, has: { id: "<id>" } })
      )
    ]
  },
  {
    id: "updates-are-partial",
    clauses: ["3.6.partial"],
    steps: [
      create({ ...full, fingerprint }),
      update({ nick: "changed" }),
      fetched({ ...full, fingerprint, nick: "changed" }),
      update({ name: "", preferences: null }),
      fetched({ ...full, fingerprint, nick: "changed", name: "", preferences: null })
    ]
  },
  {
    id: "updates-without-changes",
    clauses: ["3.6.empty", "2.empty"],
    needs: ["clock"],
    steps: [
      create(full),
      { kind: "clock", to: 9000 },
      update({}),
      update({ verifiedAt: 0 }),
      fetched({ ...full, updatedAt: 1_700_000_000_000 }),
      update({ nick: "x" }),
      fetched({ ...full, nick: "x", updatedAt: 1_700_000_009_000 })
    ]
  },
  {
    id: "updates-with-the-stored-value",
    clauses: ["3.6.same"],
    needs: ["clock"],
    steps: [
      create({ ...full, fingerprint }),
      ...[
        { name: "n" },
        { fingerprint },
        { verifiedAt: 1_600_000_000_000 },
        { meta: { run: "<run>", a: 1, b: { c: 2 } } },
        { meta: { $update: {} } }
      ].flatMap((body, index): ReadonlyArray<Step> => [
        { kind: "clock", to: 1000 * (index + 1) },
        update(body),
        fetched({ ...full, fingerprint, updatedAt: startTime + 1000 * (index + 1) })
      ])
    ]
  },
  {
    id: "updates-that-spread",
    clauses: ["3.6.spread", "3.6.spread.scalars", "3.6.spread.null"],
    steps: [
      create({ name: "<run>" }),
      ...changesMeta({ $update: "xy" }, { "0": "x", "1": "y", a: 1, b: { c: 2 } }),
      ...changesMeta({ $update: ["x", { _y: 1 }] }, { "0": "x", "1": { _y: 1 }, a: 1, b: { c: 2 } }),
      ...[5, 0, true, false, null, "", []].flatMap(($update) => changesMeta({ $update }, { a: 1, b: { c: 2 } })),
      ...[{}, null, 7, ""].flatMap(($update) => [
        update({ meta: null }),
        update({ meta: { $update } }),
        fetched({ meta: {} })
      ]),
      // The characters are UTF-16 units: 🦊 becomes two lone surrogates, which the database refuses.
      send(post("/contact/<id>/update", { meta: { $update: "🦊" } }), serverError()),
      update({ meta: { $update: "é" } }),
      fetched({ meta: { "0": "é" } })
    ]
  },
  {
    id: "updates-to-a-used-fingerprint",
    clauses: ["3.6.conflict", "6.409"],
    steps: [
      create({ fingerprint, meta: { run: "<run>" } }, "one"),
      create({ fingerprint: `${fingerprint} 2`, name: "two" }, "two"),
      send(post("/contact/<two>/update", { fingerprint, name: "changed" }), conflict),
      fetched({ fingerprint: "the fingerprint of <run> 2", name: "two" }, "two"),
      update({ fingerprint, name: "itself" }, "one")
    ]
  },
  {
    id: "updates-of-the-fingerprint",
    clauses: ["3.6.fingerprint", "3.6.verified-at"],
    steps: [
      create({ fingerprint, verifiedAt: 1_600_000_000_000 }),
      update({ fingerprint: `${fingerprint}, changed` }),
      fetched({ fingerprint: "the fingerprint of <run>, changed", verifiedAt: 1_600_000_000_000 }),
      create({ fingerprint }, "again"),
      update({ verifiedAt: null }),
      fetched({ fingerprint: "the fingerprint of <run>, changed", verifiedAt: null })
    ]
  },
  {
    id: "updates-of-metadata",
    clauses: [
      "3.6.meta.replaces",
      "3.6.meta.merges",
      "3.6.meta.siblings",
      "3.6.meta.dropped",
      "3.6.meta.refused",
      "3.6.meta.update-keys"
    ],
    steps: [
      create({ name: "<run>" }),
      ...changesMeta({ z: 1 }, { z: 1 }),
      ...changesMeta({}, {}),
      ...changesMeta({ $update: { b: { d: 3 }, e: 4 } }, { a: 1, b: { d: 3 }, e: 4 }),
      ...changesMeta({ $update: { e: 4 }, sibling: 1, a: 9 }, { a: 1, b: { c: 2 }, e: 4 }),
      ...changesMeta({ ok: 1, "-x": 1, $y: 1, " z": 1, é: 1, d: { "-kept": 1 } }, { ok: 1, d: { "-kept": 1 } }),
      ...changesMeta({ $update: { _x: 1, f: { _kept: 1 } } }, { a: 1, b: { c: 2 }, f: { _kept: 1 } }),
      send(post("/contact/<id>/update", { meta: { _x: 1 } }), badRequest('"meta._x" is not allowed')),
      update({ meta: null }),
      update({ meta: { $update: { a: 1 } } }),
      fetched({ meta: { a: 1 } })
    ]
  },
  {
    id: "the-last-write-wins",
    clauses: ["3.6.no-version"],
    steps: [
      create({ name: "<run>" }),
      update({ name: "one" }),
      update({ name: "two" }),
      fetched({ name: "two" }),
      send(post("/contact/<id>/update", { updatedAt: 1 }), badRequest('"updatedAt" is not allowed')),
      send(post("/contact/<id>/update", { name: "three" }, { headers: { "if-match": '"1"' } }), idOf("id")),
      fetched({ name: "three" })
    ]
  },
  {
    id: "deletes-are-final",
    clauses: ["3.7.deletes", "3.7.again", "3.1.delete"],
    steps: [
      create({ fingerprint, meta: { run: "<run>" } }),
      listed("", ["id"]),
      remove(),
      ...requestsWithId("<id>").map((request) => send(request, notFound)),
      listed("", []),
      create({ fingerprint }, "again")
    ]
  },
  {
    id: "two-concurrent-deletes",
    clauses: ["3.7.race"],
    steps: [
      create({ name: "<run>" }),
      concurrently(
        [post("/contact/<id>/delete"), post("/contact/<id>/delete")],
        [
          [200, 404],
          [200, 500]
        ]
      ),
      send(get("/contact/<id>/fetch"), notFound)
    ]
  },
  {
    id: "bodies-of-deletes",
    clauses: ["3.7.body", "3.7.body.parsed"],
    steps: [
      ...["", "{}", "[1]", '{"foo":1}', '"text"', "7"].flatMap((body) => [
        create({ name: "<run>" }),
        send(
          { method: "POST", path: "/contact/<id>/delete", body, headers: { "content-type": "application/json" } },
          idOf("id")
        )
      ]),
      create({ name: "<run>" }),
      send({ path: "/contact/<id>/delete", body: "{" }, plainText(400, "Invalid JSON")),
      fetched({ name: "<run>" })
    ]
  }
]

/** Endpoints: create, fetch, update and delete (wire contract 3). */
export const section3: ReadonlyArray<Case> = [...creating, ...updating]

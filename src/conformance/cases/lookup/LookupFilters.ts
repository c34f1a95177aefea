import type { NewContact } from "../../../internal/server/store/Store.ts"
import type { Case, Step } from "../../Case.ts"
import { post, create, remove, send } from "../../Steps.ts"
import { contacts, databaseFailure, failed, found, invalid, lookup, query } from "./Lookup.ts"

const seeded = (
  id: string,
  clauses: Case["clauses"],
  seeds: ReadonlyArray<NewContact>,
  steps: ReadonlyArray<Step>
): Case => ({ id, clauses, needs: ["seed"], setup: { seeds: [{ contacts: seeds }] }, steps })

/** Looks contacts up and expects these, newest first. */
const finds = (args: string, ...ids: ReadonlyArray<string>): Step => send(lookup(args), found(...ids))

const people: ReadonlyArray<NewContact> = [
  { id: "1", fingerprint: "one-fingerprint", email: "a@b.co", createdAt: 1 },
  { id: "b", fingerprint: "Two-Fingerprint", email: "A@B.CO", createdAt: 2 },
  { id: "c", fingerprint: " padded fingerprint ", email: "a@b.co", createdAt: 3 },
  { id: "d", fingerprint: "four", createdAt: 4 }
]

const columns: ReadonlyArray<Case> = [
  seeded("lookups-by-columns", ["12.equals", "12.missing", "12.list-order", "12.emails", "12.and"], people, [
    finds("", "d", "c", "b", "1"),
    finds('contactIds: ["1", "c"]', "c", "1"),
    finds('contactIds: ["c", "1", "c"]', "c", "1"),
    finds('contactIds: ["c", "1"], order: asc', "1", "c"),
    finds('contactIds: ["C"]'),
    finds('contactIds: [" c"]'),
    finds('contactIds: ["nobody", "b"]', "b"),
    finds('fingerprints: ["one-fingerprint", "nobody", "Two-Fingerprint"]', "b", "1"),
    finds('fingerprints: ["One-Fingerprint"]'),
    finds('fingerprints: ["two-fingerprint"]'),
    finds('fingerprints: ["one-fingerprint "]'),
    finds('fingerprints: ["padded fingerprint"]'),
    finds('fingerprints: [" padded fingerprint "]', "c"),
    finds('emails: ["a@b.co"]', "c", "1"),
    finds('emails: ["A@B.CO"]', "b"),
    finds('emails: ["a@B.co"]'),
    finds('emails: [" a@b.co"]'),
    finds('emails: ["a@b.co"], contactIds: ["1", "b"]', "1"),
    finds('emails: ["a@b.co"], fingerprints: ["one-fingerprint", "Two-Fingerprint"]', "1"),
    finds('emails: ["a@b.co"], contactIds: ["b"]')
  ]),
  seeded("lookups-by-no-values", ["12.empty"], people, [
    ...["contactIds", "fingerprints", "emails"].flatMap((name) => [
      finds(`${name}: []`),
      finds(`${name}: null`, "d", "c", "b", "1"),
      send(query(`query ($of: [String!]) ${contacts("emails: $of")}`, {}), found("d", "c", "b", "1")),
      send(query(`query ($of: [String!]) ${contacts("emails: $of")}`, { of: [] }), found()),
      send(query(`query ($of: [String!]) ${contacts("emails: $of")}`, { of: null }), found("d", "c", "b", "1"))
    ]),
    finds('emails: [], contactIds: ["b"]')
  ]),
  seeded("lookups-by-odd-values", ["12.single", "12.integers", "12.null-inside"], people, [
    finds('fingerprints: "one-fingerprint"', "1"),
    finds('emails: "a@b.co"', "c", "1"),
    finds('contactIds: "b"', "b"),
    send(query(`query ($of: [ID!]) ${contacts("contactIds: $of")}`, { of: "b" }), found("b")),
    finds("contactIds: [1]", "1"),
    finds("contactIds: 1", "1"),
    send(query(`query ($of: [ID!]) ${contacts("contactIds: $of")}`, { of: [1] }), found("1")),
    send(lookup("fingerprints: [1]"), invalid()),
    send(lookup("emails: [1]"), invalid()),
    send(lookup("contactIds: [1.5]"), invalid()),
    send(lookup("contactIds: [true]"), invalid()),
    ...["contactIds", "fingerprints", "emails"].map((name) => send(lookup(`${name}: [null]`), invalid())),
    send(
      query(`query ($of: [ID!]) ${contacts("contactIds: $of")}`, { of: [null] }),
      failed(/^Variable "\$of" /, undefined)
    )
  ]),
  {
    id: "lookups-in-other-accounts",
    clauses: ["12.scope"],
    needs: ["accounts", "seed"],
    setup: {
      seeds: [
        { contacts: [{ id: "mine", fingerprint: "a fingerprint of ours", email: "a@b.co" }] },
        { token: "sk-other", contacts: [{ id: "theirs", fingerprint: "a fingerprint of theirs", email: "a@b.co" }] }
      ]
    },
    steps: [
      finds("", "mine"),
      finds('contactIds: ["theirs"]'),
      finds('contactIds: ["theirs", "mine"]', "mine"),
      finds('fingerprints: ["a fingerprint of theirs"]'),
      finds('emails: ["a@b.co"]', "mine"),
      send({ ...lookup('emails: ["a@b.co"]'), authorization: "Bearer sk-other" }, found("theirs"))
    ]
  },
  {
    id: "lookups-of-deleted-contacts",
    clauses: ["12.missing", "3.7.deletes"],
    steps: [
      create({ fingerprint: "the fingerprint of <run>" }),
      finds('contactIds: ["<id>"]', "<id>"),
      remove(),
      finds('contactIds: ["<id>"]'),
      finds('fingerprints: ["the fingerprint of <run>"]')
    ]
  }
]

const metas: ReadonlyArray<NewContact> = [
  { id: "none", createdAt: 1 },
  { id: "number", createdAt: 2, meta: { age: 30, half: 1.5, vip: true, tier: "gold" } },
  { id: "text", createdAt: 3, meta: { age: "30", vip: "true", tier: "gold" } },
  { id: "deep", createdAt: 4, meta: { o: { k: true, n: 1 }, t: ["x", "y"], l: [{ a: 1 }], off: false } },
  { id: "odd", createdAt: 5, meta: { "a.b": "x", "": "e", a: null, "c d": "s" } }
]

const all = ["odd", "deep", "text", "number", "none"]

/** Looks contacts up by meta, in a literal and in a variable. */
const findsByMeta = (literal: string, variable: object | null, ...ids: ReadonlyArray<string>): ReadonlyArray<Step> => [
  finds(`meta: ${literal}`, ...ids),
  send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: variable }), found(...ids))
]

const byMeta: ReadonlyArray<Case> = [
  seeded("lookups-by-meta", ["12.meta", "12.and"], metas, [
    ...findsByMeta("{age: 30}", { age: 30 }, "number"),
    ...findsByMeta('{age: "30"}', { age: "30" }, "text"),
    ...findsByMeta("{age: 30.0}", { age: 30 }, "number"),
    ...findsByMeta("{age: 3e1}", { age: 30 }, "number"),
    ...findsByMeta("{half: 1.5}", { half: 1.5 }, "number"),
    ...findsByMeta("{vip: true}", { vip: true }, "number"),
    ...findsByMeta('{vip: "true"}', { vip: "true" }, "text"),
    ...findsByMeta("{off: false}", { off: false }, "deep"),
    ...findsByMeta('{tier: "gold"}', { tier: "gold" }, "text", "number"),
    ...findsByMeta('{tier: "Gold"}', { tier: "Gold" }),
    ...findsByMeta('{tier: "gold", age: 30}', { tier: "gold", age: 30 }, "number"),
    ...findsByMeta("{nobody: 1}", { nobody: 1 }),
    finds('meta: {tier: "gold"}, contactIds: ["text"]', "text")
  ]),
  seeded("lookups-by-nested-meta", ["12.meta.nested"], metas, [
    ...findsByMeta("{o: {k: true}}", { o: { k: true } }, "deep"),
    ...findsByMeta("{o: {k: true, n: 2}}", { o: { k: true, n: 2 } }),
    ...findsByMeta('{t: ["x"]}', { t: ["x"] }, "deep"),
    ...findsByMeta('{t: ["x", "y"]}', { t: ["x", "y"] }, "deep"),
    ...findsByMeta('{t: ["y"]}', { t: ["y"] }),
    ...findsByMeta('{t: [null, "y"]}', { t: [null, "y"] }, "deep"),
    ...findsByMeta('{t: ["x", "y", "z"]}', { t: ["x", "y", "z"] }),
    ...findsByMeta("{l: [{a: 1}]}", { l: [{ a: 1 }] }, "deep"),
    ...findsByMeta('{o: {k: "true"}}', { o: { k: "true" } })
  ]),
  seeded("lookups-by-meta-without-a-condition", ["12.meta.no-condition", "12.meta.none"], metas, [
    ...findsByMeta("{}", {}, ...all),
    ...findsByMeta("null", null, ...all),
    ...findsByMeta("{a: null}", { a: null }, ...all),
    ...findsByMeta("{a: {}}", { a: {} }, ...all),
    ...findsByMeta("{a: []}", { a: [] }, ...all),
    ...findsByMeta("{o: {k: null}}", { o: { k: null } }, ...all),
    ...findsByMeta("{age: 30, a: null}", { age: 30, a: null }, "number")
  ]),
  seeded("lookups-by-keys-of-meta", ["12.meta.keys", "12.errors.database"], metas, [
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { '"a.b"': "x" } }), found("odd")),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { "a.b": "x" } }), found()),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { "o.k": true } }), found("deep")),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { "t[1]": "y" } }), found("deep")),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { "c d": "s" } }), found("odd")),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { "": "e" } }), databaseFailure),
    send(query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta: { o: { "": 1 } } }), databaseFailure)
  ]),
  seeded(
    "lookups-by-meta-that-is-no-object",
    ["12.errors.meta"],
    metas,
    ["x", 1, true, ["x"]].map((meta) =>
      send(
        query(`query ($meta: JsonObject) ${contacts("meta: $meta")}`, { meta }),
        failed("Unexpected error.", "INTERNAL_SERVER_ERROR")
      )
    )
  ),
  {
    id: "lookups-by-a-number-that-no-list-finds",
    clauses: ["12.meta", "4.match.number"],
    steps: [
      create({ meta: { run: "<run>", age: 30 } }),
      finds('meta: {run: "<run>", age: 30}', "<id>"),
      send(post("/contact/<id>/update", { meta: { $update: { age: 31 } } }), { status: 200 }),
      finds('meta: {run: "<run>", age: 30}'),
      finds('meta: {run: "<run>", age: 31}', "<id>")
    ]
  }
]

/** The filters of the GraphQL lookup (wire contract 12.2). */
export const lookupFilters: ReadonlyArray<Case> = [...columns, ...byMeta]

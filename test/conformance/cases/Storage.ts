import type { Case, Request, Step } from "../Case.ts"
import { badRequest, create, failed, fetched, forEachWrite, get, idOf, ok, post, raw, send, update } from "../Steps.ts"

/** Makes a contact of a body given as text, and fetches it. */
const made = (body: string, has: Readonly<Record<string, unknown>>): ReadonlyArray<Step> => [
  send(raw("/contact/create", body), { ...ok, save: { id: "id" } }),
  fetched(has)
]

/** The exact text of meta, as `__proto__` is no key in a literal. */
const metaText = (text: string): Step =>
  send(get("/contact/<id>/fetch"), {
    ...ok,
    checks: [[`meta is ${text}`, (reply) => reply.text.includes(`"meta":${text},"createdAt"`)]]
  })

const clean: ReadonlyArray<Step> = [create({}), fetched({ name: "", nick: null, meta: null })]

const prototypes: ReadonlyArray<Case> = [
  {
    id: "proto-at-the-top-of-a-body",
    clauses: ["2.proto.body", "2.proto.scalar", "2.proto.clean"],
    steps: [
      ...made('{"__proto__":{"name":"x"}}', { name: "x" }),
      ...made('{"__proto__":{"name":"x","nick":"y","meta":{"a":1}},"nick":"z"}', {
        name: "x",
        nick: "z",
        meta: { a: 1 }
      }),
      ...made('{"__proto__":{"foo":1,"toString":2}}', { name: "" }),
      ...made('{"__proto__":{"__proto__":{"name":"x"}}}', { name: "" }),
      ...["5", '"name"', "true", "null", "[]", '["x"]'].flatMap((value) =>
        made(`{"__proto__":${value},"nick":"z"}`, { name: "", nick: "z" })
      ),
      send(raw("/contact/create", '{"__proto__":{"name":1}}'), badRequest('"name" must be a string')),
      send(raw("/contact/create", '{"__proto__":{"name":null}}'), failed()),
      send(raw("/contact/create", '{"__proto__":{},"foo":1}'), badRequest('"foo" is not allowed')),
      ...clean,
      send(raw("/contact/<id>/update", '{"__proto__":{"name":"changed"}}'), idOf("id")),
      fetched({ name: "changed" })
    ]
  },
  {
    id: "proto-at-the-top-of-meta",
    clauses: ["2.proto.meta", "2.proto.scalar", "2.proto.clean"],
    steps: [
      ...made('{"meta":{"__proto__":{"a":1}}}', { meta: { a: 1 } }),
      ...made('{"meta":{"__proto__":{"a":1,"b":2,"_c":3},"a":{"d":4}}}', { meta: { a: { d: 4 }, b: 2, _c: 3 } }),
      ...["5", '"a"', "true", "null", "[]"].flatMap((value) =>
        made(`{"meta":{"__proto__":${value},"k":1}}`, { meta: { k: 1 } })
      ),
      ...made('{"meta":{"__proto__":{"__proto__":{"a":1},"b":2}}}', { meta: { b: 2 } }),
      metaText('{"b":2}'),
      ...clean,
      // Update copies what meta itself has, so what it inherits is not stored; but it sees an inherited directive.
      send(raw("/contact/<id>/update", '{"meta":{"__proto__":{"a":1},"b":2}}'), idOf("id")),
      fetched({ meta: { b: 2 } }),
      send(raw("/contact/<id>/update", '{"meta":{"__proto__":{"$update":{"c":3}},"d":4}}'), idOf("id")),
      fetched({ meta: { b: 2, c: 3 } }),
      send(raw("/contact/<id>/update", '{"meta":{"$update":{"__proto__":{"e":5},"f":6}}}'), idOf("id")),
      fetched({ meta: { b: 2, c: 3, f: 6 } })
    ]
  },
  {
    id: "proto-deeper-in-meta",
    clauses: ["2.proto.deeper", "2.proto.clean"],
    steps: [
      ...made('{"meta":{"k":{"__proto__":{"x":1},"v":true}}}', { meta: { k: { v: true } } }),
      metaText('{"k":{"v":true}}'),
      ...made('{"meta":{"l":[{"__proto__":5},{"m":{"__proto__":{}}}]}}', { meta: { l: [{}, { m: {} }] } }),
      metaText('{"l":[{},{"m":{}}]}'),
      send(raw("/contact/<id>/update", '{"meta":{"k":{"__proto__":"x","v":1}}}'), idOf("id")),
      metaText('{"k":{"v":1}}'),
      ...clean
    ]
  },
  {
    id: "names-of-inherited-members",
    clauses: ["2.proto.others"],
    steps: ["constructor", "toString", "valueOf", "hasOwnProperty", "toJSON", "prototype"].flatMap((key) => [
      ...made(JSON.stringify({ meta: { [key]: { [key]: 1 } } }), { meta: { [key]: { [key]: 1 } } }),
      update({ meta: { [key]: null, $update: { [key]: "x" } } }),
      fetched({ meta: { [key]: "x" } }),
      send(post("/contact/create", { [key]: 1 }), badRequest(`"${key}" is not allowed`))
    ])
  }
]

const half = "\uD83E"
const otherHalf = "\uDD8A"

/** Bodies that create and update refuse with the 500 of the database. */
const fails = (id: string, clauses: Case["clauses"], bodies: ReadonlyArray<object>): ReadonlyArray<Case> =>
  forEachWrite((operation, write: (json: unknown) => Request): Case => ({
    id: `${operation}-of-${id}`,
    clauses: [...clauses, "6.500.database"],
    steps: bodies.map((body) => send(write(body), failed()))
  })).filter(({ id }) => !id.startsWith("ensure"))

const surrogates: ReadonlyArray<Case> = [
  ...fails(
    "half-a-character",
    ["2.surrogate.text"],
    ["name", "description", "nick", "preferences"].flatMap((field) =>
      [half, otherHalf, `${otherHalf}${half}`, `a${half}b`].map((text) => ({ [field]: text }))
    )
  ),
  ...fails(
    "half-a-character-in-a-fingerprint",
    ["2.surrogate.text"],
    [{ fingerprint: `the fingerprint of ${half}` }, { fingerprint: `${half}${"x".repeat(20)}` }]
  ),
  ...fails(
    "half-a-character-in-meta",
    ["2.surrogate.meta"],
    [
      { meta: { a: half } },
      { meta: { a: [{ b: `x${otherHalf}` }] } },
      { meta: { [`k${half}`]: 1 } },
      { meta: { a: { [otherHalf]: null } } }
    ]
  ),
  {
    id: "half-a-character-in-ensure",
    clauses: ["2.surrogate.ensure", "2.surrogate.text", "2.surrogate.meta"],
    steps: [
      ...["name", "nick"].map((field) =>
        send(post("/contact/ensure", { [field]: `<run>${half}` }), failed("URI malformed"))
      ),
      // The fingerprint is computed before the database sees the rest.
      send(post("/contact/ensure", { name: half, description: half }), failed("URI malformed")),
      send(post("/contact/ensure", { nick: "<run>", description: half }), failed()),
      send(post("/contact/ensure", { nick: "<run>", meta: { a: half } }), failed()),
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>", name: half }), failed()),
      send(post("/contact/ensure", { fingerprint: `the fingerprint of <run> ${half}` }), failed()),
      send(post("/contact/ensure", { fingerprint: `x${half}`, name: half }), {
        ...badRequest("Fingerprint is too short (fingerprint)")
      }),
      // Of a contact that exists nothing is written, and so nothing is refused.
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>" }), { ...ok, save: { id: "id" } }),
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>", name: half }), idOf("id")),
      send(post("/contact/ensure", { nick: "<run>" }), { ...ok, save: { id: "id" } }),
      send(post("/contact/ensure", { nick: "<run>", description: half, meta: { a: half } }), idOf("id"))
    ]
  },
  {
    id: "whole-characters-and-nul",
    clauses: ["2.nul", "2.surrogate.text", "2.surrogate.meta"],
    steps: [
      { name: "a\0b", description: "\0", nick: `${half}${otherHalf}`, meta: { "a\0": ["\0", "🦊"], "b🦊": 1 } }
    ].flatMap((body) => [create(body), fetched(body), update(body), fetched(body)])
  }
]

/** A meta of that depth, in objects, lists, or both in turn. */
const nested = (depth: number, kind: (level: number) => "object" | "list"): unknown => {
  let value: unknown = kind(depth) === "object" ? {} : []
  for (let level = depth - 1; level >= 1; level--) value = kind(level) === "object" ? { a: value } : [value]
  return value
}

const kinds: ReadonlyArray<(level: number) => "object" | "list"> = [
  () => "object",
  (level) => (level === 1 ? "object" : "list"),
  (level) => (level % 2 === 1 ? "object" : "list")
]

const depths: ReadonlyArray<Case> = [
  {
    id: "meta-123-deep",
    clauses: ["2.depth", "2.meta.max"],
    steps: kinds.flatMap((kind) => [
      create({ meta: nested(123, kind) }),
      fetched({ meta: nested(123, kind) }),
      update({ meta: nested(123, kind) }),
      update({ meta: { $update: nested(123, kind) } })
    ])
  },
  ...fails(
    "meta-124-deep",
    ["2.depth"],
    kinds.map((kind) => ({ meta: nested(124, kind) }))
  ),
  {
    id: "changes-of-meta-124-deep",
    clauses: ["2.depth"],
    steps: [
      create({ meta: { run: "<run>" } }),
      send(post("/contact/<id>/update", { meta: { $update: nested(124, () => "object") } }), failed()),
      fetched({ meta: { run: "<run>" } }),
      send(post("/contact/ensure", { nick: "<run>", meta: nested(124, () => "object") }), failed())
    ]
  }
]

/** Numbers as they are sent, and as they come back. */
const numbers: ReadonlyArray<readonly [sent: string, stored: string]> = [
  ["0.30000000000000004", "0.3"],
  ["-0.30000000000000004", "-0.3"],
  ["0.1", "0.1"],
  ["1.5", "1.5"],
  ["3.141592653589793", "3.141592653589793"],
  ["0.1234567890123456789", "0.1234567890123457"],
  ["1.0000000000000002", "1"],
  ["1.7976931348623157e308", "null"],
  ["-1.7976931348623157e308", "null"],
  ["1.797693134862315e308", "1.797693134862315e+308"],
  ["5e-324", "5e-324"],
  ["1e400", "null"],
  ["1e21", "1e+21"],
  ["1.2345678901234567e25", "1.234567890123457e+25"],
  // Halves that a double has exactly.
  ["1234567890123456.5", "1234567890123456"],
  ["1234567890123457.5", "1234567890123458"],
  ["-1234567890123456.5", "-1234567890123456"],
  ["1234567890123456.75", "1234567890123457"]
]

const wholes: ReadonlyArray<readonly [sent: string, stored: string]> = [
  ["0", "0"],
  ["-0", "0"],
  ["9007199254740991", "9007199254740991"],
  ["9007199254740993", "9007199254740992"],
  ["1234567890123456789", "1234567890123456800"],
  ["9223372036854774784", "9223372036854775000"],
  ["-9223372036854774784", "-9223372036854775000"],
  ["1e18", "1000000000000000000"],
  ["100000000000000000000", "100000000000000000000"],
  ["18446744073709551615", "18446744073709550000"]
]

const stores = (id: string, clauses: Case["clauses"], pairs: ReadonlyArray<readonly [string, string]>): Case => ({
  id,
  clauses,
  steps: pairs.flatMap(([sent, stored]) => [
    send(raw("/contact/create", `{"meta":{"n":${sent}}}`), { ...ok, save: { id: "id" } }),
    metaText(`{"n":${stored}}`),
    // What is stored is written again by a merge, and stays as it is.
    update({ meta: { $update: {} } }),
    metaText(`{"n":${stored}}`),
    send(raw("/contact/<id>/update", `{"meta":{"l":[{"n":${sent}}]}}`), idOf("id")),
    metaText(`{"l":[{"n":${stored}}]}`)
  ])
})

/** What the database of the server stores, and what it refuses (wire contract 2). */
export const storage: ReadonlyArray<Case> = [
  ...prototypes,
  ...surrogates,
  ...depths,
  stores("fractions-in-meta", ["2.number.rounded", "2.number.overflow"], numbers),
  stores("whole-numbers-in-meta", ["2.number.whole"], wholes)
]

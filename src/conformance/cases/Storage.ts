import type { Case, Request, Step } from "../Case.ts"
import {
  badRequest,
  create,
  serverError,
  fetched,
  forEachWrite,
  get,
  idOf,
  ok,
  post,
  postText,
  send,
  update
} from "../Steps.ts"

/** Creates a contact from JSON text and expects some of its fields. */
const createdFrom = (body: string, has: Readonly<Record<string, unknown>>): ReadonlyArray<Step> => [
  send(postText("/contact/create", body), { ...ok, save: { id: "id" } }),
  fetched(has)
]

/** Expects the exact text of meta, since `__proto__` in an object literal is not a key. */
const metaText = (text: string): Step =>
  send(get("/contact/<id>/fetch"), {
    ...ok,
    checks: [[`meta is ${text}`, (reply) => reply.text.includes(`"meta":${text},"createdAt"`)]]
  })

const unpolluted: ReadonlyArray<Step> = [create({}), fetched({ name: "", nick: null, meta: null })]

const prototypes: ReadonlyArray<Case> = [
  {
    id: "proto-at-the-top-of-a-body",
    clauses: ["2.proto.body", "2.proto.scalar", "2.proto.clean"],
    steps: [
      ...createdFrom('{"__proto__":{"name":"x"}}', { name: "x" }),
      ...createdFrom('{"__proto__":{"name":"x","nick":"y","meta":{"a":1}},"nick":"z"}', {
        name: "x",
        nick: "z",
        meta: { a: 1 }
      }),
      ...createdFrom('{"__proto__":{"foo":1,"toString":2}}', { name: "" }),
      ...createdFrom('{"__proto__":{"__proto__":{"name":"x"}}}', { name: "" }),
      ...["5", '"name"', "true", "null", "[]", '["x"]'].flatMap((value) =>
        createdFrom(`{"__proto__":${value},"nick":"z"}`, { name: "", nick: "z" })
      ),
      send(postText("/contact/create", '{"__proto__":{"name":1}}'), badRequest('"name" must be a string')),
      send(postText("/contact/create", '{"__proto__":{"name":null}}'), serverError()),
      send(postText("/contact/create", '{"__proto__":{},"foo":1}'), badRequest('"foo" is not allowed')),
      ...unpolluted,
      send(postText("/contact/<id>/update", '{"__proto__":{"name":"changed"}}'), idOf("id")),
      fetched({ name: "changed" })
    ]
  },
  {
    id: "proto-at-the-top-of-meta",
    clauses: ["2.proto.meta", "2.proto.scalar", "2.proto.clean"],
    steps: [
      ...createdFrom('{"meta":{"__proto__":{"a":1}}}', { meta: { a: 1 } }),
      ...createdFrom('{"meta":{"__proto__":{"a":1,"b":2,"_c":3},"a":{"d":4}}}', { meta: { a: { d: 4 }, b: 2, _c: 3 } }),
      ...["5", '"a"', "true", "null", "[]"].flatMap((value) =>
        createdFrom(`{"meta":{"__proto__":${value},"k":1}}`, { meta: { k: 1 } })
      ),
      ...createdFrom('{"meta":{"__proto__":{"__proto__":{"a":1},"b":2}}}', { meta: { b: 2 } }),
      metaText('{"b":2}'),
      ...unpolluted,
      // Update stores only the own keys of meta, but it obeys an inherited $update.
      send(postText("/contact/<id>/update", '{"meta":{"__proto__":{"a":1},"b":2}}'), idOf("id")),
      fetched({ meta: { b: 2 } }),
      send(postText("/contact/<id>/update", '{"meta":{"__proto__":{"$update":{"c":3}},"d":4}}'), idOf("id")),
      fetched({ meta: { b: 2, c: 3 } }),
      send(postText("/contact/<id>/update", '{"meta":{"$update":{"__proto__":{"e":5},"f":6}}}'), idOf("id")),
      fetched({ meta: { b: 2, c: 3, f: 6 } })
    ]
  },
  {
    id: "proto-deeper-in-meta",
    clauses: ["2.proto.deeper", "2.proto.clean"],
    steps: [
      ...createdFrom('{"meta":{"k":{"__proto__":{"x":1},"v":true}}}', { meta: { k: { v: true } } }),
      metaText('{"k":{"v":true}}'),
      ...createdFrom('{"meta":{"l":[{"__proto__":5},{"m":{"__proto__":{}}}]}}', { meta: { l: [{}, { m: {} }] } }),
      metaText('{"l":[{},{"m":{}}]}'),
      send(postText("/contact/<id>/update", '{"meta":{"k":{"__proto__":"x","v":1}}}'), idOf("id")),
      metaText('{"k":{"v":1}}'),
      ...unpolluted
    ]
  },
  {
    id: "names-of-inherited-members",
    clauses: ["2.proto.others"],
    steps: ["constructor", "toString", "valueOf", "hasOwnProperty", "toJSON", "prototype"].flatMap((key) => [
      ...createdFrom(JSON.stringify({ meta: { [key]: { [key]: 1 } } }), { meta: { [key]: { [key]: 1 } } }),
      update({ meta: { [key]: null, $update: { [key]: "x" } } }),
      fetched({ meta: { [key]: "x" } }),
      send(post("/contact/create", { [key]: 1 }), badRequest(`"${key}" is not allowed`))
    ])
  }
]

const highSurrogate = "\uD83E"
const lowSurrogate = "\uDD8A"

/** Bodies that create and update refuse with a 500 of the database. */
const databaseRefuses = (id: string, clauses: Case["clauses"], bodies: ReadonlyArray<object>): ReadonlyArray<Case> =>
  forEachWrite((operation, write: (json: unknown) => Request): Case => ({
    id: `${operation}-with-${id}`,
    clauses: [...clauses, "6.500.database"],
    steps: bodies.map((body) => send(write(body), serverError()))
  })).filter(({ id }) => !id.startsWith("ensure"))

const surrogates: ReadonlyArray<Case> = [
  ...databaseRefuses(
    "lone-surrogates",
    ["2.surrogate.text"],
    ["name", "description", "nick", "preferences"].flatMap((field) =>
      [highSurrogate, lowSurrogate, `${lowSurrogate}${highSurrogate}`, `a${highSurrogate}b`].map((text) => ({
        [field]: text
      }))
    )
  ),
  ...databaseRefuses(
    "lone-surrogates-in-a-fingerprint",
    ["2.surrogate.text"],
    [{ fingerprint: `the fingerprint of ${highSurrogate}` }, { fingerprint: `${highSurrogate}${"x".repeat(20)}` }]
  ),
  ...databaseRefuses(
    "lone-surrogates-in-meta",
    ["2.surrogate.meta"],
    [
      { meta: { a: highSurrogate } },
      { meta: { a: [{ b: `x${lowSurrogate}` }] } },
      { meta: { [`k${highSurrogate}`]: 1 } },
      { meta: { a: { [lowSurrogate]: null } } }
    ]
  ),
  {
    id: "lone-surrogates-in-ensure",
    clauses: ["2.surrogate.ensure", "2.surrogate.text", "2.surrogate.meta"],
    steps: [
      ...["name", "nick"].map((field) =>
        send(post("/contact/ensure", { [field]: `<run>${highSurrogate}` }), serverError("URI malformed"))
      ),
      // The fingerprint is computed before the database checks the other fields.
      send(post("/contact/ensure", { name: highSurrogate, description: highSurrogate }), serverError("URI malformed")),
      send(post("/contact/ensure", { nick: "<run>", description: highSurrogate }), serverError()),
      send(post("/contact/ensure", { nick: "<run>", meta: { a: highSurrogate } }), serverError()),
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>", name: highSurrogate }), serverError()),
      send(post("/contact/ensure", { fingerprint: `the fingerprint of <run> ${highSurrogate}` }), serverError()),
      send(post("/contact/ensure", { fingerprint: `x${highSurrogate}`, name: highSurrogate }), {
        ...badRequest("Fingerprint is too short (fingerprint)")
      }),
      // Nothing is written for an existing contact, so nothing is refused.
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>" }), { ...ok, save: { id: "id" } }),
      send(post("/contact/ensure", { fingerprint: "the fingerprint of <run>", name: highSurrogate }), idOf("id")),
      send(post("/contact/ensure", { nick: "<run>" }), { ...ok, save: { id: "id" } }),
      send(
        post("/contact/ensure", { nick: "<run>", description: highSurrogate, meta: { a: highSurrogate } }),
        idOf("id")
      )
    ]
  },
  {
    id: "surrogate-pairs-and-nul",
    clauses: ["2.nul", "2.surrogate.text", "2.surrogate.meta"],
    steps: [
      {
        name: "a\0b",
        description: "\0",
        nick: `${highSurrogate}${lowSurrogate}`,
        meta: { "a\0": ["\0", "🦊"], "b🦊": 1 }
      }
    ].flatMap((body) => [create(body), fetched(body), update(body), fetched(body)])
  }
]

/** A meta of this depth, of objects, arrays or both in turn. */
const nested = (depth: number, kind: (level: number) => "object" | "array"): unknown => {
  let value: unknown = kind(depth) === "object" ? {} : []
  for (let level = depth - 1; level >= 1; level--) value = kind(level) === "object" ? { a: value } : [value]
  return value
}

const kinds: ReadonlyArray<(level: number) => "object" | "array"> = [
  () => "object",
  (level) => (level === 1 ? "object" : "array"),
  (level) => (level % 2 === 1 ? "object" : "array")
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
  ...databaseRefuses(
    "meta-124-deep",
    ["2.depth"],
    kinds.map((kind) => ({ meta: nested(124, kind) }))
  ),
  {
    id: "changes-of-meta-124-deep",
    clauses: ["2.depth"],
    steps: [
      create({ meta: { run: "<run>" } }),
      send(post("/contact/<id>/update", { meta: { $update: nested(124, () => "object") } }), serverError()),
      fetched({ meta: { run: "<run>" } }),
      send(post("/contact/ensure", { nick: "<run>", meta: nested(124, () => "object") }), serverError())
    ]
  }
]

/** Numbers as they are sent and as they are stored. */
const fractions: ReadonlyArray<readonly [sent: string, stored: string]> = [
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
  // Halves that a double represents exactly.
  ["1234567890123456.5", "1234567890123456"],
  ["1234567890123457.5", "1234567890123458"],
  ["-1234567890123456.5", "-1234567890123456"],
  ["1234567890123456.75", "1234567890123457"]
]

const integers: ReadonlyArray<readonly [sent: string, stored: string]> = [
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
    send(postText("/contact/create", `{"meta":{"n":${sent}}}`), { ...ok, save: { id: "id" } }),
    metaText(`{"n":${stored}}`),
    // A merge writes the stored numbers again, and does not change them.
    update({ meta: { $update: {} } }),
    metaText(`{"n":${stored}}`),
    send(postText("/contact/<id>/update", `{"meta":{"l":[{"n":${sent}}]}}`), idOf("id")),
    metaText(`{"l":[{"n":${stored}}]}`)
  ])
})

/** The values that the database of the server stores or refuses (wire contract 2). */
export const storage: ReadonlyArray<Case> = [
  ...prototypes,
  ...surrogates,
  ...depths,
  stores("fractions-in-meta", ["2.number.rounded", "2.number.overflow"], fractions),
  stores("whole-numbers-in-meta", ["2.number.whole"], integers)
]

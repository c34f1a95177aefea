import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random, Schema, Stream, Struct } from "effect"
import { TestClock } from "effect/testing"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"

const { Fault } = InMemory

const found = (request?: Contact.FindRequest) => Stream.runCollect(Contact.find(request))

const names = (request?: Contact.FindRequest) =>
  Effect.map(found(request), (contacts) => contacts.map(({ name }) => name))

const idsOf = (contacts: ReadonlyArray<{ readonly id: string }>) => contacts.map(({ id }) => id)

const withoutPreferences = (contact: Contact.Contact): Contact.FoundContact => Struct.omit(contact, ["preferences"])

/** Contacts made a millisecond apart, from the oldest to the newest. */
const seeded = (count: number, fields: (index: number) => InMemory.Seed = () => ({})) =>
  Effect.flatMap(InMemory.InMemory, (api) =>
    api.seed(Array.from({ length: count }, (_, index) => ({ createdAt: 1_700_000_000_000 + index, ...fields(index) })))
  )

/** Runs a program to its end, for at most ten minutes of the test clock. */
const drive = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("a lookup in the in-memory API", () => {
  it.effect("has the contacts as they are stored, without preferences", () =>
    Effect.gen(function* () {
      const stored = yield* InMemory.seedArbitrary(300).pipe(Random.withSeed("find"))
      const expected = stored
        .map(withoutPreferences)
        .toSorted((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1))
      assert.deepStrictEqual(JSON.parse(JSON.stringify(yield* found())), JSON.parse(JSON.stringify(expected)))
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("finds nothing of another account", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [other] = yield* api.seed([{ email: "ada@example.com", fingerprint: "crm-0001-ada-lovelace" }], "sk-other")
      const requests = [{ ids: [other?.id ?? ""] }, { emails: ["ada@example.com"] }, {}]
      for (const request of [...requests, { fingerprints: ["crm-0001-ada-lovelace"] }]) {
        assert.deepStrictEqual(yield* found(request), [])
      }
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("compares values exactly", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([
        { name: "Ada", email: "Ada@example.com", fingerprint: "crm-0001-ada-lovelace" },
        { name: "Bob" }
      ])
      assert.deepStrictEqual(yield* names({ emails: ["Ada@example.com", "no@example.com"] }), ["Ada"])
      assert.deepStrictEqual(yield* names({ fingerprints: ["crm-0001-ada-lovelace"] }), ["Ada"])
      assert.deepStrictEqual(yield* names({ emails: ["ada@example.com"] }), [])
      assert.deepStrictEqual(yield* names({ emails: ["Ada@example.com "] }), [])
      assert.deepStrictEqual(yield* names({ fingerprints: [" crm-0001-ada-lovelace"] }), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each([
    ["text", { tier: "gold" }, { tier: "gold" }],
    ["a number", { age: 30 }, { age: 30 }],
    ["a fraction", { score: -1.5 }, { score: -1.5 }],
    ["a boolean", { vip: false }, { vip: false }],
    ["empty text", { note: "" }, { note: "" }],
    ["the text of a boolean", { vip: "true" }, { vip: "true" }],
    ["the name of an inherited member", { constructor: "toString" }, { constructor: "toString" }],
    ["a member", { o: { k: true } }, { o: { k: true, l: 1 }, p: 1 }],
    ["a deep member", { a: { b: { c: { d: 0 } } } }, { a: { b: { c: { d: 0 } } } }],
    ["the first of an array", { tags: ["x"] }, { tags: ["x", "y"] }],
    ["an object in an array", { rows: ["x", { k: 1 }] }, { rows: ["x", { k: 1, l: 2 }, "y"] }],
    ["several values", { a: 1, b: { c: "x" } }, { a: 1, b: { c: "x" } }],
    ["a key with a dot", { "a.b": 1 }, { "a.b": 1 }],
    ["a key with a bracket", { "a[0]": 1 }, { "a[0]": 1 }],
    ["a key with quotes", { '"a"': 1, 'say "hi"': 2 }, { '"a"': 1, 'say "hi"': 2 }],
    ["a key with a backslash", { "a\\b": 1 }, { "a\\b": 1 }],
    ["a key with blanks", { " a b ": 1 }, { " a b ": 1 }],
    ["an empty key", { o: { "": 1 } }, { o: { "": 1 } }],
    ["other keys", { $: 1, "*": 2, é: 3, "1": 4, "a-b": 5 }, { $: 1, "*": 2, é: 3, "1": 4, "a-b": 5 }]
  ] as const)("finds %s in meta, and no other contact", ([, meta, stored]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const others = [
        null,
        {},
        { a: { b: 1 } },
        { a: [1] },
        { tier: ["gold"] },
        { age: "30" },
        { vip: 0 },
        { tags: "x" }
      ]
      yield* api.seed([...others.map((meta) => ({ meta })), { name: "wanted", meta: stored }])
      assert.deepStrictEqual(yield* names({ meta }), ["wanted"])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("is not counted by the rate limit of lists", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(250)
      yield* found()
      assert.strictEqual(yield* api.requestCount("Contact.find"), 3)
      assert.strictEqual(yield* api.requestCount(), 3)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("a lookup in the in-memory API, under faults", () => {
  it.effect.each([
    ["a 503", Fault.status(503)],
    ["a 429", Fault.rateLimit()],
    ["a reset", Fault.reset],
    ["a stall", Fault.stall],
    ["a cut body", Fault.cutAfter(5000)],
    ["a body that is reset", Fault.resetAfter(5000)],
    ["a body that stalls", Fault.stallAfter(5000)],
    ["a reset after the answer was made", Fault.afterCommit(Fault.reset)]
  ] as const)("is complete after %s in each page", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(350)
      yield* api.inject({ operation: "Contact.find", attempt: (attempt) => attempt % 2 === 1, fault })
      const seen = yield* drive(found({ order: "asc" }))
      assert.deepStrictEqual(idsOf(seen), idsOf(contacts))
      assert.strictEqual(yield* api.requestCount("Contact.find"), 8)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("says how far it came, if a page keeps failing", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const contacts = yield* seeded(350)
      yield* api.inject({ operation: "Contact.find", attempt: (attempt) => attempt > 2, fault: Fault.status(502) })
      const error = yield* Effect.flip(drive(found({ order: "asc" })))
      assert.deepInclude(error, { _tag: "ServerError", received: 199, attempts: 6 })
      assert.strictEqual(error.lastId, contacts[198]?.id)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("fails with what is not JSON", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.find", fault: Fault.garbage() })
      assert.deepInclude(yield* Effect.flip(drive(found())), { _tag: "UnexpectedResponse", received: 0 })
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect.each(["asc", "desc"] as const)("deletes all of 1,000 contacts as they arrive, order %s", (order) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* seeded(1000, (index) => ({ email: index % 2 === 0 ? "a@example.com" : "b@example.com" }))
      const deleted = yield* Contact.find({ emails: ["a@example.com", "b@example.com"], order }).pipe(
        Stream.mapEffect(({ id }) => Contact.delete(id)),
        Stream.runCount
      )
      assert.strictEqual(deleted, 1000)
      assert.deepStrictEqual(yield* api.contacts(), [])
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("has every contact that matches throughout, while others are deleted, updated and made", () =>
    Effect.gen(function* () {
      const contacts = yield* seeded(600, (index) => ({ meta: { tier: "gold", nth: index } }))
      const others = new Set<string>()
      for (let round = 0; round < 20; round++) {
        const seen = yield* Contact.find({ meta: { tier: "gold" }, order: "asc" }).pipe(
          Stream.tap(() =>
            Effect.gen(function* () {
              if ((yield* Random.next) < 0.9) return
              const contact = contacts[yield* Random.nextIntBetween(0, contacts.length - 1)]
              if (contact === undefined || others.has(contact.id)) return
              others.add(contact.id)
              if (yield* Random.nextBoolean) yield* Contact.delete(contact.id)
              else yield* Contact.update(contact.id, { meta: { tier: "silver" } })
              yield* Contact.create({ meta: { tier: "gold" } })
            })
          ),
          Stream.runCollect
        )
        const ids = idsOf(seen)
        assert.strictEqual(new Set(ids).size, ids.length)
        const kept = idsOf(contacts).filter((id) => !others.has(id))
        assert.deepStrictEqual(
          ids.filter((id) => kept.includes(id)),
          kept
        )
      }
    }).pipe(Effect.provide(InMemory.layer()), Random.withSeed("find"))
  )
})

describe("a lookup of any request", () => {
  const emails = ["a@example.com", "A@example.com", "b@example.com", "c@example.com"]
  const metas: ReadonlyArray<Schema.JsonObject | null> = [
    null,
    {},
    { a: 1 },
    { a: "1" },
    { a: 1, b: { c: true } },
    { b: { c: false }, t: ["x", "y"] },
    { t: ["y"], "a.b": 1 }
  ]
  const values: ReadonlyArray<Contact.FindRequest["meta"]> = [
    { a: 1 },
    { b: { c: true } },
    { t: ["x"] },
    { t: ["y"] },
    { "a.b": 1 },
    { a: 1, b: { c: true } }
  ]
  const holds = (stored: unknown, wanted: unknown): boolean =>
    typeof wanted === "object" && wanted !== null
      ? typeof stored === "object" &&
        stored !== null &&
        Array.isArray(stored) === Array.isArray(wanted) &&
        Object.entries(wanted).every(([key, value]) => holds(Reflect.get(stored, key), value))
      : stored === wanted

  const Index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
  const Indices = Schema.optionalKey(Schema.Array(Index).check(Schema.isMaxLength(200)))
  const Lookup = Schema.Struct({
    count: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 250 })),
    seed: Index,
    ids: Indices,
    fingerprints: Indices,
    emails: Indices,
    meta: Schema.optionalKey(Index),
    order: Schema.optionalKey(Schema.Literals(["asc", "desc"]))
  })

  const at = <A>(list: ReadonlyArray<A>, index: number): A | undefined => list[index % list.length]

  it.effect.prop("finds what a filter of the store finds", [Lookup], ([lookup]) =>
    Effect.gen(function* () {
      const { count, seed } = lookup
      const stored = yield* seeded(count, (index) => ({
        fingerprint: `fingerprint-${index}`,
        email: index % 5 === 4 ? null : (at(emails, index * 7 + seed) ?? null),
        meta: at(metas, index * 3 + seed) ?? null,
        createdAt: 1_700_000_000_000 + ((index * 31) % 97)
      }))
      const pick = (indices: ReadonlyArray<number> | undefined, value: (index: number) => string | undefined) =>
        indices?.flatMap((index) => value(index) ?? [])
      const request: Contact.FindRequest = {
        ids: pick(lookup.ids, (index) => at(stored, index % 300)?.id ?? "c0"),
        fingerprints: pick(lookup.fingerprints, (index) => `fingerprint-${index % 300}`),
        emails: pick(lookup.emails, (index) => at(emails, index)),
        meta: lookup.meta === undefined ? undefined : at(values, lookup.meta),
        order: lookup.order
      }
      const matching = stored
        .filter(
          ({ email, fingerprint, id, meta }) =>
            (request.ids?.includes(id) ?? true) &&
            (request.fingerprints?.includes(fingerprint) ?? true) &&
            (request.emails?.includes(email ?? "") ?? true) &&
            (request.meta === undefined || holds(meta, request.meta))
        )
        .map(withoutPreferences)
      const compare = (left: Contact.FoundContact, right: Contact.FoundContact) =>
        (left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)) * (request.order === "asc" ? 1 : -1)
      // The order holds within each 100 values of the list that is sent.
      const [field, list] =
        request.ids !== undefined
          ? (["id", request.ids] as const)
          : request.fingerprints !== undefined
            ? (["fingerprint", request.fingerprints] as const)
            : (["email", request.emails] as const)
      const sent = [...new Set(list)]
      const batchOf = (contact: Contact.FoundContact) =>
        list === undefined ? 0 : Math.floor(sent.indexOf(contact[field] ?? "") / 100)
      const expected = matching.toSorted((left, right) => batchOf(left) - batchOf(right) || compare(left, right))
      assert.deepStrictEqual(yield* found(request), expected)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

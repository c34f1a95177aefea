import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import { over } from "./support/Calls.ts"
import * as Lookup from "./support/FakeLookup.ts"

const found = (fake: Fake.Fake, request?: Contact.FindRequest) =>
  Fake.successOf(over(fake)(Stream.runCollect(Contact.find(request))))

const idsOf = (contacts: ReadonlyArray<Contact.FoundContact>) => contacts.map(({ id }) => id)

const foundIds = (fake: Fake.Fake, request?: Contact.FindRequest) => Effect.map(found(fake, request), idsOf)

const failureOf = (fake: Fake.Fake, request?: unknown) =>
  Fake.failureOf(over(fake)(Stream.runDrain(Contact.find(request as Contact.FindRequest))))

const stored = (count: number, fields: (id: string) => Partial<Contact.FoundContact> = () => ({})) =>
  Lookup.ids(count).map((id) => Lookup.contact(id, fields(id)))

describe("the request of a lookup", () => {
  it.effect("is a POST of a fixed query, with all values in its variables", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([]))
      yield* found(fake, { fingerprints: ["canary-fingerprint"], order: "asc" })
      yield* found(fake, { emails: ["canary@example.com"], meta: { tier: "canary" } })
      yield* found(fake)
      const [first, second, third] = fake.sent
      assert.strictEqual(first?.method, "POST")
      assert.strictEqual(first?.url.href, "https://api.chatbotkit.com/v1/graphql")
      assert.strictEqual(first?.headers["accept"], "application/json")
      assert.strictEqual(first?.headers["content-type"], "application/json")
      const queries = new Set(fake.sent.map(({ body }): string => JSON.parse(body).query))
      assert.strictEqual(queries.size, 1)
      const [query = ""] = queries
      assert.notInclude(query, "canary")
      for (const unused of ["preferences", "cursor", "totalCount"]) assert.notInclude(query, unused)
      assert.deepStrictEqual(Object.keys(JSON.parse(first?.body ?? "")), ["query", "variables"])
      assert.deepStrictEqual(Lookup.variablesOf(first), {
        first: 100,
        order: "asc",
        fingerprints: ["canary-fingerprint"]
      })
      assert.deepStrictEqual(Lookup.variablesOf(second), {
        first: 100,
        order: "desc",
        emails: ["canary@example.com"],
        meta: { tier: "canary" }
      })
      assert.deepStrictEqual(Lookup.variablesOf(third), { first: 100, order: "desc" })
    })
  )

  it.effect("asks for exactly the fields of a found contact", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([]))
      yield* found(fake)
      const query: string = JSON.parse(fake.sent[0]?.body ?? "").query
      assert.deepStrictEqual(
        /node \{ ([^}]*) \}/.exec(query)?.[1]?.split(" "),
        Object.keys(Contact.FoundContact.fields)
      )
    })
  )

  it.effect("has at most 100 values, and each of them once", () =>
    Effect.gen(function* () {
      const contacts = stored(250)
      const fake = Lookup.server(contacts)
      const wanted = Lookup.ids(250)
      assert.deepStrictEqual(yield* foundIds(fake, { ids: [...wanted, ...wanted.slice(0, 120)] }), wanted)
      assert.deepStrictEqual(
        fake.sent.map((sent) => Lookup.variablesOf(sent).ids),
        [wanted.slice(0, 100), wanted.slice(100, 200), wanted.slice(200)]
      )
    })
  )

  it.effect("has at most 1 MiB", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([]))
      const fingerprints = Array.from({ length: 30 }, (_, index) => `${index}-${"é".repeat(50_000)}`)
      yield* found(fake, { fingerprints })
      const sizes = fake.sent.map(({ body }) => new TextEncoder().encode(body).length)
      assert.isAtMost(Math.max(...sizes), 1024 * 1024)
      assert.deepStrictEqual(
        fake.sent.map((sent) => Lookup.variablesOf(sent).fingerprints?.length),
        [10, 10, 10]
      )
      assert.deepStrictEqual(
        fake.sent.flatMap((sent) => Lookup.variablesOf(sent).fingerprints),
        fingerprints
      )
    })
  )

  it.effect("is not sent for an empty list", () =>
    Effect.gen(function* () {
      const fake = Lookup.server(stored(3))
      for (const request of [{ ids: [] }, { ids: ["c1"], emails: [] }, { fingerprints: [], meta: { a: 1 } }]) {
        assert.deepStrictEqual(yield* found(fake, request), [])
      }
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("takes any number of values", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([]))
      const fingerprints = Array.from({ length: 50_000 }, (_, index) => `fingerprint-of-crm-entry-${index}`)
      const finding = over(fake)(Stream.runDrain(Contact.find({ fingerprints })))
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(finding)))
      assert.lengthOf(fake.sent, 500)
    })
  )

  it.effect("does not change with the caller's lists", () =>
    Effect.gen(function* () {
      const wanted = [...Lookup.ids(150)]
      const contacts = stored(150)
      const fake = Lookup.server(contacts, { before: () => wanted.splice(0) })
      assert.lengthOf(yield* found(fake, { ids: wanted }), 150)
    })
  )
})

describe("the contacts of a lookup", () => {
  it.effect("are contacts without preferences, with times in milliseconds", () =>
    Effect.gen(function* () {
      const ada = Lookup.contact("c1", {
        name: "Ada",
        email: "ada@example.com",
        verifiedAt: 1_700_000_005_250,
        meta: { tier: "gold", "#note": { deep: [1] } }
      })
      const bob = Lookup.contact("c2")
      const fake = Fake.script(Lookup.page([ada, bob]))
      assert.deepStrictEqual(yield* found(fake), [ada, bob])
    })
  )

  it.effect("have no unknown fields", () =>
    Effect.gen(function* () {
      const node = { ...Lookup.node(Lookup.contact("c1")), preferences: "dark", score: 1 }
      const fake = Fake.script(
        Fake.json(200, {
          data: { contacts: { edges: [{ node, weight: 1 }], pageInfo: { hasNextPage: false }, totalCount: 1 } },
          extensions: { cost: 1 }
        })
      )
      assert.deepStrictEqual(yield* found(fake), [Lookup.contact("c1")])
    })
  )

  it.effect("match exactly, although the database ignores case and blanks", () =>
    Effect.gen(function* () {
      const same = (text: string) => text.toLowerCase().trimEnd()
      const fake = () =>
        Lookup.server(
          [
            Lookup.contact("c1", { fingerprint: "CRM-0001", email: "Ada@example.com" }),
            Lookup.contact("c2", { fingerprint: "crm-0001", email: "ada@example.com" }),
            Lookup.contact("C2", { fingerprint: "crm-0001 ", email: "ada@example.com " })
          ],
          { equals: (left, right) => same(left) === same(right) }
        )
      assert.deepStrictEqual(yield* foundIds(fake(), { fingerprints: ["crm-0001"] }), ["c2"])
      assert.deepStrictEqual(yield* foundIds(fake(), { emails: ["Ada@example.com", "ADA@example.com"] }), ["c1"])
      assert.deepStrictEqual(yield* foundIds(fake(), { ids: ["C2"] }), ["C2"])
      assert.deepStrictEqual(yield* foundIds(fake(), { ids: ["C1"] }), [])
    })
  )

  it.effect("come once, although the database finds them for the values of two batches", () =>
    Effect.gen(function* () {
      const contacts = stored(150, (id) => ({ fingerprint: `f-${id}` }))
      const fake = Lookup.server(contacts, { equals: (left, right) => left.toLowerCase() === right.toLowerCase() })
      const fingerprints = [...contacts.map(({ fingerprint }) => fingerprint), "F-C1", "F-C2"]
      assert.deepStrictEqual(yield* foundIds(fake, { fingerprints }), idsOf(contacts))
    })
  )

  it.effect("come once, even if their value changes between two batches", () =>
    Effect.gen(function* () {
      const contacts = stored(150, (id) => ({ fingerprint: `f-${id}` }))
      const fingerprints = contacts.map(({ fingerprint }) => fingerprint)
      const fake = Lookup.server(contacts, {
        before: (request) => {
          if (request === 2) contacts[0] = Lookup.contact("c1", { fingerprint: "f-c150" })
        }
      })
      contacts.pop()
      assert.deepStrictEqual(yield* foundIds(fake, { fingerprints }), Lookup.ids(149))
    })
  )

  it.effect("meet all conditions, of which the first list is sent", () =>
    Effect.gen(function* () {
      const contacts = stored(6, (id) => ({ fingerprint: `f-${id}`, email: id < "c4" ? "a@example.com" : null }))
      const fake = Lookup.server(contacts)
      const request = {
        emails: ["a@example.com"],
        fingerprints: ["f-c1", "f-c3", "f-c5"],
        ids: ["c1", "c2", "c3", "c4", "c5"]
      }
      assert.deepStrictEqual(yield* foundIds(fake, request), ["c1", "c3"])
      assert.deepStrictEqual(yield* foundIds(fake, { ...request, ids: undefined }), ["c1", "c3"])
      assert.deepStrictEqual(
        fake.sent.map((sent) => Lookup.variablesOf(sent)),
        [
          { first: 100, order: "desc", ids: request.ids },
          { first: 100, order: "desc", fingerprints: request.fingerprints }
        ]
      )
    })
  )

  it.effect.each(["asc", "desc"] as const)("are in order within each batch, order %s", (order) =>
    Effect.gen(function* () {
      const wanted = Lookup.ids(150).toReversed()
      const sorted = (ids: ReadonlyArray<string>) => (order === "asc" ? ids : ids.toReversed())
      assert.deepStrictEqual(yield* foundIds(Lookup.server(stored(150)), { ids: wanted, order }), [
        ...sorted(wanted.slice(0, 100)),
        ...sorted(wanted.slice(100))
      ])
    })
  )
})

describe("the pages of a lookup", () => {
  it.effect.each([0, 1, 2, 99, 100, 101, 199, 200, 250])("have all of %d contacts", (count) =>
    Effect.gen(function* () {
      for (const order of ["asc", "desc"] as const) {
        const fake = Lookup.server(stored(count))
        const all = order === "desc" ? Lookup.ids(count) : Lookup.ids(count).toReversed()
        assert.deepStrictEqual(yield* foundIds(fake, { order }), all)
        // Each page but the first repeats one contact.
        assert.strictEqual(fake.sent.length, Math.max(1, Math.ceil((count - 1) / 99)))
      }
    })
  )

  it.effect("begin after the contact before the last one", () =>
    Effect.gen(function* () {
      const fake = Lookup.server(stored(250))
      yield* found(fake)
      assert.deepStrictEqual(
        fake.sent.map((sent) => Lookup.variablesOf(sent).after),
        [undefined, Lookup.cursor("c99"), Lookup.cursor("c198")]
      )
    })
  )

  it.effect("have all contacts with one e-mail address", () =>
    Effect.gen(function* () {
      const contacts = stored(350, (id) => ({ email: Number(id.slice(1)) % 2 === 0 ? "a@example.com" : null }))
      const wanted = contacts.filter(({ email }) => email !== null)
      assert.deepStrictEqual(yield* found(Lookup.server(contacts), { emails: ["a@example.com"] }), wanted)
    })
  )

  it.effect("are requested as they are consumed", () =>
    Effect.gen(function* () {
      const fake = Lookup.server(stored(250))
      assert.lengthOf(yield* Fake.successOf(over(fake)(Stream.runCollect(Stream.take(Contact.find(), 100)))), 100)
      assert.lengthOf(fake.sent, 1)
    })
  )

  it.effect("may be smaller than 100", () =>
    Effect.gen(function* () {
      const fake = Lookup.server(stored(250), { maxPage: 30 })
      assert.deepStrictEqual(yield* foundIds(fake), Lookup.ids(250))
    })
  )
})

describe("a lookup whose contacts are deleted meanwhile", () => {
  const remove = (contacts: Array<Contact.FoundContact>, isGone: (number: number) => boolean) => {
    const left = contacts.filter(({ id }) => !isGone(Number(id.slice(1))))
    contacts.splice(0, Infinity, ...left)
  }

  it.effect.each([
    ["the last one of a page", (number: number) => number === 100],
    ["the cursor", (number: number) => number === 99],
    ["the cursor and the last one", (number: number) => number === 99 || number === 100],
    ["the second half of a page", (number: number) => number > 50 && number <= 100],
    ["all of a page", (number: number) => number <= 100],
    ["all of a page but one", (number: number) => number <= 100 && number !== 7]
  ] as const)("has all others, if %s is deleted", ([, isGone]) =>
    Effect.gen(function* () {
      for (const request of [{}, { meta: { tier: "gold" } }]) {
        const contacts = stored(350)
        const fake = Lookup.server(contacts, { before: (sent) => sent === 2 && remove(contacts, isGone) })
        assert.deepStrictEqual(yield* foundIds(fake, request), Lookup.ids(350))
        assert.isAtMost(fake.sent.length, 8)
      }
    })
  )

  it.effect("has all others, if pages are smaller than the distance to the contacts that are left", () =>
    Effect.gen(function* () {
      const contacts = stored(350)
      const fake = Lookup.server(contacts, {
        maxPage: 10,
        // By then, 82 contacts have come. The nearest one that is left and that a page can begin after is the ninth.
        before: (sent) => sent === 10 && remove(contacts, (number) => number > 25 && number <= 82)
      })
      assert.deepStrictEqual(yield* foundIds(fake), Lookup.ids(350))
    })
  )

  it.effect("deletes all of 1,000 contacts, if each is deleted as it arrives", () =>
    Effect.gen(function* () {
      const contacts = stored(1000)
      const fake = Lookup.server(contacts)
      const removing = Contact.find().pipe(
        Stream.tap((contact) =>
          Effect.sync(() => {
            contacts.splice(
              contacts.findIndex(({ id }) => id === contact.id),
              1
            )
          })
        ),
        Stream.runCount
      )
      assert.strictEqual(yield* Fake.successOf(over(fake)(removing)), 1000)
      assert.isEmpty(contacts)
    })
  )

  it.effect("has every contact that matches throughout, if others stop matching", () =>
    Effect.gen(function* () {
      for (const gone of [[99], [100], [99, 100], [98, 99, 100], Array.from({ length: 100 }, (_, at) => at + 1)]) {
        const contacts = stored(350, () => ({ email: "a@example.com" }))
        const fake = Lookup.server(contacts, {
          before: (sent) => {
            if (sent === 2) for (const number of gone) contacts[number - 1] = Lookup.contact(`c${number}`)
          }
        })
        assert.deepStrictEqual(yield* foundIds(fake, { emails: ["a@example.com"] }), Lookup.ids(350))
      }
    })
  )
})

describe("a lookup of a server that makes no progress", () => {
  const firstPage = Lookup.page(
    Lookup.ids(100).map((id) => Lookup.contact(id)),
    true
  )

  it.effect("fails if pages are not in order", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Lookup.page([Lookup.contact("c1"), Lookup.contact("c3"), Lookup.contact("c2")]))
      const seen: Array<string> = []
      const finding = Stream.runForEach(Contact.find(), ({ id }) => Effect.sync(() => void seen.push(id)))
      const failure = yield* Fake.failureOf(over(fake)(finding))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c3", received: 2, attempts: 1 })
      assert.deepStrictEqual(seen, ["c1", "c3"])
    })
  )

  it.effect.each([
    [
      "the first page again and again",
      Lookup.page(
        Lookup.ids(100).map((id) => Lookup.contact(id)),
        true
      )
    ],
    ["a page of one contact, and says that there are more", Lookup.page([Lookup.contact("c1")], true)],
    ["an empty page, and says that there are more", Lookup.page([], true)]
  ] as const)("fails if the server sends %s", ([, reply]) =>
    Effect.gen(function* () {
      const fake = Fake.script(reply)
      const failure = yield* failureOf(fake)
      assert.strictEqual(failure._tag, "UnexpectedResponse")
      assert.isAtMost(fake.sent.length, 40)
    })
  )

  it.effect("fails if pages approach the last contact without end", () =>
    Effect.gen(function* () {
      const last = Lookup.contact("c100")
      let requests = 0
      const run = () => {
        const closer = Lookup.ids(100).map((id) =>
          Lookup.contact(`c100a${1e6 - requests * 1000 - Number(id.slice(1))}`, { createdAt: last.createdAt })
        )
        return requests++ === 0
          ? firstPage()
          : Lookup.page(
              closer.toSorted((a, b) => (a.id < b.id ? 1 : -1)),
              true
            )()
      }
      const fake = Fake.script({ run })
      const failure = yield* failureOf(fake)
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c100", received: 100 })
      assert.isAtMost(fake.sent.length, 40)
    })
  )

  it.effect("fails if only empty pages follow", () =>
    Effect.gen(function* () {
      const fake = Fake.script(firstPage, Lookup.page([], true))
      const failure = yield* failureOf(fake)
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c100", received: 100 })
      assert.isAtMost(fake.sent.length, 40)
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import * as InMemory from "../../src/layers/InMemory.ts"
import { lineIds, parse, post, send as sendAs, type Sent } from "../internal/server/Harness.ts"

const other = "sk-other"
const authorization = "Bearer sk-in-memory"
const send = (sent: Sent) => sendAs({ authorization, ...sent })

/** The items that a list sends, oldest first. */
const listed = (contactId: string, segment: string) =>
  Effect.map(
    send({ path: `/v1/contact/${contactId}/${segment}/list?order=asc`, headers: { accept: "application/jsonl" } }),
    ({ text }): ReadonlyArray<unknown> =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => parse(line).data)
  )

/** The fields that items of all kinds have. */
type CommonSeed = Omit<InMemory.ItemSeed<InMemory.Space>, "blueprintId">

interface Kind {
  readonly segment: string
  readonly seed: (
    api: InMemory.Service,
    contactId: string,
    seeds: ReadonlyArray<CommonSeed>,
    token?: string
  ) => Effect.Effect<ReadonlyArray<{ readonly id: string }>>
  readonly read: (api: InMemory.Service, contactId: string) => Effect.Effect<ReadonlyArray<{ readonly id: string }>>
  readonly arbitrary: (
    contactId: string,
    count: number
  ) => Effect.Effect<ReadonlyArray<{ readonly id: string }>, never, InMemory.InMemory>
}

const kinds: ReadonlyArray<Kind> = [
  {
    segment: "conversation",
    seed: (api, contactId, seeds, token) => api.seedConversations(contactId, seeds, token),
    read: (api, contactId) => api.conversations(contactId),
    arbitrary: InMemory.seedArbitraryConversations
  },
  {
    segment: "memory",
    seed: (api, contactId, seeds, token) => api.seedMemories(contactId, seeds, token),
    read: (api, contactId) => api.memories(contactId),
    arbitrary: InMemory.seedArbitraryMemories
  },
  {
    segment: "rating",
    seed: (api, contactId, seeds, token) => api.seedRatings(contactId, seeds, token),
    read: (api, contactId) => api.ratings(contactId),
    arbitrary: InMemory.seedArbitraryRatings
  },
  {
    segment: "space",
    seed: (api, contactId, seeds, token) => api.seedSpaces(contactId, seeds, token),
    read: (api, contactId) => api.spaces(contactId),
    arbitrary: InMemory.seedArbitrarySpaces
  },
  {
    segment: "task",
    seed: (api, contactId, seeds, token) => api.seedTasks(contactId, seeds, token),
    read: (api, contactId) => api.tasks(contactId),
    arbitrary: InMemory.seedArbitraryTasks
  }
]

for (const { arbitrary, read, seed, segment } of kinds) {
  describe(`The handle on items: ${segment}`, () => {
    it.effect("seeds with the defaults of the API, and reads what the list sends", () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* TestClock.setTime(1000)
        yield* api.seed([{ id: "ada" }])
        const seeded = yield* seed(api, "ada", [
          { name: "first" },
          { id: "set", createdAt: 2000, meta: { a: { b: [1] } } }
        ])
        assert.match(seeded[0]?.id ?? "", /^c[a-z0-9]{24}$/)
        assert.containSubset(seeded, [
          { name: "first", description: "", meta: null, createdAt: 1000, updatedAt: 1000 },
          { id: "set", name: "", meta: { a: { b: [1] } }, createdAt: 2000, updatedAt: 2000 }
        ])
        assert.deepStrictEqual(yield* read(api, "ada"), seeded)
        assert.deepStrictEqual(yield* listed("ada", segment), seeded)
        assert.deepStrictEqual(yield* read(api, "nobody"), [])
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )

    it.effect("keeps its own copies", () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ id: "ada" }])
        const meta = { a: { b: [1] } }
        const seeded = yield* seed(api, "ada", [{ meta }])
        const before = structuredClone(yield* read(api, "ada"))
        for (const shown of [{ meta }, ...seeded, ...(yield* read(api, "ada"))]) {
          Object.assign(Reflect.get(shown, "meta"), { a: 2 })
        }
        assert.deepStrictEqual(yield* read(api, "ada"), before)
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )

    it.effect("refuses a contact that does not exist and a taken id", () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ id: "ada" }, { id: "bob" }])
        yield* seed(api, "ada", [{ id: "i" }])
        for (const [contactId, problem] of [
          ["nobody", "seed: there is no such contact"],
          ["bob", "seed: id is taken"]
        ] as const) {
          const exit = yield* Effect.exit(seed(api, contactId, [{ id: "i" }]))
          assert.include(String(exit), problem)
          assert.strictEqual(exit._tag, "Failure")
        }
        assert.deepStrictEqual(yield* read(api, "bob"), [])
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )

    it.effect("seeds random items, which the list sends unchanged", () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ id: "ada" }])
        const seeded = yield* arbitrary("ada", 300).pipe(Random.withSeed("items"))
        assert.lengthOf(seeded, 300)
        assert.sameDeepMembers([...(yield* listed("ada", segment))], [...seeded])
        const text = JSON.stringify(seeded)
        for (const odd of ["🦊", '\\"', "\u2028", "\\u0000", '"constructor":', '"meta":null']) {
          assert.include(text, odd)
        }
        // Each field is null in some items and has a value in others, unless it is never null.
        for (const [name, value] of Object.entries(seeded[0] ?? {})) {
          const nulls = seeded.filter((item) => Reflect.get(item, name) === null).length
          if (value === null || nulls > 0) assert.isTrue(nulls > 0 && nulls < 300, name)
        }
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )

    it.effect("draws equal items from equal seeds", () =>
      Effect.gen(function* () {
        const drawn = (seed: string) =>
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* api.seed([{ id: "ada" }])
            return yield* arbitrary("ada", 20)
          }).pipe(Random.withSeed(seed), Effect.provide(InMemory.layerHttpClient(), { local: true }))
        const first = yield* drawn("a")
        assert.deepStrictEqual(yield* drawn("a"), first)
        assert.notDeepEqual(yield* drawn("b"), first)
      })
    )

    it.effect("adds them to a snapshot, to what it restores and to what it clears", () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ id: "ada" }])
        const seeded = yield* seed(api, "ada", [{ id: "i", createdAt: 1, meta: { a: 1 } }])
        const snapshot = yield* api.snapshot
        for (let round = 0; round < 2; round++) {
          yield* send(post("/v1/contact/ada/delete", {}))
          assert.deepStrictEqual(yield* read(api, "ada"), [])
          yield* api.restore(snapshot)
          assert.deepStrictEqual(yield* read(api, "ada"), seeded)
          yield* seed(api, "ada", [{ createdAt: 2 }])
          assert.lengthOf(yield* listed("ada", segment), 2)
          yield* api.restore(snapshot)
          assert.deepStrictEqual(yield* listed("ada", segment), seeded)
        }
        yield* api.clear
        assert.deepStrictEqual(yield* read(api, "ada"), [])
        yield* api.seed([{ id: "ada" }])
        assert.deepStrictEqual(yield* listed("ada", segment), [])
        yield* seed(api, "ada", [{ id: "i" }])
      }).pipe(Effect.provide(InMemory.layerHttpClient()))
    )
  })
}

describe("The handle on items", () => {
  it.effect("gives them to the account of the contact, or of a token", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }])
      yield* api.seedMemories("ada", [{ id: "mine", text: "tea" }])
      yield* api.seedMemories("ada", [{ id: "theirs", text: "tea" }], other)
      yield* InMemory.seedArbitraryMemories("ada", 1, {
        token: other,
        overrides: () => ({ id: "random", text: "tea" })
      })
      assert.lengthOf(yield* api.memories("ada"), 3)
      // A search is of the caller's own memories.
      const found = yield* send(post("/v1/contact/ada/memory/search", { search: "tea" }))
      assert.strictEqual(found.text, '{"items":[{"id":"mine","text":"tea"}]}')
      const exit = yield* Effect.exit(api.seedMemories("ada", [{}], "no token"))
      assert.include(String(exit), "No account has this token")
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("reads those whose contact was deleted", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }])
      const [conversation] = yield* api.seedConversations("ada", [{ id: "c" }])
      const [rating] = yield* api.seedRatings("ada", [{ id: "r", value: -2 }])
      const [space] = yield* api.seedSpaces("ada", [{ id: "s" }])
      yield* api.seedTasks("ada", [{ id: "t" }])
      yield* send(post("/v1/contact/ada/delete", {}))
      const detached = (item: object | undefined) => [{ ...item, contactId: null }]
      assert.deepStrictEqual<unknown>(yield* api.conversations(null), detached(conversation))
      assert.deepStrictEqual<unknown>(yield* api.ratings(null), detached(rating))
      assert.deepStrictEqual<unknown>(yield* api.spaces(null), detached(space))
      assert.deepStrictEqual(yield* api.tasks("ada"), [])
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("takes values that the API does not have yet", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }])
      const [task] = yield* api.seedTasks("ada", [{ status: "paused", outcome: "skipped" }])
      assert.deepStrictEqual(yield* listed("ada", "task"), [task])
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("counts the requests of each list, and injects faults into one", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }])
      yield* api.seedTasks("ada", [{ id: "t" }])
      yield* api.inject({ operation: "ContactTask.list", attempt: 2, fault: InMemory.Fault.status(503) })
      const path = "/v1/contact/ada/task/list"
      assert.strictEqual((yield* send({ path })).status, 200)
      assert.strictEqual((yield* send({ path: "/v1/contact/ada/space/list" })).status, 200)
      assert.strictEqual((yield* send({ path })).status, 503)
      const headers = { accept: "application/jsonl" }
      assert.deepStrictEqual(lineIds((yield* send({ path, headers })).text), ["t"])
      assert.strictEqual(yield* api.requestCount("ContactTask.list"), 3)
      assert.strictEqual(yield* api.requestCount("ContactMemory.search"), 0)
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import * as Kinds from "../../../../src/internal/server/items/ItemKinds.ts"
import * as Interceptor from "../../../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { accountNamed, csv, generic, jsonl, layer, lineIds, parse, remove, seed, send, sse } from "../Harness.ts"
import { lists, numberedItems, pageIds, seedItems, seedMemories } from "./Items.ts"

const system500 = generic("System error occurred")
const notFound = '{"code":"NOT_FOUND","message":"Not found"}'

/** The JSON that each list sends, of an item with the defaults and of one with every column set. */
const golden = {
  conversation: [
    '{"id":"i","name":"","description":"","contactId":"ada","taskId":null,"botId":null,"datasetId":null,"skillsetId":null,' +
      '"backstory":"","model":"","meta":null,"createdAt":5,"updatedAt":5}',
    '{"id":"i","name":"n","description":"d","contactId":"ada","taskId":"t","botId":"b","datasetId":"ds","skillsetId":"s",' +
      '"backstory":null,"model":"m","meta":{"a":[1,{"b":null}]},"createdAt":5,"updatedAt":7}'
  ],
  memory: [
    '{"id":"i","name":"","description":"","botId":null,"text":"","meta":null,"createdAt":5,"updatedAt":5}',
    '{"id":"i","name":"n","description":"d","botId":"b","text":"likes \\"tea\\"","meta":{"a":[1,{"b":null}]},' +
      '"createdAt":5,"updatedAt":7}'
  ],
  rating: [
    '{"id":"i","name":"","description":"","contactId":"ada","botId":null,"conversationId":null,"messageId":null,' +
      '"value":0,"reason":null,"meta":null,"createdAt":5,"updatedAt":5}',
    '{"id":"i","name":"n","description":"d","contactId":"ada","botId":"b","conversationId":"c","messageId":"m",' +
      '"value":-3,"reason":"r","meta":{"a":[1,{"b":null}]},"createdAt":5,"updatedAt":7}'
  ],
  space: [
    '{"id":"i","name":"","description":"","blueprintId":null,"contactId":"ada","meta":null,"createdAt":5,"updatedAt":5}',
    '{"id":"i","name":"n","description":"d","blueprintId":"bp","contactId":"ada","meta":{"a":[1,{"b":null}]},' +
      '"createdAt":5,"updatedAt":7}'
  ],
  task: [
    '{"id":"i","name":"","description":"","contactId":"ada","botId":null,"schedule":null,"timezone":null,' +
      '"sessionDuration":null,"maxIterations":null,"maxTime":null,"status":"idle","outcome":"pending",' +
      '"lastRunAt":null,"nextRunAt":null,"meta":null,"createdAt":5,"updatedAt":5}',
    '{"id":"i","name":"n","description":"d","contactId":"ada","botId":"b","schedule":"0 9 * * *","timezone":"Europe/Berlin",' +
      '"sessionDuration":1.5,"maxIterations":7,"maxTime":60000,"status":"running","outcome":"failure",' +
      '"lastRunAt":1,"nextRunAt":2,"meta":{"a":[1,{"b":null}]},"createdAt":5,"updatedAt":7}'
  ]
} as const

const set = {
  id: "i",
  name: "n",
  description: "d",
  meta: { a: [1, { b: null }], "#hidden": true },
  createdAt: 5,
  updatedAt: 7
}

const seedSet = {
  conversation: seedItems(Kinds.conversation)("ada", [
    { ...set, taskId: "t", botId: "b", datasetId: "ds", skillsetId: "s", backstory: null, model: "m" }
  ]),
  memory: seedMemories("ada", [{ ...set, botId: "b", text: 'likes "tea"' }]),
  rating: seedItems(Kinds.rating)("ada", [
    { ...set, botId: "b", conversationId: "c", messageId: "m", value: -3, reason: "r" }
  ]),
  space: seedItems(Kinds.space)("ada", [{ ...set, blueprintId: "bp" }]),
  task: seedItems(Kinds.task)("ada", [
    {
      ...set,
      botId: "b",
      schedule: "0 9 * * *",
      timezone: "Europe/Berlin",
      sessionDuration: 1.5,
      maxIterations: 7,
      maxTime: 60_000,
      status: "running",
      outcome: "failure",
      lastRunAt: 1,
      nextRunAt: 2
    }
  ])
} as const

describe("The items (contract 3.8.1)", () => {
  for (const name of ["conversation", "memory", "rating", "space", "task"] as const) {
    const path = `/v1/contact/ada/${name}/list`
    const [defaults, full] = golden[name]

    it.effect(`${name}: fields in their order, nulls sent, with the defaults`, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* lists[name]?.seed("ada", [{ id: "i", createdAt: 5 }]) ?? Effect.die("no list")
        const got = yield* send({ path })
        assert.strictEqual(got.text, `{"items":[${defaults}],"cursor":"i"}`)
        assert.strictEqual(got.headers["content-type"], "application/json")
      }).pipe(Effect.provide(layer()))
    )

    it.effect(`${name}: every field set, as JSON, JSON Lines and events`, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* seedSet[name]
        assert.strictEqual((yield* send({ path })).text, `{"items":[${full}],"cursor":"i"}`)
        const lines = yield* send({ path, headers: jsonl })
        assert.strictEqual(lines.text, `{"type":"item","data":${full}}\n`)
        assert.strictEqual(lines.headers["content-type"], "application/jsonl")
        assert.strictEqual((yield* send({ path, headers: sse })).text, `event: item\ndata: ${full}\n\n`)
      }).pipe(Effect.provide(layer()))
    )

    it.effect(`${name}: as CSV, with the type of its metadata`, () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* seedSet[name]
        const item = parse(full)
        const cells = Object.values<unknown>({ ...item, meta: "[object Object]" })
        const texts = cells.map((cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`)
        assert.strictEqual(
          (yield* send({ path, headers: csv })).text,
          `${Object.keys(item).join(",")}\n${texts.join(",")}\n`
        )
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("CSV: null is an empty cell, and metadata with a toString of its own ends the file", () =>
    Effect.gen(function* () {
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", [
        { id: "m1", createdAt: 1, meta: { toString: "x" } },
        { id: "m2", createdAt: 2, text: "a\nb" }
      ])
      const header = "id,name,description,botId,text,meta,createdAt,updatedAt\n"
      const path = "/v1/contact/ada/memory/list"
      assert.strictEqual((yield* send({ path, headers: csv })).text, `${header}"m2","","","","a\nb","","2","2"\n`)
      const first = yield* send({ path: `${path}?order=asc`, headers: csv })
      assert.deepStrictEqual([first.status, first.text], [500, "Internal Server Error"])
      assert.strictEqual(parse((yield* send({ path })).text).items[1].meta.toString, "x")
    }).pipe(Effect.provide(layer()))
  )
})

for (const [name, list] of Object.entries(lists)) {
  const path = `/v1/contact/ada/${name}/list`
  const ids = (query: string) => pageIds(`${path}?${query}`)

  describe(`The ${name} list (contract 3.8.1)`, () => {
    it.effect("has all rows of the contact, whoever owns them, and no others", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }, { id: "bob" }])
        yield* list.seed("ada", [{ id: "mine", createdAt: 1 }])
        yield* list.seed("ada", [{ id: "theirs", createdAt: 2 }], yield* accountNamed("sk-other"))
        yield* list.seed("bob", [{ id: "bobs", createdAt: 3 }])
        assert.deepStrictEqual(yield* ids(""), ["theirs", "mine"])
        assert.deepStrictEqual(yield* pageIds(`/api/v1/contact/bob/${name}/list`), ["bobs"])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("is in the order of creation and then of ids, whatever the updates", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* list.seed("ada", [
          { id: "b", createdAt: 2 },
          { id: "c", createdAt: 1, updatedAt: 9 },
          { id: "a", createdAt: 2 },
          { id: "d", createdAt: 3 }
        ])
        assert.deepStrictEqual(yield* ids(""), ["d", "b", "a", "c"])
        assert.deepStrictEqual(yield* ids("order=asc"), ["c", "a", "b", "d"])
        assert.deepStrictEqual(yield* ids("order=up&take=2"), ["d", "b"])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("has pages of at most 100, and a cursor for the next", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* list.seed("ada", numberedItems(120))
        const sizes: ReadonlyArray<readonly [query: string, size: number]> = [
          ["", 100],
          ["take=0", 100],
          ["take=-1", 1],
          ["take=250", 100],
          ["take=7", 7],
          ["take=0x10", 16]
        ]
        for (const [query, size] of sizes) assert.lengthOf(yield* ids(query), size, query)
        assert.strictEqual(parse((yield* send({ path })).text).cursor, "row-0020")
        assert.lengthOf(yield* ids("cursor=row-0020"), 20)
        assert.strictEqual((yield* send({ path: `${path}?cursor=row-0000` })).text, '{"items":[]}')
        assert.deepStrictEqual(yield* ids("cursor=unknown"), [])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("takes the cursor of another contact's row for its position, and leaves out the next row", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }, { id: "bob" }])
        yield* list.seed("ada", numberedItems(5))
        yield* list.seed("bob", [{ id: "bobs", createdAt: 2.5 }])
        assert.deepStrictEqual(yield* ids("cursor=bobs"), ["row-0001", "row-0000"])
        assert.deepStrictEqual(yield* ids("cursor=bobs&order=asc"), ["row-0004"])
        // The id of a contact is no cursor.
        assert.deepStrictEqual(yield* ids("cursor=ada"), [])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("filters by the metadata of the item, and loses the row after a cursor that does not match", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada", meta: { tier: "contact" } }])
        yield* list.seed(
          "ada",
          ["gold", "silver", "gold", "gold"].map((tier, index) => ({
            id: `${index}`,
            createdAt: index,
            meta: { tier, tags: ["x"], vip: index === 0 }
          }))
        )
        const expected: ReadonlyArray<readonly [query: string, ids: ReadonlyArray<string>]> = [
          ["meta.tier=gold", ["3", "2", "0"]],
          ["meta[tier]=silver", ["1"]],
          ["meta.tier=contact", []],
          ["meta.tags[0]=x&meta.vip=true", ["0"]],
          ["meta.tier=", ["3", "2", "1", "0"]],
          ["meta.tier=gold&order=asc&cursor=1", ["3"]],
          ["meta.a..b=x", ["500"]],
          ["meta.tier=constructor", ["500"]],
          ["order=constructor", ["500"]]
        ]
        for (const [query, rows] of expected) assert.deepStrictEqual(yield* ids(query), rows, query)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("is streamed to its end, or until take is used up in whole pages", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* list.seed("ada", numberedItems(250))
        const streamed = (query: string) =>
          Effect.map(send({ path: `${path}?${query}`, headers: jsonl }), (got) => lineIds(got.text))
        const all = yield* streamed("")
        assert.deepStrictEqual(
          all,
          numberedItems(250)
            .map(({ id }) => id)
            .toReversed()
        )
        assert.lengthOf(yield* streamed("take=150"), 200)
        assert.lengthOf(yield* streamed("take=30"), 30)
        assert.deepStrictEqual(yield* streamed("cursor=row-0240&take=2"), ["row-0239", "row-0238"])
        assert.strictEqual((yield* send({ path: `${path}?cursor=row-0000`, headers: jsonl })).text, "")
      }).pipe(Effect.provide(layer()))
    )

    it.effect("looks the contact up again for every page of a stream", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* seed([{ id: "ada", name: "Ada" }])
        yield* list.seed("ada", numberedItems(250))
        for (const [identifier, change] of [
          ["ada", () => state.deleteContact("ada")],
          ["(Ada)", () => state.store.update("ada", { name: "Eve" }, 1)]
        ] as const) {
          const before = yield* state.snapshot
          state.interceptor = {
            ...Interceptor.none,
            page: (_, page) =>
              Effect.suspend(() => {
                if (page.index === 1) change()
                return page.read(page.cursor)
              })
          }
          const path = `/v1/contact/${identifier}/${name}/list`
          const got = yield* send({ path, headers: jsonl })
          assert.strictEqual(got.status, 200)
          const lines = got.text.split("\n")
          assert.lengthOf(lines, 102)
          assert.strictEqual(lines[100], `{"type":"error","data":${notFound}}`)
          assert.strictEqual((yield* send({ path, headers: jsonl })).text, notFound)
          yield* state.restore(before)
        }
      }).pipe(Effect.provide(layer()))
    )

    it.effect("finds the contact by its id or name, in the path only, and sends its id", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada", name: "Ada Lovelace" }, { id: "bob" }])
        yield* list.seed("ada", [{ id: "i", createdAt: 5 }])
        const text = (yield* send({ path })).text
        for (const identifier of ["%20ada%20", "(Ada%20Lovelace)", "ada"]) {
          const got = yield* send({ path: `/v1/contact/${identifier}/${name}/list?contactId=bob` })
          assert.strictEqual(got.text, text)
        }
        if (list.columns.includes("contactId")) assert.strictEqual(parse(text).items[0].contactId, "ada")
      }).pipe(Effect.provide(layer()))
    )
  })

  describe(`The checks of the ${name} list (contract 3.8.1)`, () => {
    it.effect("come in the order of the contract", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
        yield* list.seed("ada", [{ id: "i" }])
        const at = (id: string) => `/v1/contact/${id}/${name}/list?order=constructor`
        const badAccept = { accept: "text/html" }
        const none = { authorization: null }
        const wrongVerb = yield* send({ method: "POST", path: at("%20"), headers: badAccept, ...none })
        assert.strictEqual(wrongVerb.text, '{"message":"Method not allowed","code":"METHOD_NOT_ALLOWED"}')
        assert.strictEqual(wrongVerb.status, 405)
        const stranger = yield* send({ path: at("%20"), headers: badAccept, ...none })
        assert.strictEqual(stranger.text, '{"message":"Not authenticated","code":"NOT_AUTHENTICATED"}')
        assert.strictEqual(stranger.status, 401)
        for (let round = 0; round < 3; round++) {
          const refused = yield* send({ path: at("%20"), headers: badAccept })
          assert.strictEqual(refused.text, '{"code":"BAD_REQUEST","message":"Unsupported accept header"}')
          assert.strictEqual(refused.status, 400)
        }
        // The limit is four: each of these uses a unit, whatever comes of it.
        const counted: ReadonlyArray<readonly [id: string, status: number, text: string]> = [
          ["%20", 400, '{"code":"BAD_REQUEST","message":"Bad request"}'],
          ["missing", 404, notFound],
          ["theirs", 403, '{"code":"NOT_AUTHORIZED","message":"Not authorized"}'],
          ["ada", 500, system500]
        ]
        for (const [id, status, text] of counted) {
          const got = yield* send({ path: at(id), headers: jsonl })
          assert.deepStrictEqual([got.status, got.text], [status, text])
          assert.strictEqual(got.headers["content-type"], "application/json")
          assert.isUndefined(got.headers["x-failure-code"])
        }
        const limited = yield* send({ path: at("%20") })
        assert.strictEqual(limited.status, 429)
        assert.strictEqual(
          limited.text,
          '{"code":"LIMITS_REACHED","message":"You have exceeded your allocated rate limits: rate/poll"}'
        )
        assert.isUndefined(limited.headers["x-failure-code"])
      }).pipe(Effect.provide(layer({ rateLimit: 4 })))
    )

    it.effect("refuse alike in every format", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
        for (const headers of [{}, jsonl, sse, csv]) {
          for (const [id, status] of [
            ["theirs", 403],
            ["missing", 404],
            ["()", 500],
            ["@x", 500]
          ] as const) {
            const got = yield* send({ path: `/v1/contact/${id}/${name}/list`, headers })
            assert.strictEqual(got.status, status)
            assert.strictEqual(got.headers["content-type"], "application/json")
            assert.match(got.text, /^\{"code":/)
          }
        }
      }).pipe(Effect.provide(layer()))
    )

    it.effect("count one unit of the limit for a stream of many pages", () =>
      Effect.gen(function* () {
        yield* seed([{ id: "ada" }])
        yield* list.seed("ada", numberedItems(250))
        assert.lengthOf(lineIds((yield* send({ path, headers: jsonl })).text), 250)
        assert.strictEqual((yield* send({ path })).status, 200)
        assert.strictEqual((yield* send({ path })).status, 429)
      }).pipe(Effect.provide(layer({ rateLimit: 2 })))
    )
  })

  it.effect(`the ${name} list changes nothing`, () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seed([{ id: "ada" }])
      yield* list.seed("ada", numberedItems(3))
      const before = [state.store.rows(), list.rows(state)]
      yield* send({ path, headers: jsonl })
      assert.deepStrictEqual([state.store.rows(), list.rows(state)], before)
    }).pipe(Effect.provide(layer()))
  )
}

describe("A slow list of items (contract 5.5)", () => {
  it.effect("commits to 200, and then fails with the contact that was deleted meanwhile", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seed([{ id: "ada" }])
      yield* seedMemories("ada", numberedItems(3))
      yield* state.faults.inject([{ fault: Fault.delayPage(0, 20_000) }])
      const fiber = yield* Effect.forkChild(send({ path: "/v1/contact/ada/memory/list" }), { startImmediately: true })
      yield* TestClock.adjust(19_000)
      state.deleteContact("ada")
      yield* TestClock.adjust(1000)
      const got = yield* Fiber.join(fiber)
      assert.deepStrictEqual([got.status, got.text], [200, notFound])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Deleting a contact (contract 3.7)", () => {
  it.effect("deletes its tasks and memories; its conversations, ratings and spaces stay without a contact", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seed([{ id: "ada" }, { id: "bob" }])
      for (const [name, { seed }] of Object.entries(lists)) {
        yield* seed("ada", [{ id: `ada-${name}`, createdAt: 1 }])
        yield* seed("bob", [{ id: `bob-${name}`, createdAt: 2 }])
      }
      assert.strictEqual((yield* remove("ada")).text, '{"id":"ada"}')
      const left = Object.fromEntries(
        Object.entries(lists).map(([name, list]) => [
          name,
          list
            .rows(state)
            .map(({ contactId, id }) => `${id} of ${contactId}`)
            .toSorted()
        ])
      )
      assert.deepStrictEqual(left, {
        conversation: ["ada-conversation of null", "bob-conversation of bob"],
        memory: ["bob-memory of bob"],
        rating: ["ada-rating of null", "bob-rating of bob"],
        space: ["ada-space of null", "bob-space of bob"],
        task: ["bob-task of bob"]
      })
      // A row without a contact still has a position, and a deleted one has none.
      assert.deepStrictEqual(yield* pageIds("/v1/contact/bob/space/list?order=asc&cursor=ada-space"), [])
      yield* lists["space"]?.seed("bob", [{ id: "third", createdAt: 3 }]) ?? Effect.void
      assert.deepStrictEqual(yield* pageIds("/v1/contact/bob/space/list?order=asc&cursor=ada-space"), ["third"])
      yield* lists["task"]?.seed("bob", [{ id: "third", createdAt: 3 }]) ?? Effect.void
      assert.deepStrictEqual(yield* pageIds("/v1/contact/bob/task/list?order=asc&cursor=ada-task"), [])
      // Nothing comes back with a new contact of the same id.
      yield* seed([{ id: "ada" }])
      for (const name of Object.keys(lists)) {
        assert.deepStrictEqual(yield* pageIds(`/v1/contact/ada/${name}/list`), [])
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("that is refused deletes nothing", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* seed([{ id: "theirs" }], yield* accountNamed("sk-other"))
      for (const { seed } of Object.values(lists)) yield* seed("theirs", [{ id: "i" }])
      assert.strictEqual((yield* remove("theirs")).status, 403)
      for (const list of Object.values(lists)) assert.strictEqual(list.rows(state)[0]?.contactId, "theirs")
    }).pipe(Effect.provide(layer()))
  )
})

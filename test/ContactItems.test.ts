import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream, Tracer } from "effect"
import type * as Client from "../src/Client.ts"
import * as ContactTask from "../src/ContactTask.ts"
import type * as Errors from "../src/Errors.ts"
import { id, over } from "./support/Calls.ts"
import * as Fake from "./support/FakeHttp.ts"
import { type Kind, kinds, line, row } from "./support/ItemKinds.ts"

const jsonl = "application/jsonl"
const json = "application/json"

/** The requests that were sent: what they accept, and their URLs. */
const sentBy = (fake: Fake.Fake) =>
  fake.sent.map(({ headers, method, url }) => [method, headers["accept"], `${url.pathname}${url.search}`])

const page = (kind: Kind, ...ids: ReadonlyArray<string>) =>
  Fake.json(200, { items: ids.map((itemId) => row(kind, itemId)), cursor: ids.at(-1) })

const noContact = Fake.json(404, { code: "NOT_FOUND", message: "Not found" })

const failureOf = (
  fake: Fake.Fake,
  call: Effect.Effect<unknown, Errors.ContactError, Client.Client>,
  options: Partial<Client.Options> = {}
) => Fake.failureOf(over(fake, options)(call))

/** The failure of a list, and the ids of the items before it. */
const listFailure = (fake: Fake.Fake, list: ReturnType<Kind["list"]>, options?: Partial<Client.Options>) =>
  Effect.gen(function* () {
    const ids: Array<string> = []
    const run = Stream.runForEach(list, (item) => Effect.sync(() => ids.push(item.id)))
    return { error: yield* failureOf(fake, run, options), ids }
  })

describe.each(kinds)("$module", (kind) => {
  const { list, listPage, module, nullable } = kind
  const path = `/v1/contact/${id}/${kind.kind}/list`

  it.effect("list streams the items, and confirms its end by a page", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(line(kind, "i1"), line(kind, "i2")), page(kind, "i2"))
      const items = yield* Fake.successOf(over(fake)(Stream.runCollect(list(id))))
      assert.deepStrictEqual<unknown>(items, [row(kind, "i1"), row(kind, "i2")])
      assert.deepStrictEqual(sentBy(fake), [
        ["GET", jsonl, path],
        ["GET", json, `${path}?cursor=i1&take=100`]
      ])
    })
  )

  it.effect("list sends the caller's cursor, order, take and meta", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(line(kind, "i1")))
      const request = { order: "asc", meta: { tier: "gold", vip: true }, cursor: "i0", take: 1 } as const
      yield* Fake.successOf(over(fake)(Stream.runCollect(list(id, request))))
      assert.deepStrictEqual(sentBy(fake), [
        ["GET", jsonl, `${path}?order=asc&meta.tier=gold&meta.vip=true&cursor=i0&take=1`]
      ])
    })
  )

  it.effect("fails at an item of another contact", () =>
    Effect.gen(function* () {
      const other = "cmwsk55x8000com7dj9qother"
      const more = kind.kind === "memory" ? {} : { contactId: other }
      const unavailable = Fake.json(503, { code: "SERVICE_UNAVAILABLE", message: "Unavailable" })
      const items = Fake.json(200, { items: [row(kind, "i1"), row(kind, "i2", more)], cursor: "i2" })
      if (kind.kind === "memory") {
        // A memory names no contact.
        assert.lengthOf((yield* over(Fake.script(items))(listPage(id))).items, 2)
        return
      }
      const fake = Fake.script(unavailable, Fake.jsonLines(line(kind, "i1"), line(kind, "i2", more)))
      const { error, ids } = yield* listFailure(fake, list(` ${id} `, { take: 2 }))
      assert.deepInclude(error, {
        _tag: "UnexpectedResponse",
        lastId: "i1",
        received: 1,
        attempts: 2,
        isRetryable: false
      })
      assert.deepStrictEqual(ids, ["i1"])
      const failure = yield* failureOf(Fake.script(unavailable, items), listPage(id))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", attempts: 2, isRetryable: false })
      for (const rendered of [error, failure]) assert.notInclude(Fake.renderings(rendered), other)
      // A name is that of any contact.
      assert.lengthOf((yield* over(Fake.script(items))(listPage("(Ada Lovelace)"))).items, 2)
    })
  )

  it.effect("listPage gives one page", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(kind, "i1", "i2"))
      const found = yield* over(fake)(listPage(id, { take: 2 }))
      assert.deepStrictEqual<unknown>(found, { items: [row(kind, "i1"), row(kind, "i2")], cursor: "i2" })
      assert.deepStrictEqual(sentBy(fake), [["GET", json, `${path}?take=2`]])
    })
  )

  it.effect("listPage reads a page that came as JSON Lines", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(line(kind, "i1")))
      assert.deepStrictEqual<unknown>(yield* over(fake)(listPage(id)), { items: [row(kind, "i1")], cursor: "i1" })
    })
  )

  it.effect("with take 0, nothing is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      assert.deepStrictEqual(yield* over(fake)(Stream.runCollect(list(id, { take: 0 }))), [])
      assert.deepStrictEqual(yield* over(fake)(listPage(id, { take: 0 })), { items: [] })
      assert.lengthOf(fake.sent, 0)
    })
  )

  it.effect("fields may be null where the API says so, and unknown fields are dropped", () =>
    Effect.gen(function* () {
      const nulls = Object.fromEntries(nullable.map((field) => [field, null]))
      const fake = Fake.script(Fake.json(200, { items: [row(kind, "i1", { ...nulls, added: { later: true } })] }))
      assert.deepStrictEqual<unknown>((yield* over(fake)(listPage(id))).items, [row(kind, "i1", nulls)])
    })
  )

  const required = Object.keys(row(kind, "i1")).filter((field) => !nullable.includes(field))
  it.effect.each(required)("an item without %s fails the list after the items before it", (field) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(line(kind, "i1"), line(kind, "i2", { [field]: null })))
      const { error, ids } = yield* listFailure(fake, list(id))
      assert.deepStrictEqual(ids, ["i1"])
      assert.deepInclude(error, { _tag: "UnexpectedResponse", operation: `${module}.list`, lastId: "i1", received: 1 })
      assert.include(error.description, `Line 2 is no ${kind.kind}: ${field}: Expected `)
    })
  )

  it.effect("a contact that does not exist is NotFound, with its id", () =>
    Effect.gen(function* () {
      const expected = { _tag: "NotFound", contactId: id, status: 404, code: "NOT_FOUND", attempts: 1 } as const
      assert.deepInclude((yield* listFailure(Fake.script(noContact), list(id))).error, {
        ...expected,
        operation: `${module}.list`,
        path: `/contact/{contactId}/${kind.kind}/list`,
        received: 0
      })
      assert.deepInclude(yield* failureOf(Fake.script(noContact), listPage(id)), {
        ...expected,
        operation: `${module}.listPage`
      })
    })
  )

  it.effect("a contact that is deleted meanwhile is NotFound, with its id and how far the list came", () =>
    Effect.gen(function* () {
      const error = '{"type":"error","data":{"code":"NOT_FOUND","message":"Not found"}}\n'
      const expected = { _tag: "NotFound", contactId: id, lastId: "i2", received: 2 } as const
      const items = line(kind, "i1") + line(kind, "i2")
      // In the stream, on resuming it, and on confirming its end.
      const scripts = [
        [Fake.jsonLines(items, error)],
        [() => new Response(Fake.bodyOf([items], { end: "error" }), { headers: { "content-type": jsonl } }), noContact],
        [Fake.jsonLines(items), noContact]
      ] as const
      for (const [first, ...others] of scripts) {
        const found = yield* listFailure(Fake.script(first, ...others), list(id))
        assert.deepStrictEqual(found.ids, ["i1", "i2"])
        assert.deepInclude(found.error, expected)
        assert.isFalse(found.error.isRetryable)
      }
    })
  )

  it.effect("each status is the failure that the operations can have", () =>
    Effect.gen(function* () {
      const tags: Readonly<Record<number, Errors.Tag>> = {
        400: "InvalidRequest",
        401: "Unauthorized",
        402: "PaymentRequired",
        403: "Forbidden",
        404: "NotFound",
        405: "InvalidRequest",
        408: "Timeout",
        409: "UnexpectedResponse",
        418: "UnexpectedResponse",
        429: "RateLimited",
        500: "ServerError",
        501: "ServerError",
        503: "ServerError"
      }
      for (const [status, tag] of Object.entries(tags)) {
        const fake = Fake.script(Fake.json(Number(status), { code: "CODE", message: "said" }))
        const options = { retry: { retries: 0 } }
        assert.strictEqual((yield* listFailure(fake, list(id), options)).error._tag, tag)
        assert.strictEqual((yield* failureOf(fake, listPage(id), options))._tag, tag)
      }
    })
  )

  it.effect("no rendering of a failure has a field of an item, a value of the request or a name", () =>
    Effect.gen(function* () {
      const canary = { name: "canary name", description: "canary text", meta: { tier: "canary tier" }, createdAt: null }
      const lines = Fake.jsonLines(line(kind, "i1", canary))
      const pages = Fake.json(200, { items: [row(kind, "i1", canary)] })
      const echo = Fake.json(500, { code: "GENERIC_ERROR", message: `failed for (Canary Person) and canary-filter` })
      const request = { meta: { tier: "canary-filter" } }
      const errors = [
        (yield* listFailure(Fake.script(lines), list(id, request))).error,
        yield* failureOf(Fake.script(pages), listPage("(Canary Person)", request)),
        yield* failureOf(Fake.script(echo), listPage("(Canary Person)", request))
      ]
      for (const error of errors) assert.notMatch(Fake.renderings(error), /canary|sk-/i)
    })
  )

  it.effect("each operation is a span, and each attempt one with the path as a template", () =>
    Effect.gen(function* () {
      const names: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          names.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      const fake = Fake.script(Fake.jsonLines(line(kind, "i1")), page(kind, "i1"), page(kind, "i1"))
      const run = Effect.andThen(Stream.runDrain(list(id)), listPage(id))
      yield* Fake.successOf(over(fake)(run).pipe(Effect.withTracer(tracer)))
      const attempt = `GET /contact/{contactId}/${kind.kind}/list`
      assert.deepStrictEqual(names, [`${module}.list`, attempt, attempt, `${module}.listPage`, attempt])
    })
  )

  it.effect("a list without an item in time is a Timeout", () =>
    Effect.gen(function* () {
      const stalled = () => new Response(Fake.bodyOf([], { end: "hang" }), { headers: { "content-type": jsonl } })
      const options = { timeout: { idle: "1 second" }, retry: { retries: 0 } } as const
      const { error } = yield* listFailure(Fake.script(stalled), list(id), options)
      assert.deepInclude(error, {
        _tag: "Timeout",
        phase: "idle",
        description: "No item arrived within the idle timeout",
        received: 0
      })
    })
  )

  it.effect.each([
    ["(Ada Lovelace)", "a name"],
    [" (Ada) ", "a name with blanks around it"]
  ] as const)("list refuses %j: %s may be that of another contact on the next page", ([name]) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const { error } = yield* listFailure(fake, list(name))
      assert.deepInclude(error, { _tag: "InvalidRequest", field: "contactId", outcome: "not-sent", received: 0 })
      assert.notInclude(error.message, "Ada")
      assert.lengthOf(fake.sent, 0)
    })
  )

  it.effect("listPage takes a name: it is one request", () =>
    Effect.gen(function* () {
      const fake = Fake.script(page(kind, "i1"))
      yield* over(fake)(listPage("(Ada Lovelace)"))
      assert.strictEqual(fake.sent[0]?.url.pathname, `/v1/contact/(Ada%20Lovelace)/${kind.kind}/list`)
    })
  )

  it.effect.each(["", "  ", "@ada", "..", "a/../b", "a\0b", undefined, 5, "c".repeat(2000)])(
    "the id %j is refused, and nothing is sent",
    (contactId) =>
      Effect.gen(function* () {
        const fake = Fake.script("never")
        const untyped = contactId as string
        for (const call of [Stream.runCollect(list(untyped)), listPage(untyped)]) {
          const error = yield* failureOf(fake, call)
          assert.deepInclude(error, { _tag: "InvalidRequest", field: "contactId", outcome: "not-sent", attempts: 0 })
        }
        assert.lengthOf(fake.sent, 0)
      })
  )

  it.effect.each([
    { take: -1 },
    { order: "up" },
    { cursor: "" },
    { meta: {} },
    { meta: { a: undefined } },
    { take2: 1 }
  ])("the request %j is refused, and nothing is sent", (request) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const untyped = request as Parameters<Kind["list"]>[1]
      for (const call of [Stream.runCollect(list(id, untyped)), listPage(id, untyped)]) {
        assert.deepInclude(yield* failureOf(fake, call), { _tag: "InvalidRequest", outcome: "not-sent" })
      }
      assert.lengthOf(fake.sent, 0)
    })
  )

  describe("the cursor of an empty list", () => {
    const empty = Fake.jsonLines()
    const emptyPage = Fake.json(200, { items: [] })

    it.effect("is looked for in the opposite order, without the filter: if it is found, the list is complete", () =>
      Effect.gen(function* () {
        let closed = 0
        const opposite = () =>
          new Response(Fake.bodyOf([line(kind, "i9") + line(kind, "i8")], { end: "hang", onCancel: () => closed++ }), {
            headers: { "content-type": jsonl }
          })
        const fake = Fake.script(empty, emptyPage, opposite)
        const request = { cursor: "i8", meta: { tier: "gold" } } as const
        assert.deepStrictEqual(yield* Fake.successOf(over(fake)(Stream.runCollect(list(id, request)))), [])
        assert.deepStrictEqual(sentBy(fake), [
          ["GET", jsonl, `${path}?cursor=i8&meta.tier=gold`],
          ["GET", json, `${path}?cursor=i8&meta.tier=gold&take=100`],
          ["GET", jsonl, `${path}?order=asc`]
        ])
        assert.strictEqual(closed, 1)
      })
    )

    it.effect("fails the list if it is none of the items", () =>
      Effect.gen(function* () {
        const others = Fake.jsonLines(line(kind, "i1"), line(kind, "i2"))
        const fake = Fake.script(empty, emptyPage, others, page(kind, "i2"))
        const { error } = yield* listFailure(fake, list(id, { order: "asc", cursor: "i8" }))
        assert.deepInclude(error, {
          _tag: "InvalidRequest",
          field: "cursor",
          description: `cursor: no ${kind.kind} has this id any more`,
          operation: `${module}.list`,
          attempts: 4,
          outcome: "rejected",
          received: 0
        })
        assert.deepStrictEqual(sentBy(fake).slice(2), [
          ["GET", jsonl, `${path}?order=desc`],
          ["GET", json, `${path}?order=desc&cursor=i1&take=100`]
        ])
      })
    )

    it.effect("fails the list if the search fails", () =>
      Effect.gen(function* () {
        const failing = '{"type":"error","data":{"code":"SERVICE_UNAVAILABLE","message":"said"}}\n'
        const fake = Fake.script(empty, emptyPage, Fake.jsonLines(line(kind, "i1"), failing))
        const { error } = yield* listFailure(fake, list(id, { cursor: "i8" }), { retry: { retries: 0 } })
        assert.deepInclude(error, { _tag: "ServerError", code: "SERVICE_UNAVAILABLE", attempts: 3, received: 0 })
        assert.notProperty(error, "lastId")
      })
    )
  })
})

describe("ContactTask", () => {
  it.effect("a status and an outcome that this version does not know fail no list", () =>
    Effect.gen(function* () {
      const task = kinds.find(({ kind }) => kind === "task")
      const lines = task === undefined ? "" : line(task, "i1", { status: "paused", outcome: "partial" })
      const tasks = yield* over(Fake.script(Fake.jsonLines(lines)))(
        Stream.runCollect(ContactTask.list(id, { take: 1 }))
      )
      assert.deepInclude(tasks[0], { status: "paused", outcome: "partial" })
    })
  )
})

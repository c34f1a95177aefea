import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Layer, Random, Stream } from "effect"
import { TestClock } from "effect/testing"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"

const { item } = Fake
const jsonLinesType = { headers: { "content-type": "application/jsonl" } }

const over = (fake: Fake.Fake, options: Partial<Client.Options> = {}) => {
  // Other tests show how a list goes on after a failure.
  const layer = Layer.orDie(Fake.layer(fake, { retry: { retries: 0 }, ...options }))
  return <A, E, R>(effect: Effect.Effect<A, E, R>) => effect.pipe(Effect.provide(layer), Random.withSeed("seed"))
}

interface Seen<E> {
  readonly ids: ReadonlyArray<string>
  readonly end: Exit.Exit<void, E>
}

/** The ids that a list delivers, and its end. */
const read = <E>(
  fake: Fake.Fake,
  list: Stream.Stream<Contact.Contact, E, Client.Client>,
  options: Partial<Client.Options> = {}
) =>
  Effect.gen(function* () {
    const ids: Array<string> = []
    const end = yield* Fake.drive(
      over(fake, options)(Stream.runForEach(list, ({ id }) => Effect.sync(() => void ids.push(id))))
    )
    return { ids, end } satisfies Seen<E>
  })

/** The ids delivered before a typed failure, and that failure. */
const readFailure = <E>(
  fake: Fake.Fake,
  list: Stream.Stream<Contact.Contact, E, Client.Client>,
  options?: Partial<Client.Options>
) =>
  Effect.flatMap(read(fake, list, options), ({ end, ids }) =>
    Effect.map(Fake.failureOf(end), (failure) => ({ ids, failure }))
  )

const lines = (...texts: ReadonlyArray<string>) => texts.map((text) => `${text}\n`).join("")
const nop = '{"type":"nop","data":{}}'
const errorLine = (code: string) => JSON.stringify({ type: "error", data: { code, message: "said" } })

describe("items", () => {
  const body = new TextEncoder().encode(item("c1", { name: "é😀" }) + lines(nop, "") + item("c2") + item("c3"))

  it.effect("are complete, wherever the body is cut into chunks", () =>
    Effect.gen(function* () {
      for (const size of [1, 2, 3, 7, 64, 500, body.length]) {
        const chunks: Array<Uint8Array> = []
        for (let at = 0; at < body.length; at += size) chunks.push(body.subarray(at, at + size))
        const { end, ids } = yield* read(Fake.script(Fake.jsonLines(...chunks)), Contact.list())
        assert.deepStrictEqual(ids, ["c1", "c2", "c3"])
        assert.isTrue(Exit.isSuccess(end))
      }
    })
  )

  it.effect("are whole contacts without unknown fields", () =>
    Effect.gen(function* () {
      const meta: unknown = JSON.parse('{"__proto__":{"x":1},"constructor":2}')
      const fake = Fake.script(Fake.jsonLines(item("c1", { name: "é", meta, extra: 1 })))
      const [contact] = yield* Fake.successOf(over(fake)(Stream.runCollect(Contact.list())))
      assert.deepStrictEqual(contact, { ...Fake.contact("c1"), name: "é", meta: contact?.meta ?? null })
      assert.strictEqual(JSON.stringify(contact?.meta), '{"__proto__":{"x":1},"constructor":2}')
      assert.notProperty({}, "x")
    })
  )

  it.effect("arrive, in whatever form the event around them is written", () =>
    Effect.gen(function* () {
      const data = ["c1", "c2", "c3", "c4", "c5"].map((id) => JSON.stringify(Fake.contact(id)))
      const body = lines(
        `{"type":"item","data":${data[0]}}`,
        `{"data":${data[1]},"type":"item"}`,
        ` { "type" : "item" , "data" : ${data[2]} } `,
        `{"type":"item","data":${data[3]},"more":{}}`,
        `{"type":"item","data":{},"data":${data[4]}}`
      )
      const { end, ids } = yield* read(Fake.script(Fake.jsonLines(body)), Contact.list())
      assert.deepStrictEqual(ids, ["c1", "c2", "c3", "c4", "c5"])
      assert.isTrue(Exit.isSuccess(end))
    })
  )

  it.effect.each([
    ["nop and blank lines", lines(nop, "", " ", "\r")],
    ["unknown events", lines('{"type":"token","data":"x"}', '{"type":"constructor"}')],
    ["a result", lines('{"type":"result","data":{"items":[]}}')]
  ] as const)("do not come from %s", ([, other]) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(other, item("c1"), other, item("c2") + other))
      const { end, ids } = yield* read(fake, Contact.list())
      assert.deepStrictEqual(ids, ["c1", "c2"])
      assert.isTrue(Exit.isSuccess(end))
    })
  )

  it.effect.each([
    ["no body", () => new Response(null, jsonLinesType)],
    ["an empty body", Fake.jsonLines()],
    ["a body of keep-alives", Fake.jsonLines(lines(nop))]
  ] as const)("can be none: %s", ([, step]) =>
    Effect.gen(function* () {
      const { end, ids } = yield* read(Fake.script(step), Contact.list())
      assert.isEmpty(ids)
      assert.isTrue(Exit.isSuccess(end))
    })
  )

  it.effect("can end without a newline, and in CRLF", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(item("c1").replace("\n", "\r\n"), item("c2").trimEnd()))
      const { end, ids } = yield* read(fake, Contact.list())
      assert.deepStrictEqual(ids, ["c1", "c2"])
      assert.isTrue(Exit.isSuccess(end))
    })
  )
})

describe("failures", () => {
  it.effect.each([
    ["GENERIC_ERROR", "ServerError", true],
    ["NOT_AUTHENTICATED", "Unauthorized", false],
    ["LIMITS_REACHED", "RateLimited", true],
    ["NOT_FOUND", "UnexpectedResponse", false],
    ["CONFLICT", "UnexpectedResponse", false],
    ["NEW_CODE", "ServerError", true]
  ] as const)("an error line with %s ends the list with %s", ([code, tag, isRetryable]) =>
    Effect.gen(function* () {
      for (const chunks of [
        [item("c1") + item("c2"), lines(errorLine(code))],
        [item("c1") + item("c2") + lines(errorLine(code))]
      ]) {
        const fake = Fake.script(Fake.jsonLines(...chunks, item("c3")))
        const { failure, ids } = yield* readFailure(fake, Contact.list())
        assert.deepStrictEqual(ids, ["c1", "c2"])
        assert.deepInclude(failure, { _tag: tag, code, isRetryable, description: "said", lastId: "c2", received: 2 })
        assert.deepInclude(failure, { status: 200, attempts: 1, operation: "Contact.list" })
        assert.strictEqual(fake.sent.length, 1)
      }
    })
  )

  it.effect.each([
    ["no data", '{"type":"error"}'],
    ["no code", '{"type":"error","data":{"message":"canary"}}'],
    ["odd data", '{"type":"error","data":["canary"]}'],
    ["no event", '{"canary":1}'],
    ["null", "null"],
    ["an array", "[]"],
    ["a number", "1"],
    ["no JSON", "<html>canary"],
    ["an item that is cut off", item("canary").trimEnd().slice(0, -1)],
    ["an item with a brace too many", `${item("canary").trimEnd()}}`],
    ["two on a line", `${item("canary").trimEnd()}${item("canary").trimEnd()}`]
  ] as const)("a line of %s is named by its number, not shown", ([, line]) =>
    Effect.gen(function* () {
      for (const chunks of [
        [item("c1"), lines(line)],
        [item("c1") + lines(line)],
        [item("c1") + lines(line) + item("c2")]
      ]) {
        const { failure, ids } = yield* readFailure(Fake.script(Fake.jsonLines(...chunks)), Contact.list())
        assert.deepStrictEqual(ids, ["c1"])
        assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c1", received: 1, isRetryable: false })
        assert.match(failure.message, /line 2/i)
        assert.notInclude(Fake.renderings(failure), "canary")
      }
    })
  )

  it.effect.each([
    ["a wrong type", { email: 5, name: "canary" }, "email"],
    ["a missing field", { id: undefined, name: "canary" }, "id"],
    ["odd meta", { meta: ["canary"] }, "meta"]
  ] as const)("an item with %s is named by its line and field, not shown", ([, wrong, field]) =>
    Effect.gen(function* () {
      const body = item("c1") + lines("", nop) + item("c2") + item("c3", wrong) + item("c4")
      for (const chunks of [[body], [body.slice(0, 300), body.slice(300)]]) {
        const { failure, ids } = yield* readFailure(Fake.script(Fake.jsonLines(...chunks)), Contact.list())
        assert.deepStrictEqual(ids, ["c1", "c2"])
        assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c2", received: 2 })
        assert.include(failure.message, `Line 5 is no contact: ${field}: `)
        assert.notInclude(Fake.renderings(failure), "canary")
      }
    })
  )

  it.effect.each([undefined, null, "canary", 5])("an item that is %s has a clear message", (data) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(lines(JSON.stringify({ type: "item", data }))))
      const { failure } = yield* readFailure(fake, Contact.list())
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", received: 0 })
      assert.match(failure.description, /^Line 1 is no contact: \w/)
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect("a body cut anywhere within a line never looks complete", () =>
    Effect.gen(function* () {
      const body = new TextEncoder().encode(item("c1", { name: "é" }) + item("c2"))
      const first = new TextEncoder().encode(item("c1", { name: "é" })).length
      for (let at = 1; at < body.length; at++) {
        // Cut here, every line is whole.
        if (at === first - 1 || at === first || at === body.length - 1) continue
        const { failure, ids } = yield* readFailure(Fake.script(Fake.jsonLines(body.subarray(0, at))), Contact.list())
        const received = at < first ? 0 : 1
        assert.strictEqual(ids.length, received, `cut at ${at}`)
        assert.deepInclude(failure, { _tag: "TransportError", received, isRetryable: true, status: 200 })
        assert.strictEqual(failure._tag === "TransportError" && failure.lastId, received === 0 ? undefined : "c1")
      }
    })
  )

  it.effect("a list fails, wherever its connection is lost", () =>
    Effect.gen(function* () {
      const whole = item("c1") + item("c2")
      for (const at of [0, 10, item("c1").length, whole.length]) {
        const body = () => new Response(Fake.bodyOf([whole.slice(0, at)], { end: "error" }), jsonLinesType)
        const { failure, ids } = yield* readFailure(Fake.script(body), Contact.list())
        assert.deepInclude(failure, { _tag: "TransportError", received: ids.length, outcome: "unknown" })
      }
    })
  )

  it.effect.each([
    [401, "Unauthorized", 1],
    [400, "InvalidRequest", 1],
    [404, "UnexpectedResponse", 1],
    [429, "RateLimited", 4],
    [503, "ServerError", 4]
  ] as const)("before the first event, status %s is %s", ([status, tag, attempts]) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(status, { code: "CODE", message: "said" }))
      const { failure } = yield* readFailure(fake, Contact.list(), { retry: { retries: 3 } })
      assert.deepInclude(failure, { _tag: tag, status, code: "CODE", description: "said", attempts, received: 0 })
      assert.strictEqual(fake.sent.length, attempts)
    })
  )

  it.effect.each([
    ["JSON", Fake.json(200, { items: [] })],
    ["HTML", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["no type", () => new Response(Fake.bodyOf([item("c1")]))],
    ["nothing", () => new Response(null, { status: 204 })]
  ] as const)("a reply of %s is an UnexpectedResponse", ([, step]) =>
    Effect.gen(function* () {
      const { failure, ids } = yield* readFailure(Fake.script(step), Contact.list())
      assert.isEmpty(ids)
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", received: 0, attempts: 1 })
    })
  )

  it.effect("a reply with a code and a message fails as the code says", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { code: "NOT_AUTHENTICATED", message: "said" }))
      const { failure } = yield* readFailure(fake, Contact.list())
      assert.deepInclude(failure, { _tag: "Unauthorized", code: "NOT_AUTHENTICATED" })
    })
  )

  it.effect("the filter of a list does not change how an error line is mapped", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(lines(errorLine("GENERIC_ERROR"))))
      const { failure } = yield* readFailure(fake, Contact.list({ meta: { state: "ERROR" } }))
      assert.deepInclude(failure, { _tag: "ServerError", code: "GENERIC_ERROR" })
    })
  )

  it.effect("a list fails at a line without end, and closes the connection", () =>
    Effect.gen(function* () {
      let cancelled = false
      const chunk = new TextEncoder().encode("a".repeat(1024 * 1024))
      const chunks = [item("c1"), ...Array.from({ length: 64 }, () => chunk)]
      const body = () => new Response(Fake.bodyOf(chunks, { onCancel: () => (cancelled = true) }), jsonLinesType)
      const { failure, ids } = yield* readFailure(Fake.script(body), Contact.list())
      assert.deepStrictEqual(ids, ["c1"])
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", lastId: "c1", received: 1 })
      assert.isTrue(cancelled)
    })
  )
})

/** A body that sends `text` each second, `count` times. */
const ticking = (text: (tick: number) => string, count: number) =>
  Effect.gen(function* () {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (it) => {
        controller = it
      },
      cancel: () => {
        cancelled = true
      }
    })
    const run = Effect.gen(function* () {
      for (let tick = 1; tick <= count; tick++) {
        yield* Effect.sleep("1 second")
        if (cancelled) return
        controller?.enqueue(new TextEncoder().encode(text(tick)))
      }
      controller?.close()
    })
    yield* Effect.forkChild(run)
    return () => new Response(body, jsonLinesType)
  })

const hanging =
  (...chunks: ReadonlyArray<string>) =>
  () =>
    new Response(Fake.bodyOf(chunks, { end: "hang" }), jsonLinesType)

describe("idle timeout", () => {
  const options = { timeout: { idle: "10 seconds" } } as const

  it.effect("counts from the last item", () =>
    Effect.gen(function* () {
      const { failure, ids } = yield* readFailure(Fake.script(hanging(item("c1"))), Contact.list(), options)
      assert.deepStrictEqual(ids, ["c1"])
      assert.deepInclude(failure, { _tag: "Timeout", phase: "idle", lastId: "c1", received: 1, status: 200 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 10_000)
    })
  )

  it.effect.each([lines(nop), "\n", " ", lines('{"type":"ping"}')])("is not extended by %j", (text) =>
    Effect.gen(function* () {
      const fake = Fake.script(yield* ticking(() => text, 100))
      const { failure } = yield* readFailure(fake, Contact.list(), options)
      assert.deepInclude(failure, { _tag: "Timeout", phase: "idle", received: 0 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 10_000)
    })
  )

  it.effect("is extended by items, long after the attempt timeout", () =>
    Effect.gen(function* () {
      const fake = Fake.script(
        yield* ticking((tick) => (tick % 9 === 0 ? item(`c${tick}`) : lines(nop)), 90),
        Fake.jsonLines(item("c81"), item("c90"))
      )
      const { end, ids } = yield* read(fake, Contact.list(), options)
      assert.strictEqual(ids.length, 10)
      assert.isTrue(Exit.isSuccess(end))
    })
  )

  it.effect("does not count the time that the consumer takes", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(item("c1"), item("c2"), item("c3")))
      const slow = Contact.list().pipe(Stream.tap(() => Effect.sleep("20 seconds")))
      const { end, ids } = yield* read(fake, slow, options)
      assert.strictEqual(ids.length, 3)
      assert.isTrue(Exit.isSuccess(end))
    })
  )

  it.effect("can be turned off", () =>
    Effect.gen(function* () {
      const list = over(Fake.script(hanging()), { timeout: { idle: "Infinity" } })(Stream.runDrain(Contact.list()))
      const fiber = yield* Effect.forkChild(list)
      yield* Fake.settle
      yield* TestClock.adjust("365 days")
      assert.isUndefined(fiber.pollUnsafe())
    })
  )
})

const many = (count: number) => Array.from({ length: count }, (_, index) => item(`c${index + 1}`))

const counted = () => {
  const counts = { pulled: 0, cancelled: 0 }
  const body = () =>
    new Response(
      Fake.bodyOf(many(1000), { onPull: () => counts.pulled++, onCancel: () => counts.cancelled++ }),
      jsonLinesType
    )
  return { counts, fake: Fake.script(body) }
}

describe("taking", () => {
  it.effect.each([
    [1, 1, 200],
    [2, 2, 200],
    [150, 150, 200],
    [200, 200, 200],
    [201, 199, 199]
  ] as const)("%j: delivers as many as the server has", ([take, expected, available]) =>
    Effect.gen(function* () {
      const items = many(available)
      const fake = Fake.script(
        Fake.jsonLines(items.slice(0, 100).join(""), items.slice(100).join("")),
        Fake.jsonLines(...items.slice(-1))
      )
      const { end, ids } = yield* read(fake, Contact.list({ take }))
      assert.strictEqual(ids.length, expected)
      assert.isTrue(Exit.isSuccess(end))
      assert.strictEqual(fake.sent[0]?.url.searchParams.get("take"), String(take))
    })
  )

  it.effect("no contact sends no request", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines())
      assert.isEmpty((yield* read(fake, Contact.list({ take: 0 }))).ids)
      assert.deepStrictEqual(yield* Fake.successOf(over(fake)(Contact.listPage({ take: 0 }))), { items: [] })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect.each([
    ["take in the request", () => Contact.list({ take: 1 })],
    ["Stream.take", () => Contact.list().pipe(Stream.take(1))]
  ] as const)("one of many reads about one chunk and closes the connection: %s", ([, list]) =>
    Effect.gen(function* () {
      const { counts, fake } = counted()
      const { ids } = yield* read(fake, list())
      yield* Fake.settle
      assert.strictEqual(ids.length, 1)
      assert.isAtMost(counts.pulled, 3)
      assert.strictEqual(counts.cancelled, 1)
    })
  )

  it.effect("slowly keeps the server waiting, and interrupting it closes the connection", () =>
    Effect.gen(function* () {
      const { counts, fake } = counted()
      const fiber = yield* Effect.forkChild(over(fake)(Stream.runForEach(Contact.list(), () => Effect.never)))
      yield* Fake.settle
      assert.isAtMost(counts.pulled, 3)
      yield* Fiber.interrupt(fiber)
      yield* Fake.settle
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.strictEqual(counts.cancelled, 1)
    })
  )

  it.effect("with a consumer that fails closes the connection", () =>
    Effect.gen(function* () {
      const { counts, fake } = counted()
      const { failure } = yield* readFailure(fake, Contact.list().pipe(Stream.mapEffect(() => Effect.fail("mine"))))
      assert.strictEqual(failure, "mine")
      assert.strictEqual(counts.cancelled, 1)
    })
  )

  it.effect("twice from one list sends requests for each run", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines(item("c1")))
      const list = Contact.list()
      assert.deepStrictEqual((yield* read(fake, list)).ids, ["c1"])
      assert.deepStrictEqual((yield* read(fake, list)).ids, ["c1"])
      assert.strictEqual(fake.sent.length, 4)
    })
  )
})

describe("requests", () => {
  it.effect.each([
    ["take", -1],
    ["take", 1.5],
    ["take", NaN],
    ["take", "5"],
    ["order", "ascending"],
    ["order", null],
    ["cursor", ""],
    ["cursor", " "],
    ["cursor", 5],
    ["meta", []],
    ["meta", "tier=gold"],
    ["meta.tier", 5],
    ["meta.tier", ""],
    ["meta.tier", null],
    ["limit", 5]
  ] as const)("%j is refused before sending", ([field, value]) =>
    Effect.gen(function* () {
      const [name = "", key] = field.split(".")
      const request = { [name]: key === undefined ? value : { [key]: value } } as Contact.ListRequest
      const fake = Fake.script(Fake.jsonLines())
      const { failure } = yield* readFailure(fake, Contact.list(request))
      const expected = { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0 } as const
      assert.deepInclude(failure, { ...expected, received: 0 })
      assert.deepInclude(yield* Fake.failureOf(over(fake)(Contact.listPage(request))), expected)
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("a blank path into meta is refused", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines())
      const { failure } = yield* readFailure(fake, Contact.list({ meta: { " ": "x" } }))
      assert.strictEqual(failure._tag, "InvalidRequest")
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("undefined is not sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.jsonLines())
      yield* read(fake, Contact.list({ take: undefined, order: undefined, cursor: undefined, meta: undefined }))
      assert.strictEqual(fake.sent[0]?.url.search, "")
    })
  )

  it.effect("a page has its cursor, and an empty one has none", () =>
    Effect.gen(function* () {
      const items = [Fake.contact("c1")]
      const fake = Fake.script(Fake.json(200, { items, cursor: "c1", extra: 1 }), Fake.json(200, { items: [] }))
      const page = yield* Fake.successOf(over(fake)(Contact.listPage()))
      assert.deepStrictEqual(page, { items, cursor: "c1" })
      assert.deepStrictEqual(yield* Fake.successOf(over(fake)(Contact.listPage())), { items: [] })
    })
  )
})

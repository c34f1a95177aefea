import { assert, describe, it } from "@effect/vitest"
import { Array as Arr, Cause, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import type * as Client from "../../../src/Client.ts"
import * as operations from "../../../src/internal/contact/ContactOperations.ts"
import * as ItemStream from "../../../src/internal/list/ItemStream.ts"
import * as Fake from "../../support/FakeHttp.ts"
import * as TestClient from "../../support/TestClient.ts"

const c1 = Fake.item("c1")
const c2 = Fake.item("c2")
const c3 = Fake.item("c3")

/** The reply of a list in these chunks. */
const replyOf =
  (chunks: ReadonlyArray<string>, end: "close" | "error" | "hang" = "close"): Fake.Step =>
  () =>
    new Response(Fake.bodyOf(chunks, { end }), {
      headers: { "content-type": "application/jsonl", "x-request-id": "request-1" }
    })

const open = (chunks: ReadonlyArray<string>, end?: "close" | "error" | "hang", options?: Partial<Client.Options>) =>
  Effect.map(TestClient.openList(Fake.script(replyOf(chunks, end)), options), (reply) =>
    ItemStream.make(operations.list, reply)
  )

/** The ids of the items of a reply, and the failure that they end with. */
const read = (chunks: ReadonlyArray<string>, end?: "close" | "error") =>
  Effect.gen(function* () {
    const pull = yield* open(chunks, end)
    const ids: Array<string> = []
    while (true) {
      const pulled = yield* Effect.result(pull)
      if (Result.isFailure(pulled)) {
        return { ids, failure: Cause.isDone(pulled.failure) ? undefined : pulled.failure }
      }
      ids.push(...pulled.success.map(({ id }) => id))
    }
  }).pipe(Effect.scoped)

describe("the items of a reply", () => {
  it.effect("end when the body ends, also without a last newline", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read([]), { ids: [], failure: undefined })
      assert.deepStrictEqual(yield* read([c1, c2 + c3]), { ids: ["c1", "c2", "c3"], failure: undefined })
      assert.deepStrictEqual(yield* read([c1, c2.trimEnd()]), { ids: ["c1", "c2"], failure: undefined })
    })
  )

  it.effect("are whole, wherever the chunks are cut", () =>
    Effect.gen(function* () {
      const body = c1 + c2
      for (const at of [1, 20, c1.length - 1, c1.length, c1.length + 1, body.length - 1]) {
        assert.deepStrictEqual((yield* read([body.slice(0, at), body.slice(at)])).ids, ["c1", "c2"])
      }
    })
  )

  it.effect("come through keep-alives, unknown events, and events in another form", () =>
    Effect.gen(function* () {
      const other = `{"data":${JSON.stringify(Fake.contact("c2"))}, "type":"item"}\n`
      const withMore = `${c3.trimEnd().slice(0, -1)},"more":{}}\n`
      const { failure, ids } = yield* read(['{"type":"nop"}\n', c1, "\n\r\n", `{"type":"new"}\n${other}`, withMore])
      assert.isUndefined(failure)
      assert.deepStrictEqual(ids, ["c1", "c2", "c3"])
    })
  )

  it.effect("stay ended", () =>
    Effect.gen(function* () {
      const pull = yield* open([c1])
      yield* pull
      for (let turn = 0; turn < 3; turn++) assert.isTrue(Cause.isDone(yield* Effect.flip(pull)))
    }).pipe(Effect.scoped)
  )

  it.effect("stay failed", () =>
    Effect.gen(function* () {
      const pull = yield* open([c1, "oops\n", c2])
      yield* pull
      const [first, second] = [yield* Effect.flip(pull), yield* Effect.flip(pull)]
      assert.deepInclude(first, { tag: "UnexpectedResponse" })
      assert.deepStrictEqual(second, first)
    }).pipe(Effect.scoped)
  )
})

describe("the items before a failure come first:", () => {
  const error = (data: object) => `${JSON.stringify({ type: "error", data })}\n`
  const cases = {
    "a line that is not JSON": ["oops\n", { tag: "UnexpectedResponse", description: "The list's line 3 is not JSON" }],
    "a line that is no event": ["[1]\n", { tag: "UnexpectedResponse", description: "Line 3 is no event" }],
    "an event without a type": ['{"data":{}}\n', { tag: "UnexpectedResponse", description: "Line 3 is no event" }],
    "an item that is no contact": [
      Fake.item("c2", { name: 1 }),
      { tag: "UnexpectedResponse", description: "Line 3 is no contact: name: Expected string" }
    ],
    "an item without data": [
      '{"type":"item"}\n',
      { tag: "UnexpectedResponse", description: "Line 3 is no contact: Expected object" }
    ],
    "an error": [
      error({ code: "TOO_MANY_REQUESTS", message: "Too many requests" }),
      { tag: "RateLimited", code: "TOO_MANY_REQUESTS", status: 200, transient: true }
    ],
    "an error without a code or a message": [
      error({}),
      { tag: "UnexpectedResponse", description: "Line 3 is an error without a code or a message" }
    ]
  } as const
  it.effect.each(Object.entries(cases))("%s", ([, [line, expected]]) =>
    Effect.gen(function* () {
      // As one chunk, and in chunks of a line: a blank line counts, and no later item does.
      for (const chunks of [[c1, "\n", line, c3], [`${c1}\n${line}${c3}`]]) {
        const { failure, ids } = yield* read(chunks)
        assert.deepStrictEqual(ids, ["c1"])
        assert.deepInclude(failure, { ...expected, requestId: "request-1" })
      }
    })
  )

  it.effect("a body that is cut within a line, as if it had ended", () =>
    Effect.gen(function* () {
      const { failure, ids } = yield* read([c1, c2.slice(0, 30)])
      assert.deepStrictEqual(ids, ["c1"])
      assert.deepInclude(failure, { tag: "TransportError", outcome: "unknown", transient: true, status: 200 })
    })
  )

  it.effect("a connection that is lost", () =>
    Effect.gen(function* () {
      const { failure, ids } = yield* read([c1], "error")
      assert.deepStrictEqual(ids, ["c1"])
      assert.deepInclude(failure, { tag: "TransportError", transient: true, status: 200, requestId: "request-1" })
    })
  )
})

describe("the idle timeout", () => {
  it.effect("ends keep-alives that arrive faster than they are read", () =>
    Effect.gen(function* () {
      const reply = yield* TestClient.openList(Fake.script(replyOf([])), { timeout: { idle: "10 seconds" } })
      const keepAlive = new TextEncoder().encode("\n")
      let pulls = 0
      const pull = Effect.suspend(() => {
        if (++pulls > 100) return Effect.die("pulled without end")
        return Effect.as(TestClock.adjust("1 second"), Arr.of(keepAlive))
      })
      const items = ItemStream.make(operations.list, { ...reply, body: { ...reply.body, pull: () => pull } })
      assert.deepInclude(yield* Effect.flip(items), { tag: "Timeout", phase: "idle" })
      assert.strictEqual(pulls, 10)
    }).pipe(Effect.scoped)
  )

  it.effect("begins anew with each pull, and ends one that brings no item", () =>
    Effect.gen(function* () {
      const pull = yield* open([c1, '{"type":"nop"}\n'], "hang", { timeout: { idle: "10 seconds" } })
      yield* pull
      yield* TestClock.adjust("1 hour")
      const fiber = yield* Effect.forkChild(Effect.flip(pull))
      yield* Fake.settle
      yield* TestClock.adjust("9999 millis")
      yield* Fake.settle
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepInclude(yield* Fiber.join(fiber), { tag: "Timeout", phase: "idle", status: 200, transient: true })
    }).pipe(Effect.scoped)
  )
})

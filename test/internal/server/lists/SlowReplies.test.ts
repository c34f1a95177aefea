import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as ApiFailure from "../../../../src/internal/server/http/ApiFailure.ts"
import * as Interceptor from "../../../../src/internal/server/faults/Interceptor.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { csv, jsonl, layer, lineIds, numbered, open, parse, seed, send, sse } from "../Harness.ts"

const systemError = ApiFailure.genericError()
const systemErrorText = '{"code":"GENERIC_ERROR","message":"System error occurred"}'

/** Waits before page `index` of a reply, and then fails it if `fails` is true. */
const slow = (index: number, millis: number, fails = false): Interceptor.Interceptor => ({
  ...Interceptor.none,
  page: (_, page) =>
    page.index === index
      ? Effect.sleep(millis).pipe(Effect.andThen(fails ? Effect.fail(systemError) : page.read(page.cursor)))
      : page.read(page.cursor)
})

describe("Slow streams (contract 5.2)", () => {
  const nops = {
    "application/jsonl": '{"type":"nop","data":{}}\n',
    "text/event-stream": "event: nop\ndata: {}\n\n",
    "text/csv": ""
  } as const

  for (const headers of [jsonl, sse, csv]) {
    it.effect(`${headers.accept}: one keep-alive after 16.7 s of silence`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(150))
        const quick = yield* send({ path: "/v1/contact/export", headers })
        const fiber = yield* Effect.forkChild(open({ path: "/v1/contact/list", headers }))
        yield* TestClock.adjust(16_666)
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        const response = yield* Fiber.join(fiber)
        assert.strictEqual(response.status, 200)
        const text = yield* Effect.forkChild(response.text)
        yield* TestClock.adjust(60_000)
        const got = yield* Fiber.join(text)
        if (headers !== csv) {
          assert.isTrue(got.startsWith(nops[headers.accept]))
          assert.strictEqual(got.split(nops[headers.accept]).length, 2)
        }
        assert.strictEqual(got.match(/\bid-\d{4}\b/g)?.length, 150)
        // A keep-alive event before the first page leaves out the header line.
        if (headers === csv) assert.isTrue(quick.text.startsWith("id,name") && got.startsWith('"id-0149"'))
      }).pipe(
        Effect.provide(
          layer({
            interceptor: {
              ...Interceptor.none,
              page: (intercepted, page) =>
                intercepted.operation === "Contact.list"
                  ? Effect.delay(page.read(page.cursor), 20_000)
                  : page.read(page.cursor)
            }
          })
        )
      )
    )
  }

  it.effect("no keep-alive event after the first item", () =>
    Effect.gen(function* () {
      yield* seed(numbered(150))
      const fiber = yield* Effect.forkChild(send({ path: "/v1/contact/list", headers: jsonl }))
      yield* TestClock.adjust(60_000)
      const got = yield* Fiber.join(fiber)
      // Not just the letters: a random id may have them.
      assert.notInclude(got.text, '"nop"')
      assert.strictEqual(lineIds(got.text).length, 150)
    }).pipe(Effect.provide(layer({ interceptor: slow(1, 60_000) })))
  )
})

describe("Errors inside a stream (contract 5.2)", () => {
  const errors = {
    "application/jsonl": `{"type":"error","data":${systemErrorText}}\n`,
    "text/event-stream": `event: error\ndata: ${systemErrorText}\n\n`,
    "text/csv": ""
  } as const

  for (const headers of [jsonl, sse, csv]) {
    it.effect(`${headers.accept}: before the first event it is the status`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(1))
        const got = yield* send({ path: "/v1/contact/list", headers })
        assert.strictEqual(got.status, 500)
        assert.strictEqual(got.text, systemErrorText)
        assert.strictEqual(got.headers["content-type"], "application/json")
      }).pipe(Effect.provide(layer({ interceptor: slow(0, 0, true) })))
    )

    it.effect(`${headers.accept}: after an item it is an event`, () =>
      Effect.gen(function* () {
        yield* seed(numbered(150))
        const got = yield* send({ path: "/v1/contact/list", headers })
        assert.strictEqual(got.status, 200)
        assert.strictEqual(got.text.match(/\bid-\d{4}\b/g)?.length, 100)
        assert.isTrue(got.text.endsWith(errors[headers.accept]))
        if (headers === csv) assert.notInclude(got.text, "GENERIC_ERROR")
      }).pipe(Effect.provide(layer({ interceptor: slow(1, 0, true) })))
    )

    it.effect(`${headers.accept}: after a keep-alive it is an event`, () =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(send({ path: "/v1/contact/list", headers }))
        yield* TestClock.adjust(20_000)
        const got = yield* Fiber.join(fiber)
        assert.strictEqual(got.status, 200)
        assert.isTrue(got.text.endsWith(errors[headers.accept]))
        assert.notInclude(got.text, "item")
      }).pipe(Effect.provide(layer({ interceptor: slow(0, 20_000, true) })))
    )
  }

  it.effect("a row that can't be written is an error too", () =>
    Effect.gen(function* () {
      yield* seed([...numbered(100), { id: "bad", createdAt: -1 }])
      const { store } = yield* ServerState.ServerState
      const throwing = {
        get key(): string {
          throw new Error("no such luck")
        }
      }
      store.update("bad", { meta: throwing }, 0)
      const got = yield* send({ path: "/v1/contact/list", headers: jsonl })
      assert.strictEqual(lineIds(got.text).filter(Boolean).length, 100)
      assert.isTrue(got.text.endsWith('{"type":"error","data":{"code":"GENERIC_ERROR","message":"no such luck"}}\n'))
    }).pipe(Effect.provide(layer()))
  )
})

const commits = (interceptor: Interceptor.Interceptor, at: number, ready: number, text: (body: string) => void) =>
  Effect.gen(function* () {
    yield* seed(numbered(3))
    const fiber = yield* Effect.forkChild(open({ path: "/v1/contact/list" }))
    yield* TestClock.adjust(at - 1)
    assert.strictEqual(fiber.pollUnsafe(), undefined)
    yield* TestClock.adjust(1)
    const response = yield* Fiber.join(fiber)
    assert.strictEqual(response.status, 200)
    assert.strictEqual(response.headers["content-type"], "application/json")
    const body = yield* Effect.forkChild(Stream.runCollect(Stream.decodeText(response.stream)))
    yield* TestClock.adjust(ready - at - 1)
    assert.strictEqual(body.pollUnsafe(), undefined)
    yield* TestClock.adjust(1)
    const chunks = yield* Fiber.join(body)
    assert.strictEqual(chunks.length, 1)
    text(chunks.join(""))
  }).pipe(Effect.provide(layer({ interceptor })))

describe("Slow JSON lists (contract 5.5)", () => {
  it.effect("commit to 200 after 18.75 s", () =>
    commits(slow(0, 40_000), 18_750, 40_000, (body) => {
      assert.strictEqual(parse(body).items.length, 3)
      assert.strictEqual(parse(body).cursor, "id-0000")
    })
  )

  it.effect("may then contain an error", () =>
    commits(slow(0, 40_000, true), 18_750, 40_000, (body) => assert.strictEqual(body, systemErrorText))
  )

  it.effect("commit 25 s after the request arrived", () =>
    commits({ ...slow(0, 30_000), reply: (_, reply) => Effect.delay(reply, 10_000) }, 25_000, 40_000, (body) =>
      assert.strictEqual(parse(body).items.length, 3)
    )
  )

  it.effect("keep the status of their result if it is there in time", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(send({ path: "/v1/contact/list" }))
      yield* TestClock.adjust(18_749)
      const got = yield* Fiber.join(fiber)
      assert.strictEqual(got.status, 500)
      assert.strictEqual(got.text, systemErrorText)
    }).pipe(Effect.provide(layer({ interceptor: slow(0, 18_749, true) })))
  )
})

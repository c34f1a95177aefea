import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { cases, create, items, list, page, requests, type Case } from "./FaultCases.ts"
import { bytesOf, layer, quiet, textOf, transports, until, type Exchange } from "./FaultHarness.ts"
import { csv, numbered, parse, seed, sse } from "../Harness.ts"

const hour = 3_600_000

const check = (expected: Case, exchange: Exchange) => {
  assert.strictEqual(exchange.end, expected.end ?? "ended")
  assert.strictEqual(exchange.status, expected.status)
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    assert.strictEqual(exchange.headers[name], value, name)
  }
  const { body } = expected
  if (typeof body === "string") assert.strictEqual(textOf(exchange), body)
  else if (body instanceof RegExp) assert.match(textOf(exchange), body)
  else body?.(textOf(exchange), bytesOf(exchange))
}

for (const [transport, start] of Object.entries(transports)) {
  describe(`Faults ${transport}`, () => {
    for (const [name, expected] of Object.entries(cases)) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* seed(numbered(items))
          yield* state.faults.inject([{ fault: expected.fault }])
          const { exchange, stop } = yield* start(requests[expected.to])
          yield* until("it is seen", () => state.log.total > 0)
          if (expected.after !== undefined) {
            yield* quiet
            yield* TestClock.adjust(expected.after - 1)
            yield* quiet
            // The headers of a slow body may have arrived already.
            assert.strictEqual(exchange.end, "open")
            yield* TestClock.adjust(1)
            yield* until("headers", () => exchange.status !== undefined)
            yield* quiet
            yield* TestClock.adjust(hour)
          }
          if (expected.end === "open") {
            yield* quiet
            for (let minute = 0; minute < 60; minute++) yield* TestClock.adjust(60_000)
            yield* quiet
          } else {
            yield* until(`${name} ends`, () => exchange.end !== "open")
          }
          check(expected, exchange)
          const acts = expected.acts ?? expected.status === 200
          assert.strictEqual(state.store.size, items + (expected.to === "create" && acts ? 1 : 0))
          assert.deepStrictEqual(yield* state.faults.injected, [
            {
              operation: requests[expected.to].path.endsWith("create") ? "Contact.create" : "Contact.list",
              attempt: 1,
              fault: expected.fault
            }
          ])
          yield* stop
          yield* state.faults.removeAll
          const afterwards = yield* start(page)
          yield* until("the reply without a fault ends", () => afterwards.exchange.end === "ended")
          assert.lengthOf(parse(textOf(afterwards.exchange)).items, 100)
        }).pipe(Effect.provide(layer()))
      )
    }

    it.effect("everything before a reset arrives, whatever its size", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* seed(numbered(9999))
        yield* state.faults.inject([{ fault: Fault.resetAfter(2_000_000) }])
        const { exchange } = yield* start(list)
        yield* until("it ends", () => exchange.end !== "open")
        assert.strictEqual(exchange.end, "broken")
        assert.strictEqual(bytesOf(exchange).length, 2_000_000)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a reset is reported as one", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* state.faults.inject([{ fault: Fault.reset }])
        const { exchange } = yield* start(create)
        yield* until("it ends", () => exchange.end !== "open")
        const codes: Array<unknown> = []
        for (let cause = exchange.error; cause instanceof Error; cause = cause.cause) {
          codes.push(Reflect.get(cause, "code"))
          const reason: unknown = Reflect.get(cause, "reason")
          if (reason instanceof Error) codes.push(Reflect.get(reason.cause ?? {}, "code"))
        }
        assert.include(codes, "ECONNRESET")
      }).pipe(Effect.provide(layer()))
    )

    for (const [name, headers] of Object.entries({ csv, sse })) {
      it.effect(`${name}: an error, a cut and garbage`, () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* seed(numbered(3))
          yield* state.faults.inject([
            { attempt: 1, fault: Fault.errorAfter(2) },
            { attempt: 2, fault: Fault.cutAfter(4) },
            { attempt: 3, fault: Fault.garbage(4) }
          ])
          const got: Array<Exchange> = []
          for (let attempt = 1; attempt <= 3; attempt++) {
            const { exchange } = yield* start({ path: "/v1/contact/export", headers })
            yield* until("it ends", () => exchange.end === "ended")
            assert.strictEqual(exchange.headers["content-type"], headers.accept)
            got.push(exchange)
          }
          const [first, second, third] = got.map(textOf)
          assert.strictEqual(first?.match(/id-000\d/g)?.length, 2)
          assert.strictEqual(first?.includes("GENERIC_ERROR"), name === "sse")
          assert.strictEqual(second, name === "sse" ? "even" : "id,n")
          assert.notStrictEqual(third, second)
        }).pipe(Effect.provide(layer()))
      )
    }

    it.effect("pieces of a body arrive one by one", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* state.faults.inject([{ fault: Fault.trickle(1, { every: 1 }) }])
        const { exchange } = yield* start(create)
        for (let turn = 0; turn < 34; turn++) {
          yield* until("a byte is there", () => bytesOf(exchange).length === turn)
          yield* quiet
          yield* TestClock.adjust(1)
        }
        yield* until("it ends", () => exchange.end === "ended")
        assert.lengthOf(exchange.chunks, 34)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a body without end is written no faster than it is read", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* state.faults.inject([{ fault: Fault.endless("x".repeat(10_000)) }])
        const { exchange, stop } = yield* start(list)
        yield* until("a megabyte is there", () => exchange.chunks.length > 0 && bytesOf(exchange).length > 1e6)
        yield* stop
        assert.notStrictEqual(exchange.end, "ended")
      }).pipe(Effect.provide(layer()))
    )

    for (const fault of [Fault.stall, Fault.stallAfter(5), Fault.afterCommit(Fault.stall), Fault.delay("1 day")]) {
      it.effect(`a client that gives up ends the handler: ${fault._tag}`, () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          let closed = 0
          const { reply, page } = state.faults.interceptor
          state.interceptor = {
            page,
            reply: (intercepted, answer) =>
              Effect.addFinalizer(() => Effect.sync(() => closed++)).pipe(Effect.andThen(reply(intercepted, answer)))
          }
          yield* state.faults.inject([{ fault }])
          const { exchange, stop } = yield* start(create)
          yield* until("it is on its way", () => state.log.total > 0)
          yield* quiet
          assert.strictEqual(closed, 0)
          yield* stop
          yield* until("the handler ends", () => closed === 1)
          assert.notStrictEqual(exchange.end, "ended")
        }).pipe(Effect.provide(layer()))
      )
    }
  })
}

describe("A status below 200", () => {
  it.effect("is a response in process, and a reset over a socket", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* state.faults.inject([{ fault: Fault.status(103) }])
      const local = yield* transports["in process"](create)
      assert.strictEqual(local.exchange.status, 103)
      const remote = yield* transports["over a socket"](create)
      yield* until("it ends", () => remote.exchange.end !== "open")
      assert.strictEqual(remote.exchange.end, "refused")
    }).pipe(Effect.provide(layer()))
  )
})

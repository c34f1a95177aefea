import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { layer, quiet, textOf, transports, until } from "../faults/FaultHarness.ts"
import { csv, generic, jsonl, lineIds, parse, post, seed, type Sent } from "../Harness.ts"
import { lists, numberedItems, seedMemories } from "./Items.ts"

const system500 = generic("System error occurred")
const newest = (count: number) =>
  numberedItems(150)
    .map(({ id }) => id)
    .toReversed()
    .slice(0, count)

for (const [transport, start] of Object.entries(transports)) {
  for (const [name, list] of Object.entries(lists)) {
    const path = `/v1/contact/ada/${name}/list`

    describe(`Faults of the ${name} list ${transport}`, () => {
      /** Lists with a fault, and returns the text once the reply has come to that end. */
      const listed = (fault: Fault.Fault, end: "ended" | "broken", headers: Sent["headers"] = jsonl) =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* state.faults.inject([{ operation: list.operation, fault }])
          const { exchange } = yield* start({ path, headers: headers ?? {} })
          yield* until("it ends", () => exchange.end !== "open")
          yield* state.faults.removeAll
          assert.strictEqual(exchange.end, end)
          return { status: exchange.status, text: textOf(exchange) }
        })

      it.effect("change what it sends, as those of the contact list do", () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* seed([{ id: "ada" }])
          yield* list.seed("ada", numberedItems(150))
          const failing = (yield* listed(Fault.errorAfter(120), "ended")).text.split("\n")
          assert.deepStrictEqual(lineIds(failing.slice(0, 120).join("\n")), newest(120))
          assert.strictEqual(failing[120], `{"type":"error","data":${system500}}`)
          assert.deepStrictEqual(yield* listed(Fault.errorAfter(0), "ended"), { status: 500, text: system500 })
          assert.deepStrictEqual(yield* listed(Fault.errorAfter(5), "ended", {}), { status: 500, text: system500 })
          assert.deepStrictEqual(lineIds((yield* listed(Fault.dropPage(1), "ended")).text), newest(100))
          assert.strictEqual((yield* listed(Fault.dropPage(0), "ended", {})).text, '{"items":[]}')
          assert.deepStrictEqual(lineIds((yield* listed(Fault.cutAfter({ lines: 3 }), "ended")).text), newest(3))
          assert.deepStrictEqual(lineIds((yield* listed(Fault.resetAfter({ lines: 120 }), "broken")).text), newest(120))
          assert.strictEqual((yield* listed(Fault.cutAfter(4), "ended", csv)).text, "id,n")
          assert.deepStrictEqual(yield* listed(Fault.status(503), "ended"), {
            status: 503,
            text: '{"code":"SERVICE_UNAVAILABLE","message":"Service unavailable"}'
          })
          assert.strictEqual((yield* listed(Fault.rateLimit(), "ended")).status, 429)
          assert.deepStrictEqual(lineIds((yield* listed(Fault.trickle(1000), "ended")).text), newest(150))
          assert.isTrue((yield* state.faults.injected).every(({ operation }) => operation === list.operation))
        }).pipe(Effect.provide(layer()))
      )

      it.effect("delay, stall and repeat its pages", () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* seed([{ id: "ada" }])
          yield* list.seed("ada", numberedItems(150))
          yield* state.faults.inject([
            { attempt: 1, fault: Fault.delayPage(1, "1 minute") },
            { attempt: 2, fault: Fault.stallAfter({ lines: 2 }) },
            { attempt: 3, fault: Fault.ignoreCursor }
          ])
          const slow = yield* start({ path, headers: jsonl })
          yield* until("the first page", () => lineIds(textOf(slow.exchange)).length === 100)
          yield* quiet
          yield* TestClock.adjust(59_999)
          yield* quiet
          assert.strictEqual(slow.exchange.end, "open")
          yield* TestClock.adjust(1)
          yield* until("the end", () => slow.exchange.end === "ended")
          assert.deepStrictEqual(lineIds(textOf(slow.exchange)), newest(150))
          const stalled = yield* start({ path, headers: jsonl })
          yield* until("two lines", () => lineIds(textOf(stalled.exchange)).length === 2)
          yield* quiet
          yield* TestClock.adjust(3_600_000)
          yield* quiet
          assert.strictEqual(stalled.exchange.end, "open")
          yield* stalled.stop
          const { exchange } = yield* start({ path: `${path}?take=2&cursor=row-0000` })
          yield* until("the page", () => exchange.end === "ended")
          assert.strictEqual(parse(textOf(exchange)).cursor, "row-0148")
        }).pipe(Effect.provide(layer()))
      )

      it.effect("come with items deleted while it is streamed", () =>
        Effect.gen(function* () {
          const state = yield* ServerState.ServerState
          yield* seed([{ id: "ada" }])
          yield* list.seed("ada", numberedItems(150))
          const plan = state.interceptor
          state.interceptor = {
            ...plan,
            page: (intercepted, page) =>
              Effect.suspend(() => {
                if (page.index === 1) list.delete(state, "row-0050")
                return plan.page(intercepted, page)
              })
          }
          const { exchange } = yield* start({ path, headers: jsonl })
          yield* until("it ends", () => exchange.end === "ended")
          // The cursor of the second page is unknown now, so that the list stops early (contract 4).
          assert.deepStrictEqual(lineIds(textOf(exchange)), newest(100))
        }).pipe(Effect.provide(layer()))
      )
    })
  }

  describe(`Faults of the search of memories ${transport}`, () => {
    const search = post("/v1/contact/ada/memory/search", { search: "tea" })
    const found = '{"items":[{"id":"m","text":"tea"}]}'

    it.effect("change what it sends", () =>
      Effect.gen(function* () {
        const state = yield* ServerState.ServerState
        yield* seed([{ id: "ada" }])
        yield* seedMemories("ada", [{ id: "m", text: "tea" }])
        const operation = "ContactMemory.search"
        yield* state.faults.inject([
          { operation, attempt: 1, fault: Fault.status(403) },
          { operation, attempt: 2, fault: Fault.afterCommit(Fault.reset) },
          { operation, attempt: 3, fault: Fault.cutAfter(10) },
          // Faults of pages are for lists.
          { attempt: 4, fault: Fault.dropPage(0) }
        ])
        const got: Array<readonly [end: string, status: number | undefined, text: string]> = []
        for (let attempt = 1; attempt <= 4; attempt++) {
          const { exchange } = yield* start(search)
          yield* until("it ends", () => exchange.end !== "open")
          got.push([exchange.end, exchange.status, textOf(exchange)])
        }
        assert.deepStrictEqual(got, [
          ["ended", 403, '{"message":"Not authorized","code":"NOT_AUTHORIZED"}'],
          ["refused", undefined, ""],
          ["ended", 200, found.slice(0, 10)],
          ["ended", 200, found]
        ])
      }).pipe(Effect.provide(layer()))
    )
  })
}

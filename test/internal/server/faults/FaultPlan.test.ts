import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Random from "effect/Random"
import * as Fault from "../../../../src/internal/server/faults/Fault.ts"
import { endpoints } from "../../../../src/internal/server/Endpoints.ts"
import { documents, lists } from "../../../../src/internal/server/OperationName.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { layer, transports, until } from "./FaultHarness.ts"
import * as Harness from "../Harness.ts"

const { post, send } = Harness

const down = Fault.status(503)
const create = send(post("/v1/contact/create", {}))
const list = send({ path: "/v1/contact/list" })
const statusOf = Effect.map((got: Harness.Got) => got.status)

const inject = (...rules: ReadonlyArray<Fault.Rule>) =>
  Effect.flatMap(ServerState.ServerState, (state) => state.faults.inject(rules))

/** The attempts, of that many creates, that are answered with a fault. */
const faultyAttempts = (count: number) =>
  Effect.map(Effect.replicateEffect(statusOf(create), count), (statuses) =>
    statuses.flatMap((status, index) => (status === 200 ? [] : [index + 1]))
  )

describe("The names of operations", () => {
  it("are those of the endpoints", () => {
    assert.sameMembers(
      endpoints.map(({ operation }) => operation),
      [...documents, ...lists]
    )
  })
})

describe("A rule", () => {
  const cases: Readonly<Record<string, readonly [rule: Fault.Rule, attempts: ReadonlyArray<number>]>> = {
    "of every request": [{ fault: down }, [1, 2, 3, 4, 5, 6]],
    "of one attempt": [{ attempt: 2, fault: down }, [2]],
    "of some attempts": [{ attempt: [1, 5], fault: down }, [1, 5]],
    "of attempts by a predicate": [{ attempt: (attempt) => attempt % 3 === 0, fault: down }, [3, 6]],
    "of an operation": [{ operation: "Contact.create", fault: down }, [1, 2, 3, 4, 5, 6]],
    "of some operations": [{ operation: ["Contact.fetch", "Contact.create"], attempt: 4, fault: down }, [4]],
    "of another operation": [{ operation: "Contact.update", fault: down }, []],
    "of no operation": [{ operation: [], fault: down }, []],
    "of a number of times": [{ times: 2, fault: down }, [1, 2]],
    "of a number of times, from a later attempt": [{ times: 1, attempt: (attempt) => attempt > 3, fault: down }, [4]],
    "that is certain": [{ probability: 1, fault: down }, [1, 2, 3, 4, 5, 6]],
    "that is impossible": [{ probability: 0, fault: down }, []],
    "of lists": [{ fault: Fault.dropPage(0) }, []]
  }
  for (const [name, [rule, expected]] of Object.entries(cases)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { faults } = yield* ServerState.ServerState
        assert.deepStrictEqual(yield* faultyAttempts(6), expected)
        assert.deepStrictEqual(
          yield* faults.injected,
          expected.map((attempt) => ({ operation: "Contact.create", attempt, fault: down }))
        )
      }).pipe(Effect.provide(layer({ faults: [rule] })))
    )
  }

  it.effect("counts the attempts of each operation separately", () =>
    Effect.gen(function* () {
      yield* inject({ attempt: 2, fault: down })
      assert.deepStrictEqual(
        [yield* create, yield* list, yield* list, yield* create].map(({ status }) => status),
        [200, 200, 503, 503]
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is used if it is the first that applies; later rules are not used up", () =>
    Effect.gen(function* () {
      yield* inject({ times: 1, fault: Fault.status(500) }, { times: 1, fault: Fault.status(502) })
      yield* inject({ times: 2, fault: down })
      const statuses = yield* Effect.replicateEffect(statusOf(create), 5)
      assert.deepStrictEqual(statuses, [500, 502, 503, 503, 200])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("of pages is for lists and exports, and other operations get the next rule", () =>
    Effect.gen(function* () {
      yield* Harness.seed(Harness.numbered(3))
      yield* inject({ fault: Fault.dropPage(0) }, { fault: down })
      assert.strictEqual((yield* list).text, '{"items":[]}')
      assert.strictEqual((yield* send({ path: "/v1/contact/export" })).text, '{"items":[]}')
      assert.strictEqual((yield* create).status, 503)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is injected before any check of the request, and only into requests of an operation", () =>
    Effect.gen(function* () {
      yield* inject({ fault: down })
      assert.strictEqual((yield* send({ path: "/v1/contact/list", authorization: null })).status, 503)
      assert.strictEqual((yield* send({ path: "/v1/contact/create", body: "{" })).status, 503)
      assert.strictEqual((yield* send({ path: "/v1/nothing" })).status, 404)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is gone once removed; the injected faults are still listed", () =>
    Effect.gen(function* () {
      const { faults } = yield* ServerState.ServerState
      yield* inject({ fault: down })
      yield* create
      yield* faults.removeAll
      assert.strictEqual((yield* create).status, 200)
      assert.lengthOf(yield* faults.injected, 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("starts again when the state is cleared", () =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* inject({ attempt: 1, times: 1, fault: down })
      assert.deepStrictEqual(yield* faultyAttempts(2), [1])
      yield* state.clear
      assert.deepStrictEqual(yield* state.faults.injected, [])
      assert.strictEqual(state.log.total, 0)
      assert.deepStrictEqual(yield* faultyAttempts(2), [1])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("that ignores the cursor repeats the first page of a stream for ever", () =>
    Effect.gen(function* () {
      yield* Harness.seed(Harness.numbered(3))
      yield* inject({ fault: Fault.ignoreCursor })
      const { exchange, stop } = yield* transports["in process"]({ path: "/v1/contact/list", headers: Harness.jsonl })
      yield* until("it repeats", () => exchange.chunks.length >= 10)
      yield* stop
      const [first, ...rest] = exchange.chunks.slice(0, 10)
      for (const chunk of rest) assert.deepStrictEqual(chunk, first)
    }).pipe(Effect.provide(layer()))
  )
})

describe("The probability of a rule", () => {
  const often = 200
  const lost = (fault: Fault.Fault): Fault.Rule => ({ operation: "Contact.create", probability: 0.025, fault })
  const fourWays = [
    lost(Fault.afterCommit(Fault.status(503))),
    lost(Fault.afterCommit(Fault.reset)),
    lost(Fault.afterCommit(Fault.garbage())),
    lost(Fault.resetAfter(5))
  ]

  /** The faults injected into many creates, in the order of their attempts, whatever order they were sent in. */
  const injectedInto = (seed: string, transport: keyof typeof transports, concurrency: number) =>
    Effect.gen(function* () {
      const state = yield* ServerState.ServerState
      yield* inject(...fourWays).pipe(Random.withSeed(seed))
      yield* Effect.forEach(
        Array.from({ length: often }, () => post("/v1/contact/create", {})),
        (sent) =>
          Effect.gen(function* () {
            const { exchange } = yield* transports[transport](sent)
            yield* until("an end", () => exchange.end !== "open")
          }),
        { concurrency, discard: true }
      )
      assert.strictEqual(state.store.size, often)
      const injected = yield* state.faults.injected
      return injected.toSorted((left, right) => left.attempt - right.attempt)
    }).pipe(Effect.provide(layer()))

  it.effect("gets the same attempts from the same seed, in whatever order, in process and over sockets", () =>
    Effect.gen(function* () {
      const expected = yield* injectedInto("a", "in process", 1)
      assert.isTrue(expected.length > 5 && expected.length < 45, `${expected.length} of ${often}`)
      assert.strictEqual(new Set(expected.map(({ fault }) => fault)).size, 4)
      assert.deepStrictEqual(yield* injectedInto("a", "in process", 20), expected)
      assert.deepStrictEqual(yield* injectedInto("a", "over a socket", 20), expected)
      assert.notDeepEqual(yield* injectedInto("b", "in process", 1), expected)
    })
  )

  it.effect("is drawn from the seed at the time the layer is built", () =>
    Effect.gen(function* () {
      const run = (seed: number) =>
        faultyAttempts(40).pipe(
          Effect.provide(layer({ faults: [{ probability: 0.5, fault: down }] }), { local: true }),
          Random.withSeed(seed)
        )
      const first = yield* run(1)
      assert.deepStrictEqual(yield* run(1), first)
      assert.notDeepEqual(yield* run(2), first)
      assert.isTrue(first.length > 5 && first.length < 35)
    })
  )

  it.effect("of garbage gives the same bytes for the same seed", () =>
    Effect.gen(function* () {
      const bytes = Effect.gen(function* () {
        yield* inject({ fault: Fault.garbage(32) }).pipe(Random.withSeed("x"))
        const read = Effect.flatMap(
          HttpClient.execute(Harness.toRequest({ path: "/v1/contact/list" })),
          (response) => response.arrayBuffer
        )
        return [new Uint8Array(yield* read), new Uint8Array(yield* read)]
      }).pipe(Effect.provide(layer(), { local: true }))
      const [first, second] = yield* bytes
      assert.notDeepEqual(first, second)
      assert.deepStrictEqual(yield* bytes, [first, second])
    })
  )
})

describe("An invalid rule", () => {
  // An operation that the types do not allow.
  const named = (name: string): Fault.OperationName => name as Fault.OperationName
  const cases: ReadonlyArray<readonly [message: string, rule: Fault.Rule]> = [
    ["operation: there is no Contact.listPage", { operation: named("Contact.listPage"), fault: down }],
    ["operation: there is no x", { operation: ["Contact.list", named("x")], fault: down }],
    [
      "operation: DropPage is for lists, which Contact.create is not",
      { operation: ["Contact.list", "Contact.create"], fault: Fault.dropPage(0) }
    ],
    ["attempt: must be a whole number from 1, not 0", { attempt: 0, fault: down }],
    ["attempt: must be a whole number from 1, not 1, 2.5", { attempt: [1, 2.5], fault: down }],
    ["probability: must be from 0 to 1, not 10", { probability: 10, fault: down }],
    ["probability: must be from 0 to 1, not -0.1", { probability: -0.1, fault: down }],
    ["probability: must be from 0 to 1, not NaN", { probability: Number.NaN, fault: down }],
    ["times: must be a whole number from 1, not 0", { times: 0, fault: down }],
    ["fault.status: must be a whole number from 100 to 599, not 600", { fault: Fault.status(600) }],
    ["fault.status: must be a whole number from 100 to 599, not 99", { fault: Fault.status(99) }],
    ["fault.status: must be a whole number from 100 to 599, not 200.5", { fault: Fault.status(200.5) }],
    [
      "fault.headers: Content-Length is for the transport to write",
      { fault: Fault.status(200, { headers: { "Content-Length": "1" } }) }
    ],
    ["fault.retryAfter: must be a finite duration from 0, not -1", { fault: Fault.rateLimit({ retryAfter: -1 }) }],
    [
      "fault.retryAfter: must be a finite duration from 0, not Infinity",
      { fault: Fault.afterCommit(Fault.rateLimit({ retryAfter: "Infinity" })) }
    ],
    ["fault.duration: must be a duration from 0, not -1", { fault: Fault.delay(-1) }],
    ["fault.duration: must be a duration from 0, not -1", { fault: Fault.afterCommit(Fault.delay(-1)) }],
    ["fault.duration: must be a duration from 0, not -1 seconds", { fault: Fault.delayPage(0, "-1 seconds") }],
    ["fault.at: must be a whole number from 0, not -1", { fault: Fault.resetAfter(-1) }],
    ["fault.at: must be a whole number from 0, not 0.5", { fault: Fault.stallAfter(0.5) }],
    ["fault.at.lines: must be a whole number from 0, not Infinity", { fault: Fault.cutAfter({ lines: Infinity }) }],
    ["fault.bytes: must be a whole number from 1, not 0", { fault: Fault.garbage(0) }],
    ["fault.bytes: must be a whole number from 1, not 0", { fault: Fault.trickle(0) }],
    ["fault.every: must be a duration from 0, not -1", { fault: Fault.trickle(1, { every: -1 }) }],
    ["fault.every: must be a duration from 0, not -1", { fault: Fault.endless("x", { every: -1 }) }],
    ["fault.text: must not be empty", { fault: Fault.endless("") }],
    ["fault.items: must be a whole number from 0, not -1", { fault: Fault.errorAfter(-1) }],
    ["fault.index: must be a whole number from 0, not -1", { fault: Fault.dropPage(-1) }],
    ["fault.index: must be a whole number from 0, not -1", { fault: Fault.delayPage(-1, 0) }]
  ]

  const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.map(Effect.exit(effect), (exit) => {
      const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      return defect instanceof Error ? defect.message : undefined
    })

  for (const [message, rule] of cases) {
    it.effect(`${rule.fault._tag}: ${message}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* defectOf(inject({ fault: Fault.stall }, rule)), `Fault rule 1: ${message}`)
        // No rule was added.
        assert.strictEqual((yield* create).status, 200)
        const built = Effect.provide(Effect.void, ServerState.layer({ faults: [rule] }))
        assert.strictEqual(yield* defectOf(built), `Fault rule 0: ${message}`)
      }).pipe(Effect.provide(layer()))
    )
  }
})

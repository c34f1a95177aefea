import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import type { Case, Need } from "./Case.ts"
import { cases } from "./Cases.ts"
import { clauses } from "./Clauses.ts"
import * as Coverage from "./Coverage.ts"
import * as Run from "./Run.ts"
import { create, fetched } from "./Steps.ts"
import * as Targets from "./Targets.ts"
import * as Controlled from "./targets/Controlled.ts"
import * as Live from "./targets/Live.ts"
import type { Open } from "./targets/Target.ts"

describe("The contract, in process and over a socket", () => {
  for (const self of cases) {
    it.effect(`${self.id} (${self.clauses.join(", ")})`, () =>
      Effect.gen(function* () {
        const inProcess = yield* Run.runControlled(self, Controlled.inProcess)
        const emulator = yield* Run.runControlled(self, Controlled.emulator)
        assert.deepStrictEqual(inProcess.problems, [])
        assert.deepStrictEqual(emulator.problems, [])
        assert.isUndefined(Run.difference(inProcess, emulator))
        assert.lengthOf(inProcess.replies, self.steps.length)
      })
    )
  }
})

/** What a case uses, and so must say that it needs. */
const used = ({ setup = {}, steps }: Case): ReadonlySet<Need> => {
  const needs = new Set<Need>()
  if (setup.accounts !== undefined) needs.add("accounts")
  if (setup.limit !== undefined) needs.add("limit")
  if (setup.seeds !== undefined) needs.add("seed")
  if (setup.disturbance !== undefined) needs.add("interceptor")
  if (steps.some(({ kind }) => kind === "clock")) needs.add("clock")
  if (JSON.stringify(steps).includes("Bearer sk-")) needs.add("accounts")
  return needs
}

/** A list that may show more than the run's own contacts. */
const looksAround = ({ steps }: Case): boolean =>
  steps.some(
    (step) =>
      step.kind === "send" &&
      step.expected.status === 200 &&
      (step.request.method ?? "GET") === "GET" &&
      /^\/contact\/(?:list|export)/.test(step.request.path) &&
      !step.request.path.includes("meta.run=<run>")
  )

describe("The suite", () => {
  it("covers every clause", () => {
    assert.deepStrictEqual(
      Coverage.uncovered.map(({ id }) => id),
      []
    )
  })

  it("has every id once", () => {
    assert.strictEqual(new Set(cases.map(({ id }) => id)).size, cases.length)
    assert.strictEqual(new Set(clauses.map(({ id }) => id)).size, clauses.length)
  })

  it("says of every inferred or unconfirmed clause what it rests on", () => {
    const unexplained = clauses.filter(
      ({ basis, assumptions, unnamed }) => basis !== undefined && assumptions === undefined && unnamed === undefined
    )
    assert.deepStrictEqual(unexplained, [])
  })

  it("has cases that say what they need", () => {
    for (const self of cases) {
      for (const need of used(self)) assert.include(self.needs ?? [], need, self.id)
      if (self.needs === undefined) assert.isFalse(looksAround(self), self.id)
    }
  })

  it.effect("notices what is wrong", () =>
    Effect.gen(function* () {
      const wrong = (steps: Case["steps"]) =>
        Effect.map(
          Run.runControlled({ id: "wrong", clauses: [], steps }, Controlled.inProcess),
          (outcome) => outcome.problems.length
        )
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({ name: "a" })]), 0)
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({ name: "b" })]), 1)
      assert.strictEqual(yield* wrong([create({ name: 1 })]), 1)
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({}, "unknown")]), 1)
    })
  )

  it.effect("notices a difference between targets", () =>
    Effect.gen(function* () {
      const self = (name: string): Case => ({ id: "same", clauses: [], steps: [create({ name }), fetched({ name })] })
      const one = yield* Run.runControlled(self("a"), Controlled.inProcess)
      const other = yield* Run.runControlled(self("b"), Controlled.inProcess)
      assert.isUndefined(Run.difference(one, yield* Run.runControlled(self("a"), Controlled.emulator)))
      assert.isDefined(Run.difference(one, other))
    })
  )
})

const live = Effect.map(Emulator.Emulator, ({ url }) => Live.live({ baseUrl: url, secret: InMemory.secret }))

const left = Effect.flatMap(InMemory.InMemory, (api) => api.contacts())

describe("A live server", () => {
  it("is asked only if both variables say so", () => {
    const secret = { CHATBOTKIT_API_SECRET: "sk-x" }
    assert.isString(Live.fromEnvironment({}))
    assert.isString(Live.fromEnvironment(secret))
    assert.isString(Live.fromEnvironment({ CHATBOTKIT_CONFORMANCE: "live" }))
    assert.isString(Live.fromEnvironment({ ...secret, CHATBOTKIT_CONFORMANCE: "yes" }))
    const options = Live.fromEnvironment({ ...secret, CHATBOTKIT_CONFORMANCE: "live" })
    if (typeof options === "string") return assert.fail(options)
    assert.strictEqual(options.baseUrl, "https://api.chatbotkit.com")
    assert.strictEqual(Redacted.value(options.secret), "sk-x")
  })

  it.live("gets the cases without needs, among contacts of others, and keeps nothing of them", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const api = yield* InMemory.InMemory
      const others = yield* api.seed(Array.from({ length: 120 }, (_, index) => ({ name: `${index}` })))
      const { outcomes } = yield* Targets.runLive({ baseUrl: url, secret: InMemory.secret })
      assert.isAbove(outcomes.size, 100)
      for (const [id, { problems }] of outcomes) assert.deepStrictEqual(problems, [], id)
      assert.deepStrictEqual(yield* left, others)
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.live("is left as it was by a case that fails", () =>
    Effect.gen(function* () {
      const self: Case = { id: "fails", clauses: [], steps: [create({ name: "a" }), fetched({ name: "b" })] }
      const { problems } = yield* Run.run(self, yield* live)
      assert.lengthOf(problems, 1)
      assert.deepStrictEqual(yield* left, [])
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.live("is left as it was by a case that is interrupted", () =>
    Effect.gen(function* () {
      const made = yield* Deferred.make<void>()
      const open = yield* live
      const hanging: Open = (setup, name) =>
        Effect.map(open(setup, name), (target) => ({
          ...target,
          send: (wire) =>
            wire.method === "GET" ? Effect.andThen(Deferred.succeed(made, undefined), Effect.never) : target.send(wire)
        }))
      const self: Case = { id: "hangs", clauses: [], steps: [create({ name: "a" }), fetched({})] }
      const fiber = yield* Effect.forkChild(Run.run(self, hanging))
      yield* Deferred.await(made)
      assert.lengthOf(yield* left, 1)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* left, [])
    }).pipe(Effect.provide(Emulator.layer()))
  )
})

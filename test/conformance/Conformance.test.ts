import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import type { Case, Need, Rows } from "../../src/conformance/Case.ts"
import { cases } from "../../src/conformance/Cases.ts"
import { clauses } from "../../src/conformance/Clauses.ts"
import * as Coverage from "../../src/conformance/Coverage.ts"
import * as LiveRun from "../../src/conformance/LiveRun.ts"
import * as Run from "../../src/conformance/Run.ts"
import { create, fetched, post, received, send, stored } from "../../src/conformance/Steps.ts"
import * as Targets from "./Targets.ts"
import * as Controlled from "./targets/Controlled.ts"
import { fromEnvironment } from "./targets/LiveEnvironment.ts"
import * as LiveTarget from "../../src/conformance/targets/LiveTarget.ts"
import type { OpenTarget } from "../../src/conformance/targets/CaseTarget.ts"

describe("The wire contract, in process and over HTTP", () => {
  for (const self of cases) {
    it.effect(`${self.id} (${self.clauses.join(", ")})`, () =>
      Effect.gen(function* () {
        const inProcess = yield* Targets.runCase(self, Controlled.inProcess)
        const emulator = yield* Targets.runCase(self, Controlled.emulator)
        assert.deepStrictEqual(inProcess.problems, [])
        assert.deepStrictEqual(emulator.problems, [])
        assert.isUndefined(Run.difference(inProcess, emulator))
        assert.lengthOf(inProcess.replies, self.steps.length)
      })
    )
  }
})

/** The needs that follow from the setup and the steps of a case. */
const impliedNeeds = ({ setup = {}, steps }: Case): ReadonlySet<Need> => {
  const needs = new Set<Need>()
  if (setup.accounts !== undefined) needs.add("accounts")
  if (setup.limit !== undefined) needs.add("limit")
  if (setup.seeds !== undefined || setup.rows !== undefined || setup.templates !== undefined) needs.add("seed")
  if (setup.upstream !== undefined) needs.add("upstream")
  if (setup.disturbance !== undefined) needs.add("interceptor")
  if (steps.some(({ kind }) => kind === "clock")) needs.add("clock")
  if (steps.some(({ kind }) => kind === "received")) needs.add("upstream")
  if (steps.some(({ kind }) => kind === "seed" || kind === "stored")) needs.add("seed")
  if (JSON.stringify(steps).includes("Bearer sk-")) needs.add("accounts")
  return needs
}

/** True if a case expects a list that can contain contacts of others. */
const listsForeignContacts = ({ steps }: Case): boolean =>
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

  it("has unique ids", () => {
    assert.strictEqual(new Set(cases.map(({ id }) => id)).size, cases.length)
    assert.strictEqual(new Set(clauses.map(({ id }) => id)).size, clauses.length)
  })

  it("gives an assumption or a reason for every inferred or unconfirmed clause", () => {
    const unexplained = clauses.filter(
      ({ basis, assumptions, unnamed }) => basis !== undefined && assumptions === undefined && unnamed === undefined
    )
    assert.deepStrictEqual(unexplained, [])
  })

  it("declares the needs of every case", () => {
    for (const self of cases) {
      for (const need of impliedNeeds(self)) assert.include(self.needs ?? [], need, self.id)
      if (self.needs === undefined) assert.isFalse(listsForeignContacts(self), self.id)
    }
  })

  it.effect("finds wrong replies", () =>
    Effect.gen(function* () {
      const wrong = (steps: Case["steps"]) =>
        Effect.map(
          Targets.runCase({ id: "wrong", clauses: [], steps }, Controlled.inProcess),
          (outcome) => outcome.problems.length
        )
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({ name: "a" })]), 0)
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({ name: "b" })]), 1)
      assert.strictEqual(yield* wrong([create({ name: 1 })]), 1)
      assert.strictEqual(yield* wrong([create({ name: "a" }), fetched({}, "unknown")]), 1)
    })
  )

  it.effect("finds wrong requests to the upstream, and wrong rows in the store", () =>
    Effect.gen(function* () {
      const url = "https://api.example.com/"
      const problemsOf = (steps: Case["steps"]) =>
        Effect.map(
          Targets.runCase(
            {
              id: "wrong",
              clauses: [],
              setup: {
                seeds: [{ contacts: [{ id: "ada", verifiedAt: 1 }] }],
                rows: (api) =>
                  Effect.andThen(
                    api.seedSecrets([{ id: "s", kind: "personal" }], "sk-main"),
                    api.seedSecretValues("ada", [{ secretId: "s", value: "v" }])
                  ),
                upstream: { [url]: [{ status: 201, headers: { "x-request-id": "1" } }] }
              },
              steps: [
                send(post("/contact/ada/secret/s/proxy", { url, method: "POST", body: "a=b" }), { status: 201 }),
                ...steps
              ]
            },
            Controlled.inProcess
          ),
          ({ problems }) => problems.length
        )
      const right = {
        method: "POST",
        url,
        body: "a=b",
        form: { a: "b", c: null },
        headers: { authorization: "v", te: null }
      }
      assert.strictEqual(yield* problemsOf([received(right)]), 0)
      assert.strictEqual(yield* problemsOf([received(right), received(right)]), 1)
      assert.strictEqual(yield* problemsOf([received(right, right)]), 1)
      for (const wrong of [
        { method: "PUT" },
        { url: `${url}x` },
        { body: null },
        { form: { a: "c" } },
        { form: { c: "" } },
        { headers: { authorization: "w" } },
        { headers: { authorization: null } }
      ]) {
        assert.strictEqual(yield* problemsOf([received({ ...right, ...wrong })]), 1, JSON.stringify(wrong))
      }
      const values: Rows = (api) => Effect.map(api.secretValues("ada"), (rows) => rows.map(({ value }) => value))
      assert.strictEqual(yield* problemsOf([stored(values, ["v"])]), 0)
      assert.strictEqual(yield* problemsOf([stored(values, ["w"])]), 1)
    })
  )

  it.effect("finds differences between targets", () =>
    Effect.gen(function* () {
      const self = (name: string): Case => ({ id: "same", clauses: [], steps: [create({ name }), fetched({ name })] })
      const one = yield* Targets.runCase(self("a"), Controlled.inProcess)
      const other = yield* Targets.runCase(self("b"), Controlled.inProcess)
      assert.isUndefined(Run.difference(one, yield* Targets.runCase(self("a"), Controlled.emulator)))
      assert.isDefined(Run.difference(one, other))
    })
  )
})

const live = Effect.map(Emulator.Emulator, ({ url }) => LiveTarget.live({ baseUrl: url, secret: InMemory.secret }))

const remainingContacts = Effect.flatMap(InMemory.InMemory, (api) => api.contacts())

describe("A live server", () => {
  it("is tested only if both variables are set", () => {
    const secret = { CHATBOTKIT_API_SECRET: "sk-x" }
    assert.isString(fromEnvironment({}))
    assert.isString(fromEnvironment(secret))
    assert.isString(fromEnvironment({ CHATBOTKIT_CONFORMANCE: "live" }))
    assert.isString(fromEnvironment({ ...secret, CHATBOTKIT_CONFORMANCE: "yes" }))
    const options = fromEnvironment({ ...secret, CHATBOTKIT_CONFORMANCE: "live" })
    if (typeof options === "string") return assert.fail(options)
    assert.strictEqual(options.baseUrl, "https://api.chatbotkit.com")
    assert.strictEqual(Redacted.value(options.secret), "sk-x")
  })

  it.live("passes the cases without needs, beside contacts of others, and keeps no contact of a case", () =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.Emulator
      const api = yield* InMemory.InMemory
      const others = yield* api.seed(Array.from({ length: 120 }, (_, index) => ({ name: `${index}` })))
      const { outcomes } = yield* LiveRun.run({ baseUrl: url, secret: InMemory.secret })
      assert.isAbove(outcomes.size, 100)
      for (const [id, { problems }] of outcomes) assert.deepStrictEqual(problems, [], id)
      assert.deepStrictEqual(yield* remainingContacts, others)
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.live("keeps no contact of a case that fails", () =>
    Effect.gen(function* () {
      const self: Case = { id: "fails", clauses: [], steps: [create({ name: "a" }), fetched({ name: "b" })] }
      const { problems } = yield* Run.run(self, yield* live)
      assert.lengthOf(problems, 1)
      assert.deepStrictEqual(yield* remainingContacts, [])
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.live("keeps no contact of a case that is interrupted", () =>
    Effect.gen(function* () {
      const created = yield* Deferred.make<void>()
      const open = yield* live
      const hanging: OpenTarget = (setup, name) =>
        Effect.map(open(setup, name), (target) => ({
          ...target,
          send: (request) =>
            request.method === "GET"
              ? Effect.andThen(Deferred.succeed(created, undefined), Effect.never)
              : target.send(request)
        }))
      const self: Case = { id: "hangs", clauses: [], steps: [create({ name: "a" }), fetched({})] }
      const fiber = yield* Effect.forkChild(Run.run(self, hanging))
      yield* Deferred.await(created)
      assert.lengthOf(yield* remainingContacts, 1)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* remainingContacts, [])
    }).pipe(Effect.provide(Emulator.layer()))
  )
})

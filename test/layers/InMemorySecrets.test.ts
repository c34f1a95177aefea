import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as ContactSecret from "../../src/ContactSecret.ts"
import type { OperationName } from "../../src/internal/server/OperationName.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Bundles from "../../bench/support/bundles.ts"
import { parse, post, send } from "../internal/server/Harness.ts"

const other = "sk-other"
const authorization = "Bearer sk-in-memory"

const act = (action: string, secret = "s") =>
  send(post(`/v1/contact/ada/secret/${secret}/${action}`, { url: "https://third.example" }, { authorization }))

const seedOne = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  yield* api.seed([{ id: "ada", verifiedAt: 1 }])
  yield* api.seedSecrets([{ id: "s", kind: "personal", type: "bearer" }])
  yield* api.seedSecretValues("ada", [{ secretId: "s", value: "canary" }])
  return api
})

/** The message of the defect of an effect. */
const defect = <A>(effect: Effect.Effect<A>) =>
  Effect.map(Effect.exit(effect), (exit) => (Exit.isFailure(exit) ? String(Cause.squash(exit.cause)) : "success"))

describe("secrets of the handle", () => {
  it.effect("absent fields get the defaults of the database", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(5)
      const api = yield* InMemory.InMemory
      const [secret] = yield* api.seedSecrets([{}])
      const { id, ...columns } = secret ?? { id: "" }
      assert.match(id, /^c[a-z0-9]{24}$/)
      assert.deepStrictEqual(columns, {
        alias: null,
        name: "",
        description: "",
        kind: "shared",
        type: "plain",
        value: null,
        config: null,
        visibility: "private",
        meta: null,
        createdAt: 5,
        updatedAt: 5
      })
      yield* api.seed([{ id: "ada" }])
      const [value] = yield* api.seedSecretValues("ada", [{ secretId: "gone", createdAt: 3 }])
      const { id: valueId, ...others } = value ?? { id: "" }
      assert.match(valueId, /^c[a-z0-9]{24}$/)
      assert.deepStrictEqual(others, {
        secretId: "gone",
        contactId: "ada",
        name: "",
        description: "",
        value: "",
        meta: null,
        createdAt: 3,
        updatedAt: 3
      })
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("are read back by account and by contact, as copies", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      const meta = { list: [1] }
      const [theirs] = yield* api.seedSecrets([{ id: "theirs", meta, config: { a: [1] } }], other)
      assert.deepStrictEqual(
        (yield* api.secrets()).map(({ id }) => id),
        ["s"]
      )
      meta.list.push(2)
      assert.deepStrictEqual((yield* api.secrets(other))[0], theirs)
      assert.deepStrictEqual((yield* api.secrets(other))[0]?.meta, { list: [1] })
      assert.notStrictEqual((yield* api.secrets(other))[0]?.config, theirs?.config)
      const values = yield* api.secretValues("ada")
      assert.deepStrictEqual(
        values.map(({ secretId, value }) => ({ secretId, value })),
        [{ secretId: "s", value: "canary" }]
      )
      assert.deepStrictEqual(yield* api.secretValues("bob"), [])
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("what can't be stored is a defect", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      yield* api.seedSecrets([{ id: "shared", alias: "a" }])
      const secrets = (seed: InMemory.SecretSeed, token?: string) => defect(api.seedSecrets([seed], token))
      assert.strictEqual(yield* secrets({ id: "s" }, other), "Error: seedSecrets: the id s is taken")
      assert.strictEqual(yield* secrets({ alias: "a" }), "Error: seedSecrets: the alias a is taken")
      assert.strictEqual(yield* secrets({ alias: "a" }, other), "success")
      const values = (seed: InMemory.SecretValueSeed, contact = "ada") => defect(api.seedSecretValues(contact, [seed]))
      assert.strictEqual(yield* values({ secretId: "s" }, "bob"), "Error: seedSecretValues: there is no such contact")
      assert.strictEqual(yield* values({ secretId: "s" }), "Error: seedSecretValues: the contact has a value of s")
      assert.include(yield* values({ secretId: "shared" }), "the secret shared is shared")
      const [value] = yield* api.secretValues("ada")
      const id = value?.id ?? ""
      assert.strictEqual(yield* values({ secretId: "x", id }), `Error: seedSecretValues: the id ${id} is taken`)
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("a snapshot covers them, and so does clear", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      const [secrets, values] = [yield* api.secrets(), yield* api.secretValues("ada")]
      const snapshot = yield* api.snapshot
      yield* act("revoke")
      assert.deepStrictEqual(yield* api.secretValues("ada"), [])
      yield* api.seedSecrets([{ id: "new" }])
      yield* api.restore(snapshot)
      assert.deepStrictEqual(yield* api.secrets(), secrets)
      assert.deepStrictEqual(yield* api.secretValues("ada"), values)
      yield* api.clear
      assert.deepStrictEqual(yield* api.secrets(), [])
      assert.deepStrictEqual(yield* api.secretValues("ada"), [])
      yield* api.restore(snapshot)
      assert.deepStrictEqual(yield* api.secretValues("ada"), values)
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("the outside world and templates are options", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      yield* api.seedSecrets([{ id: "t", kind: "personal", type: "template", config: { template: "crm" } }])
      yield* api.seedSecretValues("ada", [{ secretId: "t", value: "token" }])
      assert.strictEqual((yield* act("proxy", "t")).text, "Key token")
    }).pipe(
      Effect.provide(
        InMemory.layerHttpClient({
          upstream: ({ headers }) => Effect.succeed({ status: 200, body: headers["authorization"] ?? "" }),
          secretTemplates: { crm: { type: "bearer", config: { schema: "Key" } } }
        })
      )
    )
  )
})

describe("faults in the actions on secrets", () => {
  const actions = ["authenticate", "verify", "revoke", "mint", "proxy"] as const
  const operation = (action: (typeof actions)[number]): OperationName => `ContactSecret.${action}`

  for (const action of actions) {
    it.effect(action, () =>
      Effect.gen(function* () {
        const api = yield* seedOne
        yield* api.inject(
          { operation: operation(action), attempt: 1, fault: InMemory.Fault.status(503) },
          { operation: operation(action), attempt: 2, fault: InMemory.Fault.reset },
          { operation: operation(action), attempt: 3, fault: InMemory.Fault.cutAfter(3) },
          { operation: operation(action), attempt: 4, fault: InMemory.Fault.afterCommit(InMemory.Fault.status(500)) }
        )
        const refused = yield* act(action)
        assert.strictEqual(refused.text, '{"message":"Service unavailable","code":"SERVICE_UNAVAILABLE"}')
        assert.lengthOf(yield* api.secretValues("ada"), 1)
        yield* Effect.flip(act(action))
        assert.lengthOf((yield* act(action)).text, 3)
        assert.strictEqual((yield* act(action)).status, 500)
        assert.lengthOf(yield* api.secretValues("ada"), action === "revoke" ? 0 : 1)
        assert.strictEqual(yield* api.requestCount(operation(action)), 4)
        assert.lengthOf(yield* api.injectedFaults, 4)
      }).pipe(
        Effect.provide(InMemory.layerHttpClient({ upstream: () => Effect.succeed({ status: 200, body: "text" }) }))
      )
    )
  }

  it.effect("list", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      yield* api.inject({ operation: "ContactSecret.list", attempt: 1, fault: InMemory.Fault.dropPage(0) })
      const path = "/v1/contact/ada/secret/list"
      assert.strictEqual((yield* send({ path, authorization })).text, '{"items":[]}')
      assert.lengthOf(parse((yield* send({ path, authorization })).text).items, 1)
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )
})

describe("values of secrets are shown to nobody", () => {
  it.effect("neither by the log of requests nor by errors", () =>
    Effect.gen(function* () {
      const api = yield* seedOne
      yield* api.seedSecrets([
        { id: "broken", kind: "personal", value: "canary" },
        { id: "jwt", kind: "personal", type: "jwt" },
        { id: "oauth", kind: "personal", type: "oauth", config: { validateUrl: "https://provider.example" } }
      ])
      yield* api.seedSecretValues("ada", [
        { secretId: "broken", value: "canary\ncanary" },
        { secretId: "jwt", value: "-----BEGIN PRIVATE KEY-----canary" },
        { secretId: "oauth", value: "accessToken: canary" }
      ])
      let shown = ""
      for (const secret of ["s", "broken", "jwt", "oauth"]) {
        for (const action of ["authenticate", "verify", "mint", "proxy", "revoke"]) {
          shown += (yield* act(action, secret)).text
        }
      }
      shown += JSON.stringify(yield* api.requests)
      assert.include(shown, "fetch failed")
      assert.notInclude(shown, "canary")
    }).pipe(
      Effect.provide(
        InMemory.layerHttpClient({ upstream: ({ headers }) => Effect.fail(new Error(JSON.stringify(headers))) })
      )
    )
  )
})

describe("arbitrary secrets", () => {
  it.effect("can be used, and are equal for equal seeds", () => {
    const drawn = Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada", verifiedAt: 1 }])
      const overrides = (index: number): InMemory.SecretSeed => ({ alias: `alias-${index}` })
      const secrets = yield* InMemory.seedArbitrarySecrets(60, { overrides })
      const values = yield* InMemory.seedArbitrarySecretValues("ada", { overrides: () => ({ name: "value" }) })
      assert.deepStrictEqual(yield* InMemory.seedArbitrarySecretValues("ada"), [])
      const personal = secrets.filter(({ kind }) => kind === "personal")
      assert.sameMembers(
        values.map(({ secretId }) => secretId),
        personal.map(({ id }) => id)
      )
      assert.isTrue(values.every(({ name }) => name === "value"))
      for (const { id } of personal) {
        assert.strictEqual((yield* act("verify", id)).text, JSON.stringify({ id, status: "authenticated" }))
      }
      const types = new Set(secrets.map(({ type }) => type))
      assert.sameMembers([...types], ["plain", "basic", "bearer", "oauth"])
      assert.isTrue(secrets.some(({ value }) => value !== null))
      assert.strictEqual(secrets[7]?.alias, "alias-7")
      return { secrets, values }
    })
    const seeded = (seed: string) =>
      drawn.pipe(Random.withSeed(seed), Effect.provide(InMemory.layerHttpClient(), { local: true }))
    return Effect.gen(function* () {
      const first = yield* seeded("a")
      assert.deepStrictEqual(yield* seeded("a"), first)
      assert.notDeepEqual(yield* seeded("b"), first)
    })
  })

  it.effect("belong to the account of a token", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ id: "ada" }])
      yield* InMemory.seedArbitrarySecrets(10, { token: other })
      assert.deepStrictEqual(yield* api.secrets(), [])
      assert.lengthOf(yield* api.secrets(other), 10)
      yield* InMemory.seedArbitrarySecretValues("ada", { token: other })
      assert.isAbove((yield* api.secretValues("ada")).length, 0)
    }).pipe(Effect.provide(InMemory.layerHttpClient()), Random.withSeed("a"))
  )

  it.effect("are only in bundles that use them", () =>
    Effect.gen(function* () {
      const bundled = (names: string) =>
        Effect.promise(() =>
          Bundles.files(
            `import * as InMemory from "effect-chatbotkit/layers/InMemory"\nexport default [${names}]`,
            "src"
          )
        )
      const maker = "src/internal/server/secrets/SecretArbitrary.ts"
      assert.notInclude(yield* bundled("InMemory.layer"), maker)
      assert.include(yield* bundled("InMemory.seedArbitrarySecrets"), maker)
    })
  )
})

describe("actions on secrets", () => {
  for (const [name, action] of [
    ["authenticate", ContactSecret.authenticate("ada", "s")],
    ["verify of a secret without a value", ContactSecret.verify("ada", "empty")],
    ["mint", ContactSecret.mint("ada", "s")]
  ] as const) {
    it.effect(`${name} takes no time but that of the clock`, () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ id: "ada", verifiedAt: 1 }])
        yield* api.seedSecrets(["s", "empty"].map((id) => ({ id, kind: "personal" as const, type: "oauth" as const })))
        yield* api.seedSecretValues("ada", [{ secretId: "s", value: '{"accessToken":"token"}' }])
        yield* api.inject({ fault: InMemory.Fault.delay("10 seconds") })
        const acting = yield* Effect.forkChild(action)
        yield* TestClock.adjust("10 minutes")
        yield* Fiber.join(acting)
        assert.strictEqual(yield* api.requestCount(), 1)
      }).pipe(Effect.provide(InMemory.layer()))
    )
  }
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Stream, Struct } from "effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as ContactInput from "../../src/internal/server/contacts/ContactInput.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { post, send } from "../internal/server/Harness.ts"

const { Fault } = InMemory

const once = { client: { retry: { retries: 0 } } }
const other = "sk-other"

describe("Faults of the layer", () => {
  it.effect("lose one answer to a create", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const error = yield* Effect.flip(Contact.create({ name: "Ada" }))
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(error.outcome, "unknown")
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ name }) => name),
        ["Ada"]
      )
      yield* Contact.create({ name: "Grace" })
      assert.deepStrictEqual(yield* api.injectedFaults, [
        { operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.reset) }
      ])
    }).pipe(
      Effect.provide(
        InMemory.layer({
          ...once,
          faults: [{ operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.reset) }]
        })
      )
    )
  )

  it.effect("are added and removed while the layer is in use", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const outcome = Effect.map(Effect.result(Contact.listPage()), ({ _tag }) => _tag)
      assert.strictEqual(yield* outcome, "Success")
      yield* api.inject({ fault: Fault.status(400) }, { fault: Fault.stall })
      assert.strictEqual(yield* outcome, "Failure")
      yield* api.removeFaults
      assert.strictEqual(yield* outcome, "Success")
      assert.lengthOf(yield* api.injectedFaults, 1)
      yield* api.clear
      assert.deepStrictEqual(yield* api.injectedFaults, [])
    }).pipe(Effect.provide(InMemory.layer(once)))
  )
})

describe("The layer", () => {
  it.effect("has a handle on its own API, also inside a program with another one", () =>
    Effect.gen(function* () {
      const outer = yield* InMemory.InMemory
      const inner = Effect.gen(function* () {
        yield* Contact.create({ name: "Ada" })
        const api = yield* InMemory.InMemory
        return yield* api.requestCount("Contact.create")
      })
      assert.strictEqual(yield* Effect.provide(inner, InMemory.layer()), 1)
      assert.strictEqual(yield* outer.requestCount("Contact.create"), 0)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

describe("A snapshot", () => {
  it.effect("restores all contacts of all accounts, any number of times", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const both = Effect.all([api.contacts(), api.contacts(other)])
      const [ada, grace] = yield* api.seed([
        { name: "Ada", fingerprint: "crm-0001-ada-lovelace", meta: { a: { b: [1] } } },
        { name: "Grace", createdAt: 5 }
      ])
      yield* api.seed([{ name: "Edsger" }], other)
      const before = yield* both
      const snapshot = yield* api.snapshot
      for (let round = 0; round < 2; round++) {
        yield* Contact.update(ada?.id ?? "", {
          name: "",
          fingerprint: "another-fingerprint",
          meta: { $update: { c: 1 } }
        })
        yield* Contact.delete(grace?.id ?? "")
        yield* Contact.create()
        yield* api.seed([{}], "sk-third")
        assert.notDeepEqual(yield* both, before)
        yield* api.restore(snapshot)
        assert.deepStrictEqual(yield* both, before)
        assert.deepStrictEqual(yield* api.contacts("sk-third"), [])
      }
      // Ids, fingerprints and cursors find the contacts again.
      assert.strictEqual((yield* Contact.fetch(ada?.id ?? "")).name, "Ada")
      const taken = yield* Effect.flip(Contact.create({ fingerprint: "crm-0001-ada-lovelace" }))
      assert.strictEqual(taken._tag, "Conflict")
      assert.lengthOf(yield* Stream.runCollect(Contact.list({ cursor: grace?.id })), 1)
      assert.strictEqual(yield* api.requestCount("Contact.update"), 2)
    }).pipe(Effect.provide(InMemory.layer()))
  )

  it.effect("of one API can be restored in another", () =>
    Effect.gen(function* () {
      const fill = Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ name: "Ada" }])
        return { snapshot: yield* api.snapshot, contacts: yield* api.contacts() }
      })
      const { contacts, snapshot } = yield* Effect.provide(fill, InMemory.layer(), { local: true })
      const api = yield* InMemory.InMemory
      yield* api.contacts()
      yield* api.restore(snapshot)
      assert.deepStrictEqual(yield* api.contacts(), contacts)
    }).pipe(Effect.provide(InMemory.layer(), { local: true }))
  )
})

describe("The count of requests", () => {
  it.effect("includes requests that the log no longer has, and requests of no operation", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      assert.strictEqual(yield* api.requestCount(), 0)
      for (let round = 0; round < 5; round++) yield* send(post("/v1/contact/create", {}))
      yield* send({ path: "/v1/contact/list" })
      yield* send({ path: "/nothing" })
      assert.strictEqual(yield* api.requestCount(), 7)
      assert.strictEqual(yield* api.requestCount("Contact.create"), 5)
      assert.strictEqual(yield* api.requestCount("Contact.delete"), 0)
      assert.lengthOf(yield* api.requests, 2)
      assert.strictEqual((yield* api.requests)[1]?.attempt, 0)
      yield* api.clear
      assert.strictEqual(yield* api.requestCount(), 0)
      assert.strictEqual(yield* api.requestCount("Contact.create"), 0)
    }).pipe(Effect.provide(InMemory.layerHttpClient({ requestLogLimit: 2 })))
  )
})

describe("Arbitrary contacts", () => {
  const count = 500

  it.effect("are accepted by the API and come back unchanged", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const seeded = yield* InMemory.seedArbitrary(count).pipe(Random.withSeed("contacts"))
      assert.lengthOf(seeded, count)
      for (const { createdAt, id, updatedAt, ...columns } of seeded) {
        assert.match(id, /^c[a-z0-9]{24}$/)
        assert.isTrue(createdAt <= updatedAt)
        const got = yield* send(post("/v1/contact/create", columns, { authorization: `Bearer ${other}` }))
        assert.strictEqual(got.status, 200, `${JSON.stringify(columns)}: ${got.text}`)
        assert.isTrue(ContactInput.validate({ ...columns }, "api")._tag === "Success")
      }
      const unstamped = (contact: Contact.Contact) => Struct.omit(contact, ["id", "createdAt", "updatedAt"])
      const byFingerprint = (left: Contact.Contact, right: Contact.Contact) =>
        left.fingerprint < right.fingerprint ? -1 : 1
      assert.deepStrictEqual(
        (yield* api.contacts(other)).toSorted(byFingerprint).map(unstamped),
        seeded.toSorted(byFingerprint).map(unstamped)
      )
      assert.deepStrictEqual(yield* Stream.runCollect(Contact.list({ order: "asc" })), yield* api.contacts())
    }).pipe(Effect.provide(Layer.provideMerge(Client.layer({ secret: InMemory.secret }), InMemory.layerHttpClient())))
  )

  it.effect("include the characters, keys and nulls that are hard to handle", () =>
    Effect.gen(function* () {
      const seeded = yield* InMemory.seedArbitrary(count).pipe(Random.withSeed("contacts"))
      const text = JSON.stringify(seeded)
      for (const odd of ["🦊", '\\"', "\u2028", "\\u0000", '"constructor":', '"a.b":', "\\r\\n", '"":']) {
        assert.include(text, odd)
      }
      for (const name of ["email", "phone", "nick", "preferences", "verifiedAt", "meta"] as const) {
        const nulls = seeded.filter((contact) => contact[name] === null).length
        assert.isTrue(nulls > 0 && nulls < count, name)
      }
      assert.isTrue(seeded.some(({ fingerprint }) => fingerprint.startsWith("arbitrary-")))
      assert.strictEqual(Reflect.get({}, "polluted"), undefined)
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("are equal for equal seeds, and differ for different seeds", () =>
    Effect.gen(function* () {
      const drawn = (seed: string) =>
        InMemory.seedArbitrary(20).pipe(
          Random.withSeed(seed),
          Effect.provide(InMemory.layerHttpClient(), { local: true })
        )
      const first = yield* drawn("a")
      assert.deepStrictEqual(yield* drawn("a"), first)
      assert.notDeepEqual(yield* drawn("b"), first)
    })
  )

  it.effect("can be added repeatedly, to any account, and with common fields", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      for (let round = 0; round < 3; round++) yield* InMemory.seedArbitrary(30).pipe(Random.withSeed("a"))
      assert.lengthOf(yield* api.contacts(), 90)
      const overrides = (index: number): InMemory.Seed => ({ name: `Contact ${index}`, meta: { tier: "gold" } })
      yield* InMemory.seedArbitrary(3, { token: other, overrides })
      const [gold] = [yield* api.contacts(other)]
      assert.sameMembers(
        gold.map(({ name }) => name),
        ["Contact 0", "Contact 1", "Contact 2"]
      )
      assert.isTrue(gold.every(({ meta }) => meta?.["tier"] === "gold"))
      assert.deepStrictEqual(yield* InMemory.seedArbitrary(0), [])
    }).pipe(Effect.provide(InMemory.layerHttpClient()))
  )

  it.effect("are only in bundles that use them", () =>
    Effect.gen(function* () {
      const maker = "src/internal/server/contacts/ContactArbitrary.ts"
      const itemMaker = "src/internal/server/items/ItemArbitrary.ts"
      const without = yield* bundled("InMemory.layer, InMemory.Fault.reset")
      assert.notInclude(without, maker)
      assert.notInclude(without, itemMaker)
      assert.include(yield* bundled("InMemory.seedArbitrary"), maker)
      assert.include(yield* bundled("InMemory.seedArbitraryTasks"), itemMaker)
    })
  )
})

/** The files in the bundle of a module that uses the given names. */
const bundled = (names: string) =>
  Effect.promise(async () => {
    const root = fileURLToPath(new URL("../..", import.meta.url))
    const { metafile } = await build({
      stdin: {
        contents: `import * as InMemory from "./src/layers/InMemory.ts"\nexport default [${names}]`,
        resolveDir: root,
        loader: "ts"
      },
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      logLevel: "silent"
    })
    return Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
    )
  })

describe("A base URL", () => {
  const list = Stream.runCollect(Contact.list())

  it.effect("of the layer reaches the API", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* list, [])
    }).pipe(Effect.provide(InMemory.layer({ client: { baseUrl: "http://emulator.example:8787" } })))
  )

  it.effect("of another server is a host that cannot be found, so nothing is sent", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const elsewhere = Client.withOptions({ baseUrl: "https://api.chatbotkit.co", retry: { retries: 0 } })
      const calls = [
        Effect.asVoid(list),
        Effect.asVoid(Contact.create({ name: "Ada" })),
        Effect.asVoid(Contact.fetch("x"))
      ]
      for (const call of calls) {
        const failure = yield* Effect.flip(elsewhere<void, Errors.ContactError, Client.Client>(call))
        assert.strictEqual(failure._tag, "TransportError")
        assert.propertyVal(failure, "outcome", "not-sent")
      }
      assert.strictEqual(yield* api.requestCount(), 0)
    }).pipe(Effect.provide(InMemory.layer()))
  )
})

import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { TestClock } from "effect/testing"
import * as ServerState from "../../src/internal/server/ServerState.ts"
import type { NewContact } from "../../src/internal/server/store/Store.ts"
import { startTime } from "../../src/conformance/Case.ts"
import { collect, disturb, emulator, type Options, optionsOf, thrown, types } from "./OfficialCalls.ts"
import { numbered } from "../../src/conformance/Seeds.ts"

/** The official client over the emulator. */
const client = (options?: Partial<Options>) => Effect.map(optionsOf(options), (all) => new ContactClient(all))

const seed = (contacts: ReadonlyArray<NewContact>, token = "sk-main") =>
  Effect.flatMap(ServerState.ServerState, (state) => state.seed(state.accountOf(token) ?? "", contacts))

const fingerprint = "the-official-client"
const contacts: ReadonlyArray<NewContact> = [
  { id: "ada", name: "Ada", fingerprint, createdAt: 1, verifiedAt: 1, meta: { tier: "gold", vip: true, age: 30 } },
  { id: "grace", name: "Grace", fingerprint: "grace-is-not-verified", createdAt: 2, meta: { tier: "gold" } },
  { id: "edsger", createdAt: 3, meta: { tier: "silver", deep: { key: "v" } } }
]

/** A body that the types of the client refuse, as plain JavaScript sends it. */
const untyped = (body: object): object => body

/** An ensure with any body. The types of the client require a fingerprint. */
const ensureUntyped = (api: ContactClient, body: object): Promise<{ readonly id: string }> =>
  Reflect.apply(api.ensure, api, [body])

interface Failure {
  readonly name: string
  readonly call: (client: ContactClient) => PromiseLike<unknown>
  readonly options?: Partial<Options>
  readonly code: string
  readonly message: string
}

const refusals: ReadonlyArray<readonly [body: object, message: string]> = [
  [{ foo: 1 }, '"foo" is not allowed'],
  [{ name: 1 }, '"name" must be a string'],
  [{ name: "a".repeat(192) }, '"name" must be less than or equal to 191 bytes long'],
  [{ email: "a@b" }, '"email" must be a valid email'],
  [{ phone: "+1234567890" }, '"phone" must be a phone number'],
  [{ verifiedAt: "2024-01-01" }, '"verifiedAt" must be a number'],
  [{ verifiedAt: 2 ** 53 }, '"verifiedAt" must be a safe number'],
  [{ meta: [] }, '"meta" must be of type object'],
  [{ meta: { _a: 1 } }, '"meta._a" is not allowed'],
  [{ fingerprint: "short" }, "Fingerprint is too short (fingerprint)"]
]

const notFound = { code: "NOT_FOUND", message: "Not found" }
const notAuthorized = { code: "NOT_AUTHORIZED", message: "Not authorized" }
const notAuthenticated = { code: "NOT_AUTHENTICATED", message: "Not authenticated" }
const systemError = { code: "GENERIC_ERROR", message: "System error occurred" }
const badToken = { secret: "nonsense" }

const failures: ReadonlyArray<Failure> = [
  { name: "401 of a list", call: (api) => api.list(), options: badToken, ...notAuthenticated },
  { name: "401 of a fetch", call: (api) => api.fetch("ada"), options: badToken, ...notAuthenticated },
  { name: "401 of a create", call: (api) => api.create({}), options: badToken, ...notAuthenticated },
  { name: "401 of run-as", call: (api) => api.list(), options: { runAsUserId: "nobody" }, ...notAuthenticated },
  { name: "403 of a fetch", call: (api) => api.fetch("theirs"), ...notAuthorized },
  { name: "403 of an update", call: (api) => api.update("theirs", {}), ...notAuthorized },
  { name: "403 of a delete", call: (api) => api.delete("theirs"), ...notAuthorized },
  { name: "404 of a fetch", call: (api) => api.fetch("nobody"), ...notFound },
  { name: "404 of an update", call: (api) => api.update("nobody", {}), ...notFound },
  { name: "404 of a delete", call: (api) => api.delete("nobody"), ...notFound },
  {
    name: "409 of a create",
    call: (api) => api.create({ fingerprint }),
    code: "CONFLICT",
    message: "Unique constraint violation"
  },
  {
    name: "409 of an update",
    call: (api) => api.update("grace", { fingerprint }),
    code: "CONFLICT",
    message: "Unique constraint violation"
  },
  ...refusals.flatMap(([body, message]): ReadonlyArray<Failure> => [
    { name: `400 of a create: ${message}`, call: (api) => api.create(untyped(body)), code: "BAD_REQUEST", message },
    {
      name: `400 of an update: ${message}`,
      call: (api) => api.update("nobody", untyped(body)),
      code: "BAD_REQUEST",
      message
    },
    {
      name: `400 of an ensure: ${message}`,
      call: (api) => ensureUntyped(api, body),
      code: "BAD_REQUEST",
      message
    }
  ]),
  { name: "500 of a null name", call: (api) => api.create(untyped({ name: null })), ...systemError },
  { name: "500 of an alias", call: (api) => api.fetch("@ada"), ...systemError },
  { name: "500 of a malformed filter", call: (api) => api.list(untyped({ meta: { "a..b": "c" } })), ...systemError },
  {
    name: "500 of an ensure of an unverified contact",
    call: (api) => api.ensure({ fingerprint: "grace-is-not-verified" }),
    code: "GENERIC_ERROR",
    message: "Contact is not verified"
  },
  {
    name: "500 of an ensure with a fingerprint of 16 characters",
    call: (api) => api.ensure({ fingerprint: "x".repeat(16) }),
    code: "GENERIC_ERROR",
    message: "fingerprint is too short"
  },
  {
    // The reply is plain text. The code and the message are the client's own.
    name: "413 of a create",
    call: (api) => api.create({ meta: { text: "x".repeat(1_100_000) } }),
    code: "CONTENT_TOO_LARGE",
    message: "Client request is too large to be processed by the web server."
  },
  {
    name: "400 of an unsupported Accept",
    call: (api) => api.list(),
    options: { headers: { Accept: "text/html" } },
    code: "BAD_REQUEST",
    message: "Unsupported accept header"
  }
]

describe("The errors of the official client", () => {
  for (const { name, call, options, code, message } of failures) {
    it.effect(name, () =>
      Effect.gen(function* () {
        yield* seed(contacts)
        yield* seed([{ id: "theirs" }], "sk-other")
        const api = yield* client(options)
        assert.deepStrictEqual(yield* thrown(() => call(api)), { message, code })
        assert.lengthOf(yield* (yield* ServerState.ServerState).requests, 1)
      }).pipe(Effect.provide(emulator()))
    )
  }

  it.effect("429 of a list, but not of a fetch", () =>
    Effect.gen(function* () {
      yield* seed(contacts)
      const api = yield* client()
      yield* Effect.promise(async () => api.list())
      assert.deepStrictEqual(yield* thrown(() => api.list()), {
        message: "You have exceeded your allocated rate limits: rate/poll",
        code: "LIMITS_REACHED"
      })
      assert.strictEqual((yield* thrown(() => collect(api.list().stream()))).code, "LIMITS_REACHED")
      yield* Effect.promise(async () => api.fetch("ada"))
    }).pipe(Effect.provide(emulator({ rateLimit: 1 })))
  )

  it.effect("401 of a stream", () =>
    Effect.gen(function* () {
      const api = yield* client(badToken)
      assert.deepStrictEqual(yield* thrown(() => collect(api.list().stream())), notAuthenticated)
    }).pipe(Effect.provide(emulator()))
  )
})

describe("The results of the official client", () => {
  it.effect("pages up to an empty one", () =>
    Effect.gen(function* () {
      yield* seed(numbered(205))
      const api = yield* client()
      const sizes: Array<number> = []
      let cursor: string | undefined
      do {
        const page = yield* Effect.promise(async () => api.list(cursor === undefined ? {} : { cursor }))
        sizes.push(page.items.length)
        cursor = page.cursor
      } while (cursor !== undefined)
      assert.deepStrictEqual(sizes, [100, 100, 5, 0])
    }).pipe(Effect.provide(emulator()))
  )

  it.effect("lists with filters", () =>
    Effect.gen(function* () {
      yield* seed(contacts)
      const api = yield* client()
      const found = (meta: Record<string, string>) =>
        Effect.promise(async () => (await api.list({ order: "asc", meta })).items.map(({ id }) => id))
      assert.deepStrictEqual(yield* found({ tier: "gold" }), ["ada", "grace"])
      assert.deepStrictEqual(yield* found({ tier: "gold", vip: "true" }), ["ada"])
      assert.deepStrictEqual(yield* found({ "deep.key": "v" }), ["edsger"])
      assert.deepStrictEqual(yield* found({ age: "30" }), [])
    }).pipe(Effect.provide(emulator()))
  )

  it.effect("ensure with and without a fingerprint", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(startTime)
      yield* seed(contacts)
      const api = yield* client()
      const call = <A>(run: () => PromiseLike<A>) => Effect.promise(async () => run())
      assert.deepStrictEqual(yield* call(() => api.ensure({ fingerprint, name: "Another" })), { id: "ada" })
      const { id } = yield* call(() => api.ensure({ fingerprint: "somebody who is new" }))
      assert.deepInclude(yield* call(() => api.fetch(id)), {
        verifiedAt: startTime,
        fingerprint: "somebody who is new"
      })
      const zoe = yield* call(() => ensureUntyped(api, { name: "zoe" }))
      assert.deepStrictEqual(yield* call(() => ensureUntyped(api, { nick: "zoe" })), zoe)
      // In the types of the client, no field is null.
      const anonymous: object = yield* call(() => api.fetch(zoe.id))
      assert.deepInclude(anonymous, { verifiedAt: null, fingerprint: "d3dc1d24-7da4-5de6-9c44-7a3508583397" })
      yield* call(() => api.update(zoe.id, { verifiedAt: 1 }))
      assert.deepStrictEqual(yield* thrown(() => ensureUntyped(api, { name: "zoe" })), {
        message: "Contact is verified",
        code: "GENERIC_ERROR"
      })
    }).pipe(Effect.provide(emulator()))
  )

  it.effect("a stream whose second page fails yields the error as an event", () =>
    Effect.gen(function* () {
      yield* seed(numbered(150))
      yield* disturb({ pages: { 1: { fails: true } } })
      const api = yield* client()
      const events = yield* Effect.promise(() => collect(api.list().stream()))
      assert.deepStrictEqual(types(events), [...Array.from({ length: 100 }, () => "item"), "error"])
      assert.deepStrictEqual(events.at(-1), { type: "error", data: systemError })
    }).pipe(Effect.provide(emulator()))
  )

  it.effect("a stream whose first page is slow begins with a nop", () =>
    Effect.gen(function* () {
      yield* seed(numbered(150))
      const waits = yield* disturb({ pages: { 0: { millis: 20_000 } } })
      const api = yield* client()
      const reading = yield* Effect.forkChild(Effect.promise(() => collect(api.list({ take: 3 }).stream())))
      yield* TestClock.setTime(yield* Queue.take(waits))
      const events = yield* Fiber.join(reading)
      assert.deepStrictEqual(types(events), ["nop", "item", "item", "item"])
    }).pipe(Effect.provide(emulator()))
  )

  it.effect("a slow list that fails after its 200 does not throw", () =>
    Effect.gen(function* () {
      const waits = yield* disturb({ pages: { 0: { millis: 40_000, fails: true } } })
      const api = yield* client()
      const reading = yield* Effect.forkChild(Effect.promise(async (): Promise<unknown> => await api.list()))
      yield* TestClock.setTime(yield* Queue.take(waits))
      assert.deepStrictEqual(yield* Fiber.join(reading), systemError)
    }).pipe(Effect.provide(emulator()))
  )
})

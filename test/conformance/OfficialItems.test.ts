import { ConversationClient } from "@chatbotkit/sdk/contact/conversation/index.js"
import { SecretClient } from "@chatbotkit/sdk/contact/secret/index.js"
import { SpaceClient } from "@chatbotkit/sdk/contact/space/index.js"
import { TaskClient } from "@chatbotkit/sdk/contact/task/index.js"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { TestClock } from "effect/testing"
import type * as ServerState from "../../src/internal/server/ServerState.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { collect, disturb, emulator, type Options, optionsOf, thrown, types } from "./OfficialCalls.ts"
import { numbered } from "../../src/conformance/Seeds.ts"

/** The official clients of what belongs to a contact. */
const clients = (options?: Partial<Options>) =>
  Effect.map(optionsOf(options), (all) => ({
    conversation: new ConversationClient(all),
    secret: new SecretClient(all),
    space: new SpaceClient(all),
    task: new TaskClient(all)
  }))

type Clients = Effect.Success<ReturnType<typeof clients>>

const listNames = ["conversation", "secret", "space", "task"] as const

const ids = (count: number): ReadonlyArray<string> => numbered(count).map(({ id = "" }) => id)

/** Seeds the verified contact `ada` with this many items of each kind, and `guest`, who is not verified. */
const seed = (count: number) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.seed([{ id: "ada", verifiedAt: 1 }, { id: "guest" }], "sk-main")
    yield* api.seed([{ id: "theirs" }], "sk-other")
    const rows = ids(count).map((id, createdAt) => ({ id, createdAt }))
    yield* api.seedConversations("ada", rows)
    yield* api.seedSpaces("ada", rows)
    yield* api.seedTasks("ada", rows)
    yield* api.seedSecrets(
      rows.map(({ id }) => ({ id, kind: "personal" })),
      "sk-main"
    )
    yield* api.seedSecretValues(
      "ada",
      rows.map(({ createdAt, id }) => ({ secretId: id, value: "v", createdAt }))
    )
    yield* api.seedSecrets(
      [
        { id: "none", kind: "personal" },
        { id: "shared", kind: "shared", value: "v" },
        { id: "empty", kind: "shared" },
        { id: "unknown", kind: "personal", type: "template", config: { template: "nobody" } }
      ],
      "sk-main"
    )
    yield* api.seedSecretValues("ada", [{ secretId: "unknown", value: "v", createdAt: -1 }])
    yield* api.seedSecrets([{ id: "of-another", kind: "personal" }], "sk-other")
    return api
  })

interface Failure {
  readonly name: string
  readonly call: (clients: Clients) => PromiseLike<unknown>
  readonly options?: Partial<Options>
  readonly code: string
  readonly message: string | RegExp
}

const notFound = { code: "NOT_FOUND", message: "Not found" }
const notAuthorized = { code: "NOT_AUTHORIZED", message: "Not authorized" }
const notAuthenticated = { code: "NOT_AUTHENTICATED", message: "Not authenticated" }
const unsupportedAccept = { code: "BAD_REQUEST", message: "Unsupported accept header" }
const systemError = { code: "GENERIC_ERROR", message: "System error occurred" }
const noSuchTemplate = "Cannot find secret template"
const missing =
  /^Missing value for secret: ask the user to visit https:\/\/[^ ]+\/s\/[0-9a-f-]{36}\?cbk=1&auth=1&unfurl=0 to authorize access$/

const listFailures: ReadonlyArray<Failure> = listNames.flatMap((name): ReadonlyArray<Failure> => [
  { name: `404 of ${name}.list`, call: (of) => of[name].list("nobody"), ...notFound },
  { name: `404 of a stream of ${name}.list`, call: (of) => collect(of[name].list("nobody").stream()), ...notFound },
  { name: `403 of ${name}.list`, call: (of) => of[name].list("theirs"), ...notAuthorized },
  {
    name: `401 of ${name}.list`,
    call: (of) => of[name].list("ada"),
    options: { secret: "nonsense" },
    ...notAuthenticated
  },
  {
    name: `401 of ${name}.list under run-as`,
    call: (of) => of[name].list("ada"),
    options: { runAsUserId: "nobody" },
    ...notAuthenticated
  },
  {
    name: `400 of ${name}.list with another Accept`,
    call: (of) => of[name].list("ada"),
    options: { headers: { Accept: "text/html" } },
    ...unsupportedAccept
  },
  { name: `500 of ${name}.list of an alias`, call: (of) => of[name].list("@ada"), ...systemError }
])

const conflict = (message: string) => ({ code: "CONFLICT", message })

const actionFailures: ReadonlyArray<Failure> = [
  ...(["authenticate", "verify", "revoke"] as const).flatMap((action): ReadonlyArray<Failure> => [
    { name: `404 of secret.${action}, contact`, call: (of) => of.secret[action]("nobody", "none"), ...notFound },
    { name: `404 of secret.${action}, secret`, call: (of) => of.secret[action]("ada", "nobody"), ...notFound },
    { name: `403 of secret.${action}, contact`, call: (of) => of.secret[action]("theirs", "none"), ...notAuthorized },
    { name: `403 of secret.${action}, secret`, call: (of) => of.secret[action]("ada", "of-another"), ...notAuthorized },
    {
      name: `401 of secret.${action}`,
      call: (of) => of.secret[action]("ada", "none"),
      options: { secret: "nonsense" },
      ...notAuthenticated
    }
  ]),
  {
    name: "409 of secret.authenticate, shared",
    call: (of) => of.secret.authenticate("ada", "shared"),
    ...conflict("Cannot obtain secret for this secret type")
  },
  {
    name: "409 of secret.authenticate, unverified",
    call: (of) => of.secret.authenticate("guest", "none"),
    ...conflict("Cannot authenticate secret for this secret configuration")
  },
  {
    name: "409 of secret.verify, shared without a value",
    call: (of) => of.secret.verify("ada", "empty"),
    ...conflict("Cannot obtain secret for this secret type")
  },
  {
    name: "409 of secret.verify, unverified",
    call: (of) => of.secret.verify("guest", "none"),
    ...conflict("Cannot verify secret for this secret configuration")
  },
  {
    name: "409 of secret.verify, another error",
    call: (of) => of.secret.verify("ada", "unknown"),
    ...conflict(noSuchTemplate)
  },
  {
    name: "401 of secret.revoke without a value",
    call: (of) => of.secret.revoke("ada", "none"),
    code: "NOT_AUTHENTICATED",
    message: missing
  },
  {
    name: "401 of secret.revoke, unverified",
    call: (of) => of.secret.revoke("guest", "none"),
    code: "NOT_AUTHENTICATED",
    message: "Cannot obtain secret manager"
  },
  { name: "404 of secret.revoke, shared without a value", call: (of) => of.secret.revoke("ada", "empty"), ...notFound },
  { name: "500 of secret.revoke, shared", call: (of) => of.secret.revoke("ada", "shared"), ...systemError },
  {
    name: "500 of secret.revoke, another error",
    call: (of) => of.secret.revoke("ada", "unknown"),
    code: "GENERIC_ERROR",
    message: noSuchTemplate
  }
]

const run = <A>(call: () => PromiseLike<A>): Effect.Effect<A> => Effect.promise(async () => await call())

const itemIds = (items: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => items.map(({ id }) => id)

const test = (
  name: string,
  effect: Effect.Effect<
    void,
    unknown,
    Effect.Services<ReturnType<typeof seed>> | Effect.Services<ReturnType<typeof clients>> | ServerState.ServerState
  >,
  options?: ServerState.Options
) => it.effect(name, () => Effect.provide(effect, emulator(options)))

describe("The errors of the official clients of items", () => {
  for (const { name, call, options, code, message } of [...listFailures, ...actionFailures]) {
    test(
      name,
      Effect.gen(function* () {
        const api = yield* seed(2)
        const of = yield* clients(options)
        const error = yield* thrown(() => call(of))
        assert.strictEqual(error.code, code)
        if (typeof message === "string") assert.strictEqual(error.message, message)
        else assert.match(error.message, message)
        assert.lengthOf(yield* api.requests, 1)
      })
    )
  }

  test(
    "429 of lists, but not of actions",
    Effect.gen(function* () {
      yield* seed(2)
      const of = yield* clients()
      for (const name of listNames) yield* run(async () => of[name].list("ada"))
      for (const name of listNames) {
        assert.deepStrictEqual(yield* thrown(() => of[name].list("ada")), {
          message: "You have exceeded your allocated rate limits: rate/poll",
          code: "LIMITS_REACHED"
        })
      }
      yield* run(() => of.secret.verify("ada", "none"))
    }),
    { rateLimit: listNames.length }
  )
})

describe("The results of the official clients of items", () => {
  test(
    "pages up to an empty one",
    Effect.gen(function* () {
      yield* seed(150)
      const of = yield* clients()
      for (const name of ["conversation", "space", "task"] as const) {
        const first = yield* run(() => of[name].list("ada"))
        const second = yield* run(() => of[name].list("ada", { cursor: first.cursor }))
        // In the types of the client, a page always has a cursor.
        const third: object = yield* run(() => of[name].list("ada", { cursor: second.cursor }))
        assert.deepStrictEqual([...itemIds(first.items), ...itemIds(second.items)], ids(150).toReversed())
        assert.deepStrictEqual(third, { items: [] })
        const oldest = yield* run(() => of[name].list("ada", { order: "asc", take: 3 }))
        assert.deepStrictEqual(itemIds(oldest.items), ids(3))
      }
    })
  )

  test(
    "streams of all items",
    Effect.gen(function* () {
      yield* seed(150)
      const of = yield* clients()
      for (const name of ["conversation", "space", "task"] as const) {
        const events = yield* run(() => collect(of[name].list("ada").stream()))
        assert.deepStrictEqual(
          types(events),
          Array.from({ length: 150 }, () => "item")
        )
      }
    })
  )

  test(
    "of secrets, no page follows the first, and a stream stops after 100",
    Effect.gen(function* () {
      yield* seed(150)
      const of = yield* clients()
      const first = yield* run(() => of.secret.list("ada"))
      assert.lengthOf(first.items, 100)
      const second: object = yield* run(() => of.secret.list("ada", { cursor: first.cursor }))
      assert.deepStrictEqual(second, { items: [] })
      assert.lengthOf(yield* run(() => collect(of.secret.list("ada").stream())), 100)
      const last = yield* run(() => of.secret.list("ada", { order: "asc" }))
      assert.strictEqual(new Set([...itemIds(first.items), ...itemIds(last.items)]).size, 151)
    })
  )

  test(
    "a stream of a contact that is deleted meanwhile yields the error as an event",
    Effect.gen(function* () {
      yield* seed(150)
      yield* disturb({ pages: { 1: { deletes: "ada" } } })
      const of = yield* clients()
      const events = yield* run(() => collect(of.task.list("ada").stream()))
      assert.deepStrictEqual(types(events), [...Array.from({ length: 100 }, () => "item"), "error"])
      assert.deepStrictEqual(events.at(-1), { type: "error", data: notFound })
    })
  )

  test(
    "a stream whose first page is slow begins with a nop",
    Effect.gen(function* () {
      yield* seed(3)
      const waits = yield* disturb({ pages: { 0: { millis: 20_000 } } })
      const of = yield* clients()
      const reading = yield* Effect.forkChild(run(() => collect(of.space.list("ada").stream())))
      yield* TestClock.setTime(yield* Queue.take(waits))
      assert.deepStrictEqual(types(yield* Fiber.join(reading)), ["nop", "item", "item", "item"])
    })
  )

  test(
    "authenticate, verify and revoke a secret",
    Effect.gen(function* () {
      yield* seed(1)
      const of = yield* clients()
      const [id = ""] = ids(1)
      const { url, ...rest } = yield* run(() => of.secret.authenticate("ada", id))
      assert.deepStrictEqual(rest, { id })
      assert.match(url, /^https:\/\/[^/]+\/secrets\/id-0000\/manager\/authenticate\?state=/)
      assert.deepStrictEqual(yield* run(() => of.secret.verify("ada", id)), { id, status: "authenticated" })
      assert.deepStrictEqual(yield* run(() => of.secret.revoke("ada", id)), { id })
      const verified = yield* run(() => of.secret.verify("ada", id))
      assert.strictEqual(verified.status, "unauthenticated")
      assert.strictEqual(verified.action?.type, "authenticate")
      assert.deepStrictEqual(itemIds((yield* run(() => of.secret.list("ada"))).items), ["unknown"])
    })
  )
})

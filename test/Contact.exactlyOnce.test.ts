import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as InMemory from "../src/layers/InMemory.ts"

const { Fault } = InMemory
const fingerprint = "crm-0001-ada-lovelace"

/** Runs a program to its end under a clock of its own. */
const drive = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const over = (client: Client.Overrides = {}, options: InMemory.ServerOptions = {}) =>
  Effect.provide(InMemory.layer({ client: { timeout: { attempt: "5 seconds" }, ...client }, ...options }))

/** The four ways in which the answer of a create that landed is lost. */
const lost = [
  ["a 503", Fault.afterCommit(Fault.status(503))],
  ["a reset", Fault.afterCommit(Fault.reset)],
  ["a body that is cut off", Fault.resetAfter(3)],
  ["no answer in time", Fault.afterCommit(Fault.stall)]
] as const

const inject = (fault: InMemory.Fault.Fault, attempt = 1) =>
  Effect.flatMap(InMemory.InMemory, (api) => api.inject({ operation: "Contact.create", attempt, fault }))

describe("a create whose answer is lost", () => {
  it.effect.each(lost)("in %s gives the id of the one contact it made", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(fault)
      const ref = yield* drive(Contact.create({ name: "Ada" }))
      const contacts = yield* api.contacts()
      assert.deepStrictEqual(
        contacts.map(({ id, name }) => ({ id, name })),
        [{ ...ref, name: "Ada" }]
      )
      assert.strictEqual(yield* api.count("Contact.create"), 2)
      assert.strictEqual(yield* api.count("Contact.list"), 1)
    }).pipe(over())
  )

  it.effect.each(lost)("in %s, with the caller's fingerprint, is no Conflict", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(fault)
      const ref = yield* drive(
        Contact.create({ name: "Ada", phone: "(202) 555-0123", fingerprint: ` ${fingerprint} ` })
      )
      assert.deepStrictEqual(
        (yield* api.contacts()).map(({ id }) => id),
        [ref.id]
      )
    }).pipe(over())
  )

  it.effect("is found behind what others made meanwhile", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.stall))
      const fiber = yield* Effect.forkChild(Contact.create({ name: "Ada" }))
      yield* TestClock.adjust("1 second")
      yield* api.seed(Array.from({ length: 350 }, () => ({ name: "another" })))
      yield* TestClock.adjust("10 minutes")
      const { id } = yield* Fiber.join(fiber)
      assert.strictEqual((yield* Contact.fetch(id)).name, "Ada")
      assert.strictEqual(yield* api.count("Contact.list"), 1)
    }).pipe(over())
  )

  it.effect("is unknown where no answer ever comes, and the error says what to look for", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", fault: Fault.afterCommit(Fault.status(503)) })
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      const [contact] = yield* api.contacts()
      assert.deepInclude(error, { _tag: "ServerError", outcome: "unknown", attempts: 4, isRetryable: false })
      assert.strictEqual(error.fingerprint, contact?.fingerprint)
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(over())
  )

  it.effect("is unknown where the newest contacts cannot be read", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      yield* api.inject({ operation: "Contact.list", fault: Fault.status(403) })
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "TransportError", operation: "Contact.create", outcome: "unknown" })
      assert.deepInclude(error, { isRetryable: false, attempts: 2 })
      assert.strictEqual(error.fingerprint, (yield* api.contacts())[0]?.fingerprint)
    }).pipe(over())
  )

  it.effect("is unknown, and not rate limited, where reading is: another create would be another contact", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      yield* api.inject({ operation: "Contact.list", fault: Fault.rateLimit() })
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "TransportError", outcome: "unknown", isRetryable: false })
      assert.isUndefined(error.status)
    }).pipe(over())
  )

  it.effect.each([
    ["cut off as if that were all", Fault.cutAfter(3)],
    ["garbage", Fault.afterCommit(Fault.garbage())],
    ["HTML", Fault.afterCommit(Fault.status(200, { body: "<html>", headers: { "content-type": "text/html" } }))],
    ["nothing", Fault.afterCommit(Fault.status(204))],
    ["a 524", Fault.afterCommit(Fault.status(524))]
  ] as const)("is found where the answer is %s", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(fault)
      const { id } = yield* drive(Contact.create({ name: "Ada" }))
      assert.deepStrictEqual(
        (yield* api.contacts()).map((contact) => contact.id),
        [id]
      )
    }).pipe(over())
  )

  it.effect("is found where the caller changes the request meanwhile", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      const request = { fingerprint, name: "Ada", meta: { tier: "gold" } }
      const fiber = yield* Effect.forkChild(Contact.create(request))
      yield* Effect.yieldNow
      request.name = "Grace"
      request.meta.tier = "silver"
      yield* TestClock.adjust("10 minutes")
      const { id } = yield* Fiber.join(fiber)
      assert.strictEqual((yield* api.contacts())[0]?.id, id)
    }).pipe(over())
  )

  it.effect("is given up when the total is over, in reading too", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.stall))
      yield* api.inject({ operation: "Contact.list", fault: Fault.stall })
      const fiber = yield* Effect.forkChild(Effect.flip(Contact.create({ name: "Ada" })))
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude(error, { _tag: "Timeout", phase: "total", outcome: "unknown" })
      assert.strictEqual(error.fingerprint, (yield* api.contacts())[0]?.fingerprint)
    }).pipe(over({ timeout: { attempt: "6 seconds", total: "10 seconds" } }))
  )

  it.effect("is sent once with no retries, and unknown", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "TransportError", outcome: "unknown", attempts: 1 })
      assert.isDefined(error.fingerprint)
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(over({ retry: { retries: 0 } }))
  )

  it.effect("is unknown, and sent as it is, with exactlyOnce: false", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "TransportError", outcome: "unknown", attempts: 1 })
      assert.isUndefined(error.fingerprint)
      assert.deepStrictEqual(
        (yield* api.requests).map(({ body }) => body),
        ['{"name":"Ada"}']
      )
    }).pipe(over({ exactlyOnce: false }))
  )
})

describe("a Conflict", () => {
  it.effect("of the first attempt is one, and nothing is read", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ fingerprint }])
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint })))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "rejected", attempts: 1 })
      assert.strictEqual(yield* api.count("Contact.list"), 0)
    }).pipe(over())
  )

  it.effect("after a request that never landed is one: the contact is older than the call", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* TestClock.setTime(1_800_000_000_000)
      yield* api.seed([{ fingerprint, name: "Ada", createdAt: 1_700_000_000_000 }])
      yield* inject(Fault.reset)
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "rejected", attempts: 2 })
    }).pipe(over())
  )

  it.effect("after a request that never landed is one: somebody else has just made another contact so", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ fingerprint, name: "Grace" }])
      yield* inject(Fault.reset)
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
      // It may also be ours, and have been changed since.
      assert.deepInclude(error, { _tag: "Conflict", outcome: "unknown" })
    }).pipe(over())
  )
})

describe("a Conflict of which nobody can tell", () => {
  it.effect("is unknown where the contact has been changed since", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      const fiber = yield* Effect.forkChild(Effect.flip(Contact.create({ fingerprint, name: "Ada" })))
      yield* Effect.yieldNow
      const [made] = yield* api.contacts()
      yield* Contact.update(made?.id ?? "", { nick: "ada" })
      yield* TestClock.adjust("10 minutes")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Conflict", outcome: "unknown" })
    }).pipe(over())
  )

  it.effect("is not taken for ours where it says something else", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      for (const other of [{ phone: "+12025550199" }, { meta: { owner: "another" } }, { verifiedAt: 5 }]) {
        yield* api.clear
        yield* api.heal
        yield* api.seed([{ fingerprint, ...other }])
        yield* inject(Fault.reset)
        const request = { fingerprint, phone: "(202) 555-0123", meta: { owner: "me" } }
        assert.strictEqual((yield* Effect.flip(drive(Contact.create(request))))._tag, "Conflict")
      }
    }).pipe(over())
  )
})

describe("a token that may not use fingerprints", () => {
  const token = "oaac-widget"
  const accounts = [{ id: "a", tokens: [{ token, audience: "widget", allowedRoutes: ["**"] }] }]
  const client = { secret: Redacted.make(token) }

  it.effect("is served without one", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { id } = yield* drive(Contact.create({ name: "Ada" }))
      assert.deepStrictEqual(
        (yield* api.contacts(token)).map((contact) => contact.id),
        [id]
      )
      assert.strictEqual(yield* api.count("Contact.create"), 2)
    }).pipe(over(client, { accounts }))
  )

  it.effect("is served without one whatever the request says, and after a failure too", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.status(503))
      yield* drive(Contact.create({ name: "finger" }))
      assert.lengthOf(yield* api.contacts(token), 1)
    }).pipe(over(client, { accounts }))
  )

  it.effect("is refused one that the caller gives", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint })))
      assert.deepInclude(error, { _tag: "InvalidRequest", status: 400, attempts: 1 })
    }).pipe(over(client, { accounts }))
  )
})

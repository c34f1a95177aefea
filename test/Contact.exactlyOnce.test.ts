import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Stream, Struct } from "effect"
import type { HttpClientRequest } from "effect/http"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Fake from "./support/FakeHttp.ts"

const { Fault } = InMemory
const fingerprint = "crm-0001-ada-lovelace"

/** Runs a program to its end, for at most ten minutes of the test clock. */
const drive = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const over = (client: Partial<Client.Options> = {}, options: InMemory.ServerOptions = {}) =>
  Effect.provide(InMemory.layer({ client: { timeout: { attempt: "5 seconds" }, ...client }, ...options }))

/** The ways in which the answer to a create that made a contact is lost. */
const lost = [
  ["a 503", Fault.afterCommit(Fault.status(503))],
  ["a reset", Fault.afterCommit(Fault.reset)],
  ["a body that is cut off", Fault.resetAfter(3)],
  ["no answer in time", Fault.afterCommit(Fault.stall)]
] as const

const inject = (fault: InMemory.Fault.Fault, attempt = 1) =>
  Effect.flatMap(InMemory.InMemory, (api) => api.inject({ operation: "Contact.create", attempt, fault }))

describe("a create whose answer is lost", () => {
  it.effect.each(lost)("by %s gives the id of the one contact that it made", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(fault)
      const ref = yield* drive(Contact.create({ name: "Ada" }))
      const contacts = yield* api.contacts()
      assert.deepStrictEqual(
        contacts.map(({ id, name }) => ({ id, name })),
        [{ ...ref, name: "Ada" }]
      )
      assert.strictEqual(yield* api.requestCount("Contact.create"), 2)
      assert.strictEqual(yield* api.requestCount("Contact.list"), 1)
    }).pipe(over())
  )

  it.effect.each(lost)("by %s, with the caller's fingerprint, gives that id too, and is no Conflict", ([, fault]) =>
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

  it.effect("is found among the contacts that others made meanwhile", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.stall))
      const fiber = yield* Effect.forkChild(Contact.create({ name: "Ada" }))
      yield* TestClock.adjust("1 second")
      yield* api.seed(Array.from({ length: 350 }, () => ({ name: "another" })))
      yield* TestClock.adjust("10 minutes")
      const { id } = yield* Fiber.join(fiber)
      assert.strictEqual((yield* Contact.fetch(id)).name, "Ada")
      assert.strictEqual(yield* api.requestCount("Contact.list"), 1)
    }).pipe(over())
  )

  it.effect("is unknown if every answer is lost, and the error has the fingerprint", () =>
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

  it.effect("is unknown if the newest contacts cannot be read", () =>
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

  it.effect("is unknown, and not RateLimited, if the search is rate limited: a retry would make another contact", () =>
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
  ] as const)("is found if the answer is %s", ([, fault]) =>
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

  it.effect("is found if the caller changes the request meanwhile", () =>
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

  it.effect("fails when the total timeout is over, in the search too", () =>
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

  it.effect("is sent once without retries, and then unknown", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.afterCommit(Fault.reset))
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "TransportError", outcome: "unknown", attempts: 1 })
      assert.isDefined(error.fingerprint)
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(over({ retry: { retries: 0 } }))
  )

  it.effect("is unknown, and sent unchanged, with exactlyOnce: false", () =>
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
  it.effect("after a request that made no contact is rejected if the contact is older than the call", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* TestClock.setTime(1_800_000_000_000)
      yield* api.seed([{ fingerprint, name: "Ada", createdAt: 1_700_000_000_000 }])
      yield* inject(Fault.reset)
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "rejected", attempts: 2 })
    }).pipe(over())
  )

  it.effect(
    "after a request that made no contact is unknown if somebody else has just made another contact with the fingerprint",
    () =>
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.seed([{ fingerprint, name: "Grace" }])
        yield* inject(Fault.reset)
        const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
        // It may also be this call's contact, changed since.
        assert.deepInclude(error, { _tag: "Conflict", outcome: "unknown" })
      }).pipe(over())
  )
})

describe("a Conflict that cannot be judged", () => {
  it.effect("is unknown if the contact has been changed since", () =>
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

  it.effect("is unknown, and has no id, if the contact has other content", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      for (const other of [{ phone: "+12025550199" }, { meta: { owner: "another" } }, { verifiedAt: 5 }]) {
        yield* api.clear
        yield* api.removeFaults
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

  it.effect("makes the contact without one", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { id } = yield* drive(Contact.create({ name: "Ada" }))
      assert.deepStrictEqual(
        (yield* api.contacts(token)).map((contact) => contact.id),
        [id]
      )
      assert.strictEqual(yield* api.requestCount("Contact.create"), 2)
    }).pipe(over(client, { accounts }))
  )

  it.effect("makes the contact without one, whatever the fields of the request, also after a 429", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.rateLimit())
      yield* drive(Contact.create({ name: "finger" }))
      assert.lengthOf(yield* api.contacts(token), 1)
    }).pipe(over(client, { accounts }))
  )

  it.effect("makes none without one after an attempt that may have made the contact", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.status(503))
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "InvalidRequest", outcome: "unknown", attempts: 2, isRetryable: false })
      assert.match(error.fingerprint ?? "", /^[0-9a-f]{32}$/)
      assert.lengthOf(yield* api.contacts(token), 0)
    }).pipe(over(client, { accounts }))
  )

  it.effect("counts the attempts with and without one", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ operation: "Contact.create", attempt: 2, fault: Fault.status(403) })
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })))
      assert.deepInclude(error, { _tag: "Forbidden", outcome: "rejected", attempts: 2 })
      assert.lengthOf(yield* api.contacts(token), 0)
    }).pipe(over(client, { accounts }))
  )

  it.effect("makes no second contact if it replaces a token that may use fingerprints", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const secrets = [InMemory.secret, Redacted.make(token)]
      const secret = Effect.sync(() => secrets.shift() ?? Redacted.make(token))
      yield* inject(Fault.afterCommit(Fault.reset))
      const error = yield* Effect.flip(drive(Contact.create({ name: "Ada" })).pipe(Client.withOptions({ secret })))
      const made = yield* api.contacts()
      assert.deepInclude(error, { _tag: "InvalidRequest", outcome: "unknown", attempts: 2 })
      assert.deepStrictEqual(
        made.map(({ fingerprint }) => fingerprint),
        ["fingerprint" in error ? error.fingerprint : undefined]
      )
    }).pipe(
      over(
        {},
        {
          accounts: [
            {
              id: "a",
              tokens: [{ token: Redacted.value(InMemory.secret) }, { token, audience: "widget", allowedRoutes: ["**"] }]
            }
          ]
        }
      )
    )
  )

  it.effect("fails with InvalidRequest if the caller gives a fingerprint", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint })))
      assert.deepInclude(error, { _tag: "InvalidRequest", status: 400, attempts: 1 })
    }).pipe(over(client, { accounts }))
  )
})

/** A gateway that sends each create twice, and answers with the second answer. */
const doubling = (http: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    request.url.endsWith("/create")
      ? Effect.andThen(http.execute(request), http.execute(request))
      : http.execute(request)
  )

/** A gateway that removes the server's `Date`. */
const withoutDate = (http: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(http, (effect, request) =>
    Effect.map(effect, (response) =>
      HttpClientResponse.fromWeb(
        request,
        new Response(Stream.toReadableStream(response.stream), {
          status: response.status,
          headers: Struct.omit(response.headers, ["date"])
        })
      )
    )
  )

describe("a first 409 is a Conflict, judged by the newest contacts:", () => {
  const day = 86_400_000
  /** The contact that has the fingerprint, the expected outcome, and the options of the client. */
  const cases: Readonly<
    Record<string, readonly [seed: InMemory.Seed, outcome: Errors.Outcome, client?: Partial<Client.Options>]>
  > = {
    "an older contact": [{ name: "Ada", createdAt: -61_000 }, "rejected"],
    "an older contact that has just been changed": [{ name: "Ada", createdAt: -61_000, updatedAt: 0 }, "rejected"],
    "a contact that is older by no more than clocks can differ": [{ name: "Ada", createdAt: -60_000 }, "unknown"],
    "a new contact with the same content": [{ name: "Ada" }, "unknown"],
    "a new contact with other content": [{ name: "Grace" }, "rejected"],
    "a new contact that was changed": [{ name: "Grace", createdAt: -1, updatedAt: 0 }, "unknown"],
    "no Date: a contact with other content": [
      { name: "Grace", createdAt: -day },
      "rejected",
      { transformClient: withoutDate }
    ],
    "no Date: a contact with the same content, a day old by the client's clock": [
      { name: "Ada", createdAt: -day },
      "unknown",
      { transformClient: withoutDate }
    ],
    "no Date: a contact with the same content, made tomorrow by the client's clock": [
      { name: "Ada", createdAt: day },
      "unknown",
      { transformClient: withoutDate }
    ]
  }
  it.effect.each(Object.entries(cases))("%s", ([, [seed, outcome, client = {}]]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([
        { name: "older", createdAt: -day * 100 },
        { fingerprint, ...seed }
      ])
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
      assert.deepInclude(error, { _tag: "Conflict", status: 409, outcome, attempts: 1, isRetryable: false })
      assert.strictEqual(yield* api.requestCount("Contact.list"), 1)
    }).pipe(over(client))
  )

  it.effect("an older contact that is not among the newest", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([
        { fingerprint, name: "Ada", createdAt: -3 * day },
        { createdAt: -2 * day },
        { name: "another", createdAt: 0 }
      ])
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint, name: "Ada" })))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "rejected", attempts: 1 })
    }).pipe(over())
  )

  it.effect("a contact that was deleted before the search", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* inject(Fault.status(409, { body: '{"code":"CONFLICT","message":"Unique constraint violation"}' }))
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint })))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "unknown", attempts: 1 })
      assert.lengthOf(yield* api.contacts(), 0)
    }).pipe(over())
  )

  it.effect.each([
    ["cannot be read", Fault.status(403)],
    ["do not come in time", Fault.stall]
  ] as const)("the newest contacts %s", ([, fault]) =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.seed([{ fingerprint }])
      yield* api.inject({ operation: "Contact.list", fault })
      const error = yield* Effect.flip(drive(Contact.create({ fingerprint })))
      assert.deepInclude(error, { _tag: "Conflict", status: 409, outcome: "unknown", attempts: 1 })
    }).pipe(over({ timeout: { attempt: "5 seconds", total: "20 seconds" } }))
  )
})

describe("a gateway that sends a create twice", () => {
  const transformClient = doubling
  it.effect("with a generated fingerprint: gives the id of the one contact", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { id } = yield* drive(Contact.create({ name: "Ada" }))
      assert.deepStrictEqual(
        (yield* api.contacts()).map((contact) => contact.id),
        [id]
      )
    }).pipe(over({ transformClient }))
  )

  it.effect("with the caller's fingerprint: is a Conflict of unknown outcome", () =>
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const error = yield* Effect.flip(
        drive(Contact.create({ name: "Ada", fingerprint, phone: "(202) 555-0123 ext. 5" }))
      )
      assert.deepInclude(error, { _tag: "Conflict", outcome: "unknown", attempts: 1 })
      assert.lengthOf(yield* api.contacts(), 1)
    }).pipe(over({ transformClient }))
  )
})

describe("a server with another clock", () => {
  const now = Date.UTC(2030, 0, 1)
  const hour = 3_600_000
  const conflict = Fake.json(409, { code: "CONFLICT", message: "Unique constraint violation" })

  /** The reply to the search, by a server whose clock is ahead, with the contact made as the call began. */
  const newest =
    (skew: number, hasDate: boolean, over: object = {}) =>
    () =>
      new Response(
        [
          Fake.item("c1", { name: "other", createdAt: now + skew + 10, updatedAt: now + skew + 10 }),
          Fake.item("c2", { name: "Ada", fingerprint, createdAt: now + skew, updatedAt: now + skew, ...over }),
          Fake.item("c3", { createdAt: now + skew - 100 * 24 * hour })
        ].join(""),
        {
          headers: {
            "content-type": "application/jsonl",
            ...(hasDate ? { date: new Date(now + skew).toUTCString() } : {})
          }
        }
      )

  const scripted = (fake: Fake.Fake) => Effect.provide(Fake.layer(fake, { exactlyOnce: true }))
  const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }
  const create = Contact.create({ name: "Ada", fingerprint })
  const skews = [-9000 * 24, -49, -1, 0, 1, 49, 9000 * 24].map((hours) => hours * hour)

  it.effect.each(skews)("%d ms ahead: the contact of the lost answer is found", (skew) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const fake = Fake.script(reset, conflict, newest(skew, true))
      assert.deepStrictEqual(yield* Fake.successOf(scripted(fake)(create)), { id: "c2" })
    })
  )

  it.effect.each(skews)("%d ms ahead, without a Date: the id, or unknown", (skew) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const call = scripted(Fake.script(reset, conflict, newest(skew, false)))(create)
      if (skew === 0) return assert.deepStrictEqual(yield* Fake.successOf(call), { id: "c2" })
      assert.deepInclude(yield* Fake.failureOf(call), { _tag: "Conflict", outcome: "unknown", attempts: 2 })
    })
  )

  it.effect.each(skews)("%d ms ahead: a first 409 about a contact with the same content is unknown", (skew) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      for (const hasDate of [true, false]) {
        const call = scripted(Fake.script(conflict, newest(skew, hasDate)))(create)
        assert.deepInclude(yield* Fake.failureOf(call), { _tag: "Conflict", outcome: "unknown", attempts: 1 })
      }
    })
  )

  it.effect.each([true, false])("does not matter with a generated fingerprint, with a Date: %s", (hasDate) =>
    Effect.gen(function* () {
      for (const skew of skews) {
        yield* TestClock.setTime(now)
        let generated = ""
        const sent = (request: HttpClientRequest.HttpClientRequest) => {
          generated = JSON.parse(
            request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
          ).fingerprint
          return conflict()
        }
        const fake = Fake.script(
          { run: sent },
          {
            run: () => newest(skew, hasDate, { name: "changed", fingerprint: generated })()
          }
        )
        const call = scripted(fake)(Contact.create({ name: "Ada" }))
        assert.deepStrictEqual(yield* Fake.successOf(call), { id: "c2" })
      }
    })
  )

  it.effect("decides how old a contact is", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const fake = Fake.script(
        { run: () => new Response("", { status: 503 }) },
        conflict,
        newest(-5 * hour, true, { createdAt: now - 5 * hour - 2 * 60_000, updatedAt: now - 5 * hour - 2 * 60_000 })
      )
      // The contact is two minutes older than the call, whatever the time of the client's clock.
      assert.deepInclude(yield* Fake.failureOf(scripted(fake)(create)), {
        _tag: "Conflict",
        outcome: "rejected",
        attempts: 2
      })
    })
  )

  it.effect("compares the meta of another contact that is nested 50,000 deep", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const line = () => {
        const contact = { name: "Ada", fingerprint, createdAt: now, updatedAt: now, meta: "DEEP" }
        const text = Fake.item("c2", contact).replace('"DEEP"', `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)
        return new Response(text, { headers: { "content-type": "application/jsonl" } })
      }
      const call = Contact.create({ name: "Ada", fingerprint, meta: { a: { a: 1 } } })
      const error = yield* Fake.failureOf(scripted(Fake.script(reset, conflict, line))(call))
      assert.deepInclude(error, { _tag: "Conflict", outcome: "unknown", attempts: 2 })
    })
  )
})

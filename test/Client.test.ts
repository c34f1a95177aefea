import { assert, describe, it } from "@effect/vitest"
import {
  Cause,
  Clock,
  ConfigProvider,
  Effect,
  Exit,
  Fiber,
  Layer,
  Logger,
  Random,
  Redacted,
  Stream,
  Tracer
} from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import type * as Errors from "../src/Errors.ts"
import * as Fake from "./support/FakeHttp.ts"

const id = "cmwsk55x8000com7dj9qcuwx6"
const fingerprint = "crm-0001-ada-lovelace"
const ok = Fake.json(200, { id })
const found = Fake.json(200, Fake.contact(id))
const page = Fake.json(200, { items: [] })

const calls = {
  create: Contact.create({ name: "Ada" }),
  fetch: Contact.fetch(id),
  update: Contact.update(id, { nick: "ada" }),
  delete: Contact.delete(id),
  ensure: Contact.ensure({ fingerprint }),
  listPage: Contact.listPage(),
  list: Stream.runCollect(Contact.list())
}
type Name = keyof typeof calls
const names = Object.keys(calls) as ReadonlyArray<Name>
const callOf = (name: Name): Effect.Effect<unknown, Errors.ContactError, Client.Client> => calls[name]

const success: Readonly<Record<Name, () => Response>> = {
  create: ok,
  fetch: found,
  update: ok,
  delete: ok,
  ensure: ok,
  listPage: page,
  list: Fake.jsonLines()
}

/** Provides a fake to a call, under a seed. */
const over = (fake: Fake.Fake, options: Client.Overrides = {}) => {
  const layer = Layer.orDie(Fake.layer(fake, options))
  return <A, E, R>(effect: Effect.Effect<A, E, R>) => effect.pipe(Effect.provide(layer), Random.withSeed("seed"))
}

const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }
const refusedConnection = { failWith: new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }) }
const error = (status: number, code = "CODE", headers = {}) => Fake.json(status, { code, message: "said" }, headers)

const wrong = (request: unknown) => Contact.create(request as Contact.CreateRequest)

describe("requests", () => {
  it.effect.each(names)("%s carries the token and says what it takes", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script(success[name])
      yield* Fake.successOf(over(fake)(callOf(name)))
      const [sent] = fake.sent
      assert.strictEqual(fake.sent.length, 1)
      assert.strictEqual(sent?.headers["authorization"], `Bearer ${Fake.secret}`)
      assert.strictEqual(sent?.headers["accept"], name === "list" ? "application/jsonl" : "application/json")
      assert.strictEqual(sent?.headers["content-type"], sent?.method === "POST" ? "application/json" : undefined)
      assert.strictEqual(sent?.url.origin, "https://api.chatbotkit.com")
      assert.match(sent?.url.pathname ?? "", /^\/v1\/contact\//)
      const allowed = new Set(["accept", "authorization", "content-length", "content-type"])
      assert.isEmpty(Object.keys(sent?.headers ?? {}).filter((header) => !allowed.has(header)))
    })
  )

  it.effect("have the path, query and body of the wire", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok, found, ok, ok, ok, page)
      const run = over(fake, { baseUrl: "http://localhost:1/base" })
      yield* run(
        Effect.all([
          Contact.create({
            name: "Ada",
            email: undefined,
            phone: null,
            meta: JSON.parse('{"a":{"__proto__":{"b":1}}}')
          }),
          Contact.fetch(` ${id} `),
          Contact.update("(Ada / Lovelace)", {}),
          Contact.delete(id),
          Contact.ensure({ fingerprint }),
          Contact.listPage({ order: "asc", take: 5, meta: { "a.b": "x&y", c: true }, cursor: id })
        ])
      )
      assert.deepStrictEqual(
        fake.sent.map(({ body, method, url }) => `${method} ${url.pathname}${url.search} ${body}`.trimEnd()),
        [
          'POST /base/api/v1/contact/create {"name":"Ada","phone":null,"meta":{"a":{"__proto__":{"b":1}}}}',
          `GET /base/api/v1/contact/${id}/fetch`,
          "POST /base/api/v1/contact/(Ada%20%2F%20Lovelace)/update {}",
          `POST /base/api/v1/contact/${id}/delete {}`,
          `POST /base/api/v1/contact/ensure {"fingerprint":"${fingerprint}"}`,
          `GET /base/api/v1/contact/list?order=asc&take=5&meta.a.b=x%26y&meta.c=true&cursor=${id}`
        ]
      )
    })
  )

  it.effect("carry run-as, time zone and further headers, and no trace headers", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const options = { runAsUserId: "u", runAsChildUserEmail: "e@x.co", timezone: "UTC", headers: { "X-Extra": "1" } }
      yield* over(fake, options)(calls.create).pipe(Effect.withSpan("outer"))
      const headers = fake.sent[0]?.headers
      assert.deepInclude(headers, {
        "x-runas-user-id": "u",
        "x-runas-child-user-email": "e@x.co",
        "x-timezone": "UTC",
        "x-extra": "1"
      })
      assert.notProperty(headers, "traceparent")
      assert.notProperty(headers, "b3")
    })
  )

  it.effect("use a rotating secret anew for each attempt", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503), reset, found)
      let turn = 0
      const secret = Effect.sync(() => Redacted.make(`sk-${++turn}`))
      yield* Fake.successOf(over(fake, { secret })(calls.fetch))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => headers["authorization"]),
        ["Bearer sk-1", "Bearer sk-2", "Bearer sk-3"]
      )
    })
  )

  const wiped = Redacted.make("sk-1")
  Redacted.wipeUnsafe(wiped)
  it.effect.each([
    ["that fails", Effect.fail(new Error("canary")), "Unauthorized"],
    ["with a newline", Effect.succeed(Redacted.make("sk-canary\nX-Evil: 1")), "InvalidRequest"],
    ["that is empty", Effect.succeed(Redacted.make("")), "InvalidRequest"],
    ["that was wiped", Effect.succeed(wiped), "InvalidRequest"],
    ["that is plain text", Effect.succeed("sk-canary" as unknown as Redacted.Redacted<string>), "InvalidRequest"]
  ] as const)("send nothing under a secret %s", ([, secret, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.create))
      assert.deepInclude(failure, { _tag: tag, outcome: "not-sent", attempts: 0 })
      assert.notInclude(Fake.renderings(failure), "canary")
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("keep what is known where the secret fails between attempts", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503), ok)
      let turn = 0
      const secret = Effect.suspend(() => (turn++ === 0 ? Effect.succeed(Redacted.make("sk-1")) : Effect.fail("no")))
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.update))
      assert.deepInclude(failure, { _tag: "Unauthorized", outcome: "unknown", attempts: 1 })
    })
  )

  it.effect("refuse ids, requests and nested meta that cannot be sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      let deep: { [key: string]: unknown } = {}
      for (let depth = 0; depth < 100_000; depth++) deep = { deep }
      const cyclic: { [key: string]: unknown } = {}
      cyclic["self"] = cyclic
      const refused: ReadonlyArray<readonly [Effect.Effect<unknown, unknown, Client.Client>, string]> = [
        [Contact.fetch(".."), "id"],
        [Contact.update(" ", {}), "id"],
        [Contact.delete("a\0"), "id"],
        [Contact.fetch(undefined as unknown as string), "id"],
        [Contact.delete(5 as unknown as string), "id"],
        [Contact.ensure({ fingerprint: " sixteen-letters  " }), "fingerprint"],
        [wrong(null), "request"],
        [wrong([]), "request"],
        [wrong({ nmae: 1 }), "nmae"],
        [wrong({ email: 5 }), "email"],
        [wrong({ meta: { _a: 1 } }), "meta._a"],
        [wrong({ meta: { "": 1 } }), "meta."],
        [wrong({ meta: [] }), "meta"],
        [wrong({ meta: { a: 1n } }), "meta"],
        [wrong({ meta: { a: () => 1 } }), "meta"],
        [wrong({ meta: { a: NaN } }), "meta"],
        [wrong({ meta: new Date(0) }), "meta"],
        [wrong({ meta: new Map([["a", 1]]) }), "meta"],
        [wrong({ meta: cyclic }), "meta"],
        [wrong({ verifiedAt: 1e16 }), "verifiedAt"],
        [wrong({ verifiedAt: "2020-01-01" }), "verifiedAt"]
      ]
      for (const [call, field] of refused) {
        const failure = yield* Fake.failureOf(over(fake)(call))
        assert.deepInclude(failure, { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0 }, field)
      }
      const failure = yield* Fake.failureOf(over(fake)(wrong({ meta: deep })))
      assert.deepInclude(failure, { _tag: "InvalidRequest", outcome: "not-sent", attempts: 0 })
      assert.isEmpty(fake.sent)
    })
  )
})

describe("retries", () => {
  const kinds: ReadonlyArray<readonly [kind: string, step: Fake.Step]> = [
    ["reset", reset],
    ["refused", refusedConnection],
    ...[408, 429, 500, 502, 503, 504].map((status) => [String(status), error(status)] as const)
  ]
  const certain = new Set(["429", "refused"])

  it.effect.each(names)("%s is sent again only after what is transient and safe", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of kinds) {
        const fake = Fake.script(step, success[name])
        const exit = yield* Fake.drive(over(fake)(callOf(name)))
        const again = name !== "create" || certain.has(kind)
        assert.strictEqual(fake.sent.length, again ? 2 : 1, kind)
        assert.strictEqual(Exit.isSuccess(exit), again, kind)
        assert.strictEqual(new Set(fake.sent.map(({ body }) => body)).size, 1)
      }
    })
  )

  it.effect.each(names)("%s is not sent again after what is permanent", (name) =>
    Effect.gen(function* () {
      for (const status of [201, 204, 301, 400, 401, 402, 403, 404, 405, 409, 413, 418, 422, 501, 505]) {
        const fake = Fake.script(() => new Response(null, { status }), success[name])
        yield* Fake.drive(over(fake)(callOf(name)))
        assert.strictEqual(fake.sent.length, name === "ensure" && status === 409 ? 2 : 1, `${status}`)
      }
    })
  )

  it.effect.each(names)("%s is sent once with no retries", (name) =>
    Effect.gen(function* () {
      for (const [kind, step] of [...kinds, ["409", error(409)] as const]) {
        const fake = Fake.script(step)
        const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(callOf(name)))
        assert.strictEqual(fake.sent.length, 1, kind)
        assert.deepInclude(failure, { attempts: 1, operation: `Contact.${name}` })
      }
    })
  )

  it.effect("are bounded, and the waits double below their ceiling", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503))
      const failure = yield* Fake.failureOf(over(fake)(calls.fetch), 1)
      assert.deepInclude(failure, { _tag: "ServerError", attempts: 4, isRetryable: true })
      const waits = fake.sent.slice(1).map(({ at }, index) => at - (fake.sent[index]?.at ?? 0))
      assert.strictEqual(waits.length, 3)
      for (const [index, wait] of waits.entries()) assert.isAtMost(wait, 250 * 2 ** index + 1)
    })
  )

  it.effect("a failed write keeps the least certain outcome of its attempts", () =>
    Effect.gen(function* () {
      const update = Fake.script(reset, error(429), refusedConnection)
      assert.deepInclude(yield* Fake.failureOf(over(update)(calls.update)), {
        _tag: "TransportError",
        outcome: "unknown",
        attempts: 4
      })
      const create = Fake.script(refusedConnection, error(429), error(503))
      assert.deepInclude(yield* Fake.failureOf(over(create)(calls.create)), {
        _tag: "ServerError",
        outcome: "unknown",
        attempts: 3,
        isRetryable: false
      })
    })
  )

  it.effect("ensure takes one conflict for a lost race, not two", () =>
    Effect.gen(function* () {
      const won = Fake.script(error(409, "CONFLICT"), ok)
      assert.deepStrictEqual(yield* Fake.successOf(over(won)(calls.ensure)), { id })
      const lost = Fake.script(error(409, "CONFLICT"))
      assert.deepInclude(yield* Fake.failureOf(over(lost)(calls.ensure)), { _tag: "Conflict", attempts: 2 })
    })
  )

  it.effect("delete takes not found after a lost answer for success", () =>
    Effect.gen(function* () {
      const lost = Fake.script(reset, error(404, "NOT_FOUND"))
      assert.deepStrictEqual(yield* Fake.successOf(over(lost)(Contact.delete(` ${id} `))), { id })
      for (const steps of [[error(429)], [refusedConnection], []] as ReadonlyArray<[] | [Fake.Step]>) {
        const failure = yield* Fake.failureOf(over(Fake.script(...steps, error(404)))(calls.delete))
        assert.deepInclude(failure, { _tag: "NotFound", contactId: id, outcome: "rejected" })
      }
    })
  )

  it.effect.each(["(Some Name)", "@alias"])("a write to %s is not sent again after an unknown outcome", (name) =>
    Effect.gen(function* () {
      for (const call of [Contact.delete(name), Contact.update(name, { nick: "x" })]) {
        const fake = Fake.script(reset, ok)
        assert.deepInclude(yield* Fake.failureOf(over(fake)(call)), { outcome: "unknown", isRetryable: false })
        assert.strictEqual(fake.sent.length, 1)
      }
      const read = Fake.script(reset, found)
      yield* Fake.successOf(over(read)(Contact.fetch(name)))
    })
  )

  it.effect("send the same bytes though the caller changes the input", () =>
    Effect.gen(function* () {
      const meta = { tier: "gold", deep: { a: 1 } }
      const step = {
        run: () => {
          meta.tier = "lead"
          meta.deep.a = 2
          return error(503)()
        }
      }
      const fake = Fake.script(step, ok)
      yield* Fake.successOf(over(fake)(Contact.update(id, { meta })))
      assert.deepStrictEqual(
        fake.sent.map(({ body }) => body),
        ['{"meta":{"tier":"gold","deep":{"a":1}}}', '{"meta":{"tier":"gold","deep":{"a":1}}}']
      )
    })
  )

  const day = 86_400_000
  it.effect.each([
    ["0", 0, 0],
    ["2", 2000, 2000],
    [" 3 ", 3000, 3000],
    ["11", 10_000, 10_000],
    ["9999999999", 10_000, 10_000],
    ["9".repeat(400), 10_000, 10_000],
    [new Date(4000).toUTCString(), 4000, 4000],
    [new Date(400 * day).toUTCString(), 10_000, 10_000],
    ["Wed, 21 Oct 1931 07:28:00 GMT", 0, 0],
    ["-1", 0, 250],
    ["1.5", 0, 250],
    ["", 0, 250],
    ["soon", 0, 250],
    ["1, 2", 0, 250],
    ["0x10", 0, 250],
    ["Infinity", 0, 250]
  ] as const)("wait for Retry-After %s", ([value, atLeast, atMost]) =>
    Effect.gen(function* () {
      const fake = Fake.script(error(429, "LIMITS_REACHED", { "retry-after": value }), found)
      yield* Fake.successOf(over(fake)(calls.fetch), 10)
      const at = fake.sent[1]?.at ?? -1
      assert.isAtLeast(at, atLeast)
      assert.isAtMost(at, atMost + 10)
    })
  )

  it.effect("Retry-After is in the failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(429, "LIMITS_REACHED", { "retry-after": "7" }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(calls.fetch))
      assert.deepInclude(failure, { _tag: "RateLimited", retryAfter: 7000 })
    })
  )

  it.effect("interrupting a backoff sends nothing more and takes no time", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503, "X", { "retry-after": "5" }))
      const fiber = yield* Effect.forkChild(over(fake)(calls.fetch))
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(fake.sent.length, 1)
    })
  )

  it.effect("interrupting a request interrupts the transport, and is no failure", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const fiber = yield* Effect.forkChild(over(fake)(calls.fetch))
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(fake.interrupted(), 1)
      assert.strictEqual(fake.sent.length, 1)
    })
  )
})

const stalled =
  (status: number, type = "application/json") =>
  () =>
    new Response(Fake.bodyOf(['{"id"'], { end: "hang" }), { status, headers: { "content-type": type } })

describe("timeouts", () => {
  const options = { timeout: { attempt: "5 seconds" }, retry: { retries: 0 } } as const

  it.effect.each(names)("%s waits for headers so long", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const failure = yield* Fake.failureOf(over(fake, options)(callOf(name)))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "headers", outcome: "unknown", attempts: 1 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 5000)
      assert.strictEqual(fake.interrupted(), 1)
    })
  )

  it.effect("the body counts, and the phase is named", () =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(stalled(200)), options)(calls.create))
      assert.deepInclude(failure, { _tag: "Timeout", phase: "body", status: 200, outcome: "unknown" })
      assert.strictEqual(yield* Clock.currentTimeMillis, 5000)
    })
  )

  it.effect.each([400, 401, 404, 429])("an error body that stalls does not hide status %s", (status) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(stalled(status)), options)(calls.fetch))
      assert.deepInclude(failure, { status, outcome: "rejected" })
    })
  )

  it.effect("each attempt has its own", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never", "never", found)
      yield* Fake.successOf(over(fake, { timeout: { attempt: "5 seconds" } })(calls.fetch))
      assert.strictEqual(fake.sent.length, 3)
      assert.isAtLeast(yield* Clock.currentTimeMillis, 10_000)
    })
  )

  it.effect("can be turned off", () =>
    Effect.gen(function* () {
      const fake = Fake.script("never")
      const fiber = yield* Effect.forkChild(over(fake, { timeout: { attempt: "Infinity" } })(calls.fetch))
      yield* Fake.settle
      yield* TestClock.adjust("365 days")
      assert.isUndefined(fiber.pollUnsafe())
    })
  )
})

const reply =
  (body: ConstructorParameters<typeof Response>[0], init: ResponseInit = {}) =>
  () =>
    new Response(body, { headers: { "content-type": "application/json" }, ...init })

const opaque = () => Object.defineProperty(new Response(null), "status", { value: 0 })

describe("replies", () => {
  const html = { headers: { "content-type": "text/html" } }

  it.effect.each([
    ["301", reply(null, { status: 301, headers: { location: "https://evil.test" } })],
    ["302", reply(null, { status: 302, headers: { location: "/" } })],
    ["303", reply(null, { status: 303 })],
    ["304", reply(null, { status: 304 })],
    ["307", reply(null, { status: 307 })],
    ["308", reply(null, { status: 308 })],
    ["opaque redirect", opaque],
    ["201", reply('{"id":"c1"}', { status: 201 })],
    ["204", reply(null, { status: 204 })],
    ["no body", reply(null)],
    ["empty body", reply("")],
    ["HTML", reply("<html>", html)],
    ["HTML that claims to be JSON", reply("<html>")],
    ["JSON that claims to be HTML", reply('{"id":"c1"}', html)],
    ["no content type", () => new Response(Fake.bodyOf(['{"id":"c1"}']))],
    ["truncated JSON", reply('{"id":"c1"')],
    ["null", reply("null")],
    ["array", reply("[]")],
    ["text", reply('"x"')],
    ["another shape", reply('{"id":5}')],
    ["a code without a message", reply('{"code":"NOT_FOUND"}')],
    ["a declared huge body", reply("{}", { headers: { "content-type": "application/json", "content-length": "9e9" } })]
  ] as const)("%s is an UnexpectedResponse", ([, step]) =>
    Effect.gen(function* () {
      for (const name of ["create", "fetch", "update", "delete", "ensure", "listPage"] as const) {
        const fake = Fake.script(step)
        const failure = yield* Fake.failureOf(over(fake)(callOf(name)))
        assert.deepInclude(failure, { _tag: "UnexpectedResponse", attempts: 1, isRetryable: false }, name)
        assert.strictEqual(fake.sent.length, 1)
      }
    })
  )

  it.effect("a body without end is given up on, and its connection", () =>
    Effect.gen(function* () {
      let cancelled = 0
      let pulled = 0
      const chunk = new Uint8Array(1024 * 1024).fill(32)
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulled++
          controller.enqueue(chunk)
        },
        cancel: () => {
          cancelled++
        }
      })
      const failure = yield* Fake.failureOf(over(Fake.script(reply(endless)))(calls.fetch))
      assert.strictEqual(failure._tag, "UnexpectedResponse")
      assert.isAtMost(pulled, 130)
      assert.strictEqual(cancelled, 1)
    })
  )

  it.effect.each([
    ["of the wrong type", 200, { "content-type": "text/html" }],
    ["that is too long", 200, { "content-type": "application/json", "content-length": "99999999999" }],
    ["of an error that is too long", 400, { "content-type": "application/json", "content-length": "65537" }]
  ] as const)("a body %s does not hold its connection", ([, status, headers]) =>
    Effect.gen(function* () {
      let released = false
      let index = 0
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (index++ < 3) return controller.enqueue(new TextEncoder().encode("x"))
            released = true
            return controller.close()
          },
          cancel: () => {
            released = true
          }
        },
        { highWaterMark: 0 }
      )
      yield* Fake.failureOf(over(Fake.script(reply(body, { status, headers })))(calls.fetch))
      yield* Fake.settle
      assert.isTrue(released)
    })
  )

  it.effect("a body that is lost is a TransportError of a read body", () =>
    Effect.gen(function* () {
      for (const headers of [{}, { "content-length": "99" }]) {
        const step = () =>
          new Response(Fake.bodyOf(['{"id"'], { end: "error" }), {
            headers: { "content-type": "application/json", ...headers }
          })
        const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.create))
        assert.deepInclude(failure, { _tag: "TransportError", status: 200, outcome: "unknown", attempts: 1 })
      }
    })
  )

  it.effect("a body that cannot be decompressed is an UnexpectedResponse", () =>
    Effect.gen(function* () {
      const corrupt = new TypeError("terminated", { cause: { code: "Z_DATA_ERROR" } })
      const step = () =>
        new Response(new ReadableStream({ pull: (controller) => controller.error(corrupt) }), {
          headers: { "content-type": "application/json", "content-encoding": "gzip" }
        })
      const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.fetch))
      assert.deepInclude(failure, { _tag: "UnexpectedResponse", status: 200, attempts: 1, isRetryable: false })
    })
  )

  it.effect("a multi-byte character may be cut between chunks", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(JSON.stringify(Fake.contact(id, { name: "é😀漢" })))
      const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte))
      const contact = yield* Fake.successOf(over(Fake.script(reply(Fake.bodyOf(chunks))))(calls.fetch))
      assert.strictEqual(contact.name, "é😀漢")
    })
  )

  it.effect.each([
    ["NOT_FOUND", "NotFound"],
    ["GENERIC_ERROR", "ServerError"],
    ["LIMITS_REACHED", "RateLimited"],
    ["NEW_CODE", "ServerError"]
  ] as const)("a 200 with code %s is that failure", ([code, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { code, message: "said" }, { "x-request-id": "req-1" }))
      const failure = yield* Fake.failureOf(over(fake, { retry: { retries: 0 } })(calls.fetch))
      assert.deepInclude(failure, { _tag: tag, code, description: "said", status: 200, requestId: "req-1" })
    })
  )

  it.effect.each([
    ["plain text", reply("Body exceeded 1mb limit", { status: 413, headers: { "content-type": "text/plain" } })],
    ["HTML", reply("<html>canary</html>", { status: 413, ...html })],
    ["nothing", reply(null, { status: 413 })],
    ["huge", reply("canary".repeat(50_000), { status: 413 })],
    ["endless", reply(Fake.bodyOf(Array.from({ length: 500 }, () => "canary".repeat(500))), { status: 413 })],
    ["lost", () => new Response(Fake.bodyOf(["canary"], { end: "error" }), { status: 413 })],
    ["null", reply("null", { status: 413 })],
    ["odd types", reply('{"code":5,"message":{"canary":1}}', { status: 413 })],
    ["odd code", reply('{"code":"canary canary","message":""}', { status: 413 })]
  ] as const)("an error body of %s is no matter", ([name, step]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(step))(calls.create))
      assert.deepInclude(failure, { _tag: "InvalidRequest", status: 413, outcome: "rejected" })
      assert.strictEqual(
        failure.description,
        name === "plain text" ? "Body exceeded 1mb limit" : "The server refused the request"
      )
      assert.notInclude(Fake.renderings(failure), "canary")
    })
  )

  it.effect.each([
    ["x-request-id", "req-1"],
    ["x-request-id", "550e8400-e29b-41d4-a716-446655440000"],
    ["x-vercel-id", "fra1::iad1::h8x2p-1701234567890-0a1b2c3d4e5f"],
    ["cf-ray", "7d1234567890abcd-FRA"]
  ] as const)("keeps the request id %s: %s", ([header, value]) =>
    Effect.gen(function* () {
      const failure = yield* Fake.failureOf(over(Fake.script(error(400, "X", { [header]: value })))(calls.create))
      assert.strictEqual(failure.requestId, value)
    })
  )

  it.effect("keeps the request id of a reply that is none of what was promised", () =>
    Effect.gen(function* () {
      const headers = { "content-type": "text/html", "x-request-id": "req-1" }
      const failure = yield* Fake.failureOf(over(Fake.script(reply("<html>", { headers })))(calls.fetch))
      assert.strictEqual(failure.requestId, "req-1")
    })
  )
})

/** The server says back all that it was sent: URL, headers and body. */
const echo = (status: number, wrap: (text: string) => unknown) => ({
  run: (request: HttpClientRequest.HttpClientRequest) => {
    const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const said = [body, decodeURIComponent(request.url), ...Object.values(request.headers)].join(" ")
    return Fake.json(status, wrap(said), { "x-request-id": said.replace(/[^\x20-\x7e]/g, "") })()
  }
})

describe("privacy", () => {
  const canaries = {
    name: "Canary Lovelace",
    email: "canary@example.com",
    phone: "+12025550199",
    nick: "canary-nick",
    preferences: "canary preferences",
    fingerprint: "canary-fingerprint-0001",
    meta: { secretly: "canary-meta", count: 20_255_501_77 }
  }
  const runAs = { runAsUserId: "run-as-user", headers: { "x-proxy-key": "proxy-key-value" } }
  const everything = [
    ...Object.values(canaries).filter((value) => typeof value === "string"),
    "canary",
    "2025550177",
    Fake.secret,
    "(Named Person)",
    "Named Person",
    "run-as-user",
    "proxy-key-value"
  ]

  const leaky: ReadonlyArray<readonly [string, Fake.Step]> = [
    ...[200, 400, 404, 409, 429, 500].map(
      (status) => [`${status}`, echo(status, (message) => ({ code: "CODE", message }))] as const
    ),
    ["a code", echo(400, (code) => ({ code, message: "x" }))],
    ["no JSON", echo(200, (said) => `{"id": ${said}`)],
    ["another shape", echo(200, (said) => ({ id: { [said]: said } }))],
    [
      "a transport error",
      { failWith: new Error(`${Fake.secret} ${canaries.email}`, { cause: { code: "E", ...canaries } }) }
    ]
  ]

  it.effect.each(leaky)("%s: nothing the caller sent is in any rendering of the failure", ([, step]) =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.layer([Logger.make(({ cause, message }) => void logged.push(message, Cause.pretty(cause)))])
      for (const call of [Contact.create(canaries), Contact.update("(Named Person)", canaries)]) {
        const failure = yield* Fake.failureOf(
          over(Fake.script(step), { ...runAs, retry: { retries: 0 } })(call).pipe(
            Effect.tapCause((cause) => Effect.logError("failed", cause)),
            Effect.provide(logger)
          )
        )
        const text = `${Fake.renderings(failure)} ${inspect(logged, { depth: 20 })}`
        assert.isEmpty(everything.filter((canary) => text.includes(canary)))
      }
    })
  )

  it.effect("holds where the caller changes the input meanwhile", () =>
    Effect.gen(function* () {
      const meta = { a: { b: "Canary Lovelace" } }
      const step = {
        run: () => {
          meta.a.b = "other"
          return Fake.json(400, { code: "X", message: "bad Canary Lovelace" })()
        }
      }
      const failure = yield* Fake.failureOf(over(Fake.script(step))(Contact.create({ meta })))
      assert.notInclude(Fake.renderings(failure), "Canary")
    })
  )

  it.effect("what the caller sent does not change how a failure is mapped", () =>
    Effect.gen(function* () {
      const fake = Fake.script(Fake.json(200, { code: "NOT_FOUND", message: "Not found" }))
      const failure = yield* Fake.failureOf(over(fake)(Contact.update(id, { nick: "FOUND" })))
      assert.deepInclude(failure, { _tag: "NotFound", code: "NOT_FOUND" })
    })
  )

  it.effect("spans hold no id, query, secret or data", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span(options) {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const fake = Fake.script(
        reset,
        error(503),
        echo(404, (message) => ({ code: "X", message }))
      )
      const options = { ...runAs, baseUrl: "http://host.test:81" }
      yield* Fake.failureOf(over(fake, options)(Contact.update(id, canaries)).pipe(Effect.withTracer(tracer)))
      yield* Fake.failureOf(
        over(Fake.script(error(400)))(Contact.listPage({ cursor: id, meta: { a: "canary" } })).pipe(
          Effect.withTracer(tracer)
        )
      )
      const seen = spans.map(({ attributes, kind, name }) =>
        Object.assign({ name, kind }, Object.fromEntries(attributes) as Readonly<Record<string, unknown>>)
      )
      const shared = {
        kind: "client",
        name: "POST /contact/{contactId}/update",
        "http.request.method": "POST",
        "url.template": "/contact/{contactId}/update",
        "server.address": "host.test",
        "server.port": 81
      }
      assert.deepStrictEqual(seen.slice(0, 4), [
        { name: "Contact.update", kind: "internal" },
        { ...shared, "error.type": "TransportError" },
        { ...shared, "http.request.resend_count": 1, "http.response.status_code": 503, "error.type": "503" },
        { ...shared, "http.request.resend_count": 2, "http.response.status_code": 404, "error.type": "404" }
      ])
      const text = inspect([seen, spans.map(({ events, status }) => [events, status])], { depth: 20 })
      assert.isEmpty(["cursor=", ...everything].filter((canary) => text.includes(canary)))
      assert.notInclude(inspect(seen), id)
    })
  )
})

const fromConfig = (env: unknown, fake: Fake.Fake, options?: Client.ConfigOptions) =>
  calls.fetch.pipe(
    Effect.provide(
      Client.layerConfig(options).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, fake.http)),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env)))
      )
    )
  )

describe("options", () => {
  it.effect("withOptions and withOptionsStream hold for what they wrap", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found, found, Fake.jsonLines(), found)
      yield* Effect.gen(function* () {
        yield* calls.fetch
        yield* calls.fetch.pipe(Client.withOptions({ runAsUserId: "u", headers: { "x-b": "2" } }))
        yield* Stream.runDrain(Contact.list().pipe(Client.withOptionsStream({ secret: Redacted.make("sk-2") })))
        yield* calls.fetch
      }).pipe(over(fake, { headers: { "x-a": "1" } }))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => [headers["x-a"], headers["x-b"], headers["x-runas-user-id"]]),
        [
          ["1", undefined, undefined],
          ["1", "2", "u"],
          ["1", undefined, undefined],
          ["1", undefined, undefined]
        ]
      )
      assert.strictEqual(fake.sent[2]?.headers["authorization"], "Bearer sk-2")
    })
  )

  it.effect("a bad override fails before anything is sent", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const bad = { timezone: "a\nb" }
      const failures = [
        yield* Fake.failureOf(over(fake)(calls.fetch.pipe(Client.withOptions(bad)))),
        yield* Fake.failureOf(over(fake)(Stream.runDrain(Contact.list().pipe(Client.withOptionsStream(bad)))))
      ]
      for (const failure of failures) assert.deepInclude(failure, { _tag: "InvalidOptions", option: "timezone" })
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("layerConfig reads the token and the server", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      yield* Fake.successOf(fromConfig({ CHATBOTKIT_API_SECRET: "sk-9" }, fake))
      yield* Fake.successOf(
        fromConfig({ CHATBOTKIT_API_SECRET: "sk-9", CHATBOTKIT_BASE_URL: "http://localhost:9" }, fake)
      )
      assert.deepStrictEqual(
        fake.sent.map(({ headers, url }) => [headers["authorization"], url.origin]),
        [
          ["Bearer sk-9", "https://api.chatbotkit.com"],
          ["Bearer sk-9", "http://localhost:9"]
        ]
      )
    })
  )

  it.effect("layerConfig names what is missing or wrong, and no value", () =>
    Effect.gen(function* () {
      const fake = Fake.script(found)
      const missing = yield* Fake.failureOf(fromConfig({}, fake))
      assert.strictEqual(missing._tag, "ConfigError")
      assert.include(String(missing), "CHATBOTKIT_API_SECRET")
      const bad = yield* Fake.failureOf(fromConfig({ CHATBOTKIT_API_SECRET: "sk-canary\n" }, fake))
      assert.deepInclude(bad, { _tag: "InvalidOptions", option: "secret" })
      assert.notInclude(Fake.renderings(bad), "canary")
    })
  )

  it.effect("transformClient sees every attempt, once", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(503), found)
      let seen = 0
      const transformClient = HttpClient.mapRequest((request: HttpClientRequest.HttpClientRequest) => {
        seen++
        return HttpClientRequest.setHeader(request, "x-seen", String(seen))
      })
      yield* Fake.successOf(over(fake, { transformClient })(calls.fetch))
      assert.deepStrictEqual(
        fake.sent.map(({ headers }) => headers["x-seen"]),
        ["1", "2"]
      )
    })
  )

  it.effect("a transformClient that filters by status loses nothing", () =>
    Effect.gen(function* () {
      const fake = Fake.script(error(409, "CONFLICT"))
      const failure = yield* Fake.failureOf(over(fake, { transformClient: HttpClient.filterStatusOk })(calls.create))
      assert.deepInclude(failure, { _tag: "Conflict", status: 409, code: "CONFLICT", description: "said" })
    })
  )

  it.effect("fetch keeps the RequestInit of its layer, but follows no redirect", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_, init) => {
        inits.push(init)
        return Promise.resolve(ok())
      }
      const layer = Client.layer({ secret: Redacted.make("sk-1") }).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { cache: "no-store", redirect: "follow" })),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
      )
      yield* Fake.successOf(calls.create.pipe(Effect.provide(layer)))
      assert.strictEqual(inits[0]?.redirect, "manual")
      assert.strictEqual(inits[0]?.cache, "no-store")
    })
  )

  it.effect("defects stay defects", () =>
    Effect.gen(function* () {
      const boom = new Error("boom")
      const throws = () => {
        throw boom
      }
      const exits = [
        yield* Fake.drive(over(Fake.script({ dieWith: boom }))(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { transformClient: throws })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { transformClient: HttpClient.mapRequest(throws) })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found), { secret: Effect.die(boom) })(calls.fetch)),
        yield* Fake.drive(over(Fake.script(found))(calls.fetch.pipe(Client.withOptions({ transformClient: throws }))))
      ]
      for (const exit of exits) {
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause) && !Cause.hasFails(exit.cause))
      }
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger, Tracer } from "effect"
import type { HttpClientRequest } from "effect/http"
import { inspect } from "node:util"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import { id, over, connectionReset, errorReply } from "./support/Calls.ts"

/** A server that quotes the whole request: URL, headers and body. */
const echo = (status: number, wrap: (text: string) => unknown) => ({
  run: (request: HttpClientRequest.HttpClientRequest) => {
    const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const quoted = [body, decodeURIComponent(request.url), ...Object.values(request.headers)].join(" ")
    return Fake.json(status, wrap(quoted), { "x-request-id": quoted.replace(/[^\x20-\x7e]/g, "") })()
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
    ["no JSON", echo(200, (quoted) => `{"id": ${quoted}`)],
    ["another shape", echo(200, (quoted) => ({ id: { [quoted]: quoted } }))],
    [
      "a transport error",
      { failWith: new Error(`${Fake.secret} ${canaries.email}`, { cause: { code: "E", ...canaries } }) }
    ]
  ]

  it.effect.each(leaky)("%s: no rendering of the failure contains a value of the caller", ([, step]) =>
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

  it.effect("no rendering contains the sent values, also if the caller changes the input during the call", () =>
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

  it.effect("values of the caller do not change how a failure is mapped", () =>
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
        connectionReset,
        errorReply(503),
        echo(404, (message) => ({ code: "X", message }))
      )
      const options = { ...runAs, baseUrl: "http://host.test:81" }
      yield* Fake.failureOf(over(fake, options)(Contact.update(id, canaries)).pipe(Effect.withTracer(tracer)))
      yield* Fake.failureOf(
        over(Fake.script(errorReply(400)))(Contact.listPage({ cursor: id, meta: { a: "canary" } })).pipe(
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

describe("a name or alias in place of an id", () => {
  it.effect.each(["(Canary Lovelace)", " ( Canary Lovelace ) ", "@canary", "@@canary"])(
    "%s is removed, also without its punctuation",
    (id) =>
      Effect.gen(function* () {
        const body = { code: "NOT_FOUND", message: "no Canary Lovelace, and no canary" }
        const failure = yield* Fake.failureOf(over(Fake.script(Fake.json(404, body)))(Contact.fetch(id)))
        assert.notInclude(Fake.renderings(failure), id.includes("Lovelace") ? "Lovelace" : "canary")
      })
  )
})

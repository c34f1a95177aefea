import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger, Tracer } from "effect"
import type { HttpClientRequest } from "effect/http"
import { inspect } from "node:util"
import type { Client } from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import type * as Errors from "../src/Errors.ts"
import * as Fake from "./support/FakeHttp.ts"
import { connectionReset, over } from "./support/Calls.ts"
import {
  actionNames,
  callOf,
  canaryUrl,
  contactId,
  error,
  exception,
  missingValue,
  own,
  successes
} from "./support/Secrets.ts"

const token = "ya29.zebra-token_0123456789"

/** The values that no rendering may hold: URLs and tokens of the server, and values of the caller. */
const canaries = ["canary", "app.test", "service.test", "provider.test", "Canary Calendar", "0123456789", Fake.secret]

const quoting = `Refused ${token} for Bearer zebra-short, see https://provider.test/zebra and ${missingValue}`

/** A server that quotes the whole request: URL, headers and body. */
const echo = (status: number) => ({
  run: (request: HttpClientRequest.HttpClientRequest) => {
    const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const message = [body, decodeURIComponent(request.url), ...Object.values(request.headers)].join(" ")
    return Fake.json(status, { message, code: "CODE" })()
  }
})

const leaky: ReadonlyArray<readonly [string, Fake.Step]> = [
  ...[200, 400, 401, 403, 404, 409, 422, 429, 500, 503].flatMap(
    (status): ReadonlyArray<readonly [string, Fake.Step]> => [
      [`${status} that quotes the request`, echo(status)],
      [`${status} with a URL and a token`, error(status, "CODE", quoting)],
      [`${status} with a token alone`, error(status, "CODE", `Refused ${token}`)],
      [`${status} in the form of exceptions`, Fake.json(status, { code: "GENERIC_ERROR", message: quoting })],
      [`${status} with a URL as its code`, error(status, canaryUrl, "x")],
      [`${status} with a token as its code`, error(status, token, "x")],
      [`${status} authorization_required`, own(status, "authorization_required", missingValue, canaryUrl)],
      [`${status} not_mintable`, own(status, "not_mintable", quoting, canaryUrl)],
      [`${status} of an unknown kind`, own(status, token, quoting, canaryUrl)],
      [`${status} as text`, () => new Response(quoting, { status, headers: { "content-type": "text/plain" } })],
      [`${status} as a page`, () => new Response(`<p>${quoting}`, { status, headers: { "content-type": "text/html" } })]
    ]
  ),
  ["401 of a missing value", error(401, "NOT_AUTHENTICATED", missingValue)],
  ["500 with the text of a library", exception(quoting)],
  ["a redirect", () => new Response(canaryUrl, { status: 307, headers: { location: canaryUrl } })],
  [
    "another shape",
    Fake.json(200, { id: [canaryUrl], url: { url: canaryUrl }, token: [token], status: "unauthenticated" })
  ],
  ["no JSON", Fake.json(200, `{"url": ${canaryUrl}`)],
  ["an error of the transport", { failWith: new Error(canaryUrl, { cause: { code: "E", url: canaryUrl, token } }) }]
]

const requests: Readonly<Record<string, Effect.Effect<unknown, Errors.ContactError, Client>>> = {
  ...Object.fromEntries(actionNames.map((name) => [name, callOf(name)])),
  "a name": ContactSecret.mint(contactId, "(Canary Calendar)"),
  "values of headers": Effect.scoped(
    ContactSecret.proxy(contactId, "@canary", {
      method: "POST",
      url: "https://service.test/canary",
      headers: { "x-key": token },
      body: "canary body"
    })
  )
}

describe("privacy", () => {
  it.effect.each(Object.entries(requests))(
    "%s: no rendering of a failure, log or span holds a URL or a token",
    ([name, call]) =>
      Effect.gen(function* () {
        let failures = 0
        for (const [situation, step] of leaky) {
          const seen: Array<unknown> = []
          const logger = Logger.layer([
            Logger.make(({ cause, message }) => void seen.push(message, Cause.pretty(cause)))
          ])
          const tracer = Tracer.make({
            span(options) {
              const span = new Tracer.NativeSpan(options)
              seen.push(span)
              return span
            }
          })
          const exit = yield* Fake.drive(
            over(Fake.script(step), { retry: { retries: 1 } })(call).pipe(
              Effect.tapCause((cause) => Effect.logError("failed", cause)),
              Effect.provide(logger),
              Effect.withTracer(tracer),
              Effect.flip
            )
          )
          // A proxied request succeeds with most of these replies. The status of its span then has the answer itself.
          const rendered = exit._tag === "Success" ? `${Fake.renderings(exit.value)} ${JSON.stringify(exit)}` : ""
          if (rendered !== "") failures++
          const spans = seen.map((value) =>
            value instanceof Tracer.NativeSpan
              ? [value.name, value.attributes, value.events, rendered === "" ? "" : value.status]
              : value
          )
          const text = `${rendered} ${inspect(spans, { depth: 20 })}`
          assert.isEmpty(
            canaries.filter((canary) => text.includes(canary)),
            situation
          )
        }
        assert.isAbove(failures, name === "proxy" || name === "values of headers" ? 3 : 20)
      })
  )

  it.effect("a success shows no URL and no token in any rendering", () =>
    Effect.gen(function* () {
      for (const name of ["authenticate", "mint"] as const) {
        const value = yield* over(Fake.script(successes[name]))(callOf(name))
        assert.notInclude(Fake.renderings(value), "zebra")
      }
      const action = { type: "authenticate", url: canaryUrl }
      const reply = Fake.json(200, { id: "cmwsk55x8000com7dj9qcsecr", status: "unauthenticated", action })
      assert.notInclude(Fake.renderings(yield* over(Fake.script(reply))(callOf("verify"))), "zebra")
    })
  )

  it.effect("a refused request shows no value", () =>
    Effect.gen(function* () {
      for (const request of [
        { url: "canary://x" },
        { url: "https://a.test", headers: { "x-key": "canary\n" } },
        { url: "https://a.test", headers: { "canary\n": "x" } },
        { url: "https://a.test", body: "canary" }
      ]) {
        const call = Effect.scoped(ContactSecret.proxy(contactId, "@canary", request))
        const failure = yield* Effect.flip(over(Fake.script(connectionReset))(call))
        assert.strictEqual(failure._tag, "InvalidRequest")
        assert.notInclude(Fake.renderings(failure), "canary")
      }
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type * as Client from "../src/Client.ts"
import * as Contact from "../src/Contact.ts"
import * as Fake from "./support/FakeHttp.ts"
import {
  id,
  fingerprint,
  ok,
  found,
  page,
  calls,
  callNames,
  callOf,
  successReplies,
  over,
  connectionReset,
  errorReply,
  createUntyped
} from "./support/Calls.ts"

describe("requests", () => {
  it.effect.each(callNames)("%s has the token and the accepted content type", (name) =>
    Effect.gen(function* () {
      const fake = Fake.script(successReplies[name])
      yield* Fake.successOf(over(fake)(callOf(name)))
      const [sent] = fake.sent
      assert.strictEqual(fake.sent.length, 1)
      assert.strictEqual(sent?.headers["authorization"], `Bearer ${Fake.secret}`)
      assert.strictEqual(
        sent?.headers["accept"],
        ["list", "export"].includes(name) ? "application/jsonl" : "application/json"
      )
      assert.strictEqual(sent?.headers["content-type"], sent?.method === "POST" ? "application/json" : undefined)
      assert.strictEqual(sent?.url.origin, "https://api.chatbotkit.com")
      assert.match(sent?.url.pathname ?? "", name === "find" ? /^\/v1\/graphql$/ : /^\/v1\/contact\//)
      const allowed = new Set(["accept", "authorization", "content-length", "content-type"])
      assert.isEmpty(Object.keys(sent?.headers ?? {}).filter((header) => !allowed.has(header)))
    })
  )

  it.effect("have the path, query and body of the wire contract", () =>
    Effect.gen(function* () {
      const fake = Fake.script(ok, found, ok, ok, ok, page)
      const run = over(fake, { baseUrl: "http://localhost:1/base" })
      yield* run(
        Effect.all([
          Contact.create({
            name: "Ada",
            email: undefined,
            phone: null,
            meta: { a: { constructor: { b: 1 } } }
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
          'POST /base/api/v1/contact/create {"name":"Ada","phone":null,"meta":{"a":{"constructor":{"b":1}}}}',
          `GET /base/api/v1/contact/${id}/fetch`,
          "POST /base/api/v1/contact/(Ada%20%2F%20Lovelace)/update {}",
          `POST /base/api/v1/contact/${id}/delete {}`,
          `POST /base/api/v1/contact/ensure {"fingerprint":"${fingerprint}"}`,
          `GET /base/api/v1/contact/list?order=asc&take=5&meta.a.b=x%26y&meta.c=true&cursor=${id}`
        ]
      )
    })
  )

  it.effect("have the headers of run-as, time zone and `headers`, and no trace headers", () =>
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

  it.effect("read a rotating secret for each attempt", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503), connectionReset, found)
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
  ] as const)("send nothing with a secret %s", ([, secret, tag]) =>
    Effect.gen(function* () {
      const fake = Fake.script(ok)
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.create))
      assert.deepInclude(failure, { _tag: tag, outcome: "not-sent", attempts: 0 })
      assert.notInclude(Fake.renderings(failure), "canary")
      assert.isEmpty(fake.sent)
    })
  )

  it.effect("keep the outcome of earlier attempts if the secret fails between attempts", () =>
    Effect.gen(function* () {
      const fake = Fake.script(errorReply(503), ok)
      let turn = 0
      const secret = Effect.suspend(() => (turn++ === 0 ? Effect.succeed(Redacted.make("sk-1")) : Effect.fail("no")))
      const failure = yield* Fake.failureOf(over(fake, { secret })(calls.update))
      assert.deepInclude(failure, { _tag: "Unauthorized", outcome: "unknown", attempts: 1 })
    })
  )

  it.effect("are refused with ids, fields and meta that cannot be sent", () =>
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
        [createUntyped(null), "request"],
        [createUntyped([]), "request"],
        [createUntyped({ nmae: 1 }), "nmae"],
        [createUntyped({ email: 5 }), "email"],
        [createUntyped({ meta: { _a: 1 } }), "meta._a"],
        [createUntyped({ meta: { "": 1 } }), "meta."],
        [createUntyped({ meta: [] }), "meta"],
        [createUntyped({ meta: { a: 1n } }), "meta.a"],
        [createUntyped({ meta: { a: () => 1 } }), "meta.a"],
        [createUntyped({ meta: { a: NaN } }), "meta.a"],
        [createUntyped({ meta: new Date(0) }), "meta"],
        [createUntyped({ meta: new Map([["a", 1]]) }), "meta"],
        [createUntyped({ meta: cyclic }), `meta${".self".repeat(7)}.…`],
        [createUntyped({ verifiedAt: 1e16 }), "verifiedAt"],
        [createUntyped({ verifiedAt: "2020-01-01" }), "verifiedAt"]
      ]
      for (const [call, field] of refused) {
        const failure = yield* Fake.failureOf(over(fake)(call))
        assert.deepInclude(failure, { _tag: "InvalidRequest", field, outcome: "not-sent", attempts: 0 }, field)
      }
      const failure = yield* Fake.failureOf(over(fake)(createUntyped({ meta: deep })))
      assert.deepInclude(failure, { _tag: "InvalidRequest", outcome: "not-sent", attempts: 0 })
      assert.isEmpty(fake.sent)
    })
  )
})

/** The operations on secrets against the in-memory API, in process and over sockets. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, Redacted, type Scope, Stream } from "effect"
import type { Headers } from "effect/http"
import type * as Client from "../src/Client.ts"
import * as ContactSecret from "../src/ContactSecret.ts"
import * as Emulator from "../src/layers/Emulator.ts"
import * as Fetch from "../src/layers/Fetch.ts"
import * as InMemory from "../src/layers/InMemory.ts"
import * as Node from "../src/layers/Node.ts"
import * as Fake from "./support/FakeHttp.ts"

/** The bodies of the outside world that were closed before their end. */
const closed = Effect.runSync(Queue.unbounded<string>())

/** A body that stops after its first part, and whose end comes only when it is closed. */
const stalling = (url: string) =>
  Stream.concat(Stream.make(new TextEncoder().encode("begun")), Stream.never).pipe(
    Stream.ensuring(Queue.offer(closed, url))
  )

/** The outside world: it answers with the request that it got. Its path is the status. */
const upstream: InMemory.Upstream = ({ body, headers, method, url }) => {
  const { hostname, pathname } = new URL(url)
  if (hostname === "stalling.test") return Effect.succeed({ status: 200, body: stalling(url) })
  if (hostname === "down.test") return Effect.fail("no connection")
  const status = Number(pathname.slice(1)) || 200
  return Effect.succeed({
    status,
    headers: { "content-type": "application/json", "x-service": "1", location: "https://elsewhere.test" },
    body: status === 204 || status === 304 ? "" : JSON.stringify({ method, headers, body: body ?? null })
  })
}

type Test = Effect.Effect<void, unknown, Client.Client | InMemory.InMemory | Scope.Scope>

const inProcess = (test: Test) => Effect.provide(Effect.scoped(test), InMemory.layer({ upstream }))

const overSocket = (connect: typeof Node.layer) => (test: Test) =>
  Effect.scoped(test).pipe(
    Effect.provide(
      Layer.unwrap(Effect.map(Emulator.Emulator, ({ url }) => connect({ secret: InMemory.secret, baseUrl: url }))).pipe(
        Layer.provideMerge(Emulator.layer({ upstream, compression: true }))
      )
    )
  )

/** A verified contact, one that is not, and secrets of several kinds. Those in `values` have a value of the first. */
const seeded = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const [ada, eve] = yield* api.seed([{ name: "Ada", verifiedAt: 1 }, { name: "Eve" }])
  const adaId = ada?.id ?? ""
  yield* api.seedSecrets([
    { id: "bearer", alias: "crm", name: "My CRM", kind: "personal", type: "bearer" },
    { id: "oauth", kind: "personal", type: "oauth" },
    { id: "empty", kind: "personal", type: "oauth" },
    { id: "broken", kind: "personal", type: "reference", config: { reference: "none" } },
    { id: "shared", kind: "shared", type: "bearer", value: "shared-token" }
  ])
  yield* api.seedSecretValues(adaId, [
    { secretId: "bearer", value: "token-1", name: "Ada's CRM", createdAt: 1 },
    { secretId: "oauth", value: JSON.stringify({ accessToken: "token-2", accessTokenExpiresAt: 4e12 }), createdAt: 2 },
    { secretId: "broken", value: "x", createdAt: 3 }
  ])
  return { api, ada: adaId, eve: eve?.id ?? "" }
})

const textOf = ({ body }: ContactSecret.ProxyAnswer) => Stream.mkString(Stream.decodeText(body))

/** The headers that the service got. */
const sentHeaders = (text: string): Headers.Headers => JSON.parse(text).headers

describe.each([
  ["in process", inProcess],
  ["over undici", overSocket(Node.layer)],
  ["over fetch", overSocket(Fetch.layer)]
] as const)("%s", (_name, run) => {
  it.live("secrets with a value are listed, in both orders", () =>
    run(
      Effect.gen(function* () {
        const { ada, eve } = yield* seeded
        const all = yield* Stream.runCollect(ContactSecret.list(ada))
        assert.deepStrictEqual(
          all.map(({ id, name, type }) => [id, name, type]),
          [
            ["broken", "", "reference"],
            ["oauth", "", "oauth"],
            ["bearer", "Ada's CRM", "bearer"]
          ]
        )
        const oldest = yield* Stream.runCollect(ContactSecret.list(ada, { order: "asc", take: 1 }))
        assert.deepStrictEqual(
          oldest.map(({ id }) => id),
          ["bearer"]
        )
        assert.deepStrictEqual(yield* Stream.runCollect(ContactSecret.list(eve)), [])
        assert.strictEqual((yield* ContactSecret.listPage(ada, { take: 2 })).items.length, 2)
        assert.strictEqual((yield* Effect.flip(ContactSecret.listPage("missing")))._tag, "NotFound")
      })
    )
  )

  it.live("authenticate and verify give URLs, and fail where there is nothing to authorize", () =>
    run(
      Effect.gen(function* () {
        const { ada, eve } = yield* seeded
        const { id, url } = yield* ContactSecret.authenticate(ada, "@crm")
        assert.strictEqual(id, "bearer")
        assert.match(Redacted.value(url), /^https?:\/\/.*\/secrets\/bearer\/manager\/authenticate\?state=/)
        assert.deepStrictEqual(yield* ContactSecret.verify(ada, "(My CRM)"), { id: "bearer", status: "authenticated" })
        const needed = yield* ContactSecret.verify(ada, "empty")
        assert.strictEqual(needed.status, "unauthenticated")
        assert.include(needed.action === undefined ? "" : Redacted.value(needed.action.url), "/secrets/empty/")
        for (const [contact, secret, description] of [
          [eve, "bearer", "Cannot authenticate secret for this secret configuration"],
          [ada, "shared", "Cannot obtain secret for this secret type"]
        ] as const) {
          const failure = yield* Effect.flip(ContactSecret.authenticate(contact, secret))
          assert.deepInclude(failure, { _tag: "Conflict", description, outcome: "rejected" })
        }
        const failure = yield* Effect.flip(ContactSecret.verify(ada, "broken"))
        assert.deepInclude(failure, { _tag: "Conflict", description: "Cannot find secret reference" })
        assert.strictEqual((yield* Effect.flip(ContactSecret.verify(ada, "missing")))._tag, "NotFound")
      })
    )
  )

  it.live("revoke deletes the value, and then there is none", () =>
    run(
      Effect.gen(function* () {
        const { ada, api, eve } = yield* seeded
        assert.deepStrictEqual(yield* ContactSecret.revoke(ada, "bearer"), { id: "bearer" })
        assert.deepStrictEqual(
          (yield* api.secretValues(ada)).map(({ secretId }) => secretId),
          ["oauth", "broken"]
        )
        for (const contact of [ada, eve]) {
          const failure = yield* Effect.flip(ContactSecret.revoke(contact, "bearer"))
          assert.deepInclude(failure, { _tag: "AuthorizationRequired", status: 401, outcome: "rejected" })
        }
        const broken = yield* Effect.flip(ContactSecret.revoke(ada, "broken"))
        assert.deepInclude(broken, { _tag: "ServerError", attempts: 1, isRetryable: false })
      })
    )
  )

  it.live("mint gives tokens of the types that have any", () =>
    run(
      Effect.gen(function* () {
        const { ada, eve } = yield* seeded
        const { expiresAt, token } = yield* ContactSecret.mint(ada, "oauth")
        assert.deepStrictEqual([Redacted.value(token), expiresAt], ["token-2", 4e12])
        for (const secret of ["bearer", "shared"]) {
          const failure = yield* Effect.flip(ContactSecret.mint(ada, secret))
          assert.deepInclude(failure, { _tag: "NotMintable", code: "not_mintable", isRetryable: false })
        }
        for (const [contact, hasUrl] of [
          [ada, true],
          [eve, false]
        ] as const) {
          const failure = yield* Effect.flip(ContactSecret.mint(contact, "empty"))
          assert.strictEqual(failure._tag, "AuthorizationRequired")
          assert.strictEqual(failure._tag === "AuthorizationRequired" && failure.url !== undefined, hasUrl)
          assert.notInclude(Fake.renderings(failure), "authenticate?")
        }
      })
    )
  )

  it.live("proxy gives the service's answers, whatever their status, with the secret in the request", () =>
    run(
      Effect.gen(function* () {
        const { ada } = yield* seeded
        for (const status of [200, 201, 302, 400, 401, 404, 409, 500, 502]) {
          const answer = yield* ContactSecret.proxy(ada, "bearer", { url: `https://service.test/${status}` })
          assert.strictEqual(answer.status, status)
          assert.deepInclude(answer.headers, { "x-service": "1", location: "https://elsewhere.test" })
          assert.notProperty(answer.headers, "transfer-encoding")
          assert.notProperty(answer.headers, "set-cookie")
          assert.deepInclude(sentHeaders(yield* textOf(answer)), { authorization: "Bearer token-1" })
        }
        const answer = yield* ContactSecret.proxy(ada, "oauth", {
          method: "POST",
          url: "https://service.test/",
          headers: { "X-Key": "${SECRET_DEFAULT}" },
          body: "é"
        })
        const sent = JSON.parse(yield* textOf(answer))
        assert.deepInclude(sent, { method: "POST", body: "é" })
        assert.deepInclude(sent.headers, { "x-key": "Bearer token-2" })
        const headAnswer = yield* ContactSecret.proxy(ada, "bearer", {
          method: "HEAD",
          url: "https://service.test/204"
        })
        assert.deepStrictEqual([headAnswer.status, yield* textOf(headAnswer)], [204, ""])
      })
    )
  )

  it.live("the connection of an answer is closed with its scope, read or not", () =>
    run(
      Effect.gen(function* () {
        const { ada } = yield* seeded
        for (const part of ["none", "first"]) {
          for (let nth = 0; nth < 30; nth++) {
            const url = `https://stalling.test/${part}/${nth}`
            const { body } = yield* ContactSecret.proxy(ada, "bearer", { url }).pipe(
              Effect.tap((answer) => (part === "none" ? Effect.void : Stream.runDrain(Stream.take(answer.body, 1)))),
              Effect.scoped
            )
            assert.isTrue(Stream.isStream(body))
            assert.strictEqual(yield* Queue.take(closed), url)
          }
        }
        assert.strictEqual((yield* ContactSecret.verify(ada, "bearer")).status, "authenticated")
      })
    )
  )

  it.live("proxy fails with the API's own refusals", () =>
    run(
      Effect.gen(function* () {
        const { ada, api, eve } = yield* seeded
        const failureOf = (contact: string, secret: string, url: string) =>
          Effect.flip(ContactSecret.proxy(contact, secret, { url }))
        const service = "https://service.test/"
        for (const [contact, secret, url, expected] of [
          [ada, "shared", service, { _tag: "Forbidden", code: "forbidden_secret_kind" }],
          [ada, "bearer", "http://localhost:1/", { _tag: "DestinationRefused", code: "invalid_destination" }],
          [ada, "bearer", "http://2130706433/", { _tag: "DestinationRefused" }],
          [ada, "bearer", "https://a.test:99999/", { _tag: "DestinationRefused" }],
          [ada, "empty", service, { _tag: "AuthorizationRequired", status: 409 }],
          [eve, "bearer", service, { _tag: "AuthorizationRequired", status: 409 }],
          [ada, "bearer", "https://down.test/", { _tag: "ServerError", description: "fetch failed" }],
          [ada, "broken", service, { _tag: "ServerError", description: "Cannot find secret reference" }],
          [ada, "missing", service, { _tag: "NotFound" }],
          ["missing", "bearer", service, { _tag: "NotFound" }],
          [ada, "@@crm", service, { _tag: "ServerError" }]
        ] as const) {
          const failure = yield* failureOf(contact, secret, url)
          assert.deepInclude(failure, { ...expected, operation: "ContactSecret.proxy", attempts: 1 })
          assert.isFalse(failure.isRetryable)
        }
        assert.strictEqual(yield* api.requestCount("ContactSecret.proxy"), 11)
      })
    )
  )
})

describe("a long list", () => {
  it.effect.each([
    [0, true],
    [100, true],
    [150, true],
    [199, true],
    [200, false],
    [350, false]
  ] as const)("of %s secrets is complete: %s", ([count, isComplete]) =>
    inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const [contact] = yield* api.seed([{ name: "Many", verifiedAt: 1 }])
        const id = contact?.id ?? ""
        const names = Array.from({ length: count }, (_, index) => `secret-${index}`)
        yield* api.seedSecrets(names.map((name) => ({ id: name, kind: "personal" as const })))
        yield* api.seedSecretValues(
          id,
          names.map((secretId, createdAt) => ({ secretId, createdAt, value: "x" }))
        )
        for (const [order, expected] of [
          ["asc", names],
          ["desc", names.toReversed()]
        ] as const) {
          const found: Array<string> = []
          const ended = yield* ContactSecret.list(id, { order }).pipe(
            Stream.runForEach((secret) => Effect.sync(() => found.push(secret.id))),
            Effect.match({ onSuccess: () => undefined, onFailure: ({ received }) => received })
          )
          assert.strictEqual(ended, isComplete ? undefined : 100)
          assert.deepStrictEqual(found, isComplete ? expected : expected.slice(0, 100))
        }
      })
    )
  )
})

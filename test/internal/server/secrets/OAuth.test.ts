import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type * as Upstream from "../../../../src/internal/server/secrets/Upstream.ts"
import * as ServerState from "../../../../src/internal/server/ServerState.ts"
import { generic, layer, parse, remove } from "../Harness.ts"
import { act, makeUpstream, missing, seedContacts, seedPersonal, seedSecrets, storedValue } from "./SecretHarness.ts"

const now = 1_700_000_000_000
const [past, future] = [now - 1, now + 5000]

const client = { tokenUrl: "https://provider.example/token", clientId: "id", clientSecret: "s&cret" }
const granted = { ...client, grantType: "client_credentials" }

const refreshForm = "grant_type=refresh_token&refresh_token=r1&client_id=id&client_secret=s%26cret"
const clientForm = "grant_type=client_credentials&client_id=id&client_secret=s%26cret"

const json = (body: unknown): Upstream.UpstreamResponse => ({ status: 200, body: JSON.stringify(body) })
const issued = json({ access_token: "new", expires_in: 60 })

const expired = { accessToken: "old", accessTokenExpiresAt: past }
const refreshable = { ...expired, refreshToken: "r1" }

type Config = Readonly<Record<string, string>>

/** Mints the personal OAuth secret `s` at the time `now`. Gives the reply, the stored value and what the provider saw. */
const minted = (
  stored: object | string,
  config: Config = {},
  answer: (request: Upstream.UpstreamRequest) => Upstream.UpstreamResponse = () => issued
) => {
  const { seen, upstream } = makeUpstream(answer)
  return Effect.gen(function* () {
    yield* TestClock.setTime(now)
    yield* seedPersonal(typeof stored === "string" ? stored : JSON.stringify(stored), { type: "oauth", config })
    const got = yield* act("mint", "s")
    const after = yield* storedValue()
    return { got, body: parse(got.text), stored: after === undefined ? undefined : parse(after), seen }
  }).pipe(Effect.provide(layer({ upstream })))
}

const isMissing = ({ body, got, stored }: Effect.Success<ReturnType<typeof minted>>) => {
  assert.strictEqual(got.status, 409)
  assert.strictEqual(body.error, "authorization_required")
  assert.match(body.message, missing)
  assert.isUndefined(stored)
}

describe("oauth: a stored token (contract 3.9.2)", () => {
  const usable: ReadonlyArray<readonly [stored: string, expiresAt: number | null]> = [
    ['{"accessToken":"t"}', null],
    ["accessToken: t", null],
    ["accessToken: t\nadditionalProperties:\n  a: 1\n", null],
    [`accessToken: t\naccessTokenExpiresAt: ${future}`, future],
    [`{"accessToken":"t","accessTokenExpiresAt":"${future}"}`, future],
    ["accessToken: t\naccessTokenExpiresAt: 2100-01-01T00:00:00Z", Date.UTC(2100, 0, 1)],
    ['{"accessToken":"t","accessTokenExpiresAt":null}', null],
    ['{"accessToken":"t","accessTokenExpiresAt":"soon"}', null],
    ['{"accessToken":" t "}', null]
  ]
  for (const [stored, expiresAt] of usable) {
    it.effect(`${stored}: is used, without the provider`, () =>
      Effect.gen(function* () {
        const { upstream, seen } = makeUpstream(() => issued)
        yield* Effect.gen(function* () {
          yield* TestClock.setTime(now)
          yield* seedPersonal(stored, { type: "oauth", config: granted })
          assert.strictEqual((yield* act("mint", "s")).text, JSON.stringify({ token: "t", expiresAt }))
          assert.strictEqual(yield* storedValue(), stored)
        }).pipe(Effect.provide(layer({ upstream })))
        assert.strictEqual(seen.length, 0)
      })
    )
  }

  for (const stored of ["text", "- list", "{", "accessToken: 1", '{"accessToken":""}', '{"accessToken":null}']) {
    it.effect(`${stored}: has no token`, () =>
      Effect.gen(function* () {
        yield* seedPersonal(stored, { type: "oauth" })
        const got = yield* act("mint", "s")
        assert.strictEqual(parse(got.text).message, "The secret has no value; authenticate it first.")
        assert.strictEqual(yield* storedValue(), stored)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.effect("at its expiry it is expired", () =>
    Effect.gen(function* () {
      const got = yield* minted({ accessToken: "old", accessTokenExpiresAt: now })
      isMissing(got)
    })
  )
})

describe("oauth: new tokens (contract 3.9.2)", () => {
  it.effect("a refresh token is used, and the new tokens are stored", () =>
    Effect.gen(function* () {
      const answer = json({
        access_token: "new",
        expires_in: 60,
        refresh_token: "r2",
        refresh_token_expires_in: "120",
        scope: "x"
      })
      const { got, seen, stored } = yield* minted(
        { ...refreshable, refreshTokenExpiresAt: future, additionalProperties: { a: 1 } },
        granted,
        () => answer
      )
      assert.strictEqual(got.text, JSON.stringify({ token: "new", expiresAt: now + 60_000 }))
      assert.deepStrictEqual(seen, [
        {
          method: "POST",
          url: "https://provider.example/token",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: refreshForm
        }
      ])
      assert.deepStrictEqual(stored, {
        accessToken: "new",
        accessTokenExpiresAt: now + 60_000,
        refreshToken: "r2",
        refreshTokenExpiresAt: now + 120_000,
        additionalProperties: { a: 1 }
      })
    })
  )

  it.effect("an answer as form text; what it leaves out stays", () =>
    Effect.gen(function* () {
      const { got, stored } = yield* minted({ refreshToken: "r1", refreshTokenExpiresAt: future }, client, () => ({
        status: 201,
        body: "access_token=n%20w&expires_in=60"
      }))
      assert.strictEqual(got.text, JSON.stringify({ token: "n w", expiresAt: now + 60_000 }))
      assert.deepStrictEqual(stored, {
        accessToken: "n w",
        accessTokenExpiresAt: now + 60_000,
        refreshToken: "r1",
        refreshTokenExpiresAt: future
      })
    })
  )

  it.effect("an answer without expiry: null, or the stored one", () =>
    Effect.gen(function* () {
      const answer = () => json({ access_token: "new" })
      const without = yield* minted({ refreshToken: "r1" }, client, answer)
      assert.strictEqual(without.got.text, '{"token":"new","expiresAt":null}')
      const before = yield* minted(refreshable, client, answer)
      assert.strictEqual(before.got.text, JSON.stringify({ token: "new", expiresAt: past }))
    })
  )

  it.effect("without a client secret the form has none", () =>
    Effect.gen(function* () {
      const { clientSecret: _, ...open } = client
      const { seen } = yield* minted(refreshable, open)
      assert.strictEqual(seen[0]?.body, "grant_type=refresh_token&refresh_token=r1&client_id=id")
    })
  )

  const clientCredentials: ReadonlyArray<readonly [title: string, stored: object]> = [
    ["without a refresh token", expired],
    ["with an expired refresh token", { ...refreshable, refreshTokenExpiresAt: past }],
    ["without any token", { additionalProperties: {} }]
  ]
  for (const [title, stored] of clientCredentials) {
    it.effect(`the client's own credentials, ${title}`, () =>
      Effect.gen(function* () {
        const { got, seen } = yield* minted(stored, granted)
        assert.strictEqual(got.text, JSON.stringify({ token: "new", expiresAt: now + 60_000 }))
        assert.strictEqual(seen[0]?.body, clientForm)
      })
    )
  }

  const none: ReadonlyArray<readonly [title: string, config: Config]> = [
    ["no configuration", {}],
    ["no token URL", { clientId: "id", grantType: "client_credentials" }],
    ["no client", { tokenUrl: client.tokenUrl, grantType: "client_credentials" }],
    ["an empty client", { ...granted, clientId: "" }]
  ]
  for (const [title, config] of none) {
    it.effect(`${title}: an expired token is deleted, without a call`, () =>
      Effect.gen(function* () {
        const got = yield* minted(refreshable, config)
        isMissing(got)
        assert.strictEqual(got.seen.length, 0)
      })
    )
  }

  it.effect("another grant is none, and an expired refresh token is not used", () =>
    Effect.gen(function* () {
      const stored = { ...refreshable, refreshTokenExpiresAt: past }
      const got = yield* minted(stored, { ...client, grantType: "authorization_code" })
      isMissing(got)
      assert.strictEqual(got.seen.length, 0)
    })
  )

  const refusals: ReadonlyArray<readonly [title: string, response: Upstream.UpstreamResponse]> = [
    ["400", { status: 400, body: '{"error":"invalid_grant"}' }],
    ["a redirect", { status: 302 }],
    ["500", { status: 500 }],
    ["an answer without a token", json({ token: "x" })],
    ["a text", { status: 200, body: "hello" }],
    ["no body", { status: 200 }],
    ["a list", json([])],
    ["null", json(null)]
  ]
  for (const [title, response] of refusals) {
    it.effect(`${title} of the provider counts as no token`, () =>
      Effect.gen(function* () {
        const deleted = yield* minted(refreshable, granted, () => response)
        isMissing(deleted)
        // A refused refresh is not followed by the other grant.
        assert.strictEqual(deleted.seen.length, 1)
        const kept = yield* minted({ refreshToken: "r1" }, granted, () => response)
        assert.strictEqual(kept.body.message, "The secret has no value; authenticate it first.")
        assert.deepStrictEqual(kept.stored, { refreshToken: "r1" })
      })
    )
  }

  it.effect("a failed connection is another error, and the row stays", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* seedPersonal(JSON.stringify(refreshable), { type: "oauth", config: client })
      assert.strictEqual((yield* act("mint", "s")).text, generic("fetch failed"))
      assert.strictEqual((yield* act("verify", "s")).text, '{"message":"fetch failed","code":"CONFLICT"}')
      assert.strictEqual(yield* storedValue(), JSON.stringify(refreshable))
    }).pipe(Effect.provide(layer()))
  )

  it.effect("a token URL may be relative to the host of the API; an invalid one is another error", () =>
    Effect.gen(function* () {
      const relative = yield* minted(refreshable, { ...client, tokenUrl: "/v1/token" })
      assert.strictEqual(relative.seen[0]?.url, "https://api.chatbotkit.com/v1/token")
      const invalid = yield* minted(refreshable, { ...client, tokenUrl: "http://" })
      assert.strictEqual(invalid.got.text, generic("Invalid URL"))
    })
  )

  it.effect("a shared secret that is gone when the provider answers stays gone", () =>
    Effect.gen(function* () {
      for (const answered of [issued, { status: 400 }]) {
        const [called, answer] = [yield* Deferred.make<void>(), yield* Deferred.make<Upstream.UpstreamResponse>()]
        const upstream: Upstream.Upstream = () =>
          Effect.andThen(Deferred.succeed(called, undefined), Deferred.await(answer))
        yield* Effect.gen(function* () {
          yield* TestClock.setTime(now)
          yield* seedContacts
          const shared = { id: "s", type: "oauth", config: client, value: JSON.stringify(refreshable) } as const
          yield* seedSecrets([shared])
          const verifying = yield* Effect.forkChild(act("verify", "s"))
          yield* Deferred.await(called)
          const state = yield* ServerState.ServerState
          yield* state.clear
          yield* Deferred.succeed(answer, answered)
          assert.strictEqual(parse((yield* Fiber.join(verifying)).text).message, "System error occurred")
          assert.isUndefined(state.secrets.get("s"))
        }).pipe(Effect.provide(layer({ upstream })))
      }
    })
  )

  it.effect("a contact deleted while the provider answers is a failure of the database", () =>
    Effect.gen(function* () {
      const called = yield* Deferred.make<void>()
      const answer = yield* Deferred.make<Upstream.UpstreamResponse>()
      const upstream: Upstream.Upstream = () =>
        Effect.andThen(Deferred.succeed(called, undefined), Deferred.await(answer))
      yield* Effect.gen(function* () {
        yield* TestClock.setTime(now)
        yield* seedPersonal(JSON.stringify(refreshable), { type: "oauth", config: client })
        const minting = yield* Effect.forkChild(act("mint", "s"))
        yield* Deferred.await(called)
        yield* remove("ada")
        yield* Deferred.succeed(answer, issued)
        assert.strictEqual((yield* Fiber.join(minting)).text, generic("System error occurred"))
        assert.isUndefined(yield* storedValue())
      }).pipe(Effect.provide(layer({ upstream })))
    })
  )
})

describe("oauth: the validation URL (contract 3.9.2)", () => {
  const config = { validateUrl: "https://provider.example/me" }
  const valid = { accessToken: "t" }

  it.effect("the token is tried there", () =>
    Effect.gen(function* () {
      const { got, seen } = yield* minted(valid, config, () => ({ status: 204 }))
      assert.strictEqual(got.text, '{"token":"t","expiresAt":null}')
      assert.deepStrictEqual(seen, [
        {
          method: "GET",
          url: "https://provider.example/me",
          headers: { authorization: "Bearer t" },
          body: undefined
        }
      ])
    })
  )

  for (const status of [302, 400, 401, 404, 500]) {
    it.effect(`${status} deletes the row`, () =>
      Effect.gen(function* () {
        const got = yield* minted(valid, config, () => ({ status }))
        isMissing(got)
      })
    )
  }

  it.effect("a new token is tried too", () =>
    Effect.gen(function* () {
      const got = yield* minted({ refreshToken: "r1" }, { ...client, ...config }, ({ url }) =>
        url === client.tokenUrl ? issued : { status: 401 }
      )
      isMissing(got)
      assert.strictEqual(got.seen[1]?.headers["authorization"], "Bearer new")
    })
  )

  it.effect("a verdict is remembered for 60 s, for that token and URL", () => {
    const { seen, upstream } = makeUpstream(() => ({ status: 200 }))
    return Effect.gen(function* () {
      yield* seedPersonal(JSON.stringify(valid), { type: "oauth", config })
      yield* act("verify", "s")
      yield* TestClock.adjust(59_999)
      yield* act("verify", "s")
      yield* act("mint", "s")
      assert.strictEqual(seen.length, 1)
      yield* TestClock.adjust(1)
      yield* act("verify", "s")
      assert.strictEqual(seen.length, 2)
      yield* seedSecrets([{ id: "t", type: "oauth", config, value: "accessToken: other" }])
      yield* act("verify", "t")
      assert.strictEqual(seen.length, 3)
      const state = yield* ServerState.ServerState
      yield* state.clear
      yield* seedPersonal(JSON.stringify(valid), { type: "oauth", config })
      yield* act("verify", "s")
      assert.strictEqual(seen.length, 4)
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("a verdict is forgotten with what a snapshot replaces", () => {
    let status = 401
    const { seen, upstream } = makeUpstream(() => ({ status }))
    return Effect.gen(function* () {
      const config = { validateUrl: "https://provider.example/valid" }
      yield* seedPersonal('{"accessToken":"t"}', { type: "oauth", config })
      const state = yield* ServerState.ServerState
      const snapshot = yield* state.snapshot
      assert.strictEqual((yield* act("mint", "s")).status, 409)
      yield* state.restore(snapshot)
      status = 200
      assert.strictEqual((yield* act("mint", "s")).status, 200)
      assert.strictEqual(seen.length, 2)
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("a failed connection is another error, not remembered, and the row stays", () => {
    let reachable = false
    const upstream: Upstream.Upstream = () =>
      Effect.suspend(() => (reachable ? Effect.succeed({ status: 200 }) : Effect.fail("down")))
    return Effect.gen(function* () {
      yield* seedPersonal(JSON.stringify(valid), { type: "oauth", config })
      assert.strictEqual((yield* act("mint", "s")).text, generic("fetch failed"))
      reachable = true
      assert.strictEqual((yield* act("mint", "s")).status, 200)
    }).pipe(Effect.provide(layer({ upstream })))
  })
})

describe("oauth: side effects and shared secrets (contract 3.9.2, 3.9.3)", () => {
  for (const action of ["verify", "mint", "proxy"] as const) {
    it.effect(`${action} refreshes and stores a token, or deletes the row`, () => {
      const { upstream } = makeUpstream(({ body }) => (body === refreshForm ? issued : { status: 400 }))
      return Effect.gen(function* () {
        yield* TestClock.setTime(now)
        yield* seedPersonal(JSON.stringify(refreshable), { type: "oauth", config: client })
        yield* act(action, "s")
        assert.strictEqual(parse((yield* storedValue()) ?? "").accessToken, "new")
        yield* TestClock.adjust(60_000)
        const state = yield* ServerState.ServerState
        const [row] = state.secrets.valuesOf("ada")
        if (row !== undefined) state.secrets.setValue({ ...row, value: JSON.stringify(expired) })
        yield* act(action, "s")
        assert.isUndefined(yield* storedValue())
      }).pipe(Effect.provide(layer({ upstream })))
    })
  }

  it.effect("a stored row is changed at the time of the refresh, and keeps its names", () => {
    const { upstream } = makeUpstream(() => issued)
    return Effect.gen(function* () {
      yield* seedPersonal(JSON.stringify({ refreshToken: "r1" }), { type: "oauth", config: client })
      const state = yield* ServerState.ServerState
      const [before] = state.secrets.valuesOf("ada")
      yield* TestClock.adjust(1000)
      yield* act("verify", "s")
      const [after] = state.secrets.valuesOf("ada")
      assert.strictEqual(after?.id, before?.id)
      assert.strictEqual(after?.createdAt, 0)
      assert.strictEqual(after?.updatedAt, 1000)
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("revoke tells the provider of the refreshed token", () => {
    const { seen, upstream } = makeUpstream(() => issued)
    return Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const config = { ...client, revokeUrl: "https://provider.example/revoke" }
      yield* seedPersonal(JSON.stringify(refreshable), { type: "oauth", config })
      yield* act("revoke", "s")
      assert.strictEqual(seen[1]?.body, "token=new&client_id=id&client_secret=s%26cret")
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("shared: new tokens are stored in the secret, also the first", () => {
    const { upstream } = makeUpstream(() => issued)
    return Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* seedContacts
      yield* seedSecrets([
        { id: "s", type: "oauth", config: client, value: JSON.stringify(refreshable) },
        { id: "t", type: "oauth", config: granted }
      ])
      for (const id of ["s", "t"]) {
        assert.strictEqual((yield* act("verify", id)).text, JSON.stringify({ id, status: "authenticated" }))
        const state = yield* ServerState.ServerState
        assert.strictEqual(parse(state.secrets.get(id)?.value ?? "").accessToken, "new")
      }
    }).pipe(Effect.provide(layer({ upstream })))
  })

  it.effect("shared: deleting is emptying, and the outcome is nothing", () => {
    const { upstream } = makeUpstream(() => ({ status: 400 }))
    return Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* seedContacts
      yield* seedSecrets([{ id: "s", type: "oauth", config: client, value: JSON.stringify(refreshable) }])
      assert.strictEqual((yield* act("revoke", "s")).status, 404)
      const state = yield* ServerState.ServerState
      assert.isNull(state.secrets.get("s")?.value)
    }).pipe(Effect.provide(layer({ upstream })))
  })
})

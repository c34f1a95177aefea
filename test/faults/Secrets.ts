import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Client } from "../../src/Client.ts"
import * as ContactSecret from "../../src/ContactSecret.ts"
import type * as Errors from "../../src/Errors.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { check, type Probe } from "./Probe.ts"
import * as World from "./World.ts"
import { losses } from "./Writes.ts"

const { Fault } = InMemory

const service = "https://service.test/"
const token = "canary-token-of-the-service"

/** A verified contact with values of two secrets, an outside world, and the number of requests that reached it. */
const withSecrets = <A, E>(
  program: (world: {
    readonly api: InMemory.Service
    readonly contactId: string
    readonly served: () => number
  }) => Effect.Effect<A, E, Client | InMemory.InMemory>,
  client: Parameters<typeof World.inProcess>[1] = {}
) => {
  let served = 0
  const upstream: InMemory.Upstream = () => Effect.sync(() => ({ status: 200, body: `served ${++served}` }))
  return World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const [contact] = yield* api.seed([{ name: "Ada", verifiedAt: 1 }])
      const contactId = contact?.id ?? ""
      yield* api.seedSecrets([
        { id: "oauth", kind: "personal", type: "oauth" },
        { id: "bearer", kind: "personal", type: "bearer" },
        { id: "empty", kind: "personal", type: "oauth" }
      ])
      yield* api.seedSecretValues(contactId, [
        { secretId: "oauth", value: JSON.stringify({ accessToken: token }), createdAt: 1 },
        { secretId: "bearer", value: token, createdAt: 2 }
      ])
      return yield* program({ api, contactId, served: () => served })
    }),
    client,
    { upstream }
  )
}

const proxied = (contactId: string, options?: ContactSecret.ProxyOptions) =>
  Effect.scoped(
    Effect.flatMap(ContactSecret.proxy(contactId, "bearer", { url: service }, options), ({ body }) =>
      Stream.mkString(Stream.decodeText(body))
    )
  )

const writes: ReadonlyArray<Probe> = [
  {
    hazard: "W8",
    name: "a revoke whose answer is lost",
    situation: "a revoke takes place, its answer is lost in each of the four ways of W1, and the retry is a 401",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        withSecrets(({ api, contactId }) =>
          Effect.gen(function* () {
            yield* api.inject({ operation: "ContactSecret.revoke", attempt: 1, fault })
            const { id } = yield* ContactSecret.revoke(contactId, "bearer")
            const left = (yield* api.secretValues(contactId)).map(({ secretId }) => secretId)
            return [id, left, yield* api.requestCount("ContactSecret.revoke")]
          })
        )
      ),
      (all) =>
        check("each: it succeeds, and only that value is gone", { all: [all, all.map(() => ["bearer", ["oauth"], 2])] })
    )
  },
  {
    hazard: "W8",
    name: "nothing to revoke",
    situation: "the first answer to a revoke is the 401 of a missing value, also after a 429",
    ours: withSecrets(({ api, contactId }) =>
      Effect.gen(function* () {
        const first = yield* Effect.flip(ContactSecret.revoke(contactId, "empty"))
        yield* api.inject({ operation: "ContactSecret.revoke", attempt: 2, fault: Fault.rateLimit() })
        const second = yield* Effect.flip(ContactSecret.revoke(contactId, "empty"))
        const found = [first, second].map(({ _tag, outcome }) => `${_tag} ${outcome}`)
        return check(`${found.join(", ")}`, {
          found: [found, ["AuthorizationRequired rejected", "AuthorizationRequired rejected"]]
        })
      })
    )
  },
  {
    hazard: "W1",
    name: "a mint or an authentication whose answer is lost",
    situation: "a token or a URL is made, and its answer is lost in each of the four ways",
    ours: Effect.map(
      Effect.forEach(Object.values(losses), (fault) =>
        withSecrets(({ api, contactId }) =>
          Effect.gen(function* () {
            yield* api.inject({ fault })
            const failures = [
              yield* Effect.flip(ContactSecret.mint(contactId, "oauth")),
              yield* Effect.flip(ContactSecret.authenticate(contactId, "oauth"))
            ]
            return failures.map(({ attempts, isRetryable, outcome }) => `${outcome} ${attempts} ${isRetryable}`)
          })
        )
      ),
      (all) =>
        check('one request each, outcome "unknown"', {
          all: [all, all.map(() => ["unknown 1 false", "unknown 1 false"])]
        })
    )
  },
  {
    hazard: "W1",
    name: "a proxied request whose answer is lost",
    situation:
      "a proxied request reaches the service, and its answer is lost in each of the four ways, or nothing reaches it",
    ours: Effect.map(
      Effect.forEach([...Object.values(losses), Fault.reset], (fault) =>
        withSecrets(({ api, contactId, served }) =>
          Effect.gen(function* () {
            yield* api.inject({ operation: "ContactSecret.proxy", fault })
            const ended = yield* Effect.match(proxied(contactId), {
              onSuccess: () => "answered",
              onFailure: ({ attempts, outcome }) => `${outcome} ${attempts}`
            })
            return [ended, served() <= 1, yield* api.requestCount("ContactSecret.proxy")]
          })
        )
      ),
      (all) =>
        check('it is sent once; outcome "unknown", but for the 503, which cannot be told from the service\'s', {
          all: [all, all.map((_, index) => [index === 0 ? "answered" : "unknown 1", true, 1])]
        })
    )
  },
  {
    hazard: "W1",
    name: "a proxied request that may be repeated",
    situation: "the answer of a proxied request is lost twice, and the caller allows two retries",
    ours: withSecrets(({ api, contactId, served }) =>
      Effect.gen(function* () {
        const fault = losses["reset before headers"]
        yield* api.inject({ operation: "ContactSecret.proxy", attempt: [1, 2], fault })
        const text = yield* proxied(contactId, { retries: 2 })
        return check(`the third answer (${text})`, { text: [text, "served 3"], served: [served(), 3] })
      })
    )
  }
]

/** Twenty secrets; the list's reply is cut, garbled or replaced on one of its requests. */
const list: Probe = {
  hazard: "L2",
  name: "the list of secrets",
  situation: "each of the two pages of a list of secrets is cut at several offsets, is empty, or is a 503",
  ours: Effect.map(
    Effect.forEach(
      [1, 2].flatMap((attempt) =>
        [Fault.resetAfter(1), Fault.resetAfter(40), Fault.resetAfter(200), Fault.reset, Fault.status(503)].map(
          (fault) => ({ attempt, fault })
        )
      ),
      ({ attempt, fault }) =>
        withSecrets(({ api, contactId }) =>
          Effect.gen(function* () {
            yield* api.inject({ operation: "ContactSecret.list", attempt, fault })
            const found = yield* Stream.runCollect(ContactSecret.list(contactId))
            return [found.map(({ id }) => id), yield* api.requestCount("ContactSecret.list")]
          })
        )
    ),
    (all) => check("each: complete, after one retry", { all: [all, all.map(() => [["bearer", "oauth"], 3])] })
  )
}

const quoted = "https://app.test/s/canary?auth=1"

const leaking: ReadonlyArray<InMemory.Fault.Fault> = [
  ...[400, 401, 403, 404, 409, 429, 500, 503].flatMap((status) => [
    Fault.status(status, { code: "CODE", message: `Missing value for secret: visit ${quoted}` }),
    Fault.status(status, { code: "GENERIC_ERROR", message: `Refused Bearer ${token}` }),
    Fault.status(status, { body: `${quoted} ${token}`, headers: { "content-type": "text/plain" } }),
    Fault.status(status, {
      body: JSON.stringify({
        error: "authorization_required",
        message: `Missing value for secret: ${quoted}`,
        url: quoted
      }),
      headers: { "content-type": "application/json" }
    })
  ]),
  Fault.status(200, { body: `{"url":"${quoted}","token":"${token}"`, headers: { "content-type": "application/json" } }),
  Fault.status(302, { headers: { location: quoted } }),
  Fault.reset,
  Fault.stall
]

const privacy: Probe = {
  hazard: "S2",
  name: "URLs and tokens of secrets",
  situation: `${leaking.length} replies that hold a URL at which anybody can authorize, or a token, for each action`,
  ours: Effect.map(
    Effect.forEach(leaking, (fault) =>
      withSecrets(
        ({ api, contactId }) =>
          Effect.gen(function* () {
            yield* api.inject({ fault })
            const calls: ReadonlyArray<Effect.Effect<unknown, Errors.ContactError, Client>> = [
              ContactSecret.authenticate(contactId, "oauth"),
              ContactSecret.verify(contactId, "empty"),
              ContactSecret.revoke(contactId, "oauth"),
              ContactSecret.mint(contactId, "oauth"),
              proxied(contactId)
            ]
            let text = ""
            for (const call of calls) {
              text += yield* Effect.match(call, { onSuccess: () => "", onFailure: (error) => Fake.renderings(error) })
            }
            return text
          }),
        { retry: { retries: 0 } }
      )
    ),
    (texts) => {
      const text = texts.join("")
      return check(`not found in ${text.length.toLocaleString("en")} characters`, {
        found: [["canary", "app.test"].filter((canary) => text.includes(canary)), []],
        "there was enough to search": [text.length > 100_000, true]
      })
    }
  )
}

const successes: Probe = {
  hazard: "S2",
  name: "the results of the actions on secrets",
  situation: "a token, two URLs and a failure with a URL, in every rendering",
  ours: withSecrets(
    ({ contactId }) =>
      Effect.gen(function* () {
        const minted = yield* ContactSecret.mint(contactId, "oauth")
        const { url } = yield* ContactSecret.authenticate(contactId, "oauth")
        const verified = yield* ContactSecret.verify(contactId, "empty")
        const failure = yield* Effect.flip(ContactSecret.mint(contactId, "empty"))
        const text = [minted, { url }, verified, failure].map(Fake.renderings).join("")
        return check("all redacted; the values are there for the caller", {
          token: [Redacted.value(minted.token), token],
          url: [Redacted.value(url).includes("/authenticate?state="), true],
          shown: [[token, "?state=", "eyJ"].filter((hidden) => text.includes(hidden)), []]
        })
      }),
    // The server signs URLs with WebCrypto, which takes no virtual time.
    { timeout: { attempt: "Infinity" } }
  )
}

export const secrets: ReadonlyArray<Probe> = [...writes, list, privacy, successes]

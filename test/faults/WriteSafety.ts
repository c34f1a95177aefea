/** Writes whose requests, answers or contacts are not what they seem. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"
import { losses } from "./Writes.ts"

const fingerprint = "crm-0001-ada-lovelace"
const id = "cmwsk55x8000com7dj9qcuwx6"

/** Plain JavaScript can pass anything. */
const untyped = <A>(value: unknown): A => value as A

/** What a call comes to, in a few words. */
const told = <A, R>(call: Effect.Effect<A, Errors.ContactError, R>) =>
  Effect.match(call, { onSuccess: () => "done", onFailure: World.summary })

/** A gateway that sends each create twice, and answers with the second answer. */
const doubling = (http: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    request.url.endsWith("/create")
      ? Effect.andThen(http.execute(request), http.execute(request))
      : http.execute(request)
  )

const day = 86_400_000
const conflict = Fake.json(409, { code: "CONFLICT", message: "Unique constraint violation" })
const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }

/** A list of the contact that the call made, by a server whose clock is that much ahead. */
const listed = (skew: number, hasDate: boolean, meta: string) => () =>
  new Response(
    Fake.item("c1", { name: "Ada", fingerprint, createdAt: skew, updatedAt: skew, meta: "META" }).replace(
      '"META"',
      meta
    ),
    {
      headers: {
        "content-type": "application/jsonl",
        ...(hasDate ? { date: new Date(skew).toUTCString() } : {})
      }
    }
  )

const skews = [-1000, -1, 1, 1000].map((days) => days * day)

const ada = Contact.create({ name: "Ada", fingerprint })

const certainty: ReadonlyArray<Probe> = [
  {
    hazard: "T7",
    name: "a gateway that sends a create twice",
    tried: "each create arrives twice, and the second answer, a 409, is the first seen",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const generated = yield* Contact.create({ name: "Ada" })
        const given = yield* told(Contact.create({ name: "Grace", fingerprint }))
        const made = yield* api.contacts()
        return seen(`the id of its contact; with the caller's fingerprint ${given}`, {
          id: [made[0]?.id, generated.id],
          given: [given, "Conflict 409 unknown 1x"],
          contacts: [made.length, 2]
        })
      }),
      { transformClient: doubling }
    ),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        // The emulator has no gateway before it: the same request, sent twice, comes to the same.
        yield* Effect.all([1, 2].map(() => World.told(() => client.create({ name: "Ada" }))))
        return only(`${(yield* api.contacts()).length} contacts`)
      })
    )
  },
  {
    hazard: "T7",
    name: "a server with another clock",
    tried: "the answer is lost; the server's clock is 1 and 1,000 days off, and its responses have a Date, and none",
    ours: Effect.map(
      Effect.forEach(skews, (skew) =>
        Effect.all([
          World.scripted(Fake.script(reset, conflict, listed(skew, true, "null")), told(ada)),
          World.scripted(Fake.script(reset, conflict, listed(skew, false, "null")), told(ada)),
          World.scripted(Fake.script(conflict, listed(skew, true, "null")), told(ada))
        ])
      ),
      (all) =>
        seen("its id; without Date, and after a first 409: unknown", {
          all: [all, skews.map(() => ["done", "Conflict 409 unknown 2x", "Conflict 409 unknown 1x"])]
        })
    )
  },
  {
    hazard: "T7",
    name: "a fingerprint that was taken before",
    tried: "the contact is two minutes older than the call, by the server's clock",
    ours: World.inProcess(
      Effect.gen(function* () {
        yield* World.seeded(1, () => ({ name: "Ada", fingerprint, createdAt: -120_000 }))
        const taken = yield* told(ada)
        return seen(taken, { taken: [taken, "Conflict 409 rejected 1x"] })
      })
    )
  },
  {
    hazard: "T8",
    name: "somebody else's meta, nested 50,000 deep",
    tried: "it has the fingerprint of a create whose answer was lost, and is compared with what was requested",
    ours: Effect.map(
      World.scripted(
        Fake.script(reset, conflict, listed(0, true, `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)),
        told(Contact.create({ name: "Ada", fingerprint, meta: { a: { a: 1 } } }))
      ),
      (outcome) => seen(outcome, { outcome: [outcome, "Conflict 409 unknown 2x"] })
    )
  },
  {
    hazard: "T9",
    name: "a token that may use no fingerprints takes over",
    tried: "a create lands and its answer is lost; the next token is refused the generated fingerprint",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const tokens = [InMemory.secret, Redacted.make("oaac-widget")]
        yield* api.inject({ operation: "Contact.create", attempt: 1, fault: losses["503 instead"] })
        const secret = Effect.sync(() => tokens.shift() ?? Redacted.make("oaac-widget"))
        const outcome = yield* told(Contact.create({ name: "Ada" })).pipe(Client.withOptions({ secret }))
        const made = (yield* api.contacts()).length
        return seen(`${made} contact, ${outcome}`, {
          contacts: [made, 1],
          outcome: [outcome, "InvalidRequest 400 unknown 2x"]
        })
      }),
      {},
      {
        accounts: [
          {
            id: "a",
            tokens: [
              { token: Redacted.value(InMemory.secret) },
              { token: "oaac-widget", audience: "widget", allowedRoutes: ["**"] }
            ]
          }
        ]
      }
    )
  }
]

/** Says another thing each time it is asked. */
const changing = () => {
  let reads = 0
  return {
    get name(): unknown {
      return reads++ === 0 ? "Ada" : { first: "Ada" }
    }
  }
}

const throwing = {
  get name(): string {
    throw new Error("canary")
  }
}

const disguised: Readonly<Record<string, object>> = {
  "a date as meta": { meta: new Date(0) },
  "a date in meta": { meta: { since: new Date(0) } },
  toJSON: { name: "Ada", toJSON: () => ({ name: "Grace" }) },
  "a getter that throws": throwing
}

/** What the server would answer with a bare 500. */
const bare500: Readonly<Record<string, object>> = {
  "name: null": { name: null },
  "a lone surrogate": { name: "\ud800" },
  "the year 10000": { verifiedAt: 253_402_300_800_000 },
  "meta 124 deep": { meta: JSON.parse(`${'{"a":'.repeat(124)}1${"}".repeat(124)}`) }
}

const create = (request: unknown) => Contact.create(untyped(request))

const refusedAll = (requests: Readonly<Record<string, object>>) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const all = yield* Effect.forEach(Object.values(requests), (request) => told(create(request)))
      return seen(`each: ${[...new Set(all)].join(" / ")}`, {
        all: [all, all.map(() => "InvalidRequest not-sent 0x")],
        requests: [yield* api.requestCount(), 0]
      })
    })
  )

const theirsAll = (requests: Readonly<Record<string, object>>) =>
  World.official((client) =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(Object.entries(requests), ([name, request]) =>
        Effect.map(
          World.told(() => client.create(untyped(request))),
          (text) => `${name}: ${text.startsWith("got") ? "made" : text}`
        )
      )
      return only(all.join("; "))
    })
  )

const inputs: ReadonlyArray<Probe> = [
  {
    hazard: "T10",
    name: "requests that are not what they seem",
    tried: Object.keys(disguised).join(", "),
    ours: refusedAll(disguised),
    theirs: theirsAll(disguised)
  },
  {
    hazard: "T10",
    name: "a getter that changes its answer",
    tried: "the name is a text when it is read first, and then an object",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* create(changing())
        yield* Contact.ensure(untyped(Object.assign(changing(), { fingerprint })))
        const names = (yield* api.contacts()).map(({ name }) => name)
        return seen("what was checked is what is sent", { names: [names, ["Ada", "Ada"]] })
      })
    )
  },
  {
    hazard: "T14",
    name: "requests that the server answers with a bare 500",
    tried: Object.keys(bare500).join(", "),
    ours: refusedAll(bare500),
    theirs: theirsAll(bare500)
  },
  {
    hazard: "T14",
    name: "ids of contacts that the server answers with a bare 500, and one of 100 MB",
    tried: "@alias, @@, (), (  ) and 100 MB to fetch, update and delete",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const ids = ["@alias", "@@", "()", "(  )", "c".repeat(100_000_000)]
        const all = yield* Effect.forEach(
          ids.flatMap((id) => [Contact.fetch(id), Contact.update(id, {}), Contact.delete(id)]),
          (call) => told<unknown, Client.Client>(call)
        )
        return seen(`each: ${[...new Set(all)].join(" / ")}`, {
          all: [all, all.map(() => "InvalidRequest not-sent 0x")],
          requests: [yield* api.requestCount(), 0]
        })
      })
    )
  }
]

const another = Fake.json(200, Fake.contact("cmwsk55x8000com7dj9qcuwx7"))

const answers: ReadonlyArray<Probe> = [
  {
    hazard: "T12",
    name: "an answer about another contact",
    tried: "fetch, update and delete of one contact are answered with another",
    ours: Effect.map(
      Effect.forEach([Contact.fetch(id), Contact.update(id, {}), Contact.delete(id)], (call) =>
        World.scripted(Fake.script(another), told<unknown, Client.Client>(call))
      ),
      (all) => seen(`each: ${all[0]}`, { all: [all, all.map(() => "UnexpectedResponse 200 unknown 1x")] })
    )
  },
  {
    hazard: "T12",
    name: "an answer to a name",
    tried: "`(Ada)` is answered with the id of the contact",
    ours: Effect.map(World.scripted(Fake.script(another), told(Contact.delete("(Ada)"))), (outcome) =>
      seen(outcome, { outcome: [outcome, "done"] })
    )
  }
]

export const writeSafety: ReadonlyArray<Probe> = [...certainty, ...inputs, ...answers]

/** Writes with invalid requests, misleading answers, and contacts of other callers. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"
import { losses } from "./Writes.ts"

const fingerprint = "crm-0001-ada-lovelace"
const id = "cmwsk55x8000com7dj9qcuwx6"

/** A value of any type, as plain JavaScript can pass it. */
const untyped = <A>(value: unknown): A => value as A

/** The outcome of a call, in a few words. */
const outcomeOf = <A, R>(call: Effect.Effect<A, Errors.ContactError, R>) =>
  Effect.match(call, { onSuccess: () => "done", onFailure: World.summary })

/** A gateway that sends each create twice, and returns the second answer. */
const doubling = (http: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    request.url.endsWith("/create")
      ? Effect.andThen(http.execute(request), http.execute(request))
      : http.execute(request)
  )

const day = 86_400_000
const conflict = Fake.json(409, { code: "CONFLICT", message: "Unique constraint violation" })
const reset = { failWith: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }

/** A list with the contact of the call, from a server whose clock is ahead by `skew` milliseconds. */
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

const createAda = Contact.create({ name: "Ada", fingerprint })

const certainty: ReadonlyArray<Probe> = [
  {
    hazard: "T7",
    name: "a gateway that sends a create twice",
    situation: "each create arrives twice, and the client gets the second answer, a 409",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const generated = yield* Contact.create({ name: "Ada" })
        const given = yield* outcomeOf(Contact.create({ name: "Grace", fingerprint }))
        const made = yield* api.contacts()
        return check(`the id of its contact; with a fingerprint of the caller's, ${given}`, {
          id: [made[0]?.id, generated.id],
          given: [given, "Conflict 409 unknown, 1 attempt"],
          contacts: [made.length, 2]
        })
      }),
      { transformClient: doubling }
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        // The emulator has no gateway, but sending the same request twice has the same effect.
        yield* Effect.all([1, 2].map(() => World.outcomeText(() => client.create({ name: "Ada" }))))
        return reportOnly(`${(yield* api.contacts()).length} contacts`)
      })
    )
  },
  {
    hazard: "T7",
    name: "a server with another clock",
    situation: "the answer is lost; the server's clock is off by 1 or 1,000 days; its responses have a Date or not",
    ours: Effect.map(
      Effect.forEach(skews, (skew) =>
        Effect.all([
          World.scripted(Fake.script(reset, conflict, listed(skew, true, "null")), outcomeOf(createAda)),
          World.scripted(Fake.script(reset, conflict, listed(skew, false, "null")), outcomeOf(createAda)),
          World.scripted(Fake.script(conflict, listed(skew, true, "null")), outcomeOf(createAda))
        ])
      ),
      (all) =>
        check("the id with a Date; unknown without, and after a first 409", {
          all: [all, skews.map(() => ["done", "Conflict 409 unknown, 2 attempts", "Conflict 409 unknown, 1 attempt"])]
        })
    )
  },
  {
    hazard: "T7",
    name: "a fingerprint that was taken before",
    situation: "the contact is two minutes older than the call, by the server's clock",
    ours: World.inProcess(
      Effect.gen(function* () {
        yield* World.seedContacts(1, () => ({ name: "Ada", fingerprint, createdAt: -120_000 }))
        const taken = yield* outcomeOf(createAda)
        return check(taken, { taken: [taken, "Conflict 409 rejected, 1 attempt"] })
      })
    )
  },
  {
    hazard: "T8",
    name: "somebody else's meta, nested 50,000 deep",
    situation: "the fingerprint of a create, whose answer was lost, belongs to a contact with meta nested 50,000 deep",
    ours: Effect.map(
      World.scripted(
        Fake.script(reset, conflict, listed(0, true, `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)),
        outcomeOf(Contact.create({ name: "Ada", fingerprint, meta: { a: { a: 1 } } }))
      ),
      (outcome) => check(outcome, { outcome: [outcome, "Conflict 409 unknown, 2 attempts"] })
    )
  },
  {
    hazard: "T9",
    name: "a token that may use no fingerprints takes over",
    situation: "a create takes place and its answer is lost; the next token may not send the generated fingerprint",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const tokens = [InMemory.secret, Redacted.make("oaac-widget")]
        yield* api.inject({ operation: "Contact.create", attempt: 1, fault: losses["503 instead"] })
        const secret = Effect.sync(() => tokens.shift() ?? Redacted.make("oaac-widget"))
        const outcome = yield* outcomeOf(Contact.create({ name: "Ada" })).pipe(Client.withOptions({ secret }))
        const made = (yield* api.contacts()).length
        return check(`${made} contact, ${outcome}`, {
          contacts: [made, 1],
          outcome: [outcome, "InvalidRequest 400 unknown, 2 attempts"]
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

/** A request whose name is a string when it is first read, and then an object. */
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

/** Requests that the server would answer with a 500 without a reason. */
const unexplained500: Readonly<Record<string, object>> = {
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
      const all = yield* Effect.forEach(Object.values(requests), (request) => outcomeOf(create(request)))
      return check(`each: ${[...new Set(all)].join(" / ")}`, {
        all: [all, all.map(() => "InvalidRequest not-sent, 0 attempts")],
        requests: [yield* api.requestCount(), 0]
      })
    })
  )

const theirsAll = (requests: Readonly<Record<string, object>>) =>
  World.withOfficialClient((client) =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(Object.entries(requests), ([name, request]) =>
        Effect.map(
          World.outcomeText(() => client.create(untyped(request))),
          (text) => `${name}: ${text.startsWith("got") ? "made" : text}`
        )
      )
      return reportOnly(all.join("; "))
    })
  )

const inputs: ReadonlyArray<Probe> = [
  {
    hazard: "T10",
    name: "requests that JSON would change",
    situation: Object.keys(disguised).join(", "),
    ours: refusedAll(disguised),
    theirs: theirsAll(disguised)
  },
  {
    hazard: "T10",
    name: "a getter that changes its value",
    situation: "the name is a string when it is first read, and then an object",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* create(changing())
        yield* Contact.ensure(untyped(Object.assign(changing(), { fingerprint })))
        const names = (yield* api.contacts()).map(({ name }) => name)
        return check("the value that was checked is sent", { names: [names, ["Ada", "Ada"]] })
      })
    )
  },
  {
    hazard: "T14",
    name: "requests that the server answers with an unexplained 500",
    situation: Object.keys(unexplained500).join(", "),
    ours: refusedAll(unexplained500),
    theirs: theirsAll(unexplained500)
  },
  {
    hazard: "T14",
    name: "ids that the server answers with an unexplained 500, and one of 100 MB",
    situation: "fetch, update and delete of @alias, @@, (), (  ) and an id of 100 MB",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const ids = ["@alias", "@@", "()", "(  )", "c".repeat(100_000_000)]
        const all = yield* Effect.forEach(
          ids.flatMap((id) => [Contact.fetch(id), Contact.update(id, {}), Contact.delete(id)]),
          (call) => outcomeOf<unknown, Client.Client>(call)
        )
        return check(`each: ${[...new Set(all)].join(" / ")}`, {
          all: [all, all.map(() => "InvalidRequest not-sent, 0 attempts")],
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
    situation: "fetch, update and delete of one contact are answered with another",
    ours: Effect.map(
      Effect.forEach([Contact.fetch(id), Contact.update(id, {}), Contact.delete(id)], (call) =>
        World.scripted(Fake.script(another), outcomeOf<unknown, Client.Client>(call))
      ),
      (all) => check(`each: ${all[0]}`, { all: [all, all.map(() => "UnexpectedResponse 200 unknown, 1 attempt")] })
    )
  },
  {
    hazard: "T12",
    name: "an answer to a name",
    situation: "a delete of `(Ada)` is answered with the id of the contact",
    ours: Effect.map(World.scripted(Fake.script(another), outcomeOf(Contact.delete("(Ada)"))), (outcome) =>
      check(outcome, { outcome: [outcome, "done"] })
    )
  }
]

export const writeSafety: ReadonlyArray<Probe> = [...certainty, ...inputs, ...answers]

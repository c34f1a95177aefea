import * as Effect from "effect/Effect"
import type { HttpClientRequest } from "effect/http"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import type { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { quotations } from "../support/Quotations.ts"
import * as Work from "../support/Work.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

/** Calls, and what each of them sends that is the caller's own, in words. */
const calls: ReadonlyArray<{
  readonly call: Effect.Effect<unknown, Errors.ContactError, Client>
  readonly values: ReadonlyArray<string>
}> = [
  {
    call: Contact.create({
      name: "Zoë \n Lovelace",
      description: `the "first" <countess>`,
      email: "byron+tag@canary.example",
      phone: "+33612345678",
      meta: { "daughter of": { nested: ["annabella"] } }
    }),
    values: [
      "Zoë \n Lovelace",
      `the "first" <countess>`,
      "byron+tag@canary.example",
      "06 12 34 56 78",
      "daughter of",
      "annabella"
    ]
  },
  { call: Contact.fetch("(Zoë Lovelace)"), values: ["Zoë Lovelace"] },
  {
    call: Stream.runDrain(Contact.list({ meta: { "daughter.annabella": "countess lovelace" } })),
    values: ["daughter.annabella", "countess lovelace"]
  },
  { call: Contact.listPage({ cursor: "lovelace-countess" }), values: ["lovelace-countess"] }
]

/** How many letters or digits of a value may be left of it. */
const few = 4

const letters = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")

/** Whether more than a few characters of a value, in a row, are in a text. */
const isIn = (value: string, text: string): boolean => {
  const [kept, shown] = [letters(value), letters(text)]
  return Array.from({ length: kept.length - few }, (_, at) => kept.slice(at, at + few + 1)).some((run) =>
    shown.includes(run)
  )
}

/** What servers make of a value in their messages. */
const messages = (value: string): ReadonlyArray<string> => [
  ...quotations.map(([, quote]) => `Cannot take ${quote(value)} here`),
  ...Array.from({ length: value.length }, (_, at) => value.slice(0, at + 1))
    .filter((start) => start.length >= 5)
    .map((start) => `Cannot take ${start}…`)
]

const quoted = Effect.gen(function* () {
  const found: Array<string> = []
  let count = 0
  for (const { call, values } of calls) {
    for (const [value, message] of values.flatMap((value) =>
      messages(value).map((message) => [value, message] as const)
    )) {
      for (const [status, body, headers] of [
        [400, JSON.stringify({ code: message, message }), { "x-request-id": message.replace(/[^ -~]/g, "") }],
        [500, message, { "content-type": "text/plain" }],
        [422, `<html><body>${message}</body></html>`, { "content-type": "text/html" }]
      ] as const) {
        count++
        const fake = Fake.script(Fake.json(status, body, headers))
        const error = yield* World.scripted(fake, Effect.flip(call), { retry: { retries: 0 }, exactlyOnce: false })
        const { code = "", description, requestId = "" } = error
        const text = `${description} ${code} ${requestId}`
        if (isIn(value, text)) found.push(text)
      }
    }
  }
  return seen(`in none of ${count} failures`, { found: [found, []] })
})

const mebibyte = 1024 * 1024

const bounded = Effect.gen(function* () {
  let most = 0
  const body = Work.requests(0.9 * mebibyte)
  for (const [, request] of body) {
    for (const [, page] of Work.pages.slice(0, 3)) {
      const answer = Fake.json(500, { code: "GENERIC_ERROR", message: page }, { "x-request-id": "req-1234" })
      const call = Effect.flip(Contact.update("c1", request as Contact.UpdateRequest))
      const counted = Work.counting()
      yield* Effect.ensuring(
        World.scripted(Fake.script(answer), call, { retry: { retries: 0 } }),
        Effect.sync(counted.release)
      )
      most = Math.max(most, counted.work())
    }
  }
  return seen(`at most ${Math.ceil(most / mebibyte)} steps for each byte of the request`, {
    "20 steps are enough": [most < 20 * mebibyte, true]
  })
})

/** Lists every contact with these conditions, deletes each, and says how many of three contacts are left. */
const leftAfter = (meta: Contact.ListRequest["meta"]) =>
  World.inProcess(
    Effect.gen(function* () {
      yield* World.seeded(3)
      const list = Contact.list({ meta })
      const ended = yield* Effect.result(Stream.runForEach(list, ({ id }) => Contact.delete(id)))
      const left = yield* Stream.runCollect(Contact.list())
      return { ended: Result.isSuccess(ended) ? "done" : World.summary(ended.failure), left: left.length }
    })
  )

/** A list of two contacts, and after them others without end that come ever closer to the last, never past it. */
const creeping = Effect.gen(function* () {
  let closeness = 1e9
  const run = (request: HttpClientRequest.HttpClientRequest) => {
    if (closeness === 1e9) {
      closeness--
      return Fake.jsonLines(Fake.item("c1"), Fake.item("c2"))()
    }
    const { createdAt } = Fake.contact("c2")
    const contacts = Array.from({ length: 100 }, () => Fake.contact(`c2-${closeness--}`, { createdAt }))
    return request.headers["accept"] === "application/json"
      ? Fake.json(200, { items: contacts })()
      : Fake.jsonLines(...contacts.map((data) => `${JSON.stringify({ type: "item", data })}\n`))()
  }
  const fake = Fake.script({ run })
  const error = yield* World.scripted(fake, Effect.flip(Stream.runDrain(Contact.list())))
  return seen(`${World.summary(error)}, ${fake.sent.length} requests`, {
    failure: [
      [error._tag, "lastId" in error && error.lastId, "received" in error && error.received],
      ["UnexpectedResponse", "c2", 2]
    ],
    "requests are few": [fake.sent.length <= 40, true]
  })
})

/** Requests of a list that are none, or change while they are read. */
const oddRequests: ReadonlyArray<unknown> = [
  null,
  5,
  Symbol("list"),
  { cursor: "x".repeat(10_000_000) },
  { cursor: { toString: () => "c1" } },
  { cursor: 5n },
  { meta: { ["x".repeat(10_000_000)]: "y" } },
  { meta: { tier: "x".repeat(10_000_000) } },
  { meta: new Map([["tier", "gold"]]) },
  {
    get cursor() {
      throw new Error("no")
    }
  },
  new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no")
      }
    }
  )
]

const odd = Effect.gen(function* () {
  const fake = Fake.script(Fake.jsonLines())
  const found: Array<string> = []
  for (const request of oddRequests) {
    for (const call of [Stream.runDrain(Contact.list(request as {})), Contact.listPage(request as {})]) {
      const error = yield* World.scripted(fake, Effect.flip(call))
      found.push(World.summary(error))
    }
  }
  return seen(`${[...new Set(found)].join(", ")}; nothing sent`, {
    failures: [[...new Set(found)], ["InvalidRequest not-sent 0x"]],
    sent: [fake.sent.length, 0]
  })
})

/** A fetch whose first answer ends early, cut at each byte, and in order. */
const cut = Effect.gen(function* () {
  const body = JSON.stringify(Fake.contact("c1", { name: "é" }))
  const bytes = new TextEncoder().encode(body)
  const wrong: Array<number> = []
  for (let at = 1; at < bytes.length; at++) {
    const early = () => new Response(bytes.slice(0, at), { headers: { "content-type": "application/json" } })
    const fake = Fake.script(early, Fake.json(200, body))
    const found = yield* World.scripted(fake, Contact.fetch("c1"))
    if (found.name !== "é" || fake.sent.length !== 2) wrong.push(at)
  }
  return seen(`read again after each of ${bytes.length - 1} cuts`, { wrong: [wrong, []] })
})

export const messageProbes: ReadonlyArray<Probe> = [
  {
    hazard: "T13",
    name: "quotations",
    tried: "messages, codes, request ids and pages that quote what was sent in 24 ways, and cut short at every length",
    ours: quoted,
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        const message = inspect({ name: "Zoë Lovelace" })
        yield* api.inject({ fault: Fault.status(400, { message }) })
        const told = yield* World.settled(() => client.create({ name: "Zoë Lovelace" }))
        const text = "error" in told ? Fake.renderings(told.error) : ""
        return only(`an error ${text.includes("Lovelace") ? "with" : "without"} the name that the server quoted`)
      })
    )
  },
  {
    hazard: "N2",
    name: "a large request and a large error page",
    tried: "error pages of 64 kB for requests of 1 MB of six kinds; the steps of searching are counted",
    ours: bounded
  },
  {
    hazard: "N8",
    name: "an empty filter",
    tried: "three contacts; list with meta {} and delete each, also where a condition came out undefined",
    ours: Effect.gen(function* () {
      const empty = yield* leftAfter({})
      const undefinedOne = yield* leftAfter({ tier: undefined } as {})
      return seen(`${empty.ended}, ${empty.left} left`, {
        empty: [empty, { ended: "InvalidRequest not-sent 0x", left: 3 }],
        undefined: [undefinedOne, { ended: "InvalidRequest not-sent 0x", left: 3 }]
      })
    }),
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        yield* World.seedInto(api, 3)
        const told = yield* World.settled(() => client.list({ meta: {} }))
        const items = "value" in told && typeof told.value === "object" ? (told.value as { items?: [] }).items : []
        return only(`lists ${items?.length ?? 0} of 3 contacts`)
      })
    )
  },
  {
    hazard: "T15",
    name: "pages that creep towards the last contact",
    tried: "a server that makes up contacts without end, each closer to the last one delivered, never past it",
    ours: creeping
  },
  {
    hazard: "T14",
    name: "any value for the request of a list",
    tried: `${oddRequests.length} values: no object, 10 MB, Map, getters and proxies that throw, toString tricks`,
    ours: odd
  },
  {
    hazard: "T16",
    name: "a 200 that ends early",
    tried: "a fetch whose first answer is cut, at each byte, by a server that ends it in order",
    ours: cut,
    theirs: World.official((client, api) =>
      Effect.gen(function* () {
        const body = '{"id":"c1","name":"Ada"'
        const headers = { "content-type": "application/json" }
        yield* api.inject({ times: 1, fault: Fault.status(200, { body, headers }) })
        return only(yield* World.told(() => client.fetch("c1")))
      })
    )
  }
]

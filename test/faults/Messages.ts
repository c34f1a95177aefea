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
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

/** Calls, and the caller values that each of them sends. */
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
  { call: Contact.listPage({ cursor: "lovelace-countess" }), values: ["lovelace-countess"] },
  {
    call: Stream.runDrain(
      Contact.find({ emails: ["byron+tag@canary.example"], meta: { daughter: { annabella: "countess lovelace" } } })
    ),
    values: ["byron+tag@canary.example", "annabella", "countess lovelace"]
  }
]

/** The number of consecutive letters and digits of a value that a failure may show. */
const allowedLength = 4

const letters = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")

/** True if a text contains more consecutive characters of a value than are allowed. */
const showsPart = (value: string, text: string): boolean => {
  const [kept, shown] = [letters(value), letters(text)]
  return Array.from({ length: kept.length - allowedLength }, (_, at) => kept.slice(at, at + allowedLength + 1)).some(
    (run) => shown.includes(run)
  )
}

/** Messages that quote a value in each form, and cut short at each length. */
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
        if (showsPart(value, text)) found.push(text)
      }
    }
  }
  return check(`no caller value in ${count} failures`, { found: [found, []] })
})

const mebibyte = 1024 * 1024

const searchWork = Effect.gen(function* () {
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
  return check(`at most ${Math.ceil(most / mebibyte)} steps for each byte of the request`, {
    "fewer than 20 steps": [most < 20 * mebibyte, true]
  })
})

/** Lists three contacts with a filter and deletes each. Returns the end of the list and the number of contacts left. */
const leftAfter = (meta: Contact.ListRequest["meta"]) =>
  World.inProcess(
    Effect.gen(function* () {
      yield* World.seedContacts(3)
      const list = Contact.list({ meta })
      const ended = yield* Effect.result(Stream.runForEach(list, ({ id }) => Contact.delete(id)))
      const left = yield* Stream.runCollect(Contact.list())
      return { ended: Result.isSuccess(ended) ? "done" : World.summary(ended.failure), left: left.length }
    })
  )

/** A server that lists two contacts, then others without end, each closer to the second and none after it. */
const approaching = Effect.gen(function* () {
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
  return check(`${World.summary(error)}, requests: ${fake.sent.length}`, {
    failure: [
      [error._tag, "lastId" in error && error.lastId, "received" in error && error.received],
      ["UnexpectedResponse", "c2", 2]
    ],
    "at most 40 requests": [fake.sent.length <= 40, true]
  })
})

/** Values that are not a list request, or that throw when they are read. */
const invalidRequests: ReadonlyArray<unknown> = [
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

const refusedRequests = Effect.gen(function* () {
  const fake = Fake.script(Fake.jsonLines())
  const found: Array<string> = []
  for (const request of invalidRequests) {
    for (const call of [Stream.runDrain(Contact.list(request as {})), Contact.listPage(request as {})]) {
      const error = yield* World.scripted(fake, Effect.flip(call))
      found.push(World.summary(error))
    }
  }
  return check(`${[...new Set(found)].join(", ")}; nothing sent`, {
    failures: [[...new Set(found)], ["InvalidRequest not-sent, 0 attempts"]],
    sent: [fake.sent.length, 0]
  })
})

/** A fetch whose first body ends, as if complete, at each of its bytes in turn. */
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
  return check(`retried after each of ${bytes.length - 1} cuts`, { wrong: [wrong, []] })
})

export const messageProbes: ReadonlyArray<Probe> = [
  {
    hazard: "T13",
    name: "quotations",
    situation: "messages, codes, request ids and error pages that quote caller values in 24 forms, also cut short",
    ours: quoted,
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        const message = inspect({ name: "Zoë Lovelace" })
        yield* api.inject({ fault: Fault.status(400, { message }) })
        const outcome = yield* World.settled(() => client.create({ name: "Zoë Lovelace" }))
        const text = "error" in outcome ? Fake.renderings(outcome.error) : ""
        return reportOnly(
          `the error ${text.includes("Lovelace") ? "contains" : "does not contain"} the name that the server quoted`
        )
      })
    )
  },
  {
    hazard: "N2",
    name: "a large request and a large error page",
    situation:
      "error pages of 64 kB for six kinds of requests of 1 MB; the steps of the search for caller values are counted",
    ours: searchWork
  },
  {
    hazard: "N8",
    name: "an empty filter",
    situation: "list with meta {} and delete each of three contacts; the same with a condition that is undefined",
    ours: Effect.gen(function* () {
      const empty = yield* leftAfter({})
      const undefinedOne = yield* leftAfter({ tier: undefined } as {})
      return check(`${empty.ended}, ${empty.left} left`, {
        empty: [empty, { ended: "InvalidRequest not-sent, 0 attempts", left: 3 }],
        undefined: [undefinedOne, { ended: "InvalidRequest not-sent, 0 attempts", left: 3 }]
      })
    }),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.seedContactsInto(api, 3)
        const outcome = yield* World.settled(() => client.list({ meta: {} }))
        const items =
          "value" in outcome && typeof outcome.value === "object" ? (outcome.value as { items?: [] }).items : []
        return reportOnly(`lists ${items?.length ?? 0} of 3 contacts`)
      })
    )
  },
  {
    hazard: "T15",
    name: "pages that approach the last contact",
    situation: "a server that invents contacts without end, each closer to the last one delivered and none after it",
    ours: approaching
  },
  {
    hazard: "T14",
    name: "any value as the request of a list",
    situation: `${invalidRequests.length} values as the request of a list: no object, 10 MB, Map, getters and proxies that throw, toString`,
    ours: refusedRequests
  },
  {
    hazard: "T16",
    name: "a 200 that ends early",
    situation: "a fetch whose first body ends, as if complete, at each of its bytes",
    ours: cut,
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        const body = '{"id":"c1","name":"Ada"'
        const headers = { "content-type": "application/json" }
        yield* api.inject({ times: 1, fault: Fault.status(200, { body, headers }) })
        return reportOnly(yield* World.outcomeText(() => client.fetch("c1")))
      })
    )
  }
]

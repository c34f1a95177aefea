import * as Effect from "effect/Effect"
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
  }
]

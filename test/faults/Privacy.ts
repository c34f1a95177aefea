import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import type { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Fake from "../support/FakeHttp.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const canaries = {
  name: "Canary Lovelace",
  email: "canary@example.com",
  phone: "+12025550199",
  nick: "canary-nick",
  preferences: "canary preferences",
  fingerprint: "canary-fingerprint-0001",
  meta: { secretly: "canary-meta" }
}

const secret = "sk-canary-secret"

const personal = [canaries.email, canaries.phone, "2025550199"]

/** Calls, and what must not come out of them: all that they send, and what looks personal whoever says it. */
const calling: ReadonlyArray<{
  readonly call: Effect.Effect<unknown, Errors.ContactError, Client>
  readonly kept: ReadonlyArray<string>
}> = [
  {
    call: Contact.create(canaries),
    kept: [...personal, "canary", "Canary"]
  },
  { call: Contact.update("(Canary Lovelace)", canaries), kept: [...personal, "canary", "Canary"] },
  { call: Contact.fetch("(Canary Lovelace)"), kept: [...personal, "Canary Lovelace"] },
  {
    call: Stream.runDrain(Contact.list({ meta: { "canary.key": "canary-meta" } })),
    kept: [...personal, "canary-meta"]
  }
]

const quoting = `${Object.values(canaries).join(" ")} ${JSON.stringify(canaries)} Bearer ${secret}`

const json = { "content-type": "application/json" }

/** Replies that say back what was sent, and others. */
const leaky: ReadonlyArray<InMemory.Fault.Fault> = [
  ...[200, 400, 401, 403, 404, 409, 422, 429, 500, 503].map((status) =>
    Fault.status(status, {
      code: "CODE",
      message: quoting,
      headers: { "x-request-id": quoting.replace(/[^ -~]/g, "") }
    })
  ),
  Fault.status(400, { code: canaries.nick, message: "no" }),
  Fault.status(413, { body: quoting, headers: { "content-type": "text/plain" } }),
  Fault.status(200, { body: `{"id": ${quoting}`, headers: json }),
  Fault.status(200, { body: JSON.stringify({ id: { [quoting]: quoting } }), headers: json }),
  Fault.status(302, { headers: { location: `http://x/?q=${encodeURIComponent(quoting)}` } }),
  Fault.reset,
  Fault.stall,
  Fault.resetAfter(3),
  Fault.garbage()
]

/** Makes calls that fail, and looks for what was kept secret in all that comes of it: errors, logs, spans. */
const rendered = (fault: InMemory.Fault.Fault, kept: (index: number) => ReadonlyArray<string>) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ fault })
      const found: Array<string> = []
      let length = 0
      for (const [index, { call }] of calling.entries()) {
        const texts: Array<string> = []
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
        const spans: Array<Tracer.NativeSpan> = []
        const note = Logger.make(({ cause, message }) => {
          texts.push(inspect([message, cause], { depth: 20 }), Cause.pretty(cause))
        })
        const exit = yield* call.pipe(
          Effect.tapCause((cause) => Effect.logError("failed", cause)),
          Effect.provide(Logger.layer([note])),
          Effect.withTracer(tracer),
          Effect.exit
        )
        if (Exit.isSuccess(exit)) continue
        texts.push(Fake.renderings(Cause.squash(exit.cause)), inspect(exit, { depth: 20 }), JSON.stringify(exit))
        texts.push(inspect(spans.map(({ attributes, events, name, status }) => [name, attributes, events, status])))
        const text = texts.join("\n")
        length += text.length
        found.push(...kept(index).filter((canary) => text.includes(canary)))
        if (spans.length === 0) found.push("no span was made")
      }
      return { found, length }
    }),
    { secret: Redacted.make(secret), retry: { retries: 1 } }
  )

const searched = (kept: (index: number) => ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(leaky, (fault) => rendered(fault, kept)),
    (all) => {
      const length = all.reduce((sum, { length }) => sum + length, 0)
      const found = all.flatMap(({ found }, index) => found.map((text) => `${leaky[index]?._tag} ${index}: ${text}`))
      return seen(`in none of ${length.toLocaleString("en")} characters`, {
        found: [found, []],
        "there was enough to search": [length > 100_000, true]
      })
    }
  )

export const privacy: ReadonlyArray<Probe> = [
  {
    hazard: "S2",
    name: "the token",
    tried: `${leaky.length} replies that quote all that was sent: errors, causes, logs, spans, inspect, JSON`,
    ours: searched(() => [secret, "sk-canary"]),
    theirs: World.official(
      (client, api) =>
        Effect.gen(function* () {
          yield* api.inject({ fault: Fault.status(400, { message: quoting }) })
          const told = yield* World.settled(() => client.create({ name: canaries.name }))
          const text = "error" in told ? Fake.renderings(told.error) : ""
          return only(`an error ${text.includes(secret) ? "with" : "without"} the token that the server quoted`)
        }),
      { secret }
    )
  },
  {
    hazard: "S2",
    name: "a token with a newline",
    tried: "a token with a newline, at once and from an Effect",
    ours: Effect.gen(function* () {
      const bad = Redacted.make(`${secret}\nx`)
      const refusal = yield* Effect.flip(
        Effect.provide(Contact.fetch("c1"), Fetch.layer({ secret: bad, baseUrl: "http://127.0.0.1:9" }))
      )
      const fake = Fake.script(Fake.json(404, {}))
      const late = yield* World.scripted(fake, Effect.flip(Contact.fetch("c1")), { secret: Effect.succeed(bad) })
      const text = Fake.renderings(refusal) + Fake.renderings(late)
      return seen(`${refusal._tag}, ${late._tag}; nothing sent`, {
        sent: [fake.sent.length, 0],
        tags: [
          [refusal._tag, late._tag],
          ["InvalidOptions", "InvalidRequest"]
        ],
        echoed: [text.includes("canary"), false]
      })
    }),
    theirs: Effect.gen(function* () {
      const client = new ContactClient({ secret: `${secret}\nx`, baseUrl: "http://127.0.0.1:9", retries: 0 })
      const told = yield* World.settled(() => client.fetch("c1"))
      const text = "error" in told ? Fake.renderings(told.error) : ""
      return only(`fails when it sends; the token is ${text.includes(secret) ? "in" : "not in"} the error`)
    })
  },
  {
    hazard: "S3",
    name: "contact data",
    tried:
      "the same replies: name, e-mail, phone, nick, preferences, fingerprint, meta, filter, and an id that is a name",
    ours: searched((index) => calling[index]?.kept ?? [])
  }
]

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
import { check, type Probe, reportOnly } from "./Probe.ts"
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

/** Calls, and the texts that no rendering of their failures may contain: what they send, and personal data. */
const calling: ReadonlyArray<{
  readonly call: Effect.Effect<unknown, Errors.ContactError, Client>
  readonly hidden: ReadonlyArray<string>
}> = [
  {
    call: Contact.create(canaries),
    hidden: [...personal, "canary", "Canary"]
  },
  { call: Contact.update("(Canary Lovelace)", canaries), hidden: [...personal, "canary", "Canary"] },
  { call: Contact.fetch("(Canary Lovelace)"), hidden: [...personal, "Canary Lovelace"] },
  {
    call: Stream.runDrain(Contact.list({ meta: { "canary.key": "canary-meta" } })),
    hidden: [...personal, "canary-meta"]
  }
]

const quoting = `${Object.values(canaries).join(" ")} ${JSON.stringify(canaries)} Bearer ${secret}`

const json = { "content-type": "application/json" }

/** Replies that quote the request, and failures below HTTP. */
const faults: ReadonlyArray<InMemory.Fault.Fault> = [
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

/** Makes calls that fail, and searches their errors, logs and spans for the hidden texts. */
const leaks = (fault: InMemory.Fault.Fault, hidden: (index: number) => ReadonlyArray<string>) =>
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
        found.push(...hidden(index).filter((canary) => text.includes(canary)))
        if (spans.length === 0) found.push("no span was made")
      }
      return { found, length }
    }),
    { secret: Redacted.make(secret), retry: { retries: 1 } }
  )

const searched = (hidden: (index: number) => ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(faults, (fault) => leaks(fault, hidden)),
    (all) => {
      const length = all.reduce((sum, { length }) => sum + length, 0)
      const found = all.flatMap(({ found }, index) => found.map((text) => `${faults[index]?._tag} ${index}: ${text}`))
      return check(`not found in ${length.toLocaleString("en")} characters`, {
        found: [found, []],
        "there was enough to search": [length > 100_000, true]
      })
    }
  )

export const privacy: ReadonlyArray<Probe> = [
  {
    hazard: "S2",
    name: "the token",
    situation: `${faults.length} replies that quote the request; searched are errors, causes, logs, spans, inspect and JSON`,
    ours: searched(() => [secret, "sk-canary"]),
    theirs: World.withOfficialClient(
      (client, api) =>
        Effect.gen(function* () {
          yield* api.inject({ fault: Fault.status(400, { message: quoting }) })
          const outcome = yield* World.settled(() => client.create({ name: canaries.name }))
          const text = "error" in outcome ? Fake.renderings(outcome.error) : ""
          return reportOnly(
            `the error ${text.includes(secret) ? "contains" : "does not contain"} the token that the server quoted`
          )
        }),
      { secret }
    )
  },
  {
    hazard: "S2",
    name: "a token with a newline",
    situation: "a token with a newline, as a value and from an Effect",
    ours: Effect.gen(function* () {
      const bad = Redacted.make(`${secret}\nx`)
      const refusal = yield* Effect.flip(
        Effect.provide(Contact.fetch("c1"), Fetch.layer({ secret: bad, baseUrl: "http://127.0.0.1:9" }))
      )
      const fake = Fake.script(Fake.json(404, {}))
      const late = yield* World.scripted(fake, Effect.flip(Contact.fetch("c1")), { secret: Effect.succeed(bad) })
      const text = Fake.renderings(refusal) + Fake.renderings(late)
      return check(`${refusal._tag}, ${late._tag}; nothing sent`, {
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
      const outcome = yield* World.settled(() => client.fetch("c1"))
      const text = "error" in outcome ? Fake.renderings(outcome.error) : ""
      return reportOnly(`fails when it sends; the token is ${text.includes(secret) ? "in" : "not in"} the error`)
    })
  },
  {
    hazard: "S3",
    name: "contact data",
    situation: `${faults.length} replies that quote the request; searched for name, e-mail, phone, nick, preferences, fingerprint, meta, filter, and an id that is a name`,
    ours: searched((index) => calling[index]?.hidden ?? [])
  }
]

import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const json = { "content-type": "application/json" }

const refused = [
  ".",
  "..",
  "%2e",
  "%2E%2e",
  ".%2e",
  "%252e%252e",
  "../../bot/abc",
  "..\\..\\bot",
  "..%2fbot",
  "a/../b",
  "",
  "  ",
  "\t",
  "a\0b",
  "\ud800",
  "a\udc00b"
]

const pieces = [
  "..",
  ".",
  "/",
  "\\",
  "%2e",
  "%2f",
  "%",
  "?",
  "#",
  ";",
  "&",
  "a",
  "é",
  "😀",
  " ",
  "\n",
  "@",
  "(",
  ")",
  ":",
  "c1"
]

const randomId = Effect.gen(function* () {
  const length = yield* Random.nextIntBetween(1, 7)
  const parts: Array<string> = []
  for (let nth = 0; nth < length; nth++) parts.push(pieces[yield* Random.nextIntBetween(0, pieces.length)] ?? "")
  return parts.join("")
})

const byId = {
  fetch: Contact.fetch,
  update: (id: string) => Contact.update(id, {}),
  delete: Contact.delete
}

const paths: ReadonlyArray<Probe> = [
  {
    hazard: "S1",
    name: "ids that are not a path segment",
    situation: `${refused.length} ids such as .., %2e%2E, a/../b, blank, NUL, a lone surrogate, for each operation`,
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        const wrong: Array<string> = []
        for (const [name, call] of Object.entries(byId)) {
          for (const id of refused) {
            const error = yield* Effect.flip(call(id))
            if (error._tag !== "InvalidRequest" || error.attempts !== 0) wrong.push(`${name} ${id}: ${error._tag}`)
          }
        }
        return check("InvalidRequest, and nothing is sent", {
          wrong: [wrong, []],
          sent: [yield* api.requestCount(), 0]
        })
      })
    ),
    theirs: World.withOfficialClient((client, api) =>
      Effect.gen(function* () {
        yield* World.settled(() => client.delete("../../bot/abc"))
        const [request] = yield* api.requests
        return reportOnly(`sends ${request?.method} ${request?.path}`)
      })
    )
  },
  {
    hazard: "S1",
    name: "random ids",
    situation: "5,000 random ids of dots, slashes, percent forms, blanks and the like, through fetch's URL parser",
    ours: Effect.gen(function* () {
      const fake = Fake.script(Fake.json(404, {}))
      const wrong: Array<string> = []
      let sent = 0
      yield* World.scripted(
        fake,
        Effect.gen(function* () {
          for (let nth = 0; nth < 5000; nth++) {
            const id = yield* randomId
            yield* Effect.exit(Contact.delete(id))
            if (fake.sent.length === sent) continue
            sent = fake.sent.length
            const { url } = fake.sent[sent - 1] ?? {}
            if (!/^\/v1\/contact\/[^/]+\/delete$/.test(url?.pathname ?? "") || url?.search !== "" || url.hash !== "") {
              wrong.push(`${id}: ${url?.pathname}`)
            }
          }
        })
      )
      return check(`${sent} sent, each as the delete of one contact; ${5000 - sent} refused`, {
        wrong: [wrong.slice(0, 5), []],
        "enough sent": [sent > 500, true]
      })
    })
  }
]

const statuses = [301, 302, 303, 307, 308]

const calls: ReadonlyArray<Effect.Effect<unknown, Errors.ContactError, Client.Client>> = [
  Contact.create(),
  Contact.fetch("c1"),
  Stream.runDrain(Contact.list())
]

/** Calls that are redirected to the same server, and to another one that records its requests. */
const redirected = (connect: typeof Node.layer) =>
  World.overSockets(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { url } = yield* Emulator.Emulator
      const other = yield* Sockets.serve(({ response }) => response.end("{}"))
      const wrong: Array<string> = []
      let sent = 0
      for (const status of statuses) {
        for (const location of [
          `${url}/api/v1/contact/list`,
          "/api/v1/contact/create",
          other.url,
          "https://127.0.0.1:1/"
        ]) {
          yield* api.removeFaults
          yield* api.inject({ fault: Fault.status(status, { headers: { location } }) })
          for (const call of calls) {
            const error = yield* Effect.flip(call)
            sent++
            if (error._tag !== "UnexpectedResponse") wrong.push(`${status}: ${error._tag}`)
          }
        }
      }
      return [wrong, sent - (yield* api.requestCount()), other.exchanges.length]
    }),
    { runAsUserId: "user_1", headers: { "x-key": "canary" } },
    connect
  )

const redirects: Probe = {
  hazard: "S4",
  name: "redirects",
  situation: "301, 302, 303, 307, 308 to the same origin, to another, and to https, over undici and over fetch",
  ours: Effect.map(Effect.forEach([Node.layer, Fetch.layer], redirected), (all) =>
    check("UnexpectedResponse each time; the other server gets no request", {
      all: [
        all,
        [
          [[], 0, 0],
          [[], 0, 0]
        ]
      ]
    })
  ),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        const other = yield* Sockets.serve(({ response }) => {
          response.writeHead(200, json)
          response.end("{}")
        })
        for (const status of statuses) {
          yield* api.removeFaults
          yield* api.inject({ fault: Fault.status(status, { headers: { location: other.url } }) })
          yield* World.settled(() => client.create({ name: "Ada" }))
        }
        const identified = other.exchanges.filter(({ request }) => "x-runas-user-id" in request.headers).length
        const posted = other.exchanges.filter(({ request }) => request.method === "POST").length
        return reportOnly(
          `another origin gets ${other.exchanges.length} requests, ${identified} with x-runas-user-id, ${posted} as POST`
        )
      }),
    { runAsUserId: "user_1", retries: 0 }
  )
}

const controls = ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b"]

const headers: Probe = {
  hazard: "S5",
  name: "CR, LF and NUL",
  situation:
    "CR, LF or NUL in the token, run-as id, child e-mail, time zone, a header's value and its name, also by withOptions",
  ours: Effect.gen(function* () {
    const wrong: Array<string> = []
    for (const value of controls) {
      const overrides: ReadonlyArray<Partial<Client.Options>> = [
        { secret: Redacted.make(value) },
        { runAsUserId: value },
        { runAsChildUserEmail: value },
        { timezone: value },
        { headers: { "x-key": value } },
        { headers: { [`x-${value}`]: "1" } }
      ]
      for (const options of overrides) {
        const fake = Fake.script(Fake.json(404, {}))
        const first = yield* Effect.flip(
          Effect.provide(Contact.fetch("c1"), Fake.layer(fake, options), { local: true })
        )
        const later = yield* Effect.flip(
          Contact.fetch("c1").pipe(Client.withOptions(options), Effect.provide(Fake.layer(fake), { local: true }))
        )
        const isEchoed = (Fake.renderings(first) + Fake.renderings(later)).includes("evil")
        if (first._tag !== "InvalidOptions" || later._tag !== "InvalidOptions" || isEchoed || fake.sent.length > 0) {
          wrong.push(`${JSON.stringify(Object.keys(options))}: ${first._tag}, ${later._tag}, ${isEchoed}`)
        }
      }
    }
    return check("InvalidOptions, without the value, and nothing is sent", { wrong: [wrong, []] })
  }),
  theirs: Effect.gen(function* () {
    const client = new ContactClient({
      secret: "sk-x",
      runAsUserId: "a\r\nx-evil: 1",
      baseUrl: "http://127.0.0.1:9",
      retries: 0
    })
    const outcome = yield* World.settled(() => client.fetch("c1"))
    const text = "error" in outcome ? String(outcome.error) : ""
    return reportOnly(
      `accepted; fails when it sends, and the error ${text.includes("evil") ? "contains" : "does not contain"} the value`
    )
  })
}

const nasty = '{"a":{"constructor":{"prototype":{"polluted":1}}},"constructor":"c","toString":1}'

const polluting = ['{"__proto__":{"polluted":1}}', '{"a":[{"__proto__":{"polluted":1}}]}'] as const

const pollution: Probe = {
  hazard: "S6",
  name: "__proto__ and constructor",
  situation: "meta with constructor and toString, read by fetch, list and listPage; meta with __proto__",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const { id } = yield* Contact.create({ meta: JSON.parse(nasty) })
      const [listed] = yield* Stream.runCollect(Contact.list())
      const page = yield* Contact.listPage()
      const all = [yield* Contact.fetch(id), listed, page.items[0], (yield* api.contacts())[0]]
      yield* Contact.update(id, { meta: JSON.parse(`{"$update":${nasty}}`) })
      const updated = yield* Contact.fetch(id)
      const refused = yield* Effect.forEach(polluting, (meta) =>
        Effect.flip(Contact.create({ meta: JSON.parse(meta) }))
      )
      const kinds = refused.map((error) => World.summary(error))
      return check(`unchanged in all of them; {} is clean; __proto__: ${[...new Set(kinds)].join(", ")}`, {
        meta: [
          [...all, updated].map((contact) => JSON.stringify(contact?.meta)),
          Array.from({ length: 5 }, () => nasty)
        ],
        clean: ["polluted" in {}, false],
        refused: [kinds, polluting.map(() => "InvalidRequest not-sent, 0 attempts")]
      })
    })
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      const { id } = yield* Effect.promise(() => client.create({ meta: JSON.parse(nasty) }))
      const contact = yield* Effect.promise(async () => await client.fetch(id))
      const same = JSON.stringify(contact.meta) === nasty && (yield* api.contacts()).length === 1
      return reportOnly(`${same ? "unchanged" : "changed"}; {} is ${"polluted" in {} ? "polluted" : "clean"}`)
    })
  )
}

export const security: ReadonlyArray<Probe> = [...paths, redirects, headers, pollution]

import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { getEventListeners } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import type * as Errors from "../../src/Errors.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import { calls, id } from "./Calls.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const stalls = {
  headers: { fault: Fault.stall, call: Contact.fetch(id), after: 30_000 },
  body: { fault: Fault.stallAfter(10), call: Contact.fetch(id), after: 30_000 },
  "slow body": { fault: Fault.trickle(1, { every: "1 second" }), call: Contact.fetch(id), after: 30_000 },
  idle: { fault: Fault.stallAfter({ lines: 1 }), call: Stream.runDrain(Contact.list()), after: 60_000 },
  server: { fault: Fault.status(408), call: Contact.fetch(id), after: 0 }
}

const timeouts: ReadonlyArray<Probe> = [
  {
    hazard: "R1",
    name: "each phase",
    situation: "no headers; a body that stalls; one that trickles; a list that stalls; a 408",
    ours: Effect.map(
      Effect.forEach(Object.entries(stalls), ([name, { after, call, fault }]) =>
        World.inProcess(
          Effect.gen(function* () {
            const api = yield* InMemory.InMemory
            yield* api.seed([{ id, name: "Ada" }])
            yield* api.inject({ fault })
            const { took, value } = yield* World.timed(Effect.flip(call))
            const phase = value._tag === "Timeout" ? value.phase : value._tag
            return phase === name.replace("slow ", "") && took === after ? [] : [`${name}: ${phase} after ${took}`]
          }),
          { retry: { retries: 0 } }
        )
      ),
      (wrong) =>
        check("Timeout in phase headers, body, body (30 s), idle (60 s), server", { wrong: [wrong.flat(), []] })
    ),
    theirs: World.withOfficialClient(
      (client, api) =>
        Effect.gen(function* () {
          yield* api.seed([{ id }])
          yield* api.inject({ attempt: 1, fault: Fault.stallAfter(10) })
          const waited = yield* Effect.timeoutOption(
            World.settled(() => client.fetch(id)),
            Duration.millis(400)
          )
          return reportOnly(
            waited._tag === "None" ? "body stalls: still waiting at 8 times its timeout" : "body stalls: ends"
          )
        }),
      { timeout: 50, retries: 0 }
    )
  },
  {
    hazard: "R1",
    name: "the whole call",
    situation: "a server that always answers 503, with a total timeout of 20 s and 100 retries",
    ours: World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ fault: Fault.status(503) })
        const { took, value } = yield* World.timed(Effect.flip(Contact.fetch(id)))
        return check(`${World.summary(value)} after ${took} ms`, {
          took: [took, 20_000],
          tag: [value._tag === "Timeout" && value.phase, "total"]
        })
      }),
      { retry: { retries: 100 }, timeout: { total: "20 seconds" } }
    )
  }
]

const errorBody = JSON.stringify({ code: "GENERIC_ERROR", message: "x".repeat(50_000) })

/** The numbers of requests and of connections that a server gets which always answers 500. */
const connections = (make: (url: string) => Effect.Effect<unknown, unknown>) =>
  Effect.scoped(
    Effect.gen(function* () {
      let requests = 0
      let connected = 0
      const server = createServer((request, response) => {
        requests++
        request.resume()
        response.writeHead(500, { "content-type": "application/json" })
        response.end(errorBody)
      })
      server.on("connection", () => connected++)
      const url = yield* Effect.acquireRelease(
        Effect.callback<string>((resume) => {
          server.listen(0, "127.0.0.1", () =>
            resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
          )
        }),
        () =>
          Effect.sync(() => {
            server.close()
            server.closeAllConnections()
          })
      )
      yield* make(url)
      return [requests, connected]
    })
  )

const fiveHundred = Array.from({ length: 500 }, (_, index) => index)

const sockets: ReadonlyArray<Probe> = [
  {
    hazard: "R2",
    name: "500 failing calls",
    situation: "500 calls, one after another, each answered 500 with a body of 50 kB",
    ours: Effect.gen(function* () {
      const all = yield* Effect.forEach([Node.layer, Fetch.layer], (connect) =>
        connections((url) =>
          Effect.forEach(fiveHundred, (nth) =>
            Effect.flip(nth % 2 === 0 ? Contact.create() : Stream.runDrain(Contact.list()))
          ).pipe(
            Effect.provide(connect({ secret: InMemory.secret, baseUrl: url, retry: { retries: 0 } }), { local: true })
          )
        )
      )
      const [undici, fetch] = all
      return check(`over ${undici?.[1]} socket (undici) and ${fetch?.[1]} (fetch)`, {
        requests: [all.map(([requests]) => requests), [500, 500]],
        few: [all.every(([, sockets = 0]) => sockets <= 3), true]
      })
    }),
    theirs: Effect.map(
      connections((url) => {
        const client = new ContactClient({ secret: "sk-x", baseUrl: url, retries: 0 })
        return Effect.forEach(fiveHundred, () => World.settled(() => client.create({})))
      }),
      ([, sockets]) => reportOnly(`over ${sockets} socket${sockets === 1 ? "" : "s"}`)
    )
  },
  {
    hazard: "R2",
    name: "10,000 calls under one signal",
    situation: "10,000 calls, each run under the same AbortSignal; half of them fail",
    ours: Effect.gen(function* () {
      const { signal } = new AbortController()
      let most = 0
      const fake = Fake.script({
        run: () => {
          most = Math.max(most, getEventListeners(signal, "abort").length)
          return fake.sent.length % 2 === 0 ? Fake.json(404, {})() : Fake.json(200, Fake.contact(id))()
        }
      })
      const client = yield* Effect.provide(Client, Fake.layer(fake))
      // A call listens to the signal only once it waits.
      const call = Effect.andThen(Effect.yieldNow, Effect.result(Contact.fetch(id))).pipe(
        Effect.provideService(Client, client)
      )
      yield* Effect.promise(async () => {
        for (let nth = 0; nth < 10_000; nth++) {
          // oxlint-disable-next-line no-await-in-loop
          await Effect.runPromise(call, { signal })
        }
      })
      const left = getEventListeners(signal, "abort").length
      return check(`at most ${most} listener at a time, ${left} left`, {
        most: [most, 1],
        left: [left, 0],
        sent: [fake.sent.length, 10_000]
      })
    })
  }
]

/** The fields of a failure that are missing or wrong. */
const wrongFields = (error: Errors.ContactError, name: string, status: number | undefined, attempts: number) => {
  const wrong = [
    ...(error.operation === `Contact.${name}` ? [] : ["operation"]),
    ...(/^(GET|POST)$/.test(error.method) ? [] : ["method"]),
    ...(error.path.startsWith(name === "find" ? "/graphql" : "/contact/") && !error.path.includes(id) ? [] : ["path"]),
    ...(error.status === status ? [] : [`status ${error.status}`]),
    ...(error.attempts === attempts ? [] : [`attempts ${error.attempts}`]),
    ...(["rejected", "unknown"].includes(error.outcome) ? [] : ["outcome"]),
    ...(error.message.includes(error.operation) && error.message.includes(error.path) ? [] : ["message"]),
    ...(status === undefined || status === 200 || error.code !== undefined ? [] : ["code"])
  ]
  return wrong.length === 0 ? [] : [`${name} ${status}: ${wrong.join()}`]
}

const fields: Probe = {
  hazard: "R3",
  name: "the fields of a failure",
  situation: "400, 401, 402, 403, 429, 500, 503 and a reset, for every operation, with one retry",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const wrong: Array<string> = []
      for (const status of [400, 401, 402, 403, 429, 500, 503, undefined]) {
        for (const { call, name } of calls) {
          yield* api.removeFaults
          yield* api.inject({ fault: status === undefined ? Fault.reset : Fault.status(status) })
          const error = yield* Effect.flip(call)
          const isTransient = status === undefined || status >= 429
          wrong.push(...wrongFields(error, name, status, isTransient ? 2 : 1))
        }
      }
      return check("each has operation, method, path, status, code, attempts, outcome, message", { wrong: [wrong, []] })
    }),
    { retry: { retries: 1 } }
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      yield* api.inject({ fault: Fault.status(503) })
      const outcome = yield* World.settled(() => client.fetch(id))
      const error = "error" in outcome ? outcome.error : undefined
      return reportOnly(
        `fields: ${typeof error === "object" && error !== null ? Object.keys(error).join(", ") : "none"}`
      )
    })
  )
}

const html = "<!doctype html><title>Sign in</title>"
const json = { "content-type": "application/json" }

const malformed: Readonly<Record<string, InMemory.Fault.Fault>> = {
  204: Fault.status(204),
  "an empty 200": Fault.status(200, { body: "", headers: json }),
  HTML: Fault.status(200, { body: html, headers: { "content-type": "text/html" } }),
  "HTML as JSON": Fault.status(200, { body: html, headers: json }),
  "no content type": Fault.status(200, { body: '{"id":"c1"}', headers: { "content-type": "" } }),
  "bad gzip": Fault.status(200, { body: "not gzip", headers: { ...json, "content-encoding": "gzip" } }),
  "truncated JSON": Fault.status(200, { body: '{"id":"c1', headers: json }),
  null: Fault.status(200, { body: "null", headers: json }),
  "an array": Fault.status(200, { body: "[]", headers: json }),
  "a number for an id": Fault.status(200, { body: '{"id":1,"items":1}', headers: json }),
  "no UTF-8": Fault.status(200, { body: Uint8Array.of(0x22, 0xff, 0x22), headers: json }),
  garbage: Fault.garbage(1000),
  "deep nesting": Fault.status(200, { body: "[".repeat(100_000), headers: json })
}

const broken = Effect.gen(function* () {
  const api = yield* InMemory.InMemory
  const wrong: Array<string> = []
  for (const [kind, fault] of Object.entries(malformed)) {
    for (const { call, name } of calls) {
      yield* api.removeFaults
      yield* api.inject({ fault })
      const error = yield* Effect.flip(call)
      if (error._tag !== "UnexpectedResponse" || error.outcome !== "unknown") {
        wrong.push(`${name}, ${kind}: ${World.summary(error)}`)
      }
    }
  }
  return wrong
})

const malformedReplies: Probe = {
  hazard: "R4",
  name: "malformed replies",
  situation: `${Object.keys(malformed).join(", ")}: for every operation, over undici and over fetch`,
  ours: Effect.map(
    Effect.forEach([Node.layer, Fetch.layer], (connect) =>
      World.overSockets(broken, { retry: { retries: 0 }, timeout: { attempt: "5 seconds" } }, connect)
    ),
    (wrong) => check('UnexpectedResponse, outcome "unknown", each time', { wrong: [wrong, [[], []]] })
  ),
  theirs: World.withOfficialClient((client, api) =>
    Effect.gen(function* () {
      const ends = yield* Effect.forEach(Object.entries(malformed), ([kind, fault]) =>
        Effect.gen(function* () {
          yield* api.removeFaults
          yield* api.inject({ fault })
          const outcome = yield* World.settled(() => client.fetch(id))
          return "value" in outcome ? kind : undefined
        })
      )
      return reportOnly(`returned as a contact: ${ends.filter((kind) => kind !== undefined).join(", ")}`)
    })
  )
}

const mebibyte = 1024 * 1024

const huge: Probe = {
  hazard: "R5",
  name: "a reply without end",
  situation: "a JSON body, a page and an error body without end; a body with a Content-Length of 1 TB",
  ours: Effect.gen(function* () {
    const endless = yield* World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({ fault: Fault.endless(" ".repeat(mebibyte)) })
        return [yield* Effect.flip(Contact.fetch(id)), yield* Effect.flip(Contact.listPage())].map(World.summary)
      }),
      { retry: { retries: 0 } }
    )
    let read = 0
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          read += mebibyte
          controller.enqueue(new Uint8Array(mebibyte).fill(0x20))
        }
      })
    const error = Fake.script(() => new Response(body(), { status: 400, headers: json }))
    const declared = Fake.script(
      () => new Response(body(), { headers: { ...json, "content-length": "1000000000000" } })
    )
    const others = yield* Effect.forEach([error, declared], (fake) =>
      World.scripted(fake, Effect.map(Effect.flip(Contact.fetch(id)), World.summary))
    )
    const unexpected = "UnexpectedResponse 200 unknown, 1 attempt"
    return check("read up to 128 MiB, and 64 kB of an error; nothing of the 1 TB is read", {
      endless: [endless, [unexpected, unexpected]],
      others: [others, ["InvalidRequest 400 rejected, 1 attempt", unexpected]],
      "read at most 4 MiB": [read <= 4 * mebibyte, true]
    })
  })
}

export const replies: ReadonlyArray<Probe> = [...timeouts, ...sockets, fields, malformedReplies, huge]

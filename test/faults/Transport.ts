/** The connections of `layers/Node`: leaks, HTTP/2, TLS, compression, the caller's dispatchers, and runtimes. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent, type Dispatcher, ProxyAgent } from "@effect/platform-node/Undici"
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import { queryObjects } from "node:v8"
import * as Zlib from "node:zlib"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import { UndiciExchange } from "../../src/internal/transport/UndiciExchange.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import * as Tls from "../support/Tls.ts"
import { id } from "./Calls.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const connect = (baseUrl: string, more: Partial<Client.Options> = {}) =>
  Node.layer({ secret: InMemory.secret, baseUrl, exactlyOnce: false, retry: { delay: 0 }, ...more })

const over = (baseUrl: string, more?: Partial<Client.Options>) =>
  Effect.provide(connect(baseUrl, more), { local: true })

const theirs = (baseUrl: string) => new ContactClient({ secret: "sk-x", baseUrl, retryDelay: 1, timeout: 1000 })

const contact = JSON.stringify(Fake.contact(id))
const json = { "content-type": "application/json" }
const jsonLines = { "content-type": "application/jsonl" }

const answering = Sockets.serve(({ response }) => response.writeHead(200, json).end(contact))

/** The failure of a create with `exactlyOnce: false`, in a few words. */
const failedCreate = Effect.map(Effect.flip(Contact.create({ name: "Ada" })), (error) =>
  [World.summary(error), ...(error.isRetryable ? ["retryable"] : [])].join(", ")
)

/** The number of exchanges alive after a full garbage collection, which `queryObjects` runs first. */
const liveExchanges = Effect.sync(() => Number(queryObjects(UndiciExchange as never, { format: "count" })))

const stalled = Effect.gen(function* () {
  const begun = Deferred.makeUnsafe<void>()
  const reading = Stream.runForEach(Contact.list(), () => Deferred.succeed(begun, undefined))
  const fiber = yield* Effect.forkChild(reading)
  yield* Deferred.await(begun)
  yield* Fiber.interrupt(fiber)
})

const leaks: Probe = {
  hazard: "T1",
  name: "3,000 lists of each kind",
  situation: "3,000 lists read to the end, 3,000 left after one contact, 3,000 that stall and are interrupted",
  ours: Effect.gen(function* () {
    const left: Array<number> = []
    for (const [list, ends] of [
      [Stream.runDrain(Contact.list({ take: 2 })), true],
      [Stream.runDrain(Stream.take(Contact.list(), 1)), false],
      [stalled, false]
    ] as const) {
      const server = yield* Sockets.serve(({ response }) => {
        response.writeHead(200, jsonLines).flushHeaders()
        setImmediate(() => {
          response.write(Fake.item("c1") + Fake.item("c2"))
          if (ends) setImmediate(() => response.end())
        })
      })
      yield* Effect.forEach(Array.from({ length: 3000 }), () => list, { concurrency: 10, discard: true }).pipe(
        Effect.andThen(Fake.settle),
        Effect.andThen(liveExchanges),
        Effect.map((count) => left.push(count)),
        over(server.url)
      )
    }
    return check(`exchanges alive afterwards: at most ${Math.max(...left)}`, {
      few: [left.every((count) => count < 50), true]
    })
  }).pipe(Effect.scoped)
}

const http2: Probe = {
  hazard: "T2",
  name: "a server that offers HTTP/2",
  situation: "500 lists left early, then a fetch, with a server that offers HTTP/2 and HTTP/1.1",
  ours: Effect.gen(function* () {
    yield* Tls.trusted
    const server = yield* Tls.serve((request, response) => {
      if (!request.url.includes("/list")) return response.writeHead(200, json).end(contact)
      response.writeHead(200, jsonLines)
      return response.write(Fake.item("c1") + Fake.item("c2"))
    })
    yield* Effect.forEach(Array.from({ length: 500 }), () => Stream.runDrain(Stream.take(Contact.list(), 1)), {
      concurrency: 10
    }).pipe(Effect.andThen(Contact.fetch(id)), over(server.url))
    return check(`${server.versions.length} requests over HTTP/${[...new Set(server.versions)].join(", ")}`, {
      versions: [[...new Set(server.versions)], ["1.1"]],
      requests: [server.versions.length, 501]
    })
  }).pipe(Effect.scoped)
}

/** A server that answers one request over its first connection, and all requests over others. */
const silentAfterFirst = (onSilence: () => void) =>
  Effect.gen(function* () {
    let first: Socket | undefined
    const server = yield* Sockets.serve(({ request, response }) => {
      const again = request.socket === first
      first ??= request.socket
      if (again) onSilence()
      else response.writeHead(200, json).end(contact)
    })
    return { ...server, connections: () => new Set(server.exchanges.map(({ request }) => request.socket)).size }
  })

const silence: Probe = {
  hazard: "T3",
  name: "a dead connection",
  situation: "a server that answers only the first request over its first connection",
  ours: Effect.gen(function* () {
    const advance = yield* Sockets.clockAdvance
    const { connections, url } = yield* silentAfterFirst(() => advance("30 seconds"))
    yield* Effect.andThen(Contact.fetch(id), Contact.fetch(id)).pipe(over(url))
    return check("the second attempt uses another connection", { connections: [connections(), 2] })
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer(), { local: true })),
  theirs: Effect.gen(function* () {
    const { url } = yield* silentAfterFirst(constVoid)
    const client = theirs(url)
    yield* World.settled(() => client.fetch(id))
    return reportOnly(yield* World.outcomeText(() => client.fetch(id)))
  }).pipe(Effect.scoped)
}

const untrusted: Probe = {
  hazard: "N1",
  name: "over undici",
  situation: "a create to a server with an untrusted certificate, and over https to a port that speaks http",
  ours: Effect.gen(function* () {
    const signed = yield* Tls.serve((_, response) => response.end())
    const plain = yield* answering
    const outcomes = [
      yield* over(signed.url)(failedCreate),
      yield* over(plain.url.replace("http:", "https:"))(failedCreate)
    ]
    return check(outcomes.join("; "), {
      outcomes: [outcomes, Array.from({ length: 2 }, () => "TransportError not-sent, 1 attempt")],
      requests: [signed.versions.length + plain.exchanges.length, 0]
    })
  }).pipe(Effect.scoped),
  theirs: Effect.gen(function* () {
    const { url } = yield* Tls.serve((_, response) => response.end())
    return reportOnly(yield* World.outcomeText(() => theirs(url).create({})))
  }).pipe(Effect.scoped)
}

const notSent: Probe = {
  hazard: "T11",
  name: "nothing was sent",
  situation: "a create after its layer was closed, and one that does not connect within the timeout",
  ours: Effect.gen(function* () {
    const server = yield* answering
    const silent = yield* Sockets.serveTcp()
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(connect(server.url), scope)
    yield* Scope.close(scope, Exit.void)
    const outcomes = [
      yield* Effect.provide(failedCreate, context),
      yield* over(silent.secureUrl, { timeout: { attempt: 50 }, retry: { retries: 1, delay: 0 } })(failedCreate)
    ]
    return check(outcomes.join("; "), {
      outcomes: [outcomes, ["TransportError not-sent, 1 attempt", "Timeout connect not-sent, 2 attempts, retryable"]],
      requests: [server.exchanges.length, 0]
    })
  }).pipe(Effect.scoped)
}

const compressors = {
  gzip: Zlib.gzipSync,
  deflate: Zlib.deflateSync,
  br: Zlib.brotliCompressSync
}

const mebibyte = 1024 * 1024

const compressed = (encoding: keyof typeof compressors) =>
  Sockets.serve(({ request, response }) => {
    const compress = compressors[encoding]
    const isList = request.url?.includes("/list") === true
    response.writeHead(200, { ...(isList ? jsonLines : json), "content-encoding": encoding })
    response.end(compress(Buffer.from(isList ? Fake.item("c1") + Fake.item("c2") : contact)))
  })

const compression: ReadonlyArray<Probe> = [
  {
    hazard: "N4",
    name: "each encoding",
    situation: "a contact and a list, each as gzip, deflate and br",
    ours: Effect.gen(function* () {
      const found: Array<string> = []
      for (const encoding of ["gzip", "deflate", "br"] as const) {
        const server = yield* compressed(encoding)
        const list = Stream.runCollect(Contact.list({ take: 2 }))
        const [one, two] = yield* Effect.all([Contact.fetch(id), list]).pipe(over(server.url))
        if (one.id === id && World.ids(two).join() === "c1,c2") found.push(encoding)
        const headers = server.exchanges[0]?.request.headers
        if (headers?.["accept-encoding"] !== "gzip, deflate, br") found.push("wrong accept-encoding")
        if (headers?.["user-agent"]?.startsWith("effect-chatbotkit/") !== true) found.push("no user-agent")
      }
      return check(`${found.join(", ")} are read`, { found: [found, ["gzip", "deflate", "br"]] })
    }).pipe(Effect.scoped),
    theirs: Effect.gen(function* () {
      const { url } = yield* compressed("gzip")
      return reportOnly(yield* World.outcomeText(() => theirs(url).fetch(id)))
    }).pipe(Effect.scoped)
  },
  {
    hazard: "N4",
    name: "a bomb and a damaged body",
    situation: "gzip of endless blanks; bytes that are not gzip; gzip that ends early",
    ours: Effect.gen(function* () {
      const blanks = Zlib.gzipSync(Buffer.alloc(16 * mebibyte, 0x20))
      const bodies: ReadonlyArray<(write: (chunk: Buffer, next: () => void) => void, end: () => void) => void> = [
        (write) => {
          const more = (): void => write(blanks, () => setImmediate(more))
          more()
        },
        (write, end) => write(Buffer.from("this is no gzip at all"), end),
        (write, end) => write(Zlib.gzipSync(contact).subarray(0, 30), end)
      ]
      const outcomes = yield* Effect.forEach(bodies, (send) =>
        Effect.gen(function* () {
          const { url } = yield* Sockets.serve(({ response }) => {
            response.writeHead(200, { ...json, "content-encoding": "gzip" })
            send(
              (chunk, next) => {
                if (!response.destroyed) response.write(chunk, next)
              },
              () => response.end()
            )
          })
          const error = yield* over(url, { retry: { retries: 0 } })(Effect.flip(Contact.fetch(id)))
          return World.summary(error)
        })
      )
      const unexpected = "UnexpectedResponse 200 unknown, 1 attempt"
      return check(outcomes.join("; "), {
        outcomes: [outcomes, [unexpected, unexpected, "TransportError 200 unknown, 1 attempt"]]
      })
    }).pipe(Effect.scoped)
  }
]

/** Provides a client that uses the dispatcher in the context. */
const through = (baseUrl: string, dispatcher: Dispatcher) =>
  Effect.provide(Layer.provide(connect(baseUrl), Layer.succeed(NodeHttpClient.Dispatcher, dispatcher)), { local: true })

const dispatchers: Probe = {
  hazard: "N5",
  name: "a CA, a limit of connections, a proxy",
  situation: "in the context, an Agent with a CA and one connection, then a ProxyAgent whose proxy is down",
  ours: Effect.gen(function* () {
    const sockets = new Set<unknown>()
    const server = yield* Tls.serve((request, response) => {
      sockets.add(request.socket)
      response.writeHead(200, json).end(contact)
    })
    const agent = new Agent({ connections: 1, connect: { ca: Tls.certificate().cert } })
    const fiveTimes = Effect.forEach(Array.from({ length: 5 }), () => Contact.fetch(id), { concurrency: 5 })
    yield* fiveTimes.pipe(through(server.url, agent))
    const isOpen = !agent.destroyed && !agent.closed
    yield* Effect.promise(() => agent.destroy())
    const proxy = new ProxyAgent("http://127.0.0.1:1")
    const refused = yield* failedCreate.pipe(through(server.url, proxy))
    yield* Effect.promise(() => proxy.destroy())
    return check(`5 requests over ${sockets.size} connection; the proxy that is down: ${refused}`, {
      sockets: [sockets.size, 1],
      requests: [server.versions.length, 5],
      "still open": [isOpen, true],
      refused: [refused, "TransportError not-sent, 4 attempts, retryable"]
    })
  }).pipe(Effect.scoped)
}

const runtimes: Probe = {
  hazard: "N10",
  name: "a runtime without undici's dispatch",
  situation: "a dispatcher without a dispatch method, as in Bun, and one whose dispatch has a bug",
  ours: Effect.gen(function* () {
    const { url } = yield* answering
    const missing: unknown = {}
    const buggy: unknown = {
      dispatch: () => {
        throw new TypeError("undefined is not a function")
      }
    }
    const [needs = "", bug = ""] = yield* Effect.forEach([missing, buggy], (dispatcher) =>
      Effect.map(Effect.exit(through(url, dispatcher as Dispatcher)(Contact.fetch(id))), (exit) =>
        Exit.isFailure(exit) && Cause.hasDies(exit.cause) ? `defect: ${Cause.pretty(exit.cause)}` : "no defect"
      )
    )
    return check("the layer fails with its requirements, and the bug is a defect", {
      needs: [/^defect: Error: layers\/Node needs Node\.js 22\.19 or later.*use layers\/Fetch/.test(needs), true],
      bug: [bug.startsWith("defect: TypeError: undefined is not a function"), true]
    })
  }).pipe(Effect.scoped)
}

const leftovers: Probe = {
  hazard: "T16",
  name: "timers and pending connections",
  situation: "two calls under fake timers; a layer that closes while it connects",
  ours: Effect.gen(function* () {
    const server = yield* answering
    const real = globalThis.setImmediate
    yield* Effect.acquireUseRelease(
      Effect.sync(() => Object.assign(globalThis, { setImmediate: () => ({}) })),
      () => Effect.andThen(Contact.fetch(id), Contact.fetch(id)).pipe(over(server.url)),
      () => Effect.sync(() => Object.assign(globalThis, { setImmediate: real }))
    )
    const accepted = Deferred.makeUnsafe<void>()
    const silent = yield* Sockets.serveTcp(() => Deferred.doneUnsafe(accepted, Effect.void))
    // One for each end of the connection.
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /^T(?:CP|LS)/.test(name)).length
    const connecting = yield* Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Contact.fetch(id))
      yield* Deferred.await(accepted)
      yield* Fiber.interrupt(fiber)
      return sockets()
    }).pipe(over(silent.secureUrl))
    yield* Fake.settle
    return check("both calls answered; the connection is dropped with the layer", {
      answered: [server.exchanges.length, 2],
      dropped: [sockets() < connecting, true]
    })
  }).pipe(Effect.scoped)
}

export const transportProbes: ReadonlyArray<Probe> = [
  leaks,
  http2,
  silence,
  untrusted,
  notSent,
  ...compression,
  dispatchers,
  runtimes,
  leftovers
]

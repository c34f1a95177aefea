import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createServer, type AddressInfo } from "node:net"
import type { Client } from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import * as Node from "../../src/layers/Node.ts"
import * as Fake from "../support/FakeHttp.ts"
import * as Sockets from "../support/Sockets.ts"
import { id } from "./Calls.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

/** Starts a call, interrupts it while it waits, and counts the requests of the next half hour. */
const interrupted = (call: Effect.Effect<unknown, unknown, Client>, sentBefore: number) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const fiber = yield* Effect.forkChild(call)
    while ((yield* api.requestCount()) < sentBefore) yield* Fake.settle
    yield* Fake.settle
    const sent = yield* api.requestCount()
    const began = yield* Clock.currentTimeMillis
    yield* Fiber.interrupt(fiber)
    const took = (yield* Clock.currentTimeMillis) - began
    yield* Effect.sleep("30 minutes")
    return { sent, took, after: (yield* api.requestCount()) - sent }
  })

interface Moment {
  readonly name: string
  readonly situation: string
  readonly rules: ReadonlyArray<InMemory.Fault.Rule>
  readonly call: Effect.Effect<unknown, unknown, Client>
  readonly sent: number
  readonly options?: Parameters<typeof World.inProcess>[1]
}

const always = (fault: InMemory.Fault.Fault): ReadonlyArray<InMemory.Fault.Rule> => [{ fault }]

const moments: ReadonlyArray<Moment> = [
  {
    name: "waiting for headers",
    situation: "interrupted while the server does not answer",
    rules: always(Fault.stall),
    call: Contact.create(),
    sent: 1
  },
  {
    name: "reading",
    situation: "interrupted while the body stalls",
    rules: always(Fault.stallAfter(3)),
    call: Contact.create(),
    sent: 1
  },
  {
    name: "backing off",
    situation: "interrupted in the back-off after a 429 with Retry-After: 9",
    rules: always(Fault.rateLimit({ retryAfter: "9 seconds" })),
    call: Contact.fetch(id),
    sent: 1
  },
  {
    name: "waiting for the limiter",
    situation: "interrupted while waiting for a rate limit of one a minute",
    rules: [],
    call: Effect.andThen(Contact.listPage(), Contact.listPage()),
    sent: 1,
    options: { rateLimit: { limit: 1, window: "1 minute" } }
  },
  {
    name: "looking up the contact of a lost create",
    situation: "interrupted in the lookup after a lost create and a 409",
    rules: [
      { operation: "Contact.create", attempt: 1, fault: Fault.afterCommit(Fault.status(503)) },
      { operation: "Contact.list", fault: Fault.stall }
    ],
    call: Contact.create(),
    sent: 3,
    options: { retry: { delay: 0 } }
  },
  {
    name: "between the contacts of a list",
    situation: "interrupted while a list stalls",
    rules: always(Fault.stallAfter({ lines: 2 })),
    call: Stream.runDrain(Contact.list()),
    sent: 1
  },
  {
    name: "backing off in a list",
    situation: "interrupted in the back-off of a list that was cut",
    rules: always(Fault.resetAfter({ lines: 1 })),
    call: Stream.runDrain(Contact.list()),
    sent: 1,
    options: { retry: { delay: "1 hour", maxDelay: "1 hour" } }
  }
]

const virtual: ReadonlyArray<Probe> = moments.map(({ call, name, options, rules, sent, situation }) => ({
  hazard: "W6",
  name,
  situation,
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* World.seedContacts(5)
      yield* api.inject(...rules)
      const { after, sent: sends, took } = yield* interrupted(call, sent)
      return check(`${sends} sent before, ${after} in the half hour after; interrupted in ${took} ms`, {
        sends: [sends, sent],
        after: [after, 0],
        took: [took, 0]
      })
    }),
    options
  )
}))

/** Interrupts a call whose request has arrived, and waits for its connection to close. */
const closes = (
  handle: (exchange: Sockets.Exchange) => void,
  call: Effect.Effect<unknown, unknown, Client>,
  connect: typeof Node.layer
): Effect.Effect<string, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const arrived = Deferred.makeUnsafe<Sockets.Exchange>()
    const server = yield* Sockets.serve((exchange) => {
      handle(exchange)
      Deferred.doneUnsafe(arrived, Effect.succeed(exchange))
    })
    return yield* Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call)
      const exchange = yield* Deferred.await(arrived)
      yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(exchange.closed)
      return `closed, ${server.exchanges.length} sent`
    }).pipe(Effect.provide(connect({ secret: InMemory.secret, baseUrl: server.url }), { local: true }))
  })

const held: Readonly<Record<string, (exchange: Sockets.Exchange) => void>> = {
  "waiting for headers": () => {},
  "reading JSON": ({ response }) => {
    response.writeHead(200, { "content-type": "application/json" })
    response.write('{"id":')
  },
  "reading lines": ({ response }) => {
    response.writeHead(200, { "content-type": "application/jsonl" })
    response.write(Fake.item("c1"))
  },
  "reading an error": ({ response }) => {
    response.writeHead(500, { "content-type": "application/json" })
    response.write('{"code":')
  }
}

const sockets: ReadonlyArray<Probe> = Object.entries(held).map(([name, handle]) => ({
  hazard: "W6",
  name: `the socket, ${name}`,
  situation: `interrupted while ${name}, over undici and over fetch`,
  ours: Effect.scoped(
    Effect.map(
      Effect.forEach([Node.layer, Fetch.layer], (connect) =>
        closes(handle, name === "reading lines" ? Stream.runDrain(Contact.list()) : Contact.create(), connect)
      ),
      (all) => check("the socket is closed, and nothing more is sent", { all: [all, all.map(() => "closed, 1 sent")] })
    )
  )
}))

/** A server that accepts connections and sends nothing, so that a TLS handshake never ends. */
const silent = Effect.gen(function* () {
  let bytes = 0
  const heard = Deferred.makeUnsafe<void>()
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createServer((socket) => {
        socket.on("error", () => {})
        socket.on("data", (chunk) => {
          bytes += chunk.length
          Deferred.doneUnsafe(heard, Effect.void)
        })
      })
    ),
    (server) => Effect.sync(() => server.close())
  )
  const port = yield* Effect.callback<number>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
  })
  return { port, bytes: () => bytes, heard }
})

const connecting: Probe = {
  hazard: "W6",
  name: "connecting",
  situation: "interrupted in the TLS handshake with a server that sends nothing",
  ours: Effect.scoped(
    Effect.gen(function* () {
      const { bytes, heard, port } = yield* silent
      const options = { secret: InMemory.secret, baseUrl: `https://127.0.0.1:${port}` }
      const hello = yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Contact.create())
        yield* Deferred.await(heard)
        const hello = bytes()
        yield* Fiber.interrupt(fiber)
        return hello
      }).pipe(Effect.provide(Node.layer(options), { local: true }))
      yield* Fake.settle
      return check("it ends at once, and no more bytes are sent", { bytes: [bytes(), hello] })
    })
  )
}

const aborted: Probe = {
  hazard: "W6",
  name: "abort in the back-off",
  situation: "a list that is answered 503 is interrupted after its first request",
  ours: World.overSockets(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ fault: Fault.status(503) })
      const fiber = yield* Effect.forkChild(Stream.runDrain(Contact.list()))
      while ((yield* api.requestCount()) < 1) yield* Fake.settle
      yield* Fiber.interrupt(fiber)
      return check(`${yield* api.requestCount()} request`, { requests: [yield* api.requestCount(), 1] })
    }),
    { retry: { delay: "1 hour", maxDelay: "1 hour" } }
  ),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.stall })
        const controller = new AbortController()
        const aborting = Effect.gen(function* () {
          while ((yield* api.requestCount()) < 1) yield* Fake.settle
          const began = performance.now()
          controller.abort()
          return began
        })
        const [{ ended }, began] = yield* Effect.all(
          [World.collectEvents(() => client.list().stream({ abortSignal: controller.signal })), aborting],
          { concurrency: 2 }
        )
        const waited = performance.now() - began
        return reportOnly(`aborted: ends ${ended} ${waited > 50 ? "after the back-offs" : "at once"}`)
      }),
    { retryDelay: 20 }
  )
}

export const interruption: ReadonlyArray<Probe> = [...virtual, ...sockets, connecting, aborted]

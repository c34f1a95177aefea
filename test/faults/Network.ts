/** Failures below HTTP: connections that cannot be made or end early, and answers that are not HTTP. */
import { ContactClient } from "@chatbotkit/sdk/contact/index.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Client from "../../src/Client.ts"
import * as Browser from "../../src/internal/transport/Browser.ts"
import * as Emulator from "../../src/layers/Emulator.ts"
import * as Fetch from "../../src/layers/Fetch.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { type Behaviour, behaviours, correct } from "../network/Behaviours.ts"
import * as RawServer from "../network/RawServer.ts"
import * as Run from "../network/Run.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

/** This client over both transports, in each of the setups, compared with the expected observations. */
const ours = (
  setups: Readonly<Record<string, Omit<Run.Setup, "transport">>>,
  expected: Readonly<Record<string, string>>
) =>
  Effect.gen(function* () {
    const wrong: Array<string> = []
    for (const transport of ["Fetch", "Node"] as const) {
      for (const [name, setup] of Object.entries(setups)) {
        const observed = yield* Run.observe({ ...setup, transport })
        if (observed !== expected[name]) wrong.push(`${name} over ${transport}: ${observed}`)
      }
    }
    const text = Object.entries(expected).map(([name, observed]) => `${name}: ${observed}`)
    return check(text.join("; "), { wrong: [wrong, []] })
  })

/** The official client with a server that behaves as given for the first `times` requests, and then correctly. */
const theirs = (
  behaviour: Behaviour,
  use: (client: ContactClient, server: RawServer.RawServer, made: Effect.Effect<number>) => Effect.Effect<string>,
  { baseUrl = (url: string) => url, tls = false, times = 1 } = {}
) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* World.seedContactsInto(api, 5)
    const { url } = yield* Emulator.Emulator
    const server = yield* RawServer.serve(url, { tls })
    const secret = Redacted.value(InMemory.secret)
    const client = new ContactClient({ secret, baseUrl: baseUrl(server.url), retryDelay: 1 })
    let left = times
    server.handle((exchange) => (left-- > 0 ? behaviour(exchange) : correct(exchange)))
    const made = Effect.map(api.contacts(), ({ length }) => length - 5)
    return reportOnly(yield* use(client, server, made))
  }).pipe(Effect.scoped, Effect.provide(Emulator.layer(), { local: true }))

const https = (url: string): string => url.replace("http:", "https:")

const tls: Probe = {
  hazard: "N1",
  name: "no TLS connection",
  situation: "a read and a create over https, to a server with an untrusted certificate, and to one that speaks http",
  ours: ours(
    {
      "untrusted certificate": { call: "fetch", behaviour: correct, times: 0, server: { tls: true } },
      "untrusted certificate, create": { call: "create", behaviour: correct, times: 0, server: { tls: true } },
      "http server, create": { call: "create", behaviour: correct, times: 0, baseUrl: https }
    },
    {
      "untrusted certificate": "TransportError not-sent, 1 attempt, 0 sent",
      "untrusted certificate, create": "TransportError not-sent, 1 attempt, 0 sent, 0 created",
      "http server, create": "TransportError not-sent, 1 attempt, 0 sent, 0 created"
    }
  ),
  theirs: theirs(
    correct,
    (client, server) =>
      Effect.map(
        World.outcomeText(() => client.create({})),
        (outcome) => `${outcome} after ${server.connections()} connections to the server that speaks http`
      ),
    { baseUrl: https }
  )
}

const unreachable: Probe = {
  hazard: "N1",
  name: "no connection",
  situation: "a create with exactlyOnce: false, to a host that is not found",
  ours: ours(
    { create: { call: "plainCreate", behaviour: correct, times: 0, baseUrl: () => "http://no-such-host.invalid" } },
    { create: "TransportError not-sent, 3 attempts, 0 sent, 0 created" }
  ),
  theirs: theirs(correct, (client) => World.outcomeText(() => client.create({})), {
    baseUrl: () => "http://no-such-host.invalid"
  })
}

const options = {
  headers: { "x-own": "1" },
  timezone: "Europe/Berlin",
  runAsUserId: "user_1",
  runAsChildUserEmail: "ada@example.com"
} as const satisfies Partial<Client.Options>

const browser: Probe = {
  hazard: "N9",
  name: "options that a browser cannot send",
  situation:
    "in a browser: headers, timezone, runAsUserId and runAsChildUserEmail, when the client is made and in withOptions",
  ours: Effect.gen(function* () {
    const secret = InMemory.secret
    const refused: Array<string> = []
    for (const [name, value] of Object.entries(options)) {
      const layer = Fetch.layer({ secret, [name]: value })
      const error = yield* Effect.flip(Effect.provide(Client.Client, layer, { local: true }))
      refused.push(error.option)
      const plain = Fetch.layer({ secret })
      const later = Effect.provide(Client.withOptions({ [name]: value })(Effect.void), plain, { local: true })
      refused.push((yield* Effect.flip(later)).option)
    }
    const own = Fetch.layer({ secret, ...options, baseUrl: "https://api.example.com" })
    yield* Effect.provide(Client.Client, own, { local: true })
    const names = ["headers.x-own", "timezone", "runAsUserId", "runAsChildUserEmail"]
    return check("InvalidOptions with the name of the option; accepted for another base URL", {
      refused: [refused, names.flatMap((name) => [name, name])]
    })
  }).pipe(Effect.provide(Layer.succeed(Browser.IsBrowser, true), { local: true }))
}

const race: Probe = {
  hazard: "W1",
  name: "a connection that is closed just as a request goes out",
  situation:
    "the server closes an idle connection when the next request arrives: a read, an update, and a create, done or not",
  ours: ours(
    {
      fetch: { call: "fetch", behaviour: behaviours["closed without acting"], times: 1, warmUp: true },
      update: { call: "update", behaviour: behaviours["reset without acting"], times: 1, warmUp: true },
      "create, not done": { call: "create", behaviour: behaviours["closed without acting"], times: 1, warmUp: true },
      "create, done": { call: "create", behaviour: behaviours["reset after acting"], times: 1, warmUp: true }
    },
    {
      fetch: "ok, 2 sent",
      update: "ok, 2 sent",
      "create, not done": "ok, 2 sent, 1 created",
      "create, done": "ok, 3 sent, 1 created"
    }
  ),
  theirs: theirs(behaviours["reset after acting"], (client, _, made) =>
    Effect.gen(function* () {
      const outcome = yield* World.outcomeText(() => client.create({}))
      return `a create that took place ${outcome}, ${yield* made} created`
    })
  )
}

const cut: Probe = {
  hazard: "L2",
  name: "a body without length, closed between two lines",
  situation: "5 contacts from a server that sends no length and closes the connection after every 2, as if complete",
  ours: ours(
    {
      list: {
        call: "list",
        behaviour: behaviours["no Content-Length, closed after the second line"],
        times: Number.POSITIVE_INFINITY
      }
    },
    { list: "ok, 8 sent" }
  ),
  theirs: theirs(behaviours["no Content-Length, closed after the second line"], (client) =>
    Effect.map(
      World.collectEvents(() => client.list().stream()),
      ({ ended, found }) => `${found.length} of 5, ended ${ended}`
    )
  )
}

const invalidHttp: Probe = {
  hazard: "R4",
  name: "invalid and unusual HTTP",
  situation:
    "one answer of garbage, with headers of 200 kB, two lengths or a bad chunk; a 103 first, an answer byte by byte, junk after it",
  ours: ours(
    {
      garbage: { call: "create", behaviour: behaviours["garbage instead of HTTP"], times: 1 },
      "headers too large": { call: "create", behaviour: behaviours["headers too large"], times: 1 },
      "two lengths": { call: "create", behaviour: behaviours["two Content-Length headers"], times: 1 },
      "bad chunk": { call: "create", behaviour: behaviours["a malformed chunk size"], times: 1 },
      "early hints": { call: "create", behaviour: behaviours["103 twice before the reply"], times: 1 },
      "byte by byte": { call: "create", behaviour: behaviours["complete, byte by byte"], times: 1 },
      junk: { call: "create", behaviour: behaviours["complete, then junk"], times: 1 }
    },
    {
      garbage: "ok, 2 sent, 1 created",
      "headers too large": "ok, 2 sent, 1 created",
      "two lengths": "ok, 3 sent, 1 created",
      "bad chunk": "ok, 3 sent, 1 created",
      "early hints": "ok, 1 sent, 1 created",
      "byte by byte": "ok, 1 sent, 1 created",
      junk: "ok, 1 sent, 1 created"
    }
  ),
  theirs: theirs(behaviours["two Content-Length headers"], (client, _, made) =>
    Effect.gen(function* () {
      const outcome = yield* World.outcomeText(() => client.create({}))
      return `two lengths: a create ${outcome}, ${yield* made} created`
    })
  )
}

export const network: ReadonlyArray<Probe> = [tls, unreachable, browser, race, cut, invalidHttp]

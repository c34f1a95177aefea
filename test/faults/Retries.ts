import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { calls, id } from "./Calls.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const failures: Readonly<Record<string, InMemory.Fault.Fault>> = {
  408: Fault.status(408),
  429: Fault.rateLimit({ retryAfter: "1 second" }),
  500: Fault.status(500),
  502: Fault.status(502),
  503: Fault.status(503),
  504: Fault.status(504),
  reset: Fault.reset,
  "reset in the body": Fault.resetAfter(1),
  stall: Fault.stall,
  "stall in the body": Fault.stallAfter(1),
  garbage: Fault.garbage(),
  "endless blanks": Fault.endless("\n", { every: "1 second" }),
  "lost 503": Fault.afterCommit(Fault.status(503)),
  "lost reset": Fault.afterCommit(Fault.reset),
  "error event": Fault.errorAfter(0)
}

/** How many requests of an operation each call makes under each of these faults. */
const sends = (faults: ReadonlyArray<InMemory.Fault.Fault>) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const counts: Array<{ readonly name: string; readonly fault: number; readonly sent: number }> = []
    for (const [index, fault] of faults.entries()) {
      for (const { call, name, operation } of calls) {
        if (fault._tag === "ErrorAfter" && operation !== "Contact.list") continue
        yield* api.clear
        yield* api.removeFaults
        yield* api.seed([{ id }])
        yield* api.inject({ operation, fault })
        const exit = yield* Effect.exit(call)
        const sent = yield* api.requestCount(operation)
        counts.push({ name, fault: index, sent: Exit.isFailure(exit) || fault._tag === "AfterCommit" ? sent : -sent })
      }
    }
    return counts
  })

const noRetries: Probe = {
  hazard: "W2",
  name: "retries: 0",
  tried: `${Object.keys(failures).length} kinds of failure, each for every operation, with retries: 0`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const counts = yield* sends(Object.values(failures))
      const wrong = counts.filter(({ sent }) => sent !== 1)
      return seen(`${counts.length} calls, ${counts.reduce((sum, { sent }) => sum + sent, 0)} sends`, {
        wrong: [wrong, []]
      })
    }),
    { retry: { retries: 0 } }
  ),
  theirs: World.official(
    (client, api) =>
      Effect.gen(function* () {
        for (const fault of [Fault.status(503), Fault.reset, Fault.stall]) {
          yield* api.removeFaults
          yield* api.inject({ fault })
          yield* World.settled(() => client.create({}))
        }
        return only(`3 calls, ${yield* api.requestCount()} sends`)
      }),
    { retries: 0, timeout: 50 }
  )
}

const transient = new Set([408, 429, 500, 502, 503, 504])

/** After these nobody knows what the server did. A create that cannot be done twice asks again, to know. */
const isUnclear = (status: number): boolean => status < 300 || (status >= 500 && status !== 501)

/** How often a call is sent, when every answer has this status and there are two retries. */
const expected = (name: string, status: number): number => {
  if (transient.has(status) || (name === "create" && isUnclear(status))) return 3
  return status === 409 && name === "ensure" ? 2 : 1
}

const statuses = Array.from({ length: 400 }, (_, index) => index + 200)

const everyStatus: Probe = {
  hazard: "W3",
  name: "every status",
  tried: "200 to 599 for every operation, with 2 retries",
  ours: World.inProcess(
    Effect.gen(function* () {
      const counts = yield* sends(statuses.map((status) => Fault.status(status)))
      const wrong = counts.filter(({ fault, name, sent }) => {
        const status = statuses[fault] ?? 0
        // An empty 200 is an empty list.
        return Math.abs(sent) !== expected(name, status) || (sent < 0 && !(status === 200 && name === "list"))
      })
      return seen(
        `${counts.length} calls: again only after 408, 429, 500, 502 to 504, ensure's 409, and what leaves a create unclear`,
        {
          wrong: [wrong, []]
        }
      )
    }),
    { retry: { retries: 2, delay: 1 } }
  ),
  theirs: World.official(
    (client, api) =>
      Effect.gen(function* () {
        const again: Array<string> = []
        for (const status of [400, 404, 408, 409, 429, 500, 501, 503]) {
          yield* api.clear
          yield* api.removeFaults
          yield* api.inject({ fault: Fault.status(status) })
          yield* World.settled(() => client.create({}))
          if ((yield* api.requestCount()) > 1) again.push(String(status))
        }
        return only(`a create is sent again after ${again.join(", ")}`)
      }),
    { retries: 2 }
  )
}

const unguarded: Probe = {
  hazard: "W3",
  name: "every status, exactlyOnce: false",
  tried: "200 to 599 for a create with exactlyOnce: false: again only where the server says that it did nothing",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const again: Array<number> = []
      for (const status of statuses) {
        yield* api.clear
        yield* api.removeFaults
        yield* api.inject({ fault: Fault.status(status) })
        yield* Effect.exit(Contact.create())
        if ((yield* api.requestCount()) > 1) again.push(status)
      }
      return seen(`sent again: ${again.join(", ")}`, { again: [again, [429]] })
    }),
    { exactlyOnce: false, retry: { retries: 2, delay: 1 } }
  )
}

const permanent: Probe = {
  hazard: "W3",
  name: "a 500 that is permanent",
  tried: "an ensure of a contact that create made: 500 `Contact is not verified`",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fingerprint = "crm-0001-ada-lovelace"
      yield* api.seed([{ fingerprint }])
      const error = yield* Effect.flip(Contact.ensure({ fingerprint }))
      return seen(World.summary(error), { sent: [yield* api.requestCount(), 1], outcome: [error.outcome, "rejected"] })
    })
  )
}

/** A Retry-After, and how long the wait may be: the values that say nothing leave it to the jitter. */
const retryAfters: ReadonlyArray<readonly [header: string, from: number, to: number]> = [
  ["0", 0, 0],
  ["3", 3000, 3000],
  ["10", 10_000, 10_000],
  ["11", 10_000, 10_000],
  ["9999999999", 10_000, 10_000],
  ["2147484", 10_000, 10_000],
  ["9".repeat(400), 0, 10_000],
  ["-1", 0, 250],
  ["1.5", 0, 1500],
  ["soon", 0, 250],
  ["1e3", 0, 250],
  ["0x10", 0, 250],
  ["3, 5", 0, 5000],
  ["Thu, 01 Jan 1970 00:00:07 GMT", 7000, 7000],
  ["Wed, 31 Dec 1969 23:59:00 GMT", 0, 0],
  ["Fri, 31 Dec 9999 23:59:59 GMT", 10_000, 10_000],
  ["Mon, 99 Foo 2026 99:99:99 GMT", 0, 250]
]

const slept = ([header, from, to]: (typeof retryAfters)[number]) =>
  World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      yield* api.inject({ attempt: 1, fault: Fault.status(429, { headers: { "retry-after": header } }) })
      yield* Contact.listPage()
      const [first, second] = yield* api.requests
      const took = (second?.time ?? Number.NaN) - (first?.time ?? 0)
      return took >= from && took <= to ? undefined : `${header.slice(0, 30)}: ${took} ms`
    })
  )

const obeyed: Probe = {
  hazard: "W4",
  name: "Retry-After",
  tried: `${retryAfters.length} forms of it: 0, -1, 1.5, text, 400 digits, dates past, future and far, two values`,
  ours: Effect.map(Effect.forEach(retryAfters, slept), (wrong) =>
    seen("seconds and dates obeyed, none above 10 s; the others leave it to the jitter", {
      wrong: [wrong.filter((text) => text !== undefined), []]
    })
  ),
  theirs: World.official(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ attempt: 1, fault: Fault.rateLimit({ retryAfter: "3 seconds" }) })
        yield* World.settled(() => client.list())
        const [first, second] = yield* api.requests
        const waited = (second?.time ?? Number.NaN) - (first?.time ?? 0)
        return only(`asked for 3 s, it is back ${waited < 2900 ? "before that" : "after that"}`)
      }),
    { retryDelay: 20 }
  )
}

/** When the second and further attempts of many calls that begin together are sent. */
const storm = (count: number, seed: string) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.inject({ fault: Fault.status(503) })
    yield* Effect.forEach(Array.from({ length: count }), () => Effect.exit(Contact.fetch(id)), {
      concurrency: "unbounded"
    })
    return (yield* api.requests).map(({ time }) => time)
  }).pipe(Random.withSeed(seed))

const storms: Probe = {
  hazard: "W5",
  name: "1,000 calls at once",
  tried: "1,000 calls at once against a server that always answers 503, from two clients with different seeds",
  ours: Effect.gen(function* () {
    const [one, other] = yield* Effect.forEach(["one", "other"], (seed) => World.inProcess(storm(1000, seed)))
    const first = one?.slice(1000, 2000) ?? []
    const early = first.filter((time) => time < 125).length
    const shared = new Set(other?.filter((time) => time > 0))
    const inStep = one?.filter((time) => time > 0 && shared.has(time)).length ?? 0
    return seen(`${one?.length} sends each; second attempts spread over 250 ms, ${inStep} in step`, {
      sends: [
        [one?.length, other?.length],
        [4000, 4000]
      ],
      spread: [early > 400 && early < 600, true],
      "few in step": [inStep < 40, true]
    })
  }),
  theirs: World.official(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.status(503) })
        yield* Effect.forEach(Array.from({ length: 50 }), () => World.settled(() => client.fetch(id)), {
          concurrency: "unbounded"
        })
        const times = (yield* api.requests).map(({ time }) => time)
        const second = times.slice(50, 100)
        const width = Math.max(...second) - Math.min(...second)
        return only(`${times.length} sends of 50 calls; second attempts ${width < 150 ? "together" : "apart"}`)
      }),
    { retryDelay: 150, retries: 1 }
  )
}

export const retries: ReadonlyArray<Probe> = [noRetries, everyStatus, unguarded, permanent, obeyed, storms]

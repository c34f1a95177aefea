import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { calls, id } from "./Calls.ts"
import { check, type Probe, reportOnly } from "./Probe.ts"
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

/** The number of requests of each call under each fault, negative if the call succeeded despite the fault. */
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
        yield* api.inject({ fault, operation })
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
  situation: `${Object.keys(failures).length} kinds of failure, each for every operation, with retries: 0`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const counts = yield* sends(Object.values(failures))
      const wrong = counts.filter(({ sent }) => sent !== 1)
      return check(`${counts.length} calls, ${counts.reduce((sum, { sent }) => sum + sent, 0)} requests`, {
        wrong: [wrong, []]
      })
    }),
    { retry: { retries: 0 } }
  ),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        for (const fault of [Fault.status(503), Fault.reset, Fault.stall]) {
          yield* api.removeFaults
          yield* api.inject({ fault })
          yield* World.settled(() => client.create({}))
        }
        return reportOnly(`3 calls, ${yield* api.requestCount()} requests`)
      }),
    { retries: 0, timeout: 50 }
  )
}

const transient = new Set([408, 429, 500, 502, 503, 504])

/** True if it is unknown whether the server acted. An exactly-once create is then retried. */
const isUnclear = (status: number): boolean => status < 300 || (status >= 500 && status !== 501)

/** The number of requests of a call if every answer has this status and there are two retries. */
const expected = (name: string, status: number): number => {
  if (transient.has(status) || (name === "create" && isUnclear(status))) return 3
  return status === 409 && name === "ensure" ? 2 : 1
}

const statuses = Array.from({ length: 400 }, (_, index) => index + 200)

const everyStatus: Probe = {
  hazard: "W3",
  name: "every status",
  situation: "200 to 599 for every operation, with 2 retries",
  ours: World.inProcess(
    Effect.gen(function* () {
      const counts = yield* sends(statuses.map((status) => Fault.status(status)))
      const wrong = counts.filter(({ fault, name, sent }) => {
        const status = statuses[fault] ?? 0
        // An empty 200 is an empty list.
        return Math.abs(sent) !== expected(name, status) || (sent < 0 && !(status === 200 && name === "list"))
      })
      return check(
        `${counts.length} calls: retried only after 408, 429, 500, 502 to 504, a 409 to ensure, and unclear answers to a create`,
        {
          wrong: [wrong, []]
        }
      )
    }),
    { retry: { retries: 2, delay: 1 } }
  ),
  theirs: World.withOfficialClient(
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
        return reportOnly(`a create is retried after ${again.join(", ")}`)
      }),
    { retries: 2 }
  )
}

const withoutExactlyOnce: Probe = {
  hazard: "W3",
  name: "every status, exactlyOnce: false",
  situation: "200 to 599 for a create with exactlyOnce: false, with 2 retries",
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
      return check(`retried only after ${again.join(", ")}`, { again: [again, [429]] })
    }),
    { exactlyOnce: false, retry: { retries: 2, delay: 1 } }
  )
}

const permanent: Probe = {
  hazard: "W3",
  name: "a 500 that is permanent",
  situation: "an ensure of an unverified contact, answered with 500 `Contact is not verified`",
  ours: World.inProcess(
    Effect.gen(function* () {
      const api = yield* InMemory.InMemory
      const fingerprint = "crm-0001-ada-lovelace"
      yield* api.seed([{ fingerprint }])
      const error = yield* Effect.flip(Contact.ensure({ fingerprint }))
      return check(World.summary(error), { sent: [yield* api.requestCount(), 1], outcome: [error.outcome, "rejected"] })
    })
  )
}

/** Values of Retry-After, with the least and the greatest delay. An invalid value leaves the delay to the back-off. */
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

const wrongDelay = ([header, from, to]: (typeof retryAfters)[number]) =>
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
  situation: `${retryAfters.length} values: 0, -1, 1.5, text, 400 digits, dates past, future and far, two values`,
  ours: Effect.map(Effect.forEach(retryAfters, wrongDelay), (wrong) =>
    check("seconds and dates are obeyed up to 10 s; other values are ignored", {
      wrong: [wrong.filter((text) => text !== undefined), []]
    })
  ),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ attempt: 1, fault: Fault.rateLimit({ retryAfter: "3 seconds" }) })
        yield* World.settled(() => client.list())
        const [first, second] = yield* api.requests
        const waited = (second?.time ?? Number.NaN) - (first?.time ?? 0)
        return reportOnly(`retries ${waited < 2900 ? "before" : "after"} the 3 s of Retry-After`)
      }),
    { retryDelay: 20 }
  )
}

/** The times of the requests of many calls that start together and always fail. */
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
  situation: "1,000 calls at once against a server that always answers 503, from two clients with different seeds",
  ours: Effect.gen(function* () {
    const [one, other] = yield* Effect.forEach(["one", "other"], (seed) => World.inProcess(storm(1000, seed)))
    const first = one?.slice(1000, 2000) ?? []
    const early = first.filter((time) => time < 125).length
    const shared = new Set(other?.filter((time) => time > 0))
    const simultaneous = one?.filter((time) => time > 0 && shared.has(time)).length ?? 0
    return check(
      `${one?.length} requests each; second attempts spread over 250 ms, ${simultaneous} at the same time in both`,
      {
        sends: [
          [one?.length, other?.length],
          [4000, 4000]
        ],
        spread: [early > 400 && early < 600, true],
        "few at the same time": [simultaneous < 40, true]
      }
    )
  }),
  theirs: World.withOfficialClient(
    (client, api) =>
      Effect.gen(function* () {
        yield* api.inject({ fault: Fault.status(503) })
        yield* Effect.forEach(Array.from({ length: 50 }), () => World.settled(() => client.fetch(id)), {
          concurrency: "unbounded"
        })
        const times = (yield* api.requests).map(({ time }) => time)
        const second = times.slice(50, 100)
        const width = Math.max(...second) - Math.min(...second)
        return reportOnly(
          `${times.length} requests of 50 calls; second attempts ${width < 150 ? "all at once" : "spread"}`
        )
      }),
    { retryDelay: 150, retries: 1 }
  )
}

export const retries: ReadonlyArray<Probe> = [noRetries, everyStatus, withoutExactlyOnce, permanent, obeyed, storms]

import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Contact from "../../src/Contact.ts"
import * as InMemory from "../../src/layers/InMemory.ts"
import { id } from "./Calls.ts"
import { check, type Probe } from "./Probe.ts"
import * as World from "./World.ts"

const { Fault } = InMemory

const below = (limit: number) => Random.nextIntBetween(0, limit)

/** A fault for one request of a list. */
const randomFault = (bytes: number, items: number) =>
  Effect.gen(function* () {
    const at = yield* below(bytes + 1)
    const lines = yield* below(items + 1)
    const faults = [
      Fault.resetAfter(at),
      Fault.resetAfter({ lines }),
      Fault.cutAfter(at),
      Fault.cutAfter({ lines }),
      Fault.stallAfter(at),
      Fault.errorAfter(lines),
      Fault.trickle(1 + (yield* below(5000))),
      Fault.dropPage(yield* below(4)),
      Fault.status(500 + (yield* below(5))),
      Fault.reset,
      Fault.delay("5 seconds"),
      Fault.delayPage(yield* below(3), "1 second")
    ]
    return faults[yield* below(faults.length)] ?? Fault.reset
  })

/** Lists an account of random size with random faults. Returns "complete", "failed", or what is wrong. */
const randomList = (nth: number) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    yield* api.clear
    yield* api.removeFaults
    const size = yield* below(nth % 3 === 0 ? 360 : 12)
    const contacts = yield* World.seedContacts(size, (index) => ({ createdAt: Math.floor(index / 4) }))
    const stored = World.ids(yield* api.contacts())
    const order = (yield* Random.nextBoolean) ? "asc" : "desc"
    const take = (yield* Random.nextBoolean) ? 1 + (yield* below(size + 10)) : undefined
    const bytes = contacts.length * 270
    const calm = yield* Random.next
    for (let attempt = 1; attempt <= 8; attempt++) {
      if ((yield* Random.next) < calm) continue
      yield* api.inject({ operation: "Contact.list", attempt, fault: yield* randomFault(bytes, size) })
    }
    const all = order === "asc" ? stored : stored.toReversed()
    const got: Array<string> = []
    const result = yield* Contact.list({ order, ...(take === undefined ? {} : { take }) }).pipe(
      Stream.runForEach((contact) => Effect.sync(() => got.push(contact.id))),
      Effect.result
    )
    const wanted = all.slice(0, take)
    const story = `${nth}: ${got.length} of ${wanted.length}`
    if (result._tag === "Success") return got.join() === wanted.join() ? "complete" : `${story}, as if complete`
    const { failure } = result
    const isPrefix = got.every((got, index) => got === wanted[index])
    return isPrefix && failure.received === got.length && failure.lastId === got.at(-1)
      ? "failed"
      : `${story}, ${World.summary(failure)} ${failure.received} ${failure.lastId}`
  })

const times = 1000

const randomLists: Probe = {
  hazard: "L2",
  name: "random lists",
  situation: `${times} lists of 0 to 360 contacts, whose first 8 requests have random faults`,
  ours: World.inProcess(
    Effect.gen(function* () {
      const ends: Array<string> = []
      for (let nth = 0; nth < times; nth++) ends.push(yield* randomList(nth))
      const complete = ends.filter((end) => end === "complete").length
      const failed = ends.filter((end) => end === "failed").length
      return check(`${complete} complete; ${failed} failed, with lastId and received`, {
        wrong: [ends.filter((end) => end !== "complete" && end !== "failed").slice(0, 5), []],
        "some of both": [complete > 100 && failed > 10, true]
      })
    }),
    { retry: { retries: 2, delay: 1 }, timeout: { idle: "2 seconds" } }
  )
}

/** Checks the number and the times of the attempts of a call that always fails, under a random retry policy. */
const randomSchedule = (nth: number) =>
  Effect.gen(function* () {
    const retries = yield* below(9)
    const delay = yield* below(2000)
    const maxDelay = yield* below(5000)
    const asked = (yield* Random.nextBoolean) ? yield* below(20) : undefined
    const times = yield* World.inProcess(
      Effect.gen(function* () {
        const api = yield* InMemory.InMemory
        yield* api.inject({
          fault: asked === undefined ? Fault.status(503) : Fault.rateLimit({ retryAfter: `${asked} seconds` })
        })
        yield* Effect.flip(Contact.fetch(id))
        return (yield* api.requests).map(({ time }) => time)
      }),
      { retry: { retries, delay, maxDelay } }
    )
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    const isRight = gaps.every((gap, index) =>
      asked === undefined
        ? gap >= 0 && gap <= Math.min(delay * 2 ** index, maxDelay)
        : gap === Math.min(asked * 1000, maxDelay)
    )
    return isRight && times.length === retries + 1
      ? undefined
      : `${nth}: ${JSON.stringify({ retries, delay, maxDelay, asked, gaps })}`
  })

const schedules: Probe = {
  hazard: "W4",
  name: "random schedules",
  situation: "200 random retry policies with a server that always answers 503, or 429 with a random Retry-After",
  ours: Effect.gen(function* () {
    const wrong: Array<string> = []
    for (let nth = 0; nth < 200; nth++) {
      const problem = yield* randomSchedule(nth).pipe(Random.withSeed(`schedule ${nth}`))
      if (problem !== undefined) wrong.push(problem)
    }
    return check("each is sent retries + 1 times, and no delay is above its bound or maxDelay", { wrong: [wrong, []] })
  })
}

export const randomRuns: ReadonlyArray<Probe> = [randomLists, schedules]

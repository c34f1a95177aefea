/** The rate limit and its store, a secret that cannot be read, and the measurements of attempts that are cut short. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { RateLimiterStore } from "effect/persistence/RateLimiter"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as Fake from "../support/FakeHttp.ts"
import { id } from "./Calls.ts"
import { type Probe, only, seen } from "./Probe.ts"
import * as World from "./World.ts"

const found = Fake.json(200, Fake.contact(id))
const fetch = Contact.fetch(id)

/** A client over a scripted server, under a test clock that the program moves on itself. */
const under = <A, E>(
  fake: Fake.Fake,
  options: Partial<Client.Options>,
  program: Effect.Effect<A, E, Client.Client>,
  store: Layer.Layer<RateLimiterStore> | Layer.Layer<never> = Layer.empty
): Effect.Effect<A, unknown> =>
  program.pipe(
    Effect.provide(Layer.provide(Fake.layer(fake, options), store), { local: true }),
    Effect.provide(TestClock.layer()),
    Random.withSeed("faults")
  )

/** How long a call takes, in virtual milliseconds. */
const duration = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { took } = yield* Fake.successOf(World.timed(call), 1000)
    return took
  })

/** A store that answers as it is told. Only fixed windows are used. */
const storeOf = (fixedWindow: (typeof RateLimiterStore.Service)["fixedWindow"]) => {
  const unused = () => Effect.die("only fixed windows are used")
  return Layer.succeed(RateLimiterStore, {
    fixedWindow,
    tokenBucket: unused,
    adaptiveConsume: unused,
    adaptiveFeedback: unused
  })
}

const tenAMinute = { limit: 10, window: "1 minute" } as const
const thousand = Array.from({ length: 1000 })

const waiting: ReadonlyArray<Probe> = [
  {
    hazard: "T4",
    name: "waiters that are interrupted",
    tried: "10 calls a minute: 1,000 more wait and are interrupted; then one more call",
    ours: under(
      Fake.script(found),
      { rateLimit: tenAMinute },
      Effect.gen(function* () {
        yield* Effect.forEach(Array.from({ length: 10 }), () => Fake.successOf(fetch))
        const waiters = yield* Effect.forEach(thousand, () => Effect.forkChild(fetch))
        yield* Fake.settle
        yield* Fiber.interruptAll(waiters)
        const took = yield* duration(fetch)
        return seen(`the next call waits ${took / 1000} s`, { within: [took <= 61_000, true] })
      })
    ),
    theirs: Effect.succeed(only("has no rate limit"))
  },
  {
    hazard: "T4",
    name: "waiters that time out",
    tried: "the same with a total timeout of 1 s: 50 calls time out while they wait; then a call without it",
    ours: under(
      Fake.script(found),
      { rateLimit: tenAMinute },
      Effect.gen(function* () {
        yield* Effect.forEach(Array.from({ length: 10 }), () => Fake.successOf(fetch))
        const hurried = Effect.flip(Client.withOptions({ timeout: { total: "1 second" } })(fetch))
        const errors = yield* Fake.successOf(
          Effect.forEach(Array.from({ length: 50 }), () => hurried, { concurrency: "unbounded" }),
          1000
        )
        const took = yield* duration(fetch)
        const kinds = [...new Set(errors.map((error) => `${error._tag} ${"outcome" in error ? error.outcome : ""}`))]
        return seen(`${kinds.join(", ")}; the next call waits ${took / 1000} s`, {
          kinds: [kinds, ["Timeout not-sent"]],
          within: [took <= 61_000, true]
        })
      })
    )
  },
  {
    hazard: "T5",
    name: "a wall clock that is set",
    tried: "one call a minute; the wall clock goes back an hour, then on by two; a call after each",
    ours: under(
      Fake.script(found),
      { rateLimit: { limit: 1, window: "1 minute" } },
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        let offset = 0
        const jumping: Clock.Clock = Object.create(clock, {
          currentTimeMillisUnsafe: { value: () => clock.currentTimeMillisUnsafe() + offset },
          currentTimeMillis: { get: () => Effect.sync(() => clock.currentTimeMillisUnsafe() + offset) }
        })
        const call = Effect.provideService(fetch, Clock.Clock, jumping)
        yield* Fake.successOf(call)
        const waits: Array<number> = []
        for (const jump of [-3_600_000, 3_600_000]) {
          offset = jump
          waits.push(yield* duration(call))
        }
        return seen(`waits of ${waits.map((wait) => wait / 1000).join(" and ")} s`, {
          waits: [waits.every((wait) => wait > 50_000 && wait <= 61_000), true]
        })
      })
    )
  },
  {
    hazard: "T6",
    name: "a store that never answers",
    tried: "the store of the rate limit is asked and never answers; 20 calls at once",
    ours: under(
      Fake.script(found),
      { rateLimit: tenAMinute },
      Effect.gen(function* () {
        const calls = Effect.forEach(Array.from({ length: 20 }), () => Effect.flip(fetch), { concurrency: "unbounded" })
        const { took, value } = yield* Fake.successOf(World.timed(calls), 1000)
        const [error] = value
        return seen(`${error?._tag} ${error?.outcome} after ${took / 1000} s`, {
          tags: [new Set(value.map(({ _tag, outcome }) => `${_tag} ${outcome}`)).size, 1],
          outcome: [error?.outcome, "not-sent"],
          took: [took <= 31_000, true]
        })
      }),
      storeOf(() => Effect.never)
    )
  },
  {
    hazard: "N3",
    name: "a 429 under withOptions",
    tried: "a rate limit by withOptions; the first call gets a 429 with Retry-After: 7, then another call",
    ours: under(
      Fake.script(Fake.json(429, {}, { "retry-after": "7" }), found),
      { retry: { retries: 0 } },
      Effect.gen(function* () {
        const limited = Client.withOptions({ rateLimit: { limit: 1000, window: "1 second" } })
        yield* Fake.failureOf(limited(fetch), 1)
        // Options of another object, as of another call.
        const took = yield* duration(Client.withOptions({ rateLimit: { limit: 1000, window: "1 second" } })(fetch))
        return seen(`the next call waits ${took / 1000} s`, { took: [took >= 6000 && took <= 8000, true] })
      })
    ),
    theirs: Effect.succeed(only("sends at once: it has no rate limit"))
  }
]

const refusedByVault = Object.assign(new Error("connect to vault.internal"), { code: "ECONNREFUSED" })

const secrets: ReadonlyArray<Probe> = [
  {
    hazard: "N6",
    name: "a vault that is away",
    tried: "the secret cannot be read, with ECONNREFUSED: twice, and always",
    ours: Effect.gen(function* () {
      const results: Array<string> = []
      for (const failures of [2, Number.POSITIVE_INFINITY]) {
        const fake = Fake.script(found)
        let reads = 0
        const secret = Effect.suspend(() =>
          ++reads > failures ? Effect.succeed(Redacted.make("sk-1")) : Effect.fail(refusedByVault)
        )
        results.push(
          yield* under(
            fake,
            { secret },
            Fake.successOf(
              Effect.match(fetch, {
                onSuccess: () => `done, ${fake.sent.length} request`,
                onFailure: (error) => `${World.summary(error)} ${error.isRetryable} ${error.cause?.message}`
              }),
              1000
            )
          )
        )
      }
      return seen(results.join("; "), {
        results: [results, ["done, 1 request", "Unauthorized not-sent 0x true ECONNREFUSED"]]
      })
    }),
    theirs: Effect.succeed(only("takes a text, which cannot be renewed"))
  }
]

const measurements: ReadonlyArray<Probe> = [
  {
    hazard: "N7",
    name: "attempts that are cut short",
    tried: "a call that its total timeout ends, and one that is interrupted: what is measured",
    ours: Effect.gen(function* () {
      yield* under(Fake.script("never"), { timeout: { total: "1 second" } }, Fake.failureOf(fetch))
      yield* under(
        Fake.script("never"),
        {},
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(fetch)
          yield* Fake.settle
          yield* Fiber.interrupt(fiber)
        })
      )
      const types = (yield* Metric.snapshot).map(({ attributes }) => attributes?.["error.type"])
      return seen(`error.type ${types.join(", ")}`, { types: [types, ["Timeout", "interrupted"]] })
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
    theirs: Effect.succeed(only("measures nothing"))
  }
]

export const limits: ReadonlyArray<Probe> = [...waiting, ...secrets, ...measurements]

/** The rate limit and its store, a secret that cannot be read, and the metrics of attempts that are ended early. */
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
import { check, type Probe, reportOnly } from "./Probe.ts"
import * as World from "./World.ts"

const found = Fake.json(200, Fake.contact(id))
const fetch = Contact.fetch(id)

/** A client over a scripted server, under a test clock that the program advances itself. */
const withClient = <A, E>(
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

/** The virtual milliseconds that a call takes. */
const duration = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { took } = yield* Fake.successOf(World.timed(call), 1000)
    return took
  })

/** A rate limit store with the given `fixedWindow`. The client uses no other algorithm. */
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
    situation: "a limit of 10 a minute is used up; 1,000 waiting calls are interrupted; then one more call",
    ours: withClient(
      Fake.script(found),
      { rateLimit: tenAMinute },
      Effect.gen(function* () {
        yield* Effect.forEach(Array.from({ length: 10 }), () => Fake.successOf(fetch))
        const waiters = yield* Effect.forEach(thousand, () => Effect.forkChild(fetch))
        yield* Fake.settle
        yield* Fiber.interruptAll(waiters)
        const took = yield* duration(fetch)
        return check(`the next call waits ${took / 1000} s`, { within: [took <= 61_000, true] })
      })
    ),
    theirs: Effect.succeed(reportOnly("has no rate limit"))
  },
  {
    hazard: "T4",
    name: "waiters that time out",
    situation: "the same with a total timeout of 1 s: 50 calls time out while they wait; then a call without it",
    ours: withClient(
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
        return check(`${kinds.join(", ")}; the next call waits ${took / 1000} s`, {
          kinds: [kinds, ["Timeout not-sent"]],
          within: [took <= 61_000, true]
        })
      })
    )
  },
  {
    hazard: "T5",
    name: "a change of the system clock",
    situation: "a limit of one a minute; the system clock goes back an hour, then forward by two; a call after each",
    ours: withClient(
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
        return check(`waits of ${waits.map((wait) => wait / 1000).join(" and ")} s`, {
          waits: [waits.every((wait) => wait > 50_000 && wait <= 61_000), true]
        })
      })
    )
  },
  {
    hazard: "T6",
    name: "a store that never answers",
    situation: "a rate limit store that never answers; 20 calls at once",
    ours: withClient(
      Fake.script(found),
      { rateLimit: tenAMinute },
      Effect.gen(function* () {
        const calls = Effect.forEach(Array.from({ length: 20 }), () => Effect.flip(fetch), { concurrency: "unbounded" })
        const { took, value } = yield* Fake.successOf(World.timed(calls), 1000)
        const [error] = value
        return check(`${error?._tag} ${error?.outcome} after ${took / 1000} s`, {
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
    situation: "withOptions sets a rate limit; one call gets a 429 with Retry-After: 7; then another call",
    ours: withClient(
      Fake.script(Fake.json(429, {}, { "retry-after": "7" }), found),
      { retry: { retries: 0 } },
      Effect.gen(function* () {
        const limited = Client.withOptions({ rateLimit: { limit: 1000, window: "1 second" } })
        yield* Fake.failureOf(limited(fetch), 1)
        // A new options object, as another caller would pass.
        const took = yield* duration(Client.withOptions({ rateLimit: { limit: 1000, window: "1 second" } })(fetch))
        return check(`the next call waits ${took / 1000} s`, { took: [took >= 6000 && took <= 8000, true] })
      })
    ),
    theirs: Effect.succeed(reportOnly("sends at once: it has no rate limit"))
  }
]

const refusedByVault = Object.assign(new Error("connect to vault.internal"), { code: "ECONNREFUSED" })

const secrets: ReadonlyArray<Probe> = [
  {
    hazard: "N6",
    name: "an unreachable vault",
    situation: "reading the secret fails with ECONNREFUSED: twice, and always",
    ours: Effect.gen(function* () {
      const results: Array<string> = []
      for (const failures of [2, Number.POSITIVE_INFINITY]) {
        const fake = Fake.script(found)
        let reads = 0
        const secret = Effect.suspend(() =>
          ++reads > failures ? Effect.succeed(Redacted.make("sk-1")) : Effect.fail(refusedByVault)
        )
        results.push(
          yield* withClient(
            fake,
            { secret },
            Fake.successOf(
              Effect.match(fetch, {
                onSuccess: () => `done, ${fake.sent.length} request`,
                onFailure: (error) =>
                  `${World.summary(error)}${error.isRetryable ? ", retryable" : ""}, cause ${error.cause?.message}`
              }),
              1000
            )
          )
        )
      }
      return check(results.join("; "), {
        results: [results, ["done, 1 request", "Unauthorized not-sent, 0 attempts, retryable, cause ECONNREFUSED"]]
      })
    }),
    theirs: Effect.succeed(reportOnly("the secret is a string, which cannot be renewed"))
  }
]

const measurements: ReadonlyArray<Probe> = [
  {
    hazard: "N7",
    name: "attempts that are ended early",
    situation: "the metrics of a call that its total timeout ends, and of one that is interrupted",
    ours: Effect.gen(function* () {
      yield* withClient(Fake.script("never"), { timeout: { total: "1 second" } }, Fake.failureOf(fetch))
      yield* withClient(
        Fake.script("never"),
        {},
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(fetch)
          yield* Fake.settle
          yield* Fiber.interrupt(fiber)
        })
      )
      const types = (yield* Metric.snapshot).map(({ attributes }) => attributes?.["error.type"])
      return check(`error.type ${types.join(", ")}`, { types: [types, ["Timeout", "interrupted"]] })
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
    theirs: Effect.succeed(reportOnly("has no metrics"))
  }
]

export const limits: ReadonlyArray<Probe> = [...waiting, ...secrets, ...measurements]

import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Fiber, Layer, Schema, type Scope } from "effect"
import { RateLimiter } from "effect/persistence"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import * as Contact from "../../src/Contact.ts"
import * as NodeSqlite from "../../src/layers/NodeSqlite.ts"
import * as SqlRateLimiterStore from "../../src/layers/SqlRateLimiterStore.ts"
import { found, id, over } from "../support/Calls.ts"
import { type Connect, databases } from "../support/Databases.ts"
import * as Fake from "../support/FakeHttp.ts"

type Store = typeof RateLimiter.RateLimiterStore.Service

/** A store, and the means to let time pass for it. */
interface Timed {
  readonly store: Store
  readonly advance: (millis: number) => Effect.Effect<void, unknown>
}

const storeOn = (connect: Connect) =>
  Effect.flatMap(connect, (sql) =>
    Effect.map(
      Layer.build(Layer.fresh(SqlRateLimiterStore.layer).pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, sql)))),
      Context.get(RateLimiter.RateLimiterStore)
    )
  )

const memory: Effect.Effect<Timed, never, Scope.Scope> = Effect.map(
  Layer.build(Layer.fresh(RateLimiter.layerStoreMemory)),
  (context) => ({ store: Context.get(context, RateLimiter.RateLimiterStore), advance: TestClock.adjust })
)

/**
 * Makes the clock of a PostgreSQL stand still until the test moves it: a function of the database that is found before the
 * server's own. It holds for the connections that are made afterwards.
 */
const stopClock = (connect: Connect) =>
  Effect.gen(function* () {
    const sql = yield* connect
    yield* sql`CREATE TABLE test_clock AS SELECT CAST(1000000 AS DOUBLE PRECISION) AS millis`
    yield* sql`CREATE FUNCTION public.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql
      AS 'SELECT to_timestamp(millis / 1000) FROM public.test_clock'`
    const [row] = yield* sql<{ name: string }>`SELECT current_database() AS name`
    yield* sql`ALTER DATABASE ${sql(row?.name ?? "")} SET search_path = public, pg_catalog`
    return (millis: number) => sql`UPDATE test_clock SET millis = millis + ${millis}`
  })

const inSql = (make: Effect.Effect<Connect, unknown, Scope.Scope>): Effect.Effect<Timed, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const connect = yield* make
    const sql = yield* connect
    const isPostgres = sql.onDialectOrElse({ pg: () => true, orElse: () => false })
    const advance = isPostgres ? yield* stopClock(connect) : TestClock.adjust
    return { store: yield* storeOn(connect), advance }
  })

const kinds = databases()
const stores = [{ name: "memory", timed: memory }, ...kinds.map(({ make, name }) => ({ name, timed: inSql(make) }))]

/** Tokens that are taken, or milliseconds that pass. */
type Step =
  | { readonly take: number; readonly of?: string; readonly every?: number; readonly limit?: number | undefined }
  | { readonly pass: number }

const take = ({ store }: Timed, step: Extract<Step, { take: number }>, every: number, limit: number | undefined) =>
  store.fixedWindow({
    key: step.of ?? "account",
    tokens: step.take,
    refillRate: Duration.millis(step.every ?? every),
    limit: "limit" in step ? step.limit : limit
  })

const resultsOf = <A>(
  timed: Timed,
  steps: ReadonlyArray<Step>,
  use: (step: Extract<Step, { take: number }>) => Effect.Effect<A, unknown>
) =>
  Effect.gen(function* () {
    const results: Array<A> = []
    for (const step of steps) {
      if ("pass" in step) yield* timed.advance(step.pass)
      else results.push(yield* use(step))
    }
    return results
  })

interface Case {
  readonly what: string
  readonly steps: ReadonlyArray<Step>
  readonly results: ReadonlyArray<readonly [number, number]>
}

/** Windows of 3 tokens in 3 seconds. */
const windows: ReadonlyArray<Case> = [
  {
    what: "counts up to the limit, and no further",
    steps: [{ take: 1 }, { take: 1 }, { take: 1 }, { take: 1 }, { take: 1 }],
    results: [
      [1, 1000],
      [2, 2000],
      [3, 3000],
      [4, 3000],
      [4, 3000]
    ]
  },
  {
    what: "is empty once the time of its tokens has passed, and not before",
    steps: [{ take: 2 }, { pass: 1999 }, { take: 1 }, { pass: 1001 }, { take: 3 }],
    results: [
      [2, 2000],
      [3, 1001],
      [3, 3000]
    ]
  },
  {
    what: "refuses more tokens than it has",
    steps: [{ take: 4 }, { take: 2 }, { take: 2 }, { take: 1 }],
    results: [
      [4, 0],
      [2, 2000],
      [4, 2000],
      [3, 3000]
    ]
  },
  {
    what: "takes all without a limit",
    steps: [
      { take: 5, limit: undefined },
      { take: 2, limit: undefined },
      { take: 1, limit: 0 }
    ],
    results: [
      [5, 5000],
      [7, 7000],
      [8, 8000]
    ]
  },
  {
    what: "takes fractions",
    steps: [{ take: 0.5, every: 0.5 }, { take: 2.5 }, { take: 0.1 }],
    results: [
      [0.5, 0.25],
      [3, 2500.25],
      [3.1, 2500.25]
    ]
  },
  {
    what: "has one window for each key",
    steps: [{ take: 3 }, { take: 1, of: "another" }, { take: 1 }],
    results: [
      [3, 3000],
      [1, 1000],
      [4, 3000]
    ]
  }
]

interface BucketCase extends Case {
  readonly allowOverflow: boolean
}

/** Buckets of 3 tokens, with a new one each second. */
const buckets: ReadonlyArray<BucketCase> = [
  {
    what: "is full at first, and refuses what it has not",
    allowOverflow: false,
    steps: [{ take: 2 }, { take: 2 }, { take: 1 }, { take: 1 }],
    results: [
      [1, 0],
      [-1, 0],
      [0, 0],
      [-1, 0]
    ]
  },
  {
    what: "gets a token in each interval, and is never more than full",
    allowOverflow: false,
    steps: [{ take: 3 }, { pass: 1500 }, { take: 1 }, { pass: 600 }, { take: 0 }, { pass: 60_000 }, { take: 1 }],
    results: [
      [0, 0],
      [0, 500],
      [1, 100],
      [2, 0]
    ]
  },
  {
    what: "lends tokens if it may",
    allowOverflow: true,
    steps: [{ take: 5 }, { take: 1 }, { pass: 2500 }, { take: 1 }],
    results: [
      [-2, 0],
      [-3, 0],
      [-2, 500]
    ]
  },
  {
    what: "is another one for each key",
    allowOverflow: false,
    steps: [{ take: 3 }, { take: 1, of: "another" }, { take: 0 }],
    results: [
      [0, 0],
      [2, 0],
      [0, 0]
    ]
  }
]

const assertNear = (
  results: ReadonlyArray<readonly [number, number]>,
  expected: ReadonlyArray<readonly [number, number]>
) => {
  assert.lengthOf(results, expected.length)
  for (const [index, numbers] of results.entries()) {
    for (const [place, number] of numbers.entries()) {
      assert.approximately(number, expected[index]?.[place] ?? Number.NaN, 0.01)
    }
  }
}

const takeFromBucket =
  ({ store }: Timed, allowOverflow: boolean) =>
  (step: Extract<Step, { take: number }>) =>
    store.tokenBucket({
      key: step.of ?? "account",
      tokens: step.take,
      limit: 3,
      refillRate: Duration.millis(step.every ?? 1000),
      allowOverflow
    })

describe.each(stores)("the rate limits in $name", ({ timed }) => {
  it.effect.each(windows)("a window $what", ({ results, steps }) =>
    Effect.gen(function* () {
      const store = yield* timed
      assertNear(yield* resultsOf(store, steps, (step) => take(store, step, 1000, 3)), results)
    }).pipe(Effect.scoped)
  )

  it.effect.each(buckets)("a bucket $what", ({ allowOverflow, results, steps }) =>
    Effect.gen(function* () {
      const store = yield* timed
      assertNear(yield* resultsOf(store, steps, takeFromBucket(store, allowOverflow)), results)
    }).pipe(Effect.scoped)
  )

  it.effect("have no adaptive state at first", () =>
    Effect.gen(function* () {
      const { store } = yield* timed
      const options = { key: "account", tokens: 1, fallbackLimit: 3, fallbackWindow: Duration.seconds(3) }
      assert.deepStrictEqual(yield* store.adaptiveConsume(options), {
        delay: Duration.zero,
        epoch: 0,
        phase: "inactive"
      })
    }).pipe(Effect.scoped)
  )
})

describe.each(kinds)("the rate limits in $name", ({ make }) => {
  it.effect("hold when 16 callers of 2 processes take tokens at the same time", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const stores = [yield* storeOn(connect), yield* storeOn(connect)]
      const callers = Array.from({ length: 16 }, (_, index) => stores[index % 2] ?? stores[0])
      const windows = yield* Effect.forEach(
        callers,
        (store) =>
          store?.fixedWindow({ key: "a", tokens: 1, refillRate: Duration.hours(1), limit: 10 }) ?? Effect.never,
        { concurrency: "unbounded" }
      )
      const counts = windows.map(([count]) => count).toSorted((one, other) => one - other)
      assert.deepStrictEqual(counts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 11, 11, 11, 11])
      const bucket = { key: "a", tokens: 1, limit: 10, refillRate: Duration.hours(1), allowOverflow: true }
      const remaining = yield* Effect.forEach(callers, (store) => store?.tokenBucket(bucket) ?? Effect.never, {
        concurrency: "unbounded"
      })
      const left = remaining.map(([remaining]) => remaining).toSorted((one, other) => other - one)
      assert.deepStrictEqual(
        left,
        Array.from({ length: 16 }, (_, index) => 9 - index)
      )
    }).pipe(Effect.scoped)
  )

  it.effect("begin again if the clock has gone back by more than a minute", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const store = yield* storeOn(connect)
      const sql = yield* connect
      const take = store.fixedWindow({ key: "a", tokens: 3, refillRate: Duration.seconds(1), limit: 3 })
      const bucket = { key: "a", tokens: 3, limit: 3, refillRate: Duration.seconds(1), allowOverflow: true }
      assert.deepStrictEqual(yield* take, [3, 3000])
      assert.strictEqual((yield* store.tokenBucket(bucket))[0], 0)
      const hour = 3_600_000
      yield* sql`UPDATE chatbotkit_rate_limit SET ends_at = ends_at + ${hour}, asked_at = asked_at + ${hour}`
      const ahead = JSON.stringify({ tokens: 0, refilledAt: 2 ** 43 })
      yield* sql`UPDATE chatbotkit_token_bucket SET state = ${ahead}`
      assert.deepStrictEqual(yield* take, [3, 3000])
      yield* store.tokenBucket(bucket)
      const [row] = yield* sql<{ state: string }>`SELECT state FROM chatbotkit_token_bucket`
      assert.notInclude(row?.state, String(2 ** 43))
    }).pipe(Effect.scoped)
  )

  it.effect("are shared by the clients of two processes", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const sql = yield* connect
      const fakes = [Fake.script(found), Fake.script(found)] as const
      const sent = () => fakes[0].sent.length + fakes[1].sent.length
      let pending = 0
      let refused = 0
      const processOver = (fake: Fake.Fake) =>
        Effect.gen(function* () {
          const store = yield* storeOn(connect)
          const counted: Store = {
            ...store,
            fixedWindow: (options) => {
              pending++
              return store.fixedWindow(options).pipe(
                Effect.tap(([count]) => Effect.sync(() => count > 4 && refused++)),
                Effect.ensuring(Effect.sync(() => pending--))
              )
            }
          }
          const calls = Effect.forEach([1, 2, 3, 4], () => Contact.fetch(id), { concurrency: "unbounded" })
          return yield* over(fake, { rateLimit: { limit: 4, window: "1 hour", key: "account" } })(calls).pipe(
            Effect.provideService(RateLimiter.RateLimiterStore, counted)
          )
        })
      const fibers = yield* Effect.forEach(fakes, (fake) => Effect.forkChild(processOver(fake)))
      const until = (holds: () => boolean) => Effect.repeat(Fake.settle, { until: holds })
      yield* until(() => sent() === 4 && refused > 0 && pending === 0)
      yield* TestClock.adjust("59 minutes")
      yield* Effect.repeat(Fake.settle, { times: 20 })
      assert.strictEqual(sent(), 4)
      // PostgreSQL measures the window in real time.
      yield* sql`DELETE FROM chatbotkit_rate_limit`
      yield* TestClock.adjust("1 minute")
      yield* until(() => sent() === 8)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(sent(), 8)
    }).pipe(Effect.scoped)
  )

  it.effect("that cannot be read are a failure of the store, without the key", () =>
    Effect.gen(function* () {
      const connect = yield* make
      const sql = yield* connect
      const store = yield* storeOn(connect)
      yield* sql`DROP TABLE chatbotkit_rate_limit`
      yield* sql`DROP TABLE chatbotkit_token_bucket`
      const options = { key: "canary", tokens: 1, refillRate: Duration.seconds(1), limit: 1 }
      for (const taking of [store.fixedWindow(options), store.tokenBucket({ ...options, allowOverflow: false })]) {
        const error = yield* Effect.flip(taking)
        assert.strictEqual(error.reason._tag, "RateLimitStoreError")
        assert.match(error.message, /^The database failed: \w+$/)
        assert.notInclude(`${JSON.stringify(error)} ${String(error.cause)}`, "canary")
      }
    }).pipe(Effect.scoped)
  )
})

const RandomStep = Schema.Union([
  Schema.Struct({ take: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })) }),
  Schema.Struct({ pass: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4000 })) })
])

describe("the rate limits in SQL", () => {
  it.effect.prop(
    "are those of Effect's store in memory, after any steps",
    [Schema.Array(RandomStep), Schema.Boolean],
    ([steps, allowOverflow]) =>
      Effect.gen(function* () {
        const results = (timed: Timed) =>
          Effect.all([
            resultsOf(timed, steps, (step) => take(timed, step, 1000 / 3, 3)),
            resultsOf(timed, steps, takeFromBucket(timed, allowOverflow))
          ])
        const sqlite = Effect.map(Effect.context<RateLimiter.RateLimiterStore>(), (context) => ({
          store: Context.get(context, RateLimiter.RateLimiterStore),
          advance: TestClock.adjust
        })).pipe(Effect.flatMap(results))
        const layer = SqlRateLimiterStore.layer.pipe(Layer.provide(NodeSqlite.layer({ filename: ":memory:" })))
        const [windows, bucketResults] = yield* Effect.provide(sqlite, layer)
        const [expectedWindows, expectedBuckets] = yield* Effect.flatMap(memory, results)
        assertNear(windows, expectedWindows)
        assertNear(bucketResults, expectedBuckets)
      }).pipe(Effect.scoped)
  )
})

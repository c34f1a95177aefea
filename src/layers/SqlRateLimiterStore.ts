/**
 * The store of rate limits in a SQL database, so that several processes share the rate limit of an account without Redis.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import { describe } from "../internal/sql/SqlFailure.ts"
import * as SqlRateLimits from "../internal/sql/SqlRateLimits.ts"
import * as SqlTables from "../internal/sql/SqlTables.ts"

/** The error of the store. It has no cause, since the texts of a database can quote keys. */
const toStoreError = (error: SqlError.SqlError | SqlTables.UnusableDatabase): RateLimiter.RateLimiterError =>
  new RateLimiter.RateLimiterError({
    reason: new RateLimiter.RateLimitStoreError({ message: describe(error) })
  })

const make = /* @__PURE__ */ Effect.gen(function* () {
  yield* Effect.mapError(SqlTables.create(SqlRateLimits.tables), toStoreError)
  const sql = yield* SqlTables.client
  const take = <A>(use: (now: number) => Effect.Effect<A, SqlError.SqlError>) =>
    Effect.mapError(Effect.flatMap(Clock.currentTimeMillis, use), toStoreError)
  return RateLimiter.RateLimiterStore.of({
    fixedWindow: ({ key, limit, refillRate, tokens }) => {
      // Effect's stores take 0 for no limit.
      const window = {
        key,
        tokens,
        refillMillis: Duration.toMillis(refillRate),
        limit: limit === 0 ? undefined : limit
      }
      return take((now) => SqlRateLimits.takeFromWindow(sql, window, now))
    },
    tokenBucket: ({ allowOverflow, key, limit, refillRate, tokens }) => {
      const bucket = { key, tokens, limit, refillMillis: Duration.toMillis(refillRate), allowOverflow }
      return take((now) => SqlRateLimits.takeFromBucket(sql, bucket, now))
    },
    adaptiveConsume: () => Effect.succeed({ delay: Duration.zero, epoch: 0, phase: "inactive" }),
    adaptiveFeedback: () => Effect.void
  })
})

/**
 * Effect's `RateLimiterStore` over the `SqlClient` in the context: PostgreSQL through `PgClient.layer` of `@effect/sql-pg` for
 * several machines, `NodeSqlite.layer` for several processes of one machine. All clients with this store and the same key of
 * `rateLimit` share the limit. A process alone needs no store.
 *
 * Each request that may be sent costs one statement. Over PostgreSQL, windows are measured by the clock of the server, so the
 * clocks of the machines can differ, and nothing is synced to the disk. Over SQLite, each statement is; a file of its own keeps
 * it from waiting for other writers.
 *
 * It gives the same results as Effect's store in memory, with two exceptions. It does not learn limits from answers:
 * `adaptiveConsume` is always inactive. And limits begin again if the clock goes back by more than a minute, since they outlive the
 * process.
 *
 * @example
 * ```ts
 * const client = Node.layer({ secret, rateLimit: { limit: 100, window: "1 minute", key: "account" } }).pipe(
 *   Layer.provide(SqlRateLimiterStore.layer.pipe(Layer.provide(PgClient.layer({ url }))))
 * )
 * ```
 */
export const layer: Layer.Layer<RateLimiter.RateLimiterStore, RateLimiter.RateLimiterError, SqlClient.SqlClient> =
  /* @__PURE__ */ Layer.effect(RateLimiter.RateLimiterStore, make)

/** The state of rate limits in SQL. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import type * as Statement from "effect/sql/Statement"
import { jsonIn } from "../format/JsonText.ts"
import { catchLostConnection } from "./SqlFailure.ts"

/** The tables. PostgreSQL does not sync unlogged tables to its disk: after a crash, they are empty, and all limits are free. */
export const tables = (sql: SqlClient.SqlClient) => {
  const table = sql.onDialectOrElse({
    pg: () => sql.literal("UNLOGGED TABLE"),
    orElse: () => sql.literal("TABLE")
  })
  return [
    sql`CREATE ${table} IF NOT EXISTS chatbotkit_rate_limit (
      limit_key TEXT PRIMARY KEY,
      tokens DOUBLE PRECISION NOT NULL,
      ends_at DOUBLE PRECISION NOT NULL,
      asked_tokens DOUBLE PRECISION NOT NULL,
      asked_at DOUBLE PRECISION NOT NULL
    )`,
    sql`CREATE ${table} IF NOT EXISTS chatbotkit_token_bucket (limit_key TEXT PRIMARY KEY, state TEXT NOT NULL)`
  ]
}

/**
 * The time in milliseconds. Machines that share a PostgreSQL have clocks that differ, so it is the time of the server. Processes
 * that share a file of SQLite are on one machine, so it is the time of the process.
 */
const timeOf = (sql: SqlClient.SqlClient, now: number): Statement.Fragment =>
  sql.onDialectOrElse({
    pg: () => sql.literal("CAST(extract(epoch FROM clock_timestamp()) * 1000 AS DOUBLE PRECISION)"),
    orElse: () => sql`${now}`
  })

/**
 * The time in milliseconds by which the clock can seem to go back while processes wait for each other. If it goes back further,
 * limits begin again: otherwise they would last until it has caught up, also for the next process.
 */
const clockTolerance = 60_000

const numberIn = (row: { readonly [column: string]: unknown } | undefined, column: string): number =>
  Number(row?.[column])

export interface Window {
  readonly key: string
  readonly tokens: number
  /** The time that a token takes, in milliseconds. */
  readonly refillMillis: number
  /** The most tokens of a window. Undefined if there is no limit. */
  readonly limit: number | undefined
}

/**
 * Takes tokens from a window, in one statement. The window ends once the time of all its tokens has passed. The row keeps the
 * count that was requested, whether or not the tokens were taken, since a statement can only give what it has written.
 */
export const takeFromWindow = (
  sql: SqlClient.SqlClient,
  { key, limit = Number.MAX_VALUE, refillMillis, tokens }: Window,
  now: number
): Effect.Effect<readonly [count: number, ttl: number], SqlError.SqlError> => {
  const isTaken = tokens <= limit
  const double = (value: number) => sql`CAST(${value} AS DOUBLE PRECISION)`
  const isOver = sql`(l.ends_at <= excluded.asked_at OR excluded.asked_at < l.asked_at - ${double(clockTolerance)})`
  const count = sql`CASE WHEN ${isOver} THEN 0 ELSE l.tokens END`
  const end = sql`CASE WHEN ${isOver} THEN excluded.asked_at ELSE l.ends_at END`
  const ifTaken = (value: number) =>
    sql`CASE WHEN ${count} + ${double(tokens)} > ${double(limit)} THEN 0 ELSE ${double(value)} END`
  return Effect.map(
    sql`INSERT INTO chatbotkit_rate_limit AS l (limit_key, tokens, ends_at, asked_tokens, asked_at)
      SELECT ${key}, ${double(isTaken ? tokens : 0)}, at + ${double(isTaken ? tokens * refillMillis : 0)}, ${double(tokens)}, at
      FROM (SELECT ${timeOf(sql, now)} AS at) AS time WHERE true
      ON CONFLICT (limit_key) DO UPDATE SET
        tokens = ${count} + ${ifTaken(tokens)},
        ends_at = ${end} + ${ifTaken(tokens * refillMillis)},
        asked_tokens = ${count} + ${double(tokens)},
        asked_at = excluded.asked_at
      RETURNING asked_tokens AS count, ends_at - asked_at AS ttl`,
    ([row]) => [numberIn(row, "count"), numberIn(row, "ttl")]
  )
}

export interface Bucket {
  readonly key: string
  readonly tokens: number
  readonly limit: number
  readonly refillMillis: number
  /** True if more tokens can be taken than there are. */
  readonly allowOverflow: boolean
}

interface BucketState {
  readonly tokens: number
  /** The beginning of the refill under way. */
  readonly refilledAt: number
}

const bucketStateIn = (text: unknown): BucketState | undefined => {
  const value = typeof text === "string" ? jsonIn(text) : undefined
  return Predicate.hasProperty(value, "tokens") &&
    Predicate.hasProperty(value, "refilledAt") &&
    typeof value.tokens === "number" &&
    typeof value.refilledAt === "number"
    ? { tokens: value.tokens, refilledAt: value.refilledAt }
    : undefined
}

/** The state of a bucket after the refills until now. */
const refilled = (state: BucketState | undefined, { limit, refillMillis }: Bucket, now: number): BucketState => {
  const { refilledAt, tokens } =
    state === undefined || now < state.refilledAt - clockTolerance ? { tokens: limit, refilledAt: now } : state
  const refills = Math.max(0, Math.floor((now - refilledAt) / refillMillis))
  const filled = refills === 0 ? tokens : Math.min(limit, tokens + refills)
  return { tokens: filled, refilledAt: filled >= limit ? now : refilledAt + refills * refillMillis }
}

/** Takes tokens from a bucket, in one transaction. */
export const takeFromBucket = (
  sql: SqlClient.SqlClient,
  bucket: Bucket,
  now: number
): Effect.Effect<readonly [remaining: number, elapsedMillis: number], SqlError.SqlError> =>
  Effect.gen(function* () {
    // The update changes nothing, but locks the row until the end of the transaction.
    const [row] = yield* sql`INSERT INTO chatbotkit_token_bucket AS b (limit_key, state) VALUES (${bucket.key}, '')
      ON CONFLICT (limit_key) DO UPDATE SET state = b.state RETURNING state, ${timeOf(sql, now)} AS at`
    const at = numberIn(row, "at")
    const { refilledAt, tokens } = refilled(bucketStateIn(row?.["state"]), bucket, at)
    const remaining = tokens - bucket.tokens
    const state = JSON.stringify({ tokens: bucket.allowOverflow || remaining >= 0 ? remaining : tokens, refilledAt })
    yield* sql`UPDATE chatbotkit_token_bucket SET state = ${state} WHERE limit_key = ${bucket.key}`
    return [remaining, Math.max(0, at - refilledAt)] as const
  }).pipe(sql.withTransaction, catchLostConnection)

/**
 * The journal of bulk work in a SQL database, so that a job goes on after its process has ended, on this machine or on another
 * one. `Journal` says when to use which journal.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlOutcomes from "../internal/sql/SqlOutcomes.ts"
import * as OwnershipLease from "../internal/sql/OwnershipLease.ts"
import * as Journal from "../Journal.ts"

/** The options of a journal in SQL. */
export interface Options {
  /**
   * The time after which the owner of a job that gives no sign of life counts as a process that was killed. The next process
   * waits as long before it takes the job over. A process that stood still for longer than that can lose the job to another one:
   * then it records nothing more, and fails.
   *
   * @default "5 seconds"
   */
  readonly ownerExpiry?: Duration.Input | undefined
}

const make = /* @__PURE__ */ Effect.fnUntraced(function* ({
  ownerExpiry = "5 seconds"
}: Options): Effect.fn.Return<Journal.Service, Journal.JournalError, SqlClient.SqlClient | Scope.Scope> {
  const sql = yield* SqlClient.SqlClient
  yield* SqlOutcomes.createTables
  const running = new Set<string>()
  return {
    open: (job) =>
      Effect.andThen(
        Journal.exclusively(running, job),
        Effect.flatMap(OwnershipLease.acquire(`bulk/${job}`, Duration.fromInputUnsafe(ownerExpiry)), (ownership) =>
          ownership === undefined
            ? Effect.fail(new Journal.JournalError({ job, description: "Another process runs the job" }))
            : SqlOutcomes.open(ownership)
        )
      ).pipe(Effect.provideService(SqlClient.SqlClient, sql))
  }
})

/**
 * A journal over the `SqlClient` in the context: `NodeSqlite.layer`, or PostgreSQL through `PgClient.layer` of `@effect/sql-pg`.
 * It creates its tables, whose names begin with `chatbotkit_`. Each outcome is committed before the stream gives it; outcomes
 * that come at the same time are written in one transaction. A process that is killed at any moment loses the outcomes of the
 * rows under way only, and the next run settles those.
 *
 * One process runs a job at a time, others may run other jobs. A second one fails with a `JournalError` while the first one
 * lives. Outcomes hold ids, failures, and with `beforeImages` the contacts before their change: protect the database as those.
 *
 * @example
 * ```ts
 * const outcomes = Csv.read(file).pipe(
 *   Bulk.ensure({ job: "crm 2026-11" }),
 *   Stream.provide(SqlJournal.layer().pipe(Layer.provide(PgClient.layer({ url }))))
 * )
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<never, Journal.JournalError, SqlClient.SqlClient> =>
  Layer.effect(Journal.Journal, make(options))
